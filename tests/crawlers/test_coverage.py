"""Coverage: what the history of crawls vouches for."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import floor_hour
from core.database import Database
from core.settings import SourceSettings
from crawlers.coverage import PastRun, coverage, share, united, watched
from crawlers.sources import sync_sources
from crawlers.status import SourceStatus
from crawlers.tables import CrawlRun
from tests.crawlers.conftest import AFTERNOON

INTERVAL, STALE = timedelta(minutes=5), timedelta(hours=6)
SOURCE = SourceSettings(name="news", kind="feed", url="https://news.example.cn/rss", interval_seconds=300)


def at(minutes: float) -> datetime:
    return AFTERNOON + timedelta(minutes=minutes)


def ok(minutes: float, *, history: float | None = None, newest: float | None = None) -> PastRun:
    known = at(newest if newest is not None else minutes)
    return PastRun(at(minutes), SourceStatus.OK, known, at(history) if history is not None else None)


def bad(minutes: float, status: SourceStatus = SourceStatus.BLOCKED) -> PastRun:
    return PastRun(at(minutes), status)


def part(*runs: PastRun, start: float = 0, end: float = 60) -> float:
    return share(watched(runs, interval=INTERVAL, stale_after=STALE), at(start), at(end))


def test_a_source_never_crawled_watched_nothing() -> None:
    assert part() == 0


def test_crawls_close_enough_vouch_for_the_time_between_and_a_little_after() -> None:
    assert part(*(ok(minute) for minute in range(0, 61, 5))) == 1
    assert part(ok(0), ok(15), ok(30), ok(45)) == 1


def test_a_gap_of_more_than_three_intervals_is_missing() -> None:
    assert part(ok(0), ok(16), end=16) == 0
    assert part(ok(0), ok(15), end=15) == 1


def test_failed_crawls_vouch_for_nothing() -> None:
    """From the last good crawl to the next good one, blocked crawls between are a gap like any other."""
    assert part(ok(0), *(bad(minute) for minute in range(5, 60, 5))) == 0
    assert part(ok(0), bad(5), ok(10), end=10) == 1


def test_a_good_crawl_that_was_followed_by_a_bad_one_vouches_for_no_more_than_its_own_past() -> None:
    assert part(ok(0), ok(10), bad(11), end=20) == 0.5


def test_a_page_with_history_vouches_back_to_its_oldest_item() -> None:
    assert part(ok(60, history=30)) == 0.5
    assert part(ok(60, history=-300)) == 1


def test_a_page_that_reaches_the_last_crawl_s_newest_item_vouches_since_then_however_long_ago() -> None:
    assert part(ok(0, history=-60, newest=-1), ok(60, history=-1)) == 1


def test_a_page_that_does_not_reach_so_far_missed_what_was_between() -> None:
    """Even within the interval: more was published than the page holds."""
    assert part(ok(0, history=-60), ok(10, history=8), end=10) == pytest.approx(0.2)


def test_a_source_that_brings_only_old_items_stops_watching() -> None:
    """Its newest item is of noon; from six hours after that it is stale."""
    runs = [ok(minute, newest=0) for minute in range(0, 481, 5)]
    assert part(*runs, start=0, end=480) == 360 / 480


@given(st.lists(st.tuples(st.integers(-100, 200), st.integers(-100, 200)), max_size=8))
def test_the_share_is_that_of_the_minutes_in_any_span(pairs: list[tuple[int, int]]) -> None:
    spans = [(at(first), at(last)) for first, last in pairs]
    minutes = sum(any(first <= minute < last for first, last in pairs) for minute in range(60))
    assert share(spans, at(0), at(60)) == pytest.approx(minutes / 60)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=12), st.integers(0, 100), st.integers(0, 100))
def test_united_spans_are_the_same_time_without_overlap(pairs: list[tuple[int, int]], start: int, length: int) -> None:
    spans = [(at(first), at(last)) for first, last in pairs]
    whole = united(spans)
    assert all(last < after for (_, last), (after, _) in pairwise(whole))
    window = at(start), at(start + length)
    assert share(whole, *window) == share(spans, *window)


def test_an_empty_window_has_no_share() -> None:
    assert share([(at(0), at(60))], at(5), at(5)) == 0


def record(database: Database, *runs: PastRun) -> None:
    with database.writing() as session:
        sync_sources(session, [SOURCE], AFTERNOON)
        for number, run in enumerate(runs):
            row = CrawlRun(id=f"r{number}", source="news", started_at=run.at, finished_at=run.at, status=run.status.value)
            row.newest_item_at, row.history_from = run.newest_item_at, run.history_from
            session.add(row)


def test_hours_after_the_first_crawl_of_which_no_source_delivered_anything_are_blind(database: Database) -> None:
    """Of the hours before the first crawl nothing is said: nobody was to deliver then."""
    blocked = (bad(minute) for minute in range(65, 300, 5))
    record(database, *(ok(minute) for minute in range(0, 61, 5)), *blocked, *(ok(minute) for minute in range(300, 361, 5)))
    with database.reading() as session:
        found = coverage(session, start=at(300), end=at(360), stale_after=STALE, history_from=at(-600))
    assert found.blind_hours == {floor_hour(at(minutes)) for minutes in (60, 120, 180, 240)}


def test_the_recorded_crawls_give_the_coverage(database: Database) -> None:
    record(database, ok(-200), *(ok(minute) for minute in range(0, 31, 5)), bad(35), bad(40))
    with database.reading() as session:
        found = coverage(session, start=at(0), end=at(60), stale_after=STALE)
    assert [(source.source, source.platform, source.share, source.status) for source in found.sources] == [
        ("news", "news", 0.5, "blocked")
    ]
    assert not found.is_complete


def test_a_crawl_before_and_one_after_the_window_vouch_for_it(database: Database) -> None:
    record(database, ok(-500, history=-600), ok(90, history=-500))
    with database.reading() as session:
        assert coverage(session, start=at(0), end=at(60), stale_after=STALE).is_complete


def test_the_reason_is_told(database: Database) -> None:
    record(database)
    with database.reading() as session:
        assert coverage(session, start=at(0), end=at(60), stale_after=STALE).sources[0].status == "never"
    record(database, *(ok(minute, newest=-400) for minute in range(0, 60, 5)))
    with database.reading() as session:
        (source,) = coverage(session, start=at(0), end=at(60), stale_after=STALE).sources
    assert (source.share, source.status) == (0, "stale")
