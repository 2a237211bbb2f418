"""The brand on hot-search lists: which titles speak against it, how surely, and how unusual that is for this brand.

A list holds few entries, so they are weighed one by one: by the probability that a title is negative towards the brand. The
sum of a day is compared with the brand's own past; what is an event for most is an ordinary Tuesday for some.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.detection.series import DAY, Sighting
from alerts.policies.policy import HotSearch
from core.post import PostKind
from posts.index import Sentiment

PAST = timedelta(days=90)
"""How far back a brand's own past on the lists is looked at, before the last 24 hours."""
ANSWER = re.compile("回应|声明|说明|否认|辟谣|澄清")
GIVING_IN = re.compile("致歉|道歉|认错|赔偿|召回|下架|封存|停业")
"""The company itself answers, or gives in: what it does to quiet a matter says that there is one."""
OF_AN_ANSWER = 0.6
"""What a title that only tells of an answer counts beside one that tells of the matter: trifles are answered too."""
MANY = 4
"""Titles from which the mere answers among them are left out, where it is asked what the lists say of the brand."""
PRIOR_DAYS, PRIOR_ENTRIES = 30.0, 0.5
"""What is assumed where little is known: half an entry in thirty days, added to what was seen."""
ADVERSE = 0.5
"""From this weight on an entry is called adverse."""
VAGUE = "other"
"""The category that names no trouble."""
NAME_ALONE = 2
"""A title of the brand's words and at most this many other letters says nothing of why the brand is talked about."""
RARE = 0.3
"""Entries a day below which a brand is not often on a list, so that its name alone there is worth a look."""


@dataclass(frozen=True, slots=True)
class HotPast:
    """How many entries, and adverse ones among them, a brand had in `days` known days before the last 24 hours."""

    days: float = 0.0
    entries: int = 0
    adverse: int = 0

    @property
    def entries_a_day(self) -> float:
        return (self.entries + PRIOR_ENTRIES) / (self.days + PRIOR_DAYS)

    @property
    def adverse_a_day(self) -> float:
        return (self.adverse + PRIOR_ENTRIES) / (self.days + PRIOR_DAYS)


NO_PAST = HotPast()


@dataclass(frozen=True, slots=True)
class HotList:
    """A brand's distinct entries of the last 24 hours, oldest first, and its past."""

    entries: tuple[Sighting, ...] = ()
    past: HotPast = NO_PAST

    @property
    def adverse(self) -> tuple[Sighting, ...]:
        return tuple(entry for entry in self.entries if weight(entry) >= ADVERSE)

    @property
    def weight(self) -> float:
        """The adverse entries of the day, each counted by how surely it is one, mere answers for less."""
        return sum(weight(entry) * (OF_AN_ANSWER if is_mere_answer(entry) else 1.0) for entry in self.entries)

    @property
    def against(self) -> float:
        """The share of the entries that is against the brand, each counted by how surely; 0 where there is none."""
        told = [entry for entry in self.entries if not is_mere_answer(entry)] if len(self.entries) >= MANY else []
        told = told or list(self.entries)
        return sum(map(weight, told)) / len(told) if told else 0.0

    def signs(self, rule: HotSearch, at: datetime) -> list[Sighting]:
        """The fresh entries that are a signal by themselves: perhaps adverse, or a rarely listed brand's name alone."""
        if not rule.on:
            return []
        fresh = [entry for entry in self.entries if entry.published_at >= at - timedelta(hours=rule.hours)]
        rare = self.past.entries_a_day < RARE
        return [entry for entry in fresh if weight(entry) >= rule.negative or (rare and is_name_alone(entry))]


NOT_LISTED = HotList()


def weight(entry: Sighting) -> float:
    """P(negative), at least even odds where a word names a trouble, and little for what is rather praise."""
    if entry.sentiment == Sentiment.POSITIVE:
        return min(entry.negative, 0.1)
    return max(entry.negative, ADVERSE) if names_trouble(entry) else entry.negative


def names_trouble(entry: Sighting) -> bool:
    return any(risk != VAGUE for risk in entry.risks)


def is_mere_answer(entry: Sighting) -> bool:
    """Whether the title tells that the company answered, and not that it gave in."""
    return bool(ANSWER.search(entry.text)) and not GIVING_IN.search(entry.text)


def is_name_alone(entry: Sighting) -> bool:
    return entry.letters <= NAME_ALONE


def distinct(known: Iterable[Sighting], at: datetime) -> tuple[Sighting, ...]:
    """The hot-search entries among `known` that were published in the 24 hours before `at`, oldest first.

    An entry that was listed again, as after midnight, is the one it was.
    """
    chosen = [post for post in known if post.kind == PostKind.HOT_SEARCH and at - DAY <= post.published_at < at]
    chosen.sort(key=lambda post: (post.published_at, post.id))
    return tuple({(post.platform, post.text): post for post in reversed(chosen)}.values())[::-1]


def past_of(published: Sequence[tuple[datetime, bool]], *, at: datetime, known_since: datetime | None) -> HotPast:
    """The past of a brand whose entries were published then, each adverse or not."""
    start, end = at - DAY - PAST, at - DAY
    inside = [adverse for moment, adverse in published if start <= moment < end]
    return HotPast(known_days(at, known_since), len(inside), sum(inside))


def known_days(at: datetime, known_since: datetime | None) -> float:
    """For how much of the past there is history at all."""
    if known_since is None:
        return 0.0
    return min(PAST, max(at - DAY - known_since, timedelta())) / DAY
