"""Replay of history as it arrived: the alerts that the live rules and lifecycle would have raised, and when."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.backtesting.replay import BrandReplay, ReplayedAlert
from alerts.detection.hot_search import PAST
from alerts.detection.series import DAY, Sighting, history_from, sightings
from alerts.life.lifecycle import Standing
from alerts.life.store import add_event, save
from alerts.life.tables import Alert, AlertState
from alerts.policies.policy import NO_POLICIES, Policy, policy_of
from core import audit
from core.clock import HOUR, SHANGHAI, floor_hour
from core.database import Database
from core.post import PostKind
from core.settings import Settings
from posts.index import PostFilter, PostReader

MINUTE = timedelta(minutes=1)
REPLAY = "r"
"""Before the fingerprint of a kept alert, so that live detection of the same crisis may have its own."""
NO_COVERAGE: dict[str, Any] = {"start": None, "end": None, "share": 0.0, "complete": False, "sources": []}
"""A replay does not know which sources were missing then, so an alert kept from one never says that they were complete."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """The replay of `brands` from `start` to `end` and its alerts, by opening time."""

    start: datetime
    end: datetime
    brands: tuple[str, ...]
    alerts: tuple[ReplayedAlert, ...]

    def to_json(self) -> dict[str, Any]:
        """JSON-ready, in the archive's own clock (Asia/Shanghai); `levels` has each time that people were told."""
        return {
            "from": _local(self.start),
            "to": _local(self.end),
            "brands": list(self.brands),
            "alerts": [_alert_json(alert) for alert in self.alerts],
        }


def backtest(
    index: PostReader,
    *,
    brands: Sequence[str],
    start: datetime,
    end: datetime,
    settings: Settings,
    policies: Mapping[str, Policy] = NO_POLICIES,
) -> Backtest:
    """Replay [start, end) as it was seen: every whole hour, and in the minute after a hot-search entry or strong sign arrives.

    `policies` has those of the brands that do not keep the default one. The posts are read once, oldest first. Raises
    UnavailableError where the index cannot be reached.
    """
    known_since = index.earliest()
    replays = {brand: BrandReplay(brand, settings.alerts, policy_of(policies, brand), known_since) for brand in brands}
    for brand, seen in _listed_before(index, brands, start, settings.alerts.baseline_days):
        replays[brand].recall(seen)
    clock = _Clock(start, end, replays)
    for brand, seen in arrivals(index, brands, start=start, end=end, baseline_days=settings.alerts.baseline_days):
        clock.run_until(seen.known_at)
        replays[brand].see(seen)
        clock.stir(brand, seen)
    clock.run_until(end)
    alerts = [alert for one in replays.values() for alert in one.alerts]
    alerts.sort(key=lambda alert: (alert.standing.opened_at, alert.standing.brand))
    return Backtest(start, end, tuple(brands), tuple(alerts))


def _listed_before(
    index: PostReader, brands: Sequence[str], start: datetime, baseline_days: int
) -> Iterator[tuple[str, Sighting]]:
    """The hot-search entries from before the posts that are replayed; they tell what was usual for a brand."""
    wanted, until = set(brands), history_from(start, baseline_days)
    chosen = PostFilter(brands=tuple(brands), kinds=(PostKind.HOT_SEARCH,), start=start - PAST - DAY, end=until)
    return ((brand, seen) for indexed in index.scan(chosen) for brand, seen in sightings(indexed) if brand in wanted)


def arrivals(
    index: PostReader, brands: Sequence[str], *, start: datetime, end: datetime, baseline_days: int
) -> Iterator[tuple[str, Sighting]]:
    """(brand, sighting) in the order in which they became known; memory holds those seen long after publication only.

    The index gives them by publication, and none is known before it was published; so whatever was known before the
    publication of the next is complete.
    """
    wanted = set(brands)
    first = history_from(start, baseline_days)
    waiting: list[tuple[datetime, str, str, Sighting]] = []
    for indexed in index.scan(PostFilter(brands=tuple(brands), start=first, end=end, seen_before=end)):
        while waiting and waiting[0][0] < indexed.post.published_at:
            yield _taken(waiting)
        for brand, seen in sightings(indexed):
            if brand in wanted:
                heapq.heappush(waiting, (seen.known_at, seen.id, brand, seen))
    while waiting:
        yield _taken(waiting)


