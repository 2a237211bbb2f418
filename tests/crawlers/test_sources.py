"""The sources' state: what is configured, due, paused, stale; and the record of crawls, also of those that died."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.audit import entries_for
from core.database import Database
from core.errors import InputError, StateError
from core.settings import SourceSettings
from crawlers.findings import UNCHANGED, Finding
from crawlers.runs import Tally, abandon_run, begin_run, finish_run
from crawlers.sources import SourceStatus, due_sources, find_source, pause, resume, source_reports, sync_sources
from crawlers.tables import CrawlRun, SourceState
from posts import quarantine
from posts.quarantine import Quarantined
from tests.crawlers.conftest import AFTERNOON

NEWS = SourceSettings(name="news", kind="feed", url="https://news.example.cn/rss", interval_seconds=300)
HOT = SourceSettings(name="hot", kind="weibo_hot", url="https://weibo.example.cn/ajax/side/hotSearch", interval_seconds=600)
STALE = timedelta(hours=6)
MINUTE = timedelta(minutes=1)

READ = Finding(SourceStatus.OK, "读到 1 条", "1 post", moments=(AFTERNOON,), etag='"1"', last_modified="Mon")
BLOCKED = Finding(SourceStatus.BLOCKED, "被拒", "refused")


def sync(database: Database, *sources: SourceSettings) -> None:
    with database.writing() as session:
        sync_sources(session, sources, AFTERNOON)


def crawl(database: Database, run_id: str, finding: Finding, *, minute: float = 0, posts: int = 0) -> None:
    now = AFTERNOON + minute * MINUTE
    with database.writing() as session:
        begin_run(session, NEWS, run_id, now)
    with database.writing() as session:
        finish_run(session, run_id, finding, Tally(posts, 0, "x: HTTP 200"), lists_history=True, now=now)


def state(database: Database, name: str = "news") -> SourceState:
    with database.reading() as session:
        return find_source(session, name)


def due(database: Database, minute: float) -> list[str]:
    with database.reading() as session:
        return due_sources(session, AFTERNOON + minute * MINUTE)


def test_a_source_is_due_at_once_then_after_its_interval(database: Database) -> None:
    sync(database, NEWS, HOT)
    assert due(database, 0) == ["hot", "news"] or due(database, 0) == ["news", "hot"]
    crawl(database, "r1", READ)
    assert due(database, 4) == ["hot"]
    assert "news" in due(database, 5)


def test_a_schedule_that_fires_a_little_early_finds_it_due(database: Database) -> None:
    sync(database, NEWS)
    crawl(database, "r1", READ)
    assert due(database, 4.9) == ["news"]


def test_a_source_that_keeps_failing_is_asked_more_and_more_rarely(database: Database) -> None:
    sync(database, NEWS)
    crawl(database, "r1", BLOCKED)
    assert (due(database, 5), due(database, 10)) == ([], ["news"])
    for number in range(2, 9):
        crawl(database, f"r{number}", BLOCKED)
    assert (due(database, 70), due(database, 80)) == ([], ["news"])
    crawl(database, "s", READ)
    assert state(database).consecutive_failures == 0


def test_what_the_site_asked_for_is_waited_for(database: Database) -> None:
    sync(database, NEWS)
    crawl(database, "r1", Finding(SourceStatus.BLOCKED, "被拒", "refused", retry_after=AFTERNOON + 60 * MINUTE))
    assert (due(database, 59), due(database, 60)) == ([], ["news"])


def test_a_removed_source_is_disabled_and_keeps_its_history(database: Database) -> None:
    sync(database, NEWS, HOT)
    crawl(database, "r1", READ)
    sync(database, HOT)
    with database.reading() as session:
        assert [report.name for report in source_reports(session, now=AFTERNOON, stale_after=STALE)] == ["hot"]
        assert session.get(CrawlRun, "r1") is not None
        with pytest.raises(InputError, match="hot"):
            find_source(session, "news")
    sync(database, NEWS, HOT)
    assert state(database).etag == '"1"'


def test_a_new_address_starts_afresh(database: Database) -> None:
    """The old address's ETag and progress would make the new one's first items be missed."""
    sync(database, NEWS)
    crawl(database, "r1", READ)
    sync(database, NEWS.model_copy(update={"url": "https://news.example.cn/other"}))
    moved = state(database)
    assert (moved.status, moved.etag, moved.newest_item_at) == ("never", "", None)


def test_pausing_is_recorded_and_takes_the_source_out_until_resumed(database: Database) -> None:
    sync(database, NEWS)
    with database.writing() as session:
        pause(session, "news", actor="operator", now=AFTERNOON)
    assert due(database, 0) == []
    with database.writing() as session:
        resume(session, "news", actor="operator", now=AFTERNOON)
        assert [entry.action for entry in entries_for(session, ["source:news"])] == ["source.resume", "source.pause"]
    assert due(database, 0) == ["news"]


def test_pausing_twice_or_an_unknown_source_is_an_error_that_names_it(database: Database) -> None:
    sync(database, NEWS)
    with database.writing() as session:
        with pytest.raises(StateError, match="news"):
            resume(session, "news", actor="operator", now=AFTERNOON)
        with pytest.raises(InputError, match="nowhere"):
            pause(session, "nowhere", actor="operator", now=AFTERNOON)


def test_only_a_good_crawl_moves_the_source_on(database: Database) -> None:
    sync(database, NEWS)
    crawl(database, "r1", READ)
    crawl(database, "r2", BLOCKED, minute=5)
    after = state(database)
    assert (after.etag, after.newest_item_at, after.last_success_at) == ('"1"', AFTERNOON, AFTERNOON)
    assert (after.status, after.detail_en, after.robots) == ("blocked", "refused", "x: HTTP 200")
    assert after.last_attempt_at == AFTERNOON + 5 * MINUTE


def test_an_unchanged_page_is_a_success_that_keeps_its_etag_and_vouches_for_the_same_items(database: Database) -> None:
    sync(database, NEWS)
    crawl(database, "r1", READ)
    crawl(database, "r2", UNCHANGED, minute=5)
    assert (state(database).etag, state(database).last_success_at) == ('"1"', AFTERNOON + 5 * MINUTE)
    with database.reading() as session:
        run = session.get_one(CrawlRun, "r2")
    assert (run.newest_item_at, run.history_from) == (AFTERNOON, AFTERNOON)


def test_a_source_whose_newest_item_is_old_is_stale(database: Database) -> None:
    sync(database, NEWS)
    crawl(database, "r1", READ, posts=7)
    with database.writing() as session:
        quarantine.add(session, [Quarantined("news", "item", "坏", "bad", "x")], now=AFTERNOON)
    with database.reading() as session:
        (fresh,) = source_reports(session, now=AFTERNOON + STALE, stale_after=STALE)
        (stale,) = source_reports(session, now=AFTERNOON + STALE + MINUTE, stale_after=STALE)
    assert (fresh.status, fresh.posts_last_run, fresh.quarantined_total) == (SourceStatus.OK, 7, 1)
    assert stale.status is SourceStatus.STALE
    assert "2026-11-02 16:00" in stale.detail_zh and "2026-11-02 16:00" in stale.detail_en


def test_a_crawl_that_died_is_closed_as_failed_by_the_next(database: Database) -> None:
    sync(database, NEWS)
    with database.writing() as session:
        begin_run(session, NEWS, "dead", AFTERNOON)
    crawl(database, "next", READ, minute=5)
    with database.reading() as session:
        runs: dict[str, Any] = {run.id: run.status for run in session.scalars(select(CrawlRun))}
    assert runs == {"dead": "failed", "next": "ok"}
    assert state(database).status == "ok"


def test_a_crawl_that_died_with_whoever_started_it_is_reported_failed_after_an_hour(database: Database) -> None:
    sync(database, NEWS)
    crawl(database, "r1", READ)
    with database.writing() as session:
        begin_run(session, NEWS, "dead", AFTERNOON)
    with database.reading() as session:
        (within,) = source_reports(session, now=AFTERNOON + 60 * MINUTE, stale_after=STALE)
        (later,) = source_reports(session, now=AFTERNOON + 61 * MINUTE, stale_after=STALE)
    assert (within.status, later.status) == (SourceStatus.OK, SourceStatus.FAILED)


def test_a_crawl_that_never_began_is_recorded_and_one_that_reported_stays(database: Database) -> None:
    sync(database, NEWS)
    crawl(database, "r1", READ)
    failed = Finding(SourceStatus.FAILED, "异常", "crashed")
    with database.writing() as session:
        assert abandon_run(session, NEWS, "r1", failed, AFTERNOON).status == "ok"
        assert abandon_run(session, NEWS, "r2", failed, AFTERNOON).status == "failed"
    assert state(database).consecutive_failures == 1
