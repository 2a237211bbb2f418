"""How much of a window the sources really delivered, from the history of their crawls.

The rule, for one source:

1. A page that shows only the present, read (status `ok`) at time t, vouches for the time since it was read before, where
   that is at most three intervals ago; a longer gap may have hidden entries.
2. Pages that list past items (`CrawlRun.history_from`; an unchanged page lists those of the time before) vouch back to the
   oldest of them; and where they reach back to the newest item of the crawl before, since that crawl, however long ago.
   Where they do not reach so far, items in between were missed, however short the gap.
3. After the last such crawl, the source counts as watched for three intervals more, unless a later crawl failed.
4. Nothing is vouched for later than `stale_after` past the newest item known then: a source that is read well but brings
   only old items is not watching.

What is not vouched for is missing. A source never crawled has a share of 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import HOUR, SHANGHAI, floor_hour, to_utc
from core.coverage import Coverage, SourceCoverage
from crawlers.status import SourceStatus
from crawlers.tables import CrawlRun, SourceState

LONGEST_GAP = 3
"""Intervals between two crawls of which the later still vouches for all the time between."""

PARTIAL = "partial"

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class PastRun:
    """A finished crawl as the rule sees it."""

    at: datetime
    status: SourceStatus
    newest_item_at: datetime | None = None
    history_from: datetime | None = None


def coverage(
    session: Session, *, start: datetime, end: datetime, stale_after: timedelta, history_from: datetime | None = None
) -> Coverage:
    """Every enabled source's share of the window [start, end), by name, and the blind hours from `history_from` to the end."""
    states = session.scalars(select(SourceState).where(SourceState.enabled).order_by(SourceState.name))
    sources = tuple(_of_source(session, state, start, end, stale_after) for state in states)
    blind = blind_hours(session, start=history_from or end, end=end, stale_after=stale_after)
    return Coverage(start, end, sources, blind)


def blind_hours(session: Session, *, start: datetime, end: datetime, stale_after: timedelta) -> frozenset[datetime]:
    """The hours from `start` to `end` of which no source delivered anything: a count of zero says nothing of them.

    None before the first crawl, for nobody was to deliver then, and a crawl may have brought what is older than itself.
    """
    begun = _first_crawl(session)
    if begun is None or begun >= end:
        return frozenset()
    first = floor_hour(max(start, begun))
    hours = [first + place * HOUR for place in range(int((end - first) / HOUR))]
    shares = hourly_shares(session, hours=hours, until=end, stale_after=stale_after)
    return frozenset(hour for hour, share in zip(hours, shares, strict=True) if share == 0)


def hourly_shares(
    session: Session, *, hours: Sequence[datetime], until: datetime, stale_after: timedelta
) -> list[float | None]:
    """The mean share of the enabled sources in each of `hours` (consecutive starts), None for an hour after `until`.

    The runs are read once for all hours: what a chart asks. 0 where no source is enabled, for then nothing was watched.
    """
    if not hours:
        return []
    start, end = hours[0], min(hours[-1] + HOUR, until)
    states = session.scalars(select(SourceState).where(SourceState.enabled)).all()
    spans = [_spans(session, state, start, end, stale_after) for state in states]
    return [_mean_share(spans, hour, min(hour + HOUR, end)) if hour < end else None for hour in hours]


def told_shares(session: Session, hours: Sequence[datetime], *, until: datetime, stale_after: timedelta) -> list[float | None]:
    """`hourly_shares`, with None where nothing is told too: where no source is enabled, as for an archive that was imported,
    and before the hour of the first crawl, for a crawl may have brought what was published before it."""
    begun = _told_since(session)
    if begun is None:
        return [None] * len(hours)
    told = [hour for hour in hours if hour >= floor_hour(begun)]
    shares = hourly_shares(session, hours=told, until=until, stale_after=stale_after)
    return [*([None] * (len(hours) - len(told))), *shares]


def daily_shares(
    session: Session, *, days: Sequence[date], until: datetime, stale_after: timedelta
) -> dict[date, float | None]:
    """The mean share of the enabled sources in each of `days` (consecutive days of China's calendar) up to `until`.

    None where it is not told: where no source is enabled, as for an archive that was imported, and before the first crawl,
    for a crawl may have brought what was published before it.
    """
    begun = _told_since(session)
    if not days or begun is None:
        return dict.fromkeys(days)
    start = to_utc(datetime.combine(days[0], time()))
    hours = [start + place * HOUR for place in range(24 * len(days))]
    shares = hourly_shares(session, hours=hours, until=until, stale_after=stale_after)
    of_days = (shares[24 * place : 24 * place + 24] for place in range(len(days)))
    means = [_mean([share for share in of_day if share is not None]) for of_day in of_days]
    first = begun.astimezone(SHANGHAI).date()
    return {day: mean if day >= first else None for day, mean in zip(days, means, strict=True)}