def minute_after(moment: datetime) -> datetime:
    """The first whole minute by which what was seen at `moment` is known."""
    return moment.replace(second=0, microsecond=0) + MINUTE


class _Clock:
    """The ticks still to come: each whole hour for the brands that are awake, and single ones for single brands."""

    def __init__(self, start: datetime, end: datetime, replays: dict[str, BrandReplay]) -> None:
        self._start, self._end, self._replays = start, end, replays
        self._next_hour = floor_hour(start) + HOUR
        self._single: list[tuple[datetime, str]] = []
        self._awake: set[str] = set()

    def stir(self, brand: str, seen: Sighting) -> None:
        """The brand was given a post: it is awake, and what is a sign by itself does not wait for the whole hour."""
        self._awake.add(brand)
        at = minute_after(seen.known_at)
        if self._start < at <= self._end and self._replays[brand].is_sign(seen):
            heapq.heappush(self._single, (at, brand))

    def run_until(self, moment: datetime) -> None:
        """Run every tick up to `moment`, which knows only what was seen before it."""
        last = min(moment, self._end)
        while True:
            due = self._single[0][0] if self._single else self._next_hour
            if min(due, self._next_hour) > last:
                return
            if self._next_hour <= due:
                self._whole_hour()
            else:
                at, brand = heapq.heappop(self._single)
                self._replays[brand].tick(at)

    def _whole_hour(self) -> None:
        self._awake = {brand for brand in self._awake if self._replays[brand].is_awake(self._next_hour)}
        for brand in self._awake:
            self._replays[brand].tick(self._next_hour)
        self._next_hour += HOUR


def record(database: Database, replay: Backtest, *, actor: str, now: datetime) -> list[str]:
    """Keep a replay's alerts as open alerts marked as replayed, so that a case can be opened from one; nobody is notified.

    An alert of the same fingerprint that is there already, live or kept before, is returned instead of another.
    """
    with database.writing() as session:
        return [_keep(session, alert, actor=actor, now=now) for alert in replay.alerts]


def _keep(session: Session, alert: ReplayedAlert, *, actor: str, now: datetime) -> str:
    live = alert.standing.fingerprint
    query = select(Alert.id).where(Alert.fingerprint.in_([live, REPLAY + live])).order_by(Alert.replayed)
    known = session.scalars(query).first()
    if known is not None:
        return known
    row = save(session, None, _as_replayed(alert.standing), coverage=NO_COVERAGE, replayed=True)
    for event in alert.events:
        add_event(session, row, event.kind, at=event.at, details={"reason": event.reason, "replayed": True})
    audit.record(session, at=now, actor=actor, action="alert.record", subject=f"alert:{row.id}", brand=row.brand)
    return row.id


def _as_replayed(standing: Standing) -> Standing:
    explanation = {**standing.explanation, "replayed": True}
    return replace(
        standing,
        fingerprint=REPLAY + standing.fingerprint,
        state=AlertState.OPEN,
        closed_at=None,
        explanation=explanation,
    )


def _taken(waiting: list[tuple[datetime, str, str, Sighting]]) -> tuple[str, Sighting]:
    _, _, brand, seen = heapq.heappop(waiting)
    return brand, seen


def _alert_json(alert: ReplayedAlert) -> dict[str, Any]:
    told = alert.told
    return {
        "brand": alert.standing.brand,
        "opened_at": _local(alert.standing.opened_at),
        "levels": [{"level": str(event.level), "at": _local(event.at), "kind": str(event.kind)} for event in told],
        "reasons": [event.reason for event in told],
        "evidence": alert.standing.explanation["evidence"],
        "state": str(alert.standing.state),
        "fingerprint": alert.standing.fingerprint,
        "matrix": alert.standing.matrix,
    }


def _local(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat()
