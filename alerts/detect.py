"""The live pass: what the index holds at a moment becomes signals, and signals become alerts, events and notifications."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.desk import Desk, open_desk
from alerts.gather import gather_from
from alerts.lifecycle import Step, advance, next_step
from alerts.policy import DEFAULT, NO_POLICIES, Policy, policy_of
from alerts.rules import Signal, could_fire, judge, recent
from alerts.series import DAY, Sighting, read_tallies, series, sightings
from alerts.store import add_event, lock_brand, newest_alert, save, standing
from alerts.tables import Alert, AlertState
from alerts.telling import tell
from alerts.topics import Topic, TopicView, topics_at
from alerts.wording import coverage_json
from core.coverage import Coverage
from core.database import Database
from core.post import PostKind
from core.settings import Settings
from posts.index import PostFilter, PostIndex, PostView


@dataclass(frozen=True, slots=True)
class DetectReport:
    """What one pass did: counts of brands looked at, of brands with a signal, and of alerts changed."""

    brands: int
    signals: int
    opened: int = 0
    raised: int = 0
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
    found = _by_topic(index, brands, split, at=at, baseline_days=settings.alerts.baseline_days, policies=policies)
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
) -> dict[Topic, Signal]:
    """The signals of every topic: of a brand that was split, each topic's from its own posts."""
    whole = [brand for brand in brands if brand not in split]
    found = signals(index, whole, at=at, baseline_days=baseline_days, policies=policies)
    by_topic = {Topic(brand): signal for brand, signal in found.items()}
    for topic in chain.from_iterable(split.values()):
        own = signals(TopicView(index, topic), (topic.brand,), at=at, baseline_days=baseline_days, policies=policies)
        by_topic |= {topic: own[topic.brand]} if own else {}
    return by_topic


def signals(
    index: PostView,
    brands: Sequence[str],
    *,
    at: datetime,
    baseline_days: int,
    policies: Mapping[str, Policy] = NO_POLICIES,
) -> dict[str, Signal]:
    """The signals of all brands that have one.

    Four queries for all brands: the last hours tell for which a rule can fire at all, and only these ask for their
    baseline. Some more for each brand with a signal.
    """
    newest = read_tallies(index, brands, at=at, baseline_days=0, seen_before=at)
    hot = {brand: recent(entries, at) for brand, entries in _hot_search(index, brands, at).items()}
    loud = [brand for brand, tally in newest.items() if could_fire(tally, hot.get(brand, []), at, policy_of(policies, brand))]
    since = _known_since(index, at) if loud else None
    found = {}
    for brand, tally in read_tallies(index, loud, at=at, baseline_days=baseline_days, seen_before=at).items():
        counted = series(brand, tally, at=at, baseline_days=baseline_days, known_since=since)
        policy = policy_of(policies, brand)
        signal = judge(counted, hot.get(brand, []), at=at, gather=gather_from(index, brand, at), policy=policy)
        if signal:
            found[brand] = signal
    return found


def _hot_search(index: PostView, brands: Sequence[str], at: datetime) -> dict[str, list[Sighting]]:
    """The brands' entries on hot-search lists in the last 24 hours."""
    if not brands:
        return {}
    chosen = PostFilter(brands=tuple(brands), kinds=(PostKind.HOT_SEARCH,), start=at - DAY, end=at, seen_before=at)
    found: dict[str, list[Sighting]] = defaultdict(list)
    for indexed in index.scan(chosen):
        for brand, seen in sightings(indexed):
            found[brand].append(seen)
    return found


def _known_since(index: PostView, at: datetime) -> datetime | None:
    """The publication of the oldest post of all: before it, nobody was watching."""
    oldest = next(iter(index.scan(PostFilter(end=at, seen_before=at))), None)
    return oldest.post.published_at if oldest else None


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
        quiet = timedelta(hours=policy.telling.resolve_hours)
        step = next_step(before, signal, at=at, quiet=quiet, covered=coverage.is_complete)
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