def watched(runs: Sequence[PastRun], *, interval: timedelta, stale_after: timedelta) -> list[Span]:
    """The spans of time that the runs (oldest first) vouch for; they may overlap."""
    spans: list[Span] = []
    previous: PastRun | None = None
    for run in runs:
        if run.status is SourceStatus.OK:
            spans.append((_vouched_from(run, previous, interval), _until(run, run.at, stale_after)))
            previous = run
    if runs and runs[-1].status is SourceStatus.OK:
        spans.append((runs[-1].at, _until(runs[-1], runs[-1].at + LONGEST_GAP * interval, stale_after)))
    return spans


def share(spans: Iterable[Span], start: datetime, end: datetime) -> float:
    """The share of [start, end) that the spans cover together, in [0, 1]; 0 for an empty window."""
    if end <= start:
        return 0.0
    covered, reached = timedelta(), start
    for first, last in sorted(spans):
        first, last = max(first, reached), min(last, end)
        if last > first:
            covered, reached = covered + (last - first), last
    return covered / (end - start)


def united(spans: Iterable[Span]) -> list[Span]:
    """The same time in spans that neither overlap nor touch, oldest first: of a source that is well, a single one."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], last)
        elif last > first:
            found.append((first, last))
    return found


def _told_since(session: Session) -> datetime | None:
    """From when on shares are told: the first crawl, where a source is enabled."""
    enabled = session.scalar(select(func.count()).select_from(SourceState).where(SourceState.enabled))
    return _first_crawl(session) if enabled else None


def _first_crawl(session: Session) -> datetime | None:
    return session.scalar(select(func.min(CrawlRun.started_at)))


def _mean(shares: Sequence[float]) -> float | None:
    return sum(shares) / len(shares) if shares else None


def _mean_share(sources: Sequence[Sequence[Span]], start: datetime, end: datetime) -> float:
    return sum(share(spans, start, end) for spans in sources) / len(sources) if sources else 0.0


def _spans(session: Session, state: SourceState, start: datetime, end: datetime, stale_after: timedelta) -> list[Span]:
    interval = timedelta(seconds=state.interval_seconds)
    return united(watched(_runs(session, state.name, start, end), interval=interval, stale_after=stale_after))


def _vouched_from(run: PastRun, previous: PastRun | None, interval: timedelta) -> datetime:
    if run.history_from is None:
        is_close = previous is not None and run.at - previous.at <= LONGEST_GAP * interval
        return previous.at if previous and is_close else run.at
    if previous and previous.newest_item_at is not None and run.history_from <= previous.newest_item_at:
        return min(previous.at, run.history_from)
    return run.history_from


def _until(run: PastRun, moment: datetime, stale_after: timedelta) -> datetime:
    return moment if run.newest_item_at is None else min(moment, run.newest_item_at + stale_after)


def _of_source(session: Session, state: SourceState, start: datetime, end: datetime, stale_after: timedelta) -> SourceCoverage:
    interval = timedelta(seconds=state.interval_seconds)
    runs = _runs(session, state.name, start, end)
    part = share(watched(runs, interval=interval, stale_after=stale_after), start, end)
    return SourceCoverage(
        state.name, state.platform, part, "ok" if part >= 1 else _reason(state, runs, start, end, stale_after)
    )


def _reason(state: SourceState, runs: Sequence[PastRun], start: datetime, end: datetime, stale_after: timedelta) -> str:
    """Why a source did not deliver all the time: `paused`, what its last bad crawl found, `stale`, crawled only for a part of
    the window (`partial`), or `never` in it.
    """
    if state.paused:
        return "paused"
    bad = [run.status for run in runs if start <= run.at < end and run.status is not SourceStatus.OK]
    if bad:
        return bad[-1].value
    is_stale = any(run.newest_item_at is not None and run.newest_item_at + stale_after < min(run.at, end) for run in runs)
    if is_stale:
        return SourceStatus.STALE.value
    return PARTIAL if any(run.at < end for run in runs) else SourceStatus.NEVER.value


def _runs(session: Session, source: str, start: datetime, end: datetime) -> list[PastRun]:
    """The finished runs that can say something of [start, end), oldest first.

    They begin with the last success before it, and end with the first success after it, which vouches backwards.
    """
    finished = select(CrawlRun.started_at, CrawlRun.status, CrawlRun.newest_item_at, CrawlRun.history_from).where(
        CrawlRun.source == source, CrawlRun.finished_at.is_not(None)
    )
    success = CrawlRun.status == SourceStatus.OK.value
    before = select(func.max(CrawlRun.started_at)).where(CrawlRun.source == source, success, CrawlRun.started_at < start)
    first = session.scalar(before) or start
    inside = finished.where(CrawlRun.started_at >= first, CrawlRun.started_at < end).order_by(CrawlRun.started_at)
    after = finished.where(CrawlRun.started_at >= end, success).order_by(CrawlRun.started_at).limit(1)
    rows = [*session.execute(inside).tuples(), *session.execute(after).tuples()]
    return [PastRun(at, SourceStatus(status), newest, history) for at, status, newest, history in rows]
