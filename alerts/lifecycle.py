"""The life of an alert, as pure steps: live detection and replay take the same ones.

    (none) ── signal ──► open ──► acknowledged            level only rises while active
                          │             │
                          ├─ quiet ─────┴──► resolved     quiet for `resolve_hours`, all sources delivering
                          └─ by hand ─► dismissed / resolved

A closed alert absorbs what still comes of its episode, until it has been quiet for `resolve_hours`; only a higher level
reopens it. After the quiet a resolved alert is reopened by a relapse within a week, for it is one crisis to the public;
a dismissed one was none, and the next signal opens a new alert. A step may be repeated, at its own moment or later: it
finds its effect already there and changes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from alerts.levels import Level
from alerts.rules import Signal
from alerts.tables import AlertState, EventKind
from alerts.wording import explain, merged
from core.clock import floor_hour

RELAPSE = timedelta(days=7)
"""How long after its resolution an alert is reopened by a new signal, instead of another being opened."""


class Step(StrEnum):
    """What a pass does to a brand's alert; the first five are recorded as events, the rest are not."""

    OPENED = "opened"
    REOPENED = "reopened"
    RAISED = "raised"
    UPDATED = "updated"
    RESOLVED = "resolved"
    TOUCHED = "touched"  # the signal goes on, with nothing new to say
    ABSORBED = "absorbed"  # a closed alert's episode goes on
    HELD = "held"  # quiet for long enough, but not all sources delivered
    NOTHING = "nothing"

    @property
    def event(self) -> EventKind | None:
        return EventKind(self.value) if self.value in set(EventKind) else None


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert as the steps see it. `points`, `rules` and `hot` are the most that it has reached in this wave."""

    brand: str
    fingerprint: str
    state: AlertState
    level: Level
    opened_at: datetime
    wave_at: datetime
    started_at: datetime
    last_signal_at: datetime
    closed_at: datetime | None
    points: int
    rules: frozenset[str]
    hot: frozenset[str]
    explanation: dict[str, Any]
    matrix: dict[str, Any]


def fingerprint(brand: str, started_at: datetime) -> str:
    """The same for the same brand and first signal's hour, whoever computes it and however often."""
    return hashlib.sha256(f"{brand}\x1f{floor_hour(started_at).isoformat()}".encode()).hexdigest()[:32]


def next_step(alert: Standing | None, signal: Signal | None, *, at: datetime, quiet: timedelta, covered: bool) -> Step:
    """What the pass at `at` does to the brand's newest alert; `covered` says that all sources delivered through `quiet`."""
    if alert is None:
        return Step.OPENED if signal else Step.NOTHING
    if at < alert.wave_at:
        return Step.NOTHING
    if alert.state.is_active:
        return _of_active(alert, signal, at=at, quiet=quiet, covered=covered)
    return _of_closed(alert, signal, at=at, quiet=quiet)


def advance(alert: Standing | None, signal: Signal | None, step: Step, *, at: datetime) -> Standing | None:
    """The alert after the step."""
    if alert is not None and step == Step.RESOLVED:
        return replace(alert, state=AlertState.RESOLVED, closed_at=at)
    if signal is None or step in (Step.NOTHING, Step.HELD):
        return alert
    if alert is None or step == Step.OPENED:
        return _opened(signal, at)
    if step == Step.REOPENED:
        return _reopened(alert, signal, at)
    touched = replace(alert, last_signal_at=max(alert.last_signal_at, signal.at))
    return _grown(touched, signal) if step in (Step.RAISED, Step.UPDATED) else touched


def _of_active(alert: Standing, signal: Signal | None, *, at: datetime, quiet: timedelta, covered: bool) -> Step:
    if signal is None:
        if at - alert.last_signal_at < quiet:
            return Step.NOTHING
        return Step.RESOLVED if covered else Step.HELD
    if signal.matrix.level.rank > alert.level.rank:
        return Step.RAISED
    if _is_news(alert, signal):
        return Step.UPDATED
    return Step.TOUCHED if signal.at > alert.last_signal_at else Step.NOTHING


def _of_closed(alert: Standing, signal: Signal | None, *, at: datetime, quiet: timedelta) -> Step:
    if signal is None or (alert.closed_at is not None and at <= alert.closed_at):
        return Step.NOTHING
    if signal.at - alert.last_signal_at < quiet:
        if signal.matrix.level.rank > alert.level.rank:
            return Step.REOPENED
        return Step.ABSORBED if signal.at > alert.last_signal_at else Step.NOTHING
    relapsed = alert.state == AlertState.RESOLVED and alert.closed_at is not None and at - alert.closed_at <= RELAPSE
    return Step.REOPENED if relapsed else Step.OPENED


def _is_news(alert: Standing, signal: Signal) -> bool:
    rules = {str(trigger.rule) for trigger in signal.triggers}
    hot = {post.id for post in signal.hot}
    return signal.matrix.points > alert.points or not rules <= alert.rules or not hot <= alert.hot


def _opened(signal: Signal, at: datetime) -> Standing:
    return Standing(
        brand=signal.brand,
        fingerprint=fingerprint(signal.brand, signal.started_at),
        state=AlertState.OPEN,
        level=signal.matrix.level,
        opened_at=at,
        wave_at=at,
        started_at=signal.started_at,
        last_signal_at=signal.at,
        closed_at=None,
        points=signal.matrix.points,
        rules=frozenset(str(trigger.rule) for trigger in signal.triggers),
        hot=frozenset(post.id for post in signal.hot),
        explanation=explain(signal),
        matrix=signal.matrix.to_json(),
    )


def _reopened(alert: Standing, signal: Signal, at: datetime) -> Standing:
    """A new wave: judged afresh, under the old fingerprint, with the old posts kept."""
    fresh = _opened(signal, at)
    return replace(
        fresh,
        fingerprint=alert.fingerprint,
        opened_at=alert.opened_at,
        started_at=alert.started_at,
        explanation=merged(alert.explanation, signal),
    )


def _grown(alert: Standing, signal: Signal) -> Standing:
    """More of the same wave: the level never falls, and the matrix shown is the one of most points."""
    higher = signal.matrix.level.rank > alert.level.rank or (
        signal.matrix.level == alert.level and signal.matrix.points >= alert.points
    )
    return replace(
        alert,
        level=max(alert.level, signal.matrix.level, key=lambda level: level.rank),
        points=max(alert.points, signal.matrix.points),
        rules=alert.rules | {str(trigger.rule) for trigger in signal.triggers},
        hot=alert.hot | {post.id for post in signal.hot},
        explanation=merged(alert.explanation, signal),
        matrix=signal.matrix.to_json() if higher else alert.matrix,
    )
