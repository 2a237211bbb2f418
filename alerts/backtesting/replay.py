"""One brand's replay: its posts come in as they were seen, and at each tick the live rules and lifecycle are asked."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from alerts.detection.facets import Facet, add_to_facets
from alerts.detection.gather import gather_among
from alerts.detection.hot_search import NOT_LISTED, PAST, HotList, distinct, past_of
from alerts.detection.rules import Observed, Signal, could_fire, judge
from alerts.detection.series import DAY, GUARD_HOURS, Sighting, Tally, add_sighting, hour_number, series
from alerts.detection.voices import fresh, is_voice, listen, might_speak, strong_signs
from alerts.levels import Level
from alerts.life.lifecycle import WAS_CRISIS, Standing, Step, advance, next_step
from alerts.life.tables import EventKind
from alerts.policies.policy import Policy
from core.clock import HOUR
from core.post import PostKind
from core.settings import AlertSettings


@dataclass(frozen=True, slots=True)
class ReplayedEvent:
    """An event that live detection would have recorded."""

    kind: EventKind
    at: datetime
    level: Level
    reason: str


@dataclass(slots=True)
class ReplayedAlert:
    """An alert that live detection would have kept: its last standing and its events, the first of which opened it."""

    standing: Standing
    events: list[ReplayedEvent] = field(default_factory=list)

    @property
    def told(self) -> list[ReplayedEvent]:
        """The events that people would have been told of."""
        return [event for event in self.events if event.kind.is_told]


@dataclass(slots=True)
class BrandReplay:
    """One brand while history passes. All sightings are given before the first tick that is later than their `known_at`."""

    brand: str
    settings: AlertSettings
    policy: Policy
    known_since: datetime | None
    alerts: list[ReplayedAlert] = field(default_factory=list)
    _tally: Tally = field(default_factory=dict)
    _facets: dict[Facet, Counter[int]] = field(default_factory=dict)
    _recent: deque[Sighting] = field(default_factory=deque)
    _listed: deque[tuple[datetime, bool]] = field(default_factory=deque)
    _stirred_until: datetime | None = None

    def see(self, seen: Sighting) -> None:
        """Take in one post."""
        add_sighting(self._tally, seen)
        add_to_facets(self._facets, seen)
        self._recent.append(seen)
        self.recall(seen)
        self._stirred_until = seen.known_at + stirred(self.policy)

    def recall(self, seen: Sighting) -> None:
        """Remember an entry on a hot-search list, which tells what is usual for the brand."""
        if seen.kind == PostKind.HOT_SEARCH:
            self._listed.append((seen.published_at, seen.is_adverse))

    def is_sign(self, seen: Sighting) -> bool:
        """Whether a post may be a signal by itself."""
        return seen.kind == PostKind.HOT_SEARCH or (is_voice(seen) and bool(strong_signs([seen], self.policy)))

    def is_awake(self, at: datetime) -> bool:
        """Whether a tick at `at` could do anything."""
        active = bool(self.alerts) and self.alerts[-1].standing.state.is_active
        return active or (self._stirred_until is not None and at <= self._stirred_until)

    def tick(self, at: datetime) -> None:
        """What live detection does at `at`, with complete coverage: history does not tell which sources were missing."""
        self._forget(at)
        signal = self._signal(at)
        current = self.alerts[-1] if self.alerts else None
        before = current.standing if current else None
        step = next_step(before, signal, at=at, covered=True, telling=self.policy.telling)
        after = advance(before, signal, step, at=at)
        if after is None:
            return
        if current is None or step == Step.OPENED:
            current = ReplayedAlert(after)
            self.alerts.append(current)
        current.standing = after
        if step.event:
            current.events.append(ReplayedEvent(step.event, at, after.level, _reason(signal, after)))

    def _signal(self, at: datetime) -> Signal | None:
        entries = distinct(self._recent, at)
        hot = HotList(entries, past_of(self._listed, at=at, known_since=self.known_since)) if entries else NOT_LISTED
        voices = [seen for seen in self._recent if is_voice(seen) and at - DAY <= seen.published_at < at]
        speaks = might_speak(fresh(voices, at), self.policy)
        if not speaks and not could_fire(self._tally, hot, at, self.policy):
            return None
        counted = series(
            self.brand, self._tally, at=at, baseline_days=self.settings.baseline_days, known_since=self.known_since
        )
        seen = Observed(counted, hot, partial(listen, voices), speaks, self._graver_alerts(at), lambda: self._facets)
        return judge(seen, at=at, gather=gather_among(self._recent, at), policy=self.policy)

    def _graver_alerts(self, at: datetime) -> int:
        """The brand's alerts that were more than minor and were resolved within the time that its past reaches back."""
        standings = (alert.standing for alert in self.alerts)
        return sum(
            one.level != Level.MINOR
            and one.state in WAS_CRISIS
            and one.closed_at is not None
            and at - PAST <= one.closed_at <= at
            for one in standings
        )

    def _forget(self, at: datetime) -> None:
        """Drop what no later tick can ask for, so that memory does not grow with the length of the replay."""
        while self._recent and self._recent[0].known_at < at - DAY:
            self._recent.popleft()
        while self._listed and self._listed[0][0] < at - PAST - 2 * DAY:
            self._listed.popleft()
        oldest = hour_number(at) - self.settings.baseline_days * 24 - GUARD_HOURS
        if len(self._tally) > 2 * self.settings.baseline_days * 24:
            self._tally = {hour: cell for hour, cell in self._tally.items() if hour > oldest}
            for hours in self._facets.values():
                for hour in [hour for hour in hours if hour <= oldest]:
                    del hours[hour]


def stirred(policy: Policy) -> timedelta:
    """For how long after a post a brand can have a signal."""
    return (max(policy.hot_search.hours, policy.share.hours, GUARD_HOURS) + 1) * HOUR


def _reason(signal: Signal | None, standing: Standing) -> str:
    summary: Any = standing.explanation["summary_zh"]
    return str(summary) if signal else "足够久没有新信号"
