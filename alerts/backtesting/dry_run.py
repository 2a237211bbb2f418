"""Dry run (试运行): the alerts of the last days by the rules in force and by those tried, side by side; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from alerts.backtesting.backtest import Backtest, backtest
from alerts.backtesting.replay import ReplayedAlert
from alerts.detection.series import GUARD_HOURS
from alerts.levels import Level
from alerts.policies.policy import Policy
from core.clock import HOUR, SHANGHAI
from core.settings import Settings
from posts.index import IndexedPost, PostFilter, PostIndex
from posts.window import affordable_start

MOST = 40_000
"""Posts held by one dry run, together with the days that teach the baseline: some seconds' work."""
LONGEST_DAYS = 90
SHORTEST = timedelta(days=1)


class Difference(StrEnum):
    APPEARS = "appears"
    VANISHES = "vanishes"
    RAISED = "raised"
    LOWERED = "lowered"
    SAME = "same"

    @property
    def zh(self) -> str:
        return {"appears": "新增", "vanishes": "消失", "raised": "级别升高", "lowered": "级别降低", "same": "不变"}[self.value]


@dataclass(frozen=True, slots=True)
class Pair:
    """The same crisis by both rules; one side is None where only the other finds it."""

    before: ReplayedAlert | None
    after: ReplayedAlert | None

    @property
    def difference(self) -> Difference:
        if self.before is None or self.after is None:
            return Difference.APPEARS if self.after else Difference.VANISHES
        rise = level(self.after).rank - level(self.before).rank
        return Difference.SAME if not rise else Difference.RAISED if rise > 0 else Difference.LOWERED

    @property
    def shown(self) -> ReplayedAlert:
        """The side that tells most: as it would be, else as it was."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def posts(self) -> list[dict[str, Any]]:
        """The posts behind it, as explanations quote them."""
        posts: list[dict[str, Any]] = self.shown.standing.explanation["evidence"]
        return posts


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would differ in [start, end); `asked` is the start that was wished for, earlier where posts were too many."""

    brand: str
    asked: datetime
    start: datetime
    end: datetime
    posts: int
    pairs: tuple[Pair, ...]

    @property
    def is_cut(self) -> bool:
        return self.start > self.asked

    @property
    def days(self) -> float:
        return (self.end - self.start) / timedelta(days=1)

    def counts(self) -> dict[str, int]:
        """How many pairs there are of each difference."""
        found = [pair.difference for pair in self.pairs]
        return {str(kind): found.count(kind) for kind in Difference}

    def to_json(self) -> dict[str, Any]:
        return {
            "brand": self.brand,
            "from": _local(self.start),
            "to": _local(self.end),
            "asked_from": _local(self.asked),
            "posts": self.posts,
            "counts": self.counts(),
            "alerts": [_pair_json(pair) for pair in self.pairs],
        }


def level(alert: ReplayedAlert) -> Level:
    """The highest level that people would have been told."""
    return max((event.level for event in alert.told), key=lambda told: told.rank, default=alert.standing.level)


class Held:
    """Posts of one brand in memory, read like the index; `oldest` is the publication of the oldest post of the whole index."""

    def __init__(self, posts: Sequence[IndexedPost], oldest: datetime | None) -> None:
        self._posts, self._oldest = posts, oldest

    def scan(self, chosen: PostFilter) -> Iterator[IndexedPost]:
        """The brand's posts of the filter's window and kinds."""
        for indexed in self._posts:
            post = indexed.post
            if (
                (not chosen.kinds or post.kind in chosen.kinds)
                and (chosen.start is None or post.published_at >= chosen.start)
                and (chosen.end is None or post.published_at < chosen.end)
                and (chosen.seen_before is None or post.seen_at < chosen.seen_before)
            ):
                yield indexed

    def earliest(self) -> datetime | None:
        return self._oldest


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sides: the brand's mentions, oldest first, and the policy that judges them."""

    posts: Sequence[IndexedPost]
    policy: Policy


def reading_window(at: datetime, days: int, settings: Settings) -> tuple[datetime, datetime]:
    """What must be read for a dry run of `days` before `at`: those, and the days that teach the baseline before them."""
    taught = timedelta(days=settings.alerts.baseline_days) + GUARD_HOURS * HOUR
    return at - timedelta(days=min(days, LONGEST_DAYS)) - taught, at


def try_policy(
    index: PostIndex, brand: str, before: Policy, after: Policy, *, at: datetime, days: int, settings: Settings
) -> DryRun:
    """What another policy would have changed in the last `days`. Raises UnavailableError where the index cannot be reached."""
    start, end = reading_window(at, days, settings)

    def filters(since: datetime) -> list[PostFilter]:
        return [PostFilter(brands=(brand,), start=since, end=end)]

    since = affordable_start(index, filters, start=start, end=end, most=MOST)
    posts = list(index.scan(filters(since)[0]))
    return dry_run(index, brand, Side(posts, before), Side(posts, after), at=at, days=days, since=since, settings=settings)


def dry_run(
    index: PostIndex,
    brand: str,
    before: Side,
    after: Side,
    *,
    at: datetime,
    days: int,
    since: datetime,
    settings: Settings,
) -> DryRun:
    """Replay both sides over the last `days`, as far as posts from `since` on have taught a baseline; at least one day."""
    asked = at - timedelta(days=min(days, LONGEST_DAYS))
    wanted, _ = reading_window(at, days, settings)
    start = asked if since <= wanted else min(max(asked, since + (asked - wanted)), at - SHORTEST)
    oldest = index.earliest()
    replays = [
        backtest(
            Held(side.posts, oldest), brands=[brand], start=start, end=at, settings=settings, policies={brand: side.policy}
        )
        for side in (before, after)
    ]
    return DryRun(brand, asked, start, at, max(len(before.posts), len(after.posts)), compare(*replays))


def compare(before: Backtest, after: Backtest) -> tuple[Pair, ...]:
    """Pair the alerts of one brand that overlap in time, those that overlap longest first; by their start."""
    olds, news = list(before.alerts), list(after.alerts)
    overlaps = [
        (-overlap, place, other)
        for place, old in enumerate(olds)
        for other, new in enumerate(news)
        if (overlap := _overlap(old, new)) is not None
    ]
    taken: dict[int, int] = {}
    for _, place, other in sorted(overlaps):
        if place not in taken and other not in taken.values():
            taken[place] = other
    pairs = [Pair(old, news[taken[place]] if place in taken else None) for place, old in enumerate(olds)]
    pairs += [Pair(None, new) for other, new in enumerate(news) if other not in taken.values()]
    return tuple(sorted(pairs, key=lambda pair: pair.shown.standing.started_at))


def _overlap(one: ReplayedAlert, other: ReplayedAlert) -> timedelta | None:
    """For how long both go on; None where they do not meet. Alerts of one moment meet."""
    start = max(one.standing.started_at, other.standing.started_at)
    end = min(_end(one), _end(other))
    return end - start if end >= start else None


def _end(alert: ReplayedAlert) -> datetime:
    return max(alert.standing.last_signal_at, alert.standing.opened_at)


def _pair_json(pair: Pair) -> dict[str, Any]:
    sides = {"before": pair.before, "after": pair.after}
    return {
        "difference": str(pair.difference),
        **{name: _alert_json(alert) if alert else None for name, alert in sides.items()},
        "posts": pair.posts,
    }


def _alert_json(alert: ReplayedAlert) -> dict[str, Any]:
    return {
        "opened_at": _local(alert.standing.opened_at),
        "level": str(level(alert)),
        "reasons": [event.reason for event in alert.told],
    }


def _local(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat()
