"""The live look at all brands: a few queries say who is loud, and only of those more is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime
from functools import partial

from alerts.detection.facets import read_facets
from alerts.detection.gather import gather_from
from alerts.detection.hot_search import NOT_LISTED, PAST, HotList, HotPast, distinct, known_days
from alerts.detection.rules import Observed, Signal, could_fire, judge
from alerts.detection.series import (
    DAY,
    GUARD_HOURS,
    Sighting,
    Tally,
    guarded,
    history_from,
    hour_number,
    read_series,
    read_tallies,
    sightings,
)
from alerts.detection.voices import MOST, Heard, fresh_since, is_voice, listen, might_speak
from alerts.policies.policy import NO_POLICIES, Policy, policy_of
from core.clock import HOUR, floor_hour
from core.post import PostKind
from posts.index import PostFilter, PostView, Sentiment

FRESH_MOST = 20_000
"""The most posts of all brands that one pass reads for what single voices tell; in a flood the newest hours are read."""
NO_HISTORY: Mapping[str, int] = {}


def signals(
    index: PostView,
    brands: Sequence[str],
    *,
    at: datetime,
    baseline_days: int,
    policies: Mapping[str, Policy] = NO_POLICIES,
    past_alerts: Mapping[str, int] = NO_HISTORY,
    blind_hours: Set[datetime] = frozenset(),
) -> dict[str, Signal]:
    """The signals of all brands that have one; `past_alerts` counts the graver alerts of each in the last 90 days.

    `blind_hours` are those of which no source delivered anything.

    Three queries for all brands tell for which a rule can fire at all: the counts of the last hours, the hot-search entries
    of a day, the negative posts of the last hours. Only those brands are asked for their baseline and their voices.
    """
    newest = read_tallies(index, brands, start=history_from(at, 0), end=at, seen_before=at)
    known_since = index.earliest()
    hot = _hot_lists(index, brands, at, known_since)
    speaking = {
        brand for brand, voices in _fresh_voices(index, newest, at).items() if might_speak(voices, policy_of(policies, brand))
    }
    loud = [
        brand
        for brand, tally in newest.items()
        if brand in speaking or could_fire(tally, hot.get(brand, NOT_LISTED), at, policy_of(policies, brand))
    ]
    found = {}
    counted = read_series(
        index,
        loud,
        at=at,
        baseline_days=baseline_days,
        seen_before=at,
        known_since=known_since,
        blind_hours=blind_hours,
    )
    for brand in loud:
        seen = Observed(
            counted=counted[brand],
            hot=hot.get(brand, NOT_LISTED),
            listen=partial(_heard, index, brand, at),
            speaks=brand in speaking,
            past_alerts=past_alerts.get(brand, 0),
            facets=partial(read_facets, index, brand, at, baseline_days, policy_of(policies, brand).facets.least),
        )
        signal = judge(seen, at=at, gather=gather_from(index, brand, at), policy=policy_of(policies, brand))
        if signal:
            found[brand] = signal
    return found


def _hot_lists(index: PostView, brands: Sequence[str], at: datetime, known_since: datetime | None) -> dict[str, HotList]:
    """The brands that were on a hot-search list in the last 24 hours, with their past there."""
    if not brands:
        return {}
    chosen = PostFilter(brands=tuple(brands), kinds=(PostKind.HOT_SEARCH,), start=at - DAY, end=at, seen_before=at)
    listed = _by_brand(index, chosen, brands)
    if not listed:
        return {}
    entries, adverse = _hot_past(index, tuple(listed), at)
    days = known_days(at, known_since)
    return {
        brand: HotList(distinct(seen, at), HotPast(days, entries.get(brand, 0), adverse.get(brand, 0)))
        for brand, seen in listed.items()
    }


def _hot_past(index: PostView, brands: tuple[str, ...], at: datetime) -> tuple[dict[str, int], dict[str, int]]:
    """How many entries, and adverse ones, each brand had in the days before the last one."""
    chosen = PostFilter(brands=brands, kinds=(PostKind.HOT_SEARCH,), start=at - DAY - PAST, end=at - DAY, seen_before=at)
    entries: dict[str, int] = defaultdict(int)
    adverse: dict[str, int] = defaultdict(int)
    for bucket in index.histogram(chosen, interval=DAY):
        entries[bucket.brand] += bucket.posts
        adverse[bucket.brand] += bucket.adverse
    return entries, adverse


def _fresh_voices(index: PostView, newest: Mapping[str, Tally], at: datetime) -> dict[str, list[Sighting]]:
    """The negative posts of the last hours, by brand; hot-search entries are judged by themselves."""
    stirred = [brand for brand, tally in newest.items() if guarded(tally, at)[1]]
    if not stirred:
        return {}
    start = _start_of_fresh(newest, at)
    chosen = PostFilter(brands=tuple(stirred), sentiments=(Sentiment.NEGATIVE,), start=start, end=at, seen_before=at)
    found = _by_brand(index, chosen, stirred)
    return {brand: [seen for seen in posts if is_voice(seen)] for brand, posts in found.items()}


def _start_of_fresh(newest: Mapping[str, Tally], at: datetime) -> datetime:
    """As many of the last hours as do not hold too many posts, one at least."""
    start, held = fresh_since(at), 0
    for back in range(GUARD_HOURS):
        hour = floor_hour(at) - back * HOUR
        number = hour_number(hour)
        held += sum(tally[number].adverse for tally in newest.values() if number in tally)
        if back and held > FRESH_MOST:
            return hour + HOUR
    return start


def _heard(index: PostView, brand: str, at: datetime) -> Heard:
    """The newest adverse posts of the brand in the last 24 hours."""
    day = PostFilter(brands=(brand,), sentiments=(Sentiment.NEGATIVE,), start=at - DAY, end=at, seen_before=at)
    newest = index.search(day, sort="newest", limit=MOST).posts
    return listen(seen for indexed in newest for name, seen in sightings(indexed) if name == brand)


def _by_brand(index: PostView, chosen: PostFilter, brands: Sequence[str]) -> dict[str, list[Sighting]]:
    wanted = frozenset(brands)
    found: dict[str, list[Sighting]] = defaultdict(list)
    for brand, seen in _seen(index, chosen):
        if brand in wanted:
            found[brand].append(seen)
    return found


def _seen(index: PostView, chosen: PostFilter) -> Iterator[tuple[str, Sighting]]:
    return (pair for indexed in index.scan(chosen) for pair in sightings(indexed))
