"""What a list of known crises says of what people were told.

noticed  told from a day before to two hours after the crisis' first title
raised   told of more than a minor level, from a day before to a day after
else     alerts outside of the listed spans (a day before to 21 days after a crisis, to three days after good news), per
         brand and week; an alert is raised if it ever was more than minor
"""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOTICED, AFTER_CRISIS, AFTER_GOOD_NEWS = 2 * HOUR, 21 * DAY, 3 * DAY


@dataclass(frozen=True, slots=True)
class Told:
    """One time that people were told of an alert; `alert` tells a brand's alerts apart."""

    alert: int
    brand: str
    at: datetime
    is_raised: bool


@dataclass(frozen=True, slots=True)
class Event:
    """A crisis or good news of a brand, by its first title."""

    brand: str
    onset: datetime
    is_crisis: bool

    @property
    def end(self) -> datetime:
        return self.onset + (AFTER_CRISIS if self.is_crisis else AFTER_GOOD_NEWS)

    def holds(self, told: Told) -> bool:
        return told.brand == self.brand and self.onset - DAY <= told.at <= self.end


def read_listed(path: Path) -> list[Event]:
    """A JSON object with `crises` and perhaps `benign_bursts`, each a list of objects with `brand` and `onset` (ISO)."""
    listed = json.loads(path.read_text(encoding="utf-8"))
    return [
        Event(one["brand"], datetime.fromisoformat(one["onset"]), key == "crises")
        for key in ("crises", "benign_bursts")
        for one in listed.get(key, [])
    ]


def score(told: Sequence[Told], listed: Sequence[Event], *, brands: int, start: datetime, end: datetime) -> dict[str, Any]:
    """The figures of one rule over [start, end)."""
    events = [event for event in listed if start <= event.onset <= end]
    crises = [event for event in events if event.is_crisis]
    good_news = [event for event in events if not event.is_crisis]
    first = [_first(told, crisis, crisis.onset + DAY, raised=False) for crisis in crises]
    delays = [max(0.0, (at - one.onset) / HOUR) for at, one in zip(first, crises, strict=True) if at]
    noticed = sum(at is not None and at <= one.onset + NOTICED for at, one in zip(first, crises, strict=True))
    raised = sum(_first(told, crisis, crisis.onset + DAY, raised=True) is not None for crisis in crises)
    flattered = sum(_first(told, one, one.end, raised=True) is not None for one in good_news)
    alerts, graver = _elsewhere(told, events)
    weeks = ((end - start) * brands - sum((event.end - event.onset + DAY for event in events), timedelta())) / (7 * DAY)
    return {
        "noticed within 2 h": f"{noticed} of {len(crises)}",
        "raised within 24 h": f"{raised} of {len(crises)}",
        "median delay, h": statistics.median(delays) if delays else float("nan"),
        "good news raised": f"{flattered} of {len(good_news)}",
        "alerts per brand-week": f"{alerts / weeks:.4f}",
        "raised per brand-week": f"{graver / weeks:.4f}",
    }


def _first(told: Sequence[Told], event: Event, until: datetime, *, raised: bool) -> datetime | None:
    """When people were first told of the event, of more than a minor level where `raised`; None for never."""
    times = (one.at for one in told if event.holds(one) and one.at <= until and (one.is_raised or not raised))
    return min(times, default=None)


def _elsewhere(told: Sequence[Told], events: Sequence[Event]) -> tuple[int, int]:
    """The alerts that were opened outside of every event, and those of them that ever were more than minor."""
    by_alert: dict[tuple[str, int], list[Told]] = defaultdict(list)
    for one in told:
        by_alert[one.brand, one.alert].append(one)
    outside = [
        alert for alert in by_alert.values() if not any(event.holds(min(alert, key=lambda one: one.at)) for event in events)
    ]
    return len(outside), sum(any(one.is_raised for one in alert) for alert in outside)
