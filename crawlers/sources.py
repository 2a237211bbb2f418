"""The sources: what is configured, which are due, what state each is in, and pausing one by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit
from core.clock import shown
from core.errors import InputError, StateError
from core.settings import SourceSettings
from crawlers.findings import INTERRUPTED
from crawlers.lag import lag_detail, late_sources
from crawlers.status import SourceStatus
from crawlers.tables import CrawlRun, SourceState
from posts import quarantine

__all__ = [
    "SourceReport",
    "SourceStatus",
    "due_sources",
    "find_source",
    "pause",
    "present_status",
    "resume",
    "source_reports",
    "stale_detail",
    "sync_one",
    "sync_sources",
    "unpaused_sources",
]

LONGEST_BACK_OFF = 16
"""A source that keeps failing is asked at most this many times more rarely than its interval says."""

LONGEST_CRAWL = timedelta(hours=1)
"""No crawl takes this long; `crawlers.runner.time_limit` is minutes."""

NEVER_TRIED = datetime.min.replace(tzinfo=UTC)

EARLY_SHARE = 0.1
"""A schedule may fire a little early; a source is due once all but this share of its waiting time is over."""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source as people see it; `status` is `stale` where it is read well but its newest item is old."""

    name: str
    kind: str
    platform: str
    url: str
    status: SourceStatus
    paused: bool
    detail_zh: str
    detail_en: str
    last_attempt_at: datetime | None
    last_success_at: datetime | None
    newest_item_at: datetime | None
    consecutive_failures: int
    posts_last_run: int
    quarantined_total: int
    robots: str = ""
    retry_after: datetime | None = None


def sync_sources(session: Session, sources: Sequence[SourceSettings], now: datetime) -> None:
    """Make the sources' rows what the settings say; one that is gone is disabled, one with a new address starts afresh."""
    known = {state.name: state for state in session.scalars(select(SourceState))}
    for source in sources:
        sync_one(session, known.get(source.name), source)
    for name in known.keys() - {source.name for source in sources}:
        known[name].enabled = False
    session.flush()


def sync_one(session: Session, state: SourceState | None, source: SourceSettings) -> SourceState:
    """Make one source's row, new where there is none, what the settings say."""
    if state is None:
        state = SourceState(name=source.name, kind=source.kind, url=source.url, consecutive_failures=0)
        session.add(state)
    elif (state.kind, state.url) != (source.kind, source.url):
        state.kind, state.url = source.kind, source.url
        _forget_progress(state)
    state.platform, state.interval_seconds, state.enabled = source.platform, source.interval_seconds, True
    return state


def due_sources(session: Session, now: datetime) -> list[str]:
    """The sources to crawl now: enabled, not paused, waiting time over; those waiting longest come first.

    A source waits its interval after an attempt, twice that after one failure, four times after two, up to sixteen times;
    and at least as long as the site itself asked for.
    """
    active = session.scalars(select(SourceState).where(SourceState.enabled, ~SourceState.paused))
    due = [state for state in active if _next_attempt(state) <= now and (state.retry_after is None or state.retry_after <= now)]
    return [state.name for state in sorted(due, key=_next_attempt)]


def unpaused_sources(session: Session) -> list[str]:
    """Every configured source that is not paused, by name."""
    query = select(SourceState.name).where(SourceState.enabled, ~SourceState.paused)
    return list(session.scalars(query.order_by(SourceState.name)))


def source_reports(session: Session, *, now: datetime, stale_after: timedelta) -> list[SourceReport]:
    """Every configured source's state, by name; a source whose newest item is older than `stale_after` is stale.

    A crawl that has not reported for an hour died together with whoever started it, and counts as failed.
    """
    states = session.scalars(select(SourceState).where(SourceState.enabled).order_by(SourceState.name)).all()
    overdue = _overdue(session, now)
    quarantined = quarantine.counts(session)
    posts = _posts_of_last_run(session, [state.name for state in states])
    late = late_sources(session, now)
    present = {state.name: _present(state, state.name in overdue, now, stale_after, late.get(state.name)) for state in states}
    return [_report(state, present[state.name], posts, quarantined) for state in states]


def pause(session: Session, name: str, *, actor: str, now: datetime) -> None:
    """Crawl a source no more until it is resumed; raises InputError for an unknown name, StateError where it is paused."""
    _set_paused(session, name, True, actor, now)


def resume(session: Session, name: str, *, actor: str, now: datetime) -> None:
    """Crawl a paused source again; raises InputError for an unknown name, StateError where it is not paused."""
    _set_paused(session, name, False, actor, now)


