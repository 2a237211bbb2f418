"""The life of an alert, as pure steps: live detection and replay take the same ones.

    (none) ── signal ──► open ──► acknowledged ──► in_case            level only rises while active, and people are told
                          │             │             │               again where it grows clearly worse
                          └─ quiet ─────┴─────────────┴──► resolved   quiet for `resolve_hours`, all sources delivering

What people do (take, dismiss, open a case, review …) is in `transitions`. A closed alert absorbs what still comes of its
episode, until it has been quiet for `resolve_hours`; only a higher level reopens it. After the quiet a resolved or reviewed
alert is reopened by a relapse within a week, as its second wave, for it is one crisis to the public; a dismissed one was
none, and the next signal opens a new alert. The detector never lowers a level, and after a person lowered it raises only
where the matrix exceeds what it was then. A step may be repeated, at its own moment or later: it finds its effect already
there and changes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from alerts.detection.rules import Signal
from alerts.levels import Level
from alerts.life.override import Override
from alerts.life.tables import AlertState, EventKind
from alerts.life.waves import Wave
from alerts.life.wording import explain, merged
from alerts.policies.policy import DEFAULT, Telling
from core.clock import floor_hour

RELAPSE = timedelta(days=7)
"""How long after its resolution an alert is reopened by a new signal, instead of another being opened."""


WAS_CRISIS = (AlertState.RESOLVED, AlertState.REVIEWED)
"""The states of an alert that was one and is over."""


class Step(StrEnum):
    """What a pass does to a brand's alert; the first six are recorded as events, the rest are not."""

    OPENED = "opened"
    REOPENED = "reopened"  # worse than it was when it was closed
    RELAPSED = "relapsed"  # back after the quiet: a further wave
    RAISED = "raised"
    WORSENED = "worsened"
    UPDATED = "updated"
    RESOLVED = "resolved"
    TOUCHED = "touched"  # the signal goes on, with nothing new to say
    ABSORBED = "absorbed"  # a closed alert's episode goes on
    HELD = "held"  # quiet for long enough, but not all sources delivered
    NOTHING = "nothing"

    @property
    def event(self) -> EventKind | None:
        return _EVENTS.get(self)


