"""The record of crawls: begun, finished, or found dead; with it, what each crawl makes of its source's state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from core.settings import SourceSettings
from crawlers.findings import INTERRUPTED, Finding, history_start
from crawlers.sources import sync_one
from crawlers.status import SourceStatus
from crawlers.tables import CrawlRun, SourceState

NO_FAILURE = (SourceStatus.OK, SourceStatus.EMPTY)


@dataclass(frozen=True, slots=True)
class Tally:
    """What a crawl delivered: numbers of posts and of things put into quarantine, and what robots.txt said."""

    posts: int
    quarantined: int
    robots: str = ""


def begin_run(session: Session, source: SourceSettings, run_id: str, now: datetime) -> SourceState:
    """Record that a crawl starts; the source's state before it. Earlier crawls that never reported are closed as failed.

    Only one process crawls a source at a time (`crawlers.lock`), so whatever is still open then is dead.
    """
    state = sync_one(session, session.get(SourceState, source.name), source)
    for dead in session.scalars(select(CrawlRun).where(CrawlRun.source == source.name, CrawlRun.finished_at.is_(None))):
        _close(session, dead, INTERRUPTED, Tally(dead.posts, dead.quarantined), now)
    state.last_attempt_at = now
    session.add(CrawlRun(id=run_id, source=source.name, started_at=now, finished_at=None))
    session.flush()
    return state


def count_up(session: Session, run_id: str, posts: int) -> None:
    """Add to a running crawl's posts, in the transaction that deposits them."""
    run = session.get_one(CrawlRun, run_id)
    run.posts += posts


def finish_run(session: Session, run_id: str, finding: Finding, tally: Tally, *, lists_history: bool, now: datetime) -> None:
    """Record what a crawl found, in the transaction that deposits the last of its posts.

    Only a crawl that was read to its end moves the source on: what it was asked with next (ETag) and how far it is read.
    """
    run = session.get_one(CrawlRun, run_id)
    state = _close(session, run, finding, tally, now)
    state.robots = tally.robots[:300]
    if finding.status is not SourceStatus.OK:
        return
    if finding.unchanged:
        run.history_from = state.newest_item_at
    else:
        state.etag, state.last_modified = finding.etag, finding.last_modified
        state.newest_item_at = max(filter(None, (state.newest_item_at, finding.newest)), default=None)
        run.history_from = history_start(finding.moments) if lists_history else None
    run.newest_item_at = state.newest_item_at


def abandon_run(session: Session, source: SourceSettings, run_id: str, finding: Finding, now: datetime) -> CrawlRun:
    """Record a crawl whose process ended without a report, even before it began; one that did report stays as it is."""
    run = session.get(CrawlRun, run_id)
    if run is None:
        begin_run(session, source, run_id, now)
        run = session.get_one(CrawlRun, run_id)
    if run.finished_at is None:
        _close(session, run, finding, Tally(run.posts, run.quarantined), now)
    return run


def newest_run(session: Session, source: str) -> CrawlRun | None:
    """The source's last crawl; run ids sort by time."""
    return session.scalars(select(CrawlRun).where(CrawlRun.source == source).order_by(CrawlRun.id.desc()).limit(1)).first()


def _close(session: Session, run: CrawlRun, finding: Finding, tally: Tally, now: datetime) -> SourceState:
    run.finished_at, run.status = now, finding.status.value
    run.posts, run.quarantined = tally.posts, tally.quarantined
    run.detail_zh, run.detail_en = finding.zh, finding.en
    state = session.get_one(SourceState, run.source)
    state.status, state.detail_zh, state.detail_en = finding.status.value, finding.zh, finding.en
    state.retry_after = finding.retry_after
    state.consecutive_failures = 0 if finding.status in NO_FAILURE else state.consecutive_failures + 1
    if finding.status is SourceStatus.OK:
        state.last_success_at = now
    return state


def discard_before(session: Session, moment: datetime) -> int:
    """Delete the records of crawls that began before `moment`; the number deleted."""
    done = session.execute(delete(CrawlRun).where(CrawlRun.started_at < moment))
    return cast("CursorResult[Any]", done).rowcount
