"""What a crawl is found to be, and what is said of it in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.post import Post
from crawlers import findings
from crawlers.findings import (
    INTERRUPTED,
    UNCHANGED,
    Finding,
    best,
    history_start,
    of_http_status,
    of_parsed,
    retry_after,
    worst,
)
from crawlers.parsing.page import Parsed, Problem
from crawlers.status import SourceStatus
from tests.crawlers.conftest import AFTERNOON

URL = "https://news.example.cn/rss.xml"
PROBLEM = Problem("item", "没有标题", "no title")


def finding(status: SourceStatus, *moments: datetime) -> Finding:
    return Finding(status, f"{status.zh}了", f"was {status.value}", moments=moments)


@pytest.mark.parametrize("code", [401, 403, 412, 418, 429, 432])
def test_refusals_are_blocks_that_name_the_address_and_the_remedy(code: int) -> None:
    found = of_http_status(code, URL, None)
    assert found.status is SourceStatus.BLOCKED
    assert URL in found.zh and "加大间隔" in found.zh
    assert URL in found.en and "more rarely" in found.en


@pytest.mark.parametrize(
    ("code", "status"), [(404, "changed"), (410, "changed"), (204, "changed"), (500, "failed"), (503, "failed")]
)
def test_gone_pages_are_changes_and_server_errors_failures(code: int, status: str) -> None:
    assert of_http_status(code, URL, None).status == status


def test_a_page_with_items_of_which_none_can_be_read_has_changed() -> None:
    assert of_parsed(Parsed(problems=(PROBLEM,)), URL).status is SourceStatus.CHANGED


def test_a_page_with_no_items_at_all_is_empty() -> None:
    assert of_parsed(Parsed(), URL).status is SourceStatus.EMPTY


def test_what_was_left_out_or_unreadable_is_told(make_post: Any) -> None:
    posts: tuple[Post, ...] = (make_post(), make_post())
    found = of_parsed(Parsed(posts, (PROBLEM,), left_out=3), URL)
    assert found.status is SourceStatus.OK
    assert "读到 2 条" in found.zh and "广告 3 条" in found.zh and "1 条读不出来" in found.zh
    assert found.newest == max(post.published_at for post in posts)


def test_dates_of_the_future_are_told_with_how_far_they_lie_ahead(make_post: Any) -> None:
    """Clocks differ by minutes, and of that nothing is said."""
    found = of_parsed(Parsed((make_post(),), ahead=(timedelta(hours=2), timedelta(hours=8))), URL)
    assert found.status is SourceStatus.OK
    assert "2 条的时间在未来（最多超前 8.0 小时）" in found.zh and "by up to 8.0 h" in found.en
    assert "未来" not in of_parsed(Parsed((make_post(),)), URL).zh


def test_of_one_list_on_several_pages_the_first_that_failed_decides() -> None:
    ok, failed = finding(SourceStatus.OK, AFTERNOON), finding(SourceStatus.FAILED)
    assert worst([ok, failed]).status is SourceStatus.FAILED
    assert worst([ok, ok]).moments == (AFTERNOON, AFTERNOON)


def test_an_empty_page_after_full_ones_is_only_the_list_s_end() -> None:
    assert worst([finding(SourceStatus.OK, AFTERNOON), finding(SourceStatus.EMPTY)]).status is SourceStatus.OK
    assert worst([finding(SourceStatus.EMPTY)]).status is SourceStatus.EMPTY


def test_the_reserve_address_counts_where_it_was_read_and_the_reason_is_told() -> None:
    found = best([finding(SourceStatus.BLOCKED), finding(SourceStatus.OK, AFTERNOON)])
    assert found.status is SourceStatus.OK
    assert "was blocked" in found.en
    assert best([finding(SourceStatus.BLOCKED), finding(SourceStatus.FAILED)]).status is SourceStatus.BLOCKED


def test_a_crawl_that_found_nothing_out_was_interrupted() -> None:
    assert worst([]) is best([]) is INTERRUPTED
    assert UNCHANGED.status is SourceStatus.OK


def test_history_ends_at_a_gap() -> None:
    """An item pinned since last year says nothing of the months between."""
    days = [AFTERNOON - timedelta(days=n) for n in (0, 1, 2.5, 200)]
    assert history_start(days) == days[2]
    assert history_start([]) is None


def test_retry_after_in_seconds_and_as_a_date() -> None:
    assert retry_after("120", AFTERNOON) == AFTERNOON + timedelta(seconds=120)
    assert retry_after("Mon, 02 Nov 2026 09:00:00 GMT", AFTERNOON) == datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("header", ["", "soon", "-5", "0", "Mon, 02 Nov 2020 09:00:00 GMT", "Mon, 99 Nov 2026"])
def test_a_retry_after_that_says_nothing_is_none(header: str) -> None:
    assert retry_after(header, AFTERNOON) is None


@pytest.mark.parametrize("header", ["99999999", "9" * 30])
def test_nobody_is_waited_for_longer_than_a_week(header: str) -> None:
    assert retry_after(header, AFTERNOON) == AFTERNOON + findings.LONGEST_WAIT
