"""Single values: dates, counts, markup, identities."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawlers.parsing.identity import LONGEST_IDENTITY, address_id, bounded, hot_search_id
from crawlers.parsing.markup import text_of_html
from crawlers.parsing.moments import moment
from crawlers.parsing.page import ItemError
from crawlers.parsing.values import count_of, text_of
from tests.crawlers.conftest import AFTERNOON

HALF_PAST_TWO = datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        1793601000,
        1793601000.0,
        1793601000000,
        "1793601000",
        "Mon, 02 Nov 2026 14:30:00 +0800",
        "Mon, 02 Nov 2026 06:30:00 GMT",
        "Mon, 2 Nov 2026 14:30:00 CST",
        "2 Nov 2026 14:30:00 +0800",
        "2026-11-02T06:30:00Z",
        "2026-11-02T06:30:00.000Z",
        "2026-11-02T14:30:00+08:00",
        "2026-11-02 14:30:00",
        "2026-11-02 14:30",
        "2026/11/2 14:30",
        "2026年11月2日 14:30",
        "1小时前",
        "今天 14:30",
    ],
)
def test_every_way_to_write_a_date(value: Any) -> None:
    """Without a zone it is Shanghai's time, and CST is China's."""
    read = moment(value, seen_at=HALF_PAST_TWO + timedelta(hours=1))
    assert read is not None
    assert abs(read - HALF_PAST_TWO) < timedelta(minutes=1)


@pytest.mark.parametrize("value", [None, "", " ", 0, "0", [], {}, True])
def test_an_absent_date_is_none(value: Any) -> None:
    assert moment(value, seen_at=AFTERNOON) is None


@pytest.mark.parametrize(
    "value", ["某日", "x" * 10_000, "1970-01-01", 12, "99999999999999999", "-1", "Mon, 99 Nov 2026", float("inf")]
)
def test_an_unreadable_date_is_said(value: Any) -> None:
    with pytest.raises(ItemError):
        moment(value, seen_at=AFTERNOON)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**30, "9" * 400, "", "热", None, [], True, -3])
def test_what_is_no_count_is_none(value: Any) -> None:
    assert count_of(value) is None


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<p>一</p>\n\n<p> 二 </p>", "一\n二"),
        ("a<br/>b<BR>c", "a\nb\nc"),
        ("<style>p{}</style>正文<!-- 注 -->", "正文"),
        ('<a href="https://weibo.com/u/1">@某人</a> 说', "@某人 说"),
        ('<img alt="[doge]"><img alt="照片 1">', "[doge]"),
        ("&lt;b&gt;", "<b>"),
        ("未闭合 <script>x", "未闭合 x"),
    ],
)
def test_markup_becomes_what_a_reader_sees(markup: str, text: str) -> None:
    assert text_of_html(markup) == text


def test_hostile_markup_costs_no_time() -> None:
    """Each of these would take hours where a pattern scanned on from every opening."""
    for hostile in ("<script>" * 200_000, "<!--" * 200_000, "<img " * 200_000, "-->" + "<!--" * 200_000, "<p" * 200_000):
        text_of_html(hostile)


def test_long_identities_are_hashed_and_short_ones_readable() -> None:
    assert bounded("星海") == "星海"
    assert len(bounded("星" * 300)) < LONGEST_IDENTITY
    assert bounded("星" * 300) != bounded("星" * 301)
    assert len(hot_search_id("长" * 500, AFTERNOON)) < LONGEST_IDENTITY


def test_the_fragment_and_other_parameters_belong_to_an_address() -> None:
    """A forum's floors differ by nothing else."""
    assert len({address_id(f"https://x.cn/t?id={n}#f{n}") for n in range(3)}) == 3


def test_text_that_no_database_takes_is_made_storable() -> None:
    assert text_of("a\x00b\ud83d") == "a\ufffdb\ufffd"