_EVENTS = {
    Step.OPENED: EventKind.OPENED,
    Step.REOPENED: EventKind.REOPENED,
    Step.RELAPSED: EventKind.REOPENED,
    Step.RAISED: EventKind.RAISED,
    Step.WORSENED: EventKind.WORSENED,
    Step.UPDATED: EventKind.UPDATED,
    Step.RESOLVED: EventKind.RESOLVED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert as the steps see it. `points`, `rules` and `hot` are the most that it has reached in this wave.

    `topic` are the risk categories that the alert is of, "" for whatever else is said of the brand. `told_points` and
    `told_adverse` are what people were told last: the points, and the adverse posts of a day.
    """

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
    waves: tuple[Wave, ...] = ()
    override: Override | None = None
    topic: str = ""
    told_points: int = 0
    told_adverse: int = 0


def fingerprint(brand: str, started_at: datetime, topic: str = "") -> str:
    """The same for the same brand, first signal's hour and topic, whoever computes it and however often."""
    parts = (brand, floor_hour(started_at).isoformat(), *([topic] if topic else []))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def next_step(
    alert: Standing | None, signal: Signal | None, *, at: datetime, covered: bool, telling: Telling = DEFAULT.telling
) -> Step:
    """What the pass at `at` does to the brand's newest alert; `covered` says that all sources delivered through the quiet."""
    quiet = timedelta(hours=telling.resolve_hours)
    if alert is None:
        return Step.OPENED if signal else Step.NOTHING
    if at < alert.wave_at:
        return Step.NOTHING
    if alert.state.is_active:
        return _of_active(alert, signal, at=at, telling=telling, covered=covered)
    return _of_closed(alert, signal, at=at, quiet=quiet)


def advance(alert: Standing | None, signal: Signal | None, step: Step, *, at: datetime, topic: str = "") -> Standing | None:
    """The alert after the step; `topic` is what a new one is about."""
    if alert is not None and step == Step.RESOLVED:
        return replace(alert, state=AlertState.RESOLVED, closed_at=at)
    if signal is None or step in (Step.NOTHING, Step.HELD):
        return alert
    if alert is None or step == Step.OPENED:
        return _opened(signal, at, topic)
    if step in (Step.REOPENED, Step.RELAPSED):
        return _reopened(alert, signal, step, at)
    touched = replace(alert, last_signal_at=max(alert.last_signal_at, signal.at))
    if step == Step.UPDATED:
        return _grown(touched, signal)
    return _told(_grown(touched, signal), signal) if step in (Step.RAISED, Step.WORSENED) else touched


def _of_active(alert: Standing, signal: Signal | None, *, at: datetime, telling: Telling, covered: bool) -> Step:
    if signal is None:
        if at - max(alert.last_signal_at, alert.wave_at) < timedelta(hours=telling.resolve_hours):
            return Step.NOTHING
        return Step.RESOLVED if covered else Step.HELD
    if _raises(alert, signal):
        return Step.RAISED
    if _is_worse(alert, signal, telling):
        return Step.WORSENED
    if _is_news(alert, signal):
        return Step.UPDATED
    return Step.TOUCHED if signal.at > alert.last_signal_at else Step.NOTHING


def _of_closed(alert: Standing, signal: Signal | None, *, at: datetime, quiet: timedelta) -> Step:
    if signal is None or (alert.closed_at is not None and at <= alert.closed_at):
        return Step.NOTHING
    if signal.at - alert.last_signal_at < quiet:
        if _raises(alert, signal):
            return Step.REOPENED
        return Step.ABSORBED if signal.at > alert.last_signal_at else Step.NOTHING
    was_crisis = alert.state in WAS_CRISIS
    relapsed = was_crisis and alert.closed_at is not None and at - alert.closed_at <= RELAPSE
    return Step.RELAPSED if relapsed else Step.OPENED


def _raises(alert: Standing, signal: Signal) -> bool:
    """Whether the matrix is above the alert's level, and above what a person lowered it from."""
    above = signal.matrix.level.rank > alert.level.rank
    return above and (alert.override is None or alert.override.allows_raise(signal.matrix))


def _is_worse(alert: Standing, signal: Signal, telling: Telling) -> bool:
    """Clearly worse than what people were told last, though of the same level."""
    adverse = signal.matrix.situation.adverse
    multiplied = adverse >= max(telling.least, telling.factor * alert.told_adverse)
    return multiplied or signal.matrix.points >= alert.told_points + telling.points


def _is_news(alert: Standing, signal: Signal) -> bool:
    rules = {str(trigger.rule) for trigger in signal.triggers}
    hot = {post.id for post in signal.hot}
    return signal.matrix.points > alert.points or not rules <= alert.rules or not hot <= alert.hot


def _told(alert: Standing, signal: Signal) -> Standing:
    return replace(alert, told_points=signal.matrix.points, told_adverse=signal.matrix.situation.adverse)


def _opened(signal: Signal, at: datetime, topic: str) -> Standing:
    return Standing(
        brand=signal.brand,
        fingerprint=fingerprint(signal.brand, signal.started_at, topic),
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
        waves=(Wave(1, signal.started_at, at, signal.matrix.level, signal.matrix.points),),
        topic=topic,
        told_points=signal.matrix.points,
        told_adverse=signal.matrix.situation.adverse,
    )


def _reopened(alert: Standing, signal: Signal, step: Step, at: datetime) -> Standing:
    """Judged afresh, under the old fingerprint, with the old posts kept; after the quiet it is a further wave."""
    fresh = _opened(signal, at, alert.topic)
    return replace(
        fresh,
        fingerprint=alert.fingerprint,
        opened_at=alert.opened_at,
        started_at=alert.started_at,
        explanation=merged(alert.explanation, signal),
        waves=_next_wave(alert, signal, at) if step == Step.RELAPSED else _same_wave(alert.waves, signal),
    )


def _next_wave(alert: Standing, signal: Signal, at: datetime) -> tuple[Wave, ...]:
    *before, last = alert.waves
    ended = replace(last, ended_at=alert.last_signal_at)
    return (
        *before,
        ended,
        Wave(last.number + 1, signal.started_at, at, signal.matrix.level, signal.matrix.points),
    )


def _same_wave(waves: tuple[Wave, ...], signal: Signal) -> tuple[Wave, ...]:
    *before, last = waves
    return (*before, last.grown(signal.matrix.level, signal.matrix.points))


def _grown(alert: Standing, signal: Signal) -> Standing:
    """More of the same wave: the level never falls, and the matrix shown is the highest."""
    is_raised = _raises(alert, signal)
    reached = (signal.matrix.level.rank, signal.matrix.points)
    is_highest = reached >= (Level(alert.matrix["level"]).rank, alert.points)
    return replace(
        alert,
        level=signal.matrix.level if is_raised else alert.level,
        override=None if is_raised else alert.override,
        points=max(alert.points, signal.matrix.points),
        rules=alert.rules | {str(trigger.rule) for trigger in signal.triggers},
        hot=alert.hot | {post.id for post in signal.hot},
        explanation=merged(alert.explanation, signal),
        matrix=signal.matrix.to_json() if is_highest else alert.matrix,
        waves=_same_wave(alert.waves, signal),
    )