def find_source(session: Session, name: str) -> SourceState:
    """The configured source of this name; raises InputError naming those that are."""
    state = session.get(SourceState, name)
    if state is None or not state.enabled:
        names = ", ".join(session.scalars(select(SourceState.name).where(SourceState.enabled).order_by(SourceState.name)))
        raise InputError(
            zh=f"没有名为 {name} 的信源；已配置的有：{names or '（无）'}",
            en=f"there is no source {name}; configured are: {names or '(none)'}",
        )
    return state


def present_status(
    status: SourceStatus, newest_item_at: datetime | None, now: datetime, stale_after: timedelta
) -> SourceStatus:
    """`stale` for a source that is read well but brings only items older than `stale_after`, else its status."""
    is_old = newest_item_at is not None and newest_item_at < now - stale_after
    return SourceStatus.STALE if status is SourceStatus.OK and is_old else status


def stale_detail(newest_item_at: datetime) -> tuple[str, str]:
    """Why a source is called stale, in Chinese and in English."""
    moment = shown(newest_item_at)
    return (
        f"能读取，但最新一条是 {moment} 的；请看来源网站是否停更，或换一个地址",
        f"it can be read, but its newest item is of {moment}; see whether the site still publishes, or change the address",
    )


def _forget_progress(state: SourceState) -> None:
    """What was learnt of the old address says nothing about the new one."""
    state.status, state.detail_zh, state.detail_en = SourceStatus.NEVER.value, "", ""
    state.etag = state.last_modified = state.robots = ""
    state.newest_item_at = state.retry_after = state.last_attempt_at = None
    state.consecutive_failures = 0


def _next_attempt(state: SourceState) -> datetime:
    if state.last_attempt_at is None:
        return NEVER_TRIED
    times = min(2 ** min(state.consecutive_failures, 10), LONGEST_BACK_OFF)
    return state.last_attempt_at + timedelta(seconds=state.interval_seconds * times * (1 - EARLY_SHARE))


def _posts_of_last_run(session: Session, names: Sequence[str]) -> dict[str, int]:
    """Run ids sort by time, so a source's newest finished run is the one of the greatest id."""
    newest = (
        select(func.max(CrawlRun.id))
        .where(CrawlRun.finished_at.is_not(None), CrawlRun.source.in_(names))
        .group_by(CrawlRun.source)
    )
    return dict(session.execute(select(CrawlRun.source, CrawlRun.posts).where(CrawlRun.id.in_(newest))).tuples().all())


def _overdue(session: Session, now: datetime) -> set[str]:
    open_runs = select(CrawlRun.source).where(CrawlRun.finished_at.is_(None), CrawlRun.started_at < now - LONGEST_CRAWL)
    return set(session.scalars(open_runs))


def _present(
    state: SourceState, is_overdue: bool, now: datetime, stale_after: timedelta, late: timedelta | None
) -> tuple[SourceStatus, str, str]:
    """The source's status now, and why, in Chinese and in English."""
    if is_overdue:
        return INTERRUPTED.status, INTERRUPTED.zh, INTERRUPTED.en
    status = present_status(SourceStatus(state.status), state.newest_item_at, now, stale_after)
    if status is SourceStatus.STALE and state.newest_item_at is not None:
        return status, *stale_detail(state.newest_item_at)
    if status is SourceStatus.OK and late is not None:
        zh, en = lag_detail(late)
        return status, f"{state.detail_zh}；{zh}", f"{state.detail_en}; {en}"
    return status, state.detail_zh, state.detail_en


def _report(
    state: SourceState, present: tuple[SourceStatus, str, str], posts: Mapping[str, int], quarantined: Mapping[str, int]
) -> SourceReport:
    status, zh, en = present
    return SourceReport(
        name=state.name,
        kind=state.kind,
        platform=state.platform,
        url=state.url,
        status=status,
        paused=state.paused,
        detail_zh=zh,
        detail_en=en,
        last_attempt_at=state.last_attempt_at,
        last_success_at=state.last_success_at,
        newest_item_at=state.newest_item_at,
        consecutive_failures=state.consecutive_failures,
        posts_last_run=posts.get(state.name, 0),
        quarantined_total=quarantined.get(state.name, 0),
        robots=state.robots,
        retry_after=state.retry_after,
    )


def _set_paused(session: Session, name: str, paused: bool, actor: str, now: datetime) -> None:
    state = find_source(session, name)
    if state.paused == paused:
        raise StateError(
            zh=f"信源 {name} 本来就{'已暂停' if paused else '没有暂停'}",
            en=f"source {name} is {'paused already' if paused else 'not paused'}",
        )
    state.paused = paused
    audit.record(session, at=now, actor=actor, action="source.pause" if paused else "source.resume", subject=f"source:{name}")
