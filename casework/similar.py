"""The past that a present alert is most like: what it was about, what was done, how long it took and how it ended.

Likeness is 0.6 · the cosine of the TF-IDF weights of the words of the quoted posts, 0.3 · the share of risk categories that
both have (Jaccard), and 0.1 where the levels are the same. A word's weight is (1 + ln tf) · ln(1 + N / df) over the
alerts compared (Manning, Raghavan and Schütze, Introduction to Information Retrieval, 6.2 and 6.4).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from alerts.life.queries import events, list_alerts
from alerts.life.tables import Alert, AlertEvent, AlertState, EventKind
from alerts.views.evidence import function_words
from core import text
from core.errors import either
from core.people import SYSTEM
from statements.guards import get_case
from statements.tables import Case

COMPARED = 300
"""The newest closed alerts, of all brands, that are compared."""
LEAST = 0.15
"""Less alike than this is not worth a look."""
PAST = (AlertState.RESOLVED, AlertState.REVIEWED, AlertState.DISMISSED)
_WEIGHTS = (0.6, 0.3, 0.1)


@dataclass(frozen=True, slots=True)
class Past:
    """A closed alert that is like the present one: how much (0 to 1), by which words, and what became of it.

    `done` are the steps of people, oldest first; `outcome` their last word on it; `lasted` from its start to its end.
    """

    alert: Alert
    case: Case | None
    likeness: float
    words: tuple[str, ...]
    done: tuple[AlertEvent, ...]
    outcome: str
    lasted: timedelta


def most_similar(session: Session, alert: Alert, *, limit: int = 3) -> list[Past]:
    """The closed alerts of any brand, with their cases, that are most like this one, the most alike first."""
    past = [one for one in list_alerts(session, states=PAST, limit=COMPARED) if one.id != alert.id]
    told = {one.id: _counts(one) for one in (alert, *past)}
    weights = _weights(told)
    scored = [(_likeness(alert, one, weights), one) for one in past]
    best = sorted((pair for pair in scored if pair[0] >= LEAST), key=lambda pair: -pair[0])[:limit]
    return [_past(session, one, likeness, _shared(weights[alert.id], weights[one.id])) for likeness, one in best]


def _likeness(alert: Alert, other: Alert, weights: Mapping[str, Mapping[str, float]]) -> float:
    words = _cosine(weights[alert.id], weights[other.id])
    mine, theirs = _categories(alert), _categories(other)
    categories = len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0
    parts = (words, categories, float(alert.level == other.level))
    return sum(weight * part for weight, part in zip(_WEIGHTS, parts, strict=True)) if words or categories else 0.0


def _counts(alert: Alert) -> Counter[str]:
    """In how many of the quoted posts each word is; words that say nothing, and the brand's own name, are left out."""
    quoted = alert.explanation.get("evidence", ())
    brand = text.normalise(alert.brand)
    left_out = function_words() | set(text.words(brand)) | {brand}
    found = (set(text.words(text.normalise(post["text"]))) for post in quoted)
    return Counter(word for words in found for word in words if len(word) > 1 and word not in left_out)


def _weights(told: Mapping[str, Counter[str]]) -> dict[str, dict[str, float]]:
    spread = Counter(word for counts in told.values() for word in counts)
    return {
        name: {word: (1 + math.log(posts)) * math.log(1 + len(told) / spread[word]) for word, posts in counts.items()}
        for name, counts in told.items()
    }


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    product = sum(weight * other[word] for word, weight in one.items() if word in other)
    lengths = math.sqrt(sum(weight**2 for weight in one.values()) * sum(weight**2 for weight in other.values()))
    return product / lengths if lengths else 0.0


def _shared(one: Mapping[str, float], other: Mapping[str, float], limit: int = 6) -> tuple[str, ...]:
    both = {word: one[word] * other[word] for word in one.keys() & other.keys()}
    return tuple(sorted(both, key=lambda word: (-both[word], word))[:limit])


def _categories(alert: Alert) -> set[str]:
    return {risk for post in alert.explanation.get("evidence", ()) for risk in post.get("risks", ())}


def _past(session: Session, alert: Alert, likeness: float, words: tuple[str, ...]) -> Past:
    history = events(session, alert.id)
    done = tuple(event for event in history if event.actor != SYSTEM and event.kind != EventKind.NOTED)
    case = get_case(session, alert.case_id) if alert.case_id else None
    ended: datetime = alert.closed_at or alert.last_signal_at
    return Past(alert, case, likeness, words, done, _outcome(case, history), ended - alert.started_at)


def _outcome(case: Case | None, history: Sequence[AlertEvent]) -> str:
    """The review's findings, else why the case or the alert was closed."""
    said = [event.details.get("text") for event in history if event.kind == EventKind.REVIEWED]
    closed = case.closed_reason if case else ""
    ends = (EventKind.RESOLVED, EventKind.DISMISSED, EventKind.CASE_CLOSED)
    reasons = [event.details.get("reason") for event in history if event.kind in ends]
    found = [*reversed(said), closed, *reversed(reasons)]
    return next((str(one) for one in found if one), either("没有记下结论", "no conclusion was recorded"))
