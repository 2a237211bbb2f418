"""The live pass: what the index holds at a moment becomes signals, and signals become alerts, events and notifications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.detection.hot_search import PAST
from alerts.detection.rules import Signal
from alerts.detection.signals import signals
from alerts.duty.desk import Desk, open_desk
from alerts.duty.telling import tell
from alerts.levels import Level
from alerts.life.lifecycle import WAS_CRISIS, Step, advance, next_step
from alerts.life.store import add_event, newest_alert, save, standing
from alerts.life.tables import Alert, AlertState
from alerts.life.topics import Topic, TopicView, topics_at
from alerts.life.wording import coverage_json
from alerts.locking import lock_brand
from alerts.policies.policy import DEFAULT, NO_POLICIES, Policy, policy_of
from core.coverage import Coverage
from core.database import Database
from core.settings import Settings
from posts.index import PostIndex


@dataclass(frozen=True, slots=True)
class DetectReport:
    """What one pass did: counts of brands looked at, of brands with a signal, and of alerts changed."""

    brands: int
    signals: int
    opened: int = 0
    raised: int = 0
    worsened: int = 0
    updated: int = 0
    resolved: int = 0
    reopened: int = 0


def coverage_window(at: datetime, policies: Mapping[str, Policy] = NO_POLICIES) -> tuple[datetime, datetime]:
    """The window whose coverage a pass at `at` needs: as long as any alert must be quiet to be resolved."""
    longest = max(policy.telling.resolve_hours for policy in (DEFAULT, *policies.values()))
    return at - timedelta(hours=longest), at


def detect(
    database: Database,
    index: PostIndex,
    *,
    at: datetime,
    brands: Sequence[str],
    coverage: Coverage,
    settings: Settings,
    policies: Mapping[str, Policy] = NO_POLICIES,
) -> DetectReport:
    """Judge every brand by what had been seen before `at`; a second pass at the same moment changes nothing.

    `coverage` is of `coverage_window`, `policies` has those of the brands that do not keep the default one. Each brand's
    changes are one transaction. Raises UnavailableError where the index cannot be reached; nothing is changed then.
    """
    with database.reading() as session:
        split = topics_at(session, brands, at)
        active = _active(session, brands)
        past_alerts = _graver_alerts(session, at)
    found = _by_topic(
        index,
        brands,
        split,
        at=at,
        baseline_days=settings.alerts.baseline_days,
        policies=policies,
        past_alerts=past_alerts,
        blind_hours=coverage.blind_hours,
    )
    watched = (*(Topic(brand) for brand in brands if brand not in split), *chain.from_iterable(split.values()))
    concerned = {*found, *(topic for topic in watched if (topic.brand, topic.of) in active)}
    desk = open_desk(settings)
    steps = Counter(
        _apply(database, topic, found.get(topic), at=at, coverage=coverage, policy=policy_of(policies, topic.brand), desk=desk)
        for topic in sorted(concerned, key=lambda topic: (topic.brand, topic.of))
    )
    return DetectReport(
        brands=len(brands),
        signals=len(found),
        opened=steps[Step.OPENED],
        raised=steps[Step.RAISED],
        worsened=steps[Step.WORSENED],
        updated=steps[Step.UPDATED],
        resolved=steps[Step.RESOLVED],
        reopened=steps[Step.REOPENED] + steps[Step.RELAPSED],
    )


def _by_topic(
    index: PostIndex,
    brands: Sequence[str],
    split: Mapping[str, Sequence[Topic]],
    *,
    at: datetime,
    baseline_days: int,
    policies: Mapping[str, Policy],
    past_alerts: Mapping[str, int],
    blind_hours: Set[datetime],
) -> dict[Topic, Signal]:
    """The signals of every topic: of a brand that was split, each topic's from its own posts."""
    whole = [brand for brand in brands if brand not in split]
    look = partial(
        signals, at=at, baseline_days=baseline_days, policies=policies, past_alerts=past_alerts, blind_hours=blind_hours
    )
    found = look(index, whole)
    by_topic = {Topic(brand): signal for brand, signal in found.items()}
    for topic in chain.from_iterable(split.values()):
        own = look(TopicView(index, topic), (topic.brand,))
        by_topic |= {topic: own[topic.brand]} if own else {}
    return by_topic


def _graver_alerts(session: Session, at: datetime) -> dict[str, int]:
    """How many alerts of each brand were more than minor and were over within the time that its past reaches back."""
    query = (
        select(Alert.brand, func.count())
        .where(Alert.level != Level.MINOR, Alert.state.in_(WAS_CRISIS), Alert.replayed.is_(False))
        .where(Alert.closed_at >= at - PAST, Alert.closed_at <= at)
        .group_by(Alert.brand)
    )
    return dict(session.execute(query).tuples().all())


def _active(session: Session, brands: Sequence[str]) -> set[tuple[str, str]]:
    """(brand, topic) of every active alert."""
    active = [state for state in AlertState if state.is_active]
    query = select(Alert.brand, Alert.topic).where(Alert.state.in_(active), Alert.replayed.is_(False))
    wanted = set(brands)
    return {(brand, topic) for brand, topic in session.execute(query) if brand in wanted}


def _apply(
    database: Database,
    topic: Topic,
    signal: Signal | None,
    *,
    at: datetime,
    coverage: Coverage,
    policy: Policy,
    desk: Desk,
) -> Step:
    """One topic's step, with its event and its messages, in one transaction; the alert is read in the same one."""
    with database.writing() as session:
        lock_brand(session, topic.brand)
        alert = newest_alert(session, topic.brand, at, topic.of)
        before = standing(alert) if alert else None
        step = next_step(before, signal, at=at, covered=coverage.is_complete, telling=policy.telling)
        after = advance(before, signal, step, at=at, topic=topic.of)
        if after is None or step == Step.NOTHING:
            return step
        row = save(session, None if step == Step.OPENED else alert, after, coverage=coverage_json(coverage))
        row.without = topic.without
        _record(session, row, step, signal, at=at, desk=desk)
        return step


def _record(session: Session, alert: Alert, step: Step, signal: Signal | None, *, at: datetime, desk: Desk) -> None:
    kind = step.event
    if kind is None:
        return
    reasons = alert.explanation["summary_zh"] if signal else "信源完整且足够久没有新信号"
    details = {"reason": reasons, "points": alert.peak["points"], "wave": alert.waves[-1]["number"]}
    event = add_event(session, alert, kind, at=at, details=details)
    if kind.is_told:
        tell(session, alert, event, desk, at=at)
