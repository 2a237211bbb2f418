"""What single voices tell: posts of great reach, words so grave that few are enough, one trouble told by several people,
and campaigns of few hands.

Pure functions over a brand's negative posts of the last 24 hours; copies of one text count once wherever people are counted.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from alerts.detection.copies import COPY, groups, shingles
from alerts.detection.hot_search import names_trouble
from alerts.detection.series import GUARD_HOURS, Sighting
from alerts.policies.policy import Clusters, Policy, RedFlags, StrongSign
from core.clock import HOUR, floor_hour
from core.post import AuthorKind, PostKind
from core.text import normalise
from posts.index import Sentiment

ALIKE = 0.12
"""Resemblance from which two complaints are of the same trouble; people put it in words of their own."""
MOST = 500
"""The newest adverse posts of a brand that are read; more of them change no rule's mind."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The negative posts of a brand in the last 24 hours, and who speaks in them: counts of posts, authors and texts.

    `authors` counts unknown ones by their texts. Articles are left out of all three: that media pass on one text is no fraud.
    """

    voices: tuple[Sighting, ...] = ()
    posts: int = 0
    authors: int = 0
    texts: int = 0

    def is_campaign(self, policy: Policy) -> bool:
        """Whether so many posts are the work of few hands, or of one text."""
        rule = policy.campaign
        if not rule.on or self.posts < rule.least:
            return False
        return 1 - self.texts / self.posts >= rule.copies or self.authors / self.posts <= rule.authors


UNHEARD = Heard()


def listen(posts: Iterable[Sighting]) -> Heard:
    """The negative ones among a brand's posts, oldest first, and how many people and texts they are."""
    voices = sorted((post for post in posts if is_voice(post)), key=lambda post: (post.published_at, post.id))[-MOST:]
    people = [post for post in voices if post.kind != PostKind.ARTICLE]
    return Heard(tuple(voices), len(people), _people(people), len(set(_folded(people))))


def fresh(voices: Iterable[Sighting], at: datetime) -> list[Sighting]:
    """Those of the hours that are judged: an older one was judged in its time, and opens nothing now."""
    return [post for post in voices if post.published_at >= fresh_since(at)]


def fresh_since(at: datetime) -> datetime:
    """The start of the hours that are judged."""
    return floor_hour(at) - (GUARD_HOURS - 1) * HOUR


def strong_signs(voices: Sequence[Sighting], policy: Policy) -> list[Sighting]:
    """The posts that are a signal by themselves, for who speaks or for how many passed them on; the weightiest first."""
    rule = policy.sign
    signs = [post for post in voices if rule.on and post.negative >= rule.negative and _has_reach(post, rule)]
    return sorted(signs, key=_weight)


def red_flags(voices: Sequence[Sighting], policy: Policy, at: datetime) -> dict[str, list[Sighting]]:
    """Each red-flag word with the posts that hold it, copies left out, where at least `least` posts hold any."""
    rule = policy.red_flags
    recent = [post for post in voices if post.published_at >= at - timedelta(hours=rule.hours)]
    flagged = [(post, words) for post in recent if (words := flags_in(post.text, rule))]
    firsts = first_of_each_text([post for post, _ in flagged])
    if not rule.on or len(firsts) < rule.least:
        return {}
    found: dict[str, list[Sighting]] = defaultdict(list)
    for post, words in flagged:
        for word in words if post.id in firsts else ():
            found[word].append(post)
    return dict(found)


def flags_in(text: str, rule: RedFlags) -> list[str]:
    plain = normalise(text)
    return [word for word in _words(rule.added, rule.removed) if word in plain]


def cluster(voices: Sequence[Sighting], policy: Policy, at: datetime, *, usual_a_day: float = 0.0) -> list[Sighting]:
    """The largest group of complaints about the same trouble in one category, if enough people tell of it.

    `usual_a_day` is how many adverse posts the brand has on a usual day.
    """
    rule = policy.clusters
    since = at - timedelta(hours=rule.hours)
    named = [post for post in voices if post.published_at >= since and names_trouble(post) and post.kind != PostKind.ARTICLE]
    needed = people_needed(rule, usual_a_day)
    if not rule.on or len(named) < needed:
        return []
    grouped: dict[tuple[str, int], list[Sighting]] = defaultdict(list)
    for post, topic in zip(named, groups([shingles(post.text) for post in named], ALIKE), strict=True):
        for risk in post.risks:
            grouped[risk, topic].append(post)
    largest = max(grouped.values(), key=_people)
    return largest if _people(largest) >= needed else []


def people_needed(rule: Clusters, usual_a_day: float) -> float:
    """How many people must tell of one trouble: the policy's number, and where many complain every day so many that the one
    trouble alone is half of what all are together, and two deviations of chance more."""
    usual = usual_a_day * rule.hours / 24
    return max(float(rule.people), usual / 2 + 2 * math.sqrt(usual))


def might_speak(voices: Sequence[Sighting], policy: Policy) -> bool:
    """Whether any rule of this page could fire with these fresh voices; spares the reading of the rest of the day."""
    if strong_signs(voices, policy) or (policy.clusters.on and len(voices) >= policy.clusters.people):
        return True
    return policy.red_flags.on and any(flags_in(post.text, policy.red_flags) for post in voices)


def first_of_each_text(posts: Sequence[Sighting]) -> set[str]:
    """The ids of the first post of each text."""
    first: dict[int, str] = {}
    for post, text in zip(posts, _folded(posts), strict=True):
        first.setdefault(text, post.id)
    return set(first.values())


def _has_reach(post: Sighting, rule: StrongSign) -> bool:
    """Whether a post reaches the public by itself. A medium does unless it is known to have few followers; a verified person,
    body or company does with many; anyone whose post was passed on by very many does."""
    is_large = post.followers is not None and post.followers >= rule.followers
    match post.author_kind:
        case AuthorKind.AUTHORITY:
            speaks = True
        case AuthorKind.MEDIA:
            speaks = rule.media and (is_large or post.followers is None)
        case AuthorKind.VERIFIED | AuthorKind.COMPANY:
            speaks = is_large
        case _:
            speaks = False
    return speaks or post.reach >= rule.reach


def _weight(post: Sighting) -> tuple[int, int, int, str]:
    """Authorities first, then media, then by followers and reach."""
    rank = {AuthorKind.AUTHORITY: 0, AuthorKind.MEDIA: 1}.get(post.author_kind, 2)
    return rank, -(post.followers or 0), -post.reach, post.id


def is_voice(post: Sighting) -> bool:
    return post.sentiment == Sentiment.NEGATIVE and post.kind != PostKind.HOT_SEARCH


def _people(posts: Sequence[Sighting]) -> int:
    """How many people speak: known authors by name, unknown ones by text; one text of many names is still one voice a name."""
    known = {post.author for post in posts if post.author}
    return len(known) + len(set(_folded([post for post in posts if not post.author])))


def _folded(posts: Sequence[Sighting]) -> list[int]:
    return groups([shingles(post.text) for post in posts], COPY)


@cache
def _words(added: tuple[str, ...], removed: tuple[str, ...]) -> tuple[str, ...]:
    """The red-flag words in force, normalised, in the order of the file."""
    shipped = Path(__file__).with_name("red_flags.txt").read_text(encoding="utf-8").split()
    left_out = set(map(normalise, removed))
    return tuple(word for word in dict.fromkeys(map(normalise, (*shipped, *added))) if word and word not in left_out)
