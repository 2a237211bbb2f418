"""A part of what is said of a loud brand: one risk category, or one platform, whose adverse posts surge by themselves.

A trouble of a dozen posts is lost among the hundreds that grumble about prices every day; held against what is usual in its
own category it is not. A facet is judged as the brand is, by the hours of its own adverse posts, but by a stricter line, for
many are looked at (Šidák 1967: of n looks, each may err with 1 - (1 - p)^(1/n) for all together to err with p).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import NormalDist

import numpy as np

from alerts.detection.baseline import ORDINARY
from alerts.detection.series import GUARD_HOURS, BrandSeries, Sighting, history_from, hour_number, usual_a_day
from alerts.detection.spikes import Force, baseline, force, spikes
from alerts.detection.triggers import RuleName, Trigger
from alerts.policies.policy import Facets, Spike
from core.clock import HOUR
from posts.index import PostFilter, PostView, Split

LOOKS = 16
"""Facets of a brand that are looked at: ten categories, and as many platforms as most brands are on."""
RARER = replace(ORDINARY, return_days=LOOKS * ORDINARY.return_days)
"""What is usual of one facet: its days reach its own line so seldom that those of all facets do as often as a brand's."""
RULES: Mapping[Split, RuleName] = {"risk": RuleName.CATEGORY, "platform": RuleName.PLATFORM}


@dataclass(frozen=True, slots=True, order=True)
class Facet:
    """A risk category or a platform, by its code."""

    by: Split
    name: str

    def holds(self, post: Sighting) -> bool:
        return self.name in (post.risks if self.by == "risk" else (post.platform,))

    def narrowed(self, chosen: PostFilter) -> PostFilter:
        return replace(chosen, risks=(self.name,)) if self.by == "risk" else replace(chosen, platforms=(self.name,))


FacetTally = Mapping[Facet, Mapping[int, int]]
"""Each facet's adverse posts by hours since 1970."""
ReadFacets = Callable[[], FacetTally]
"""Asked only where a brand is loud enough."""


@dataclass(frozen=True, slots=True)
class FacetSpike:
    """A facet that fired, and how hard its own counts rose."""

    facet: Facet
    trigger: Trigger
    force: Force


def facet_spikes(counted: BrandSeries, read: ReadFacets, at: datetime, rule: Facets) -> list[FacetSpike]:
    """The category, then the platform, that stand highest over their own lines, of a brand loud enough to hide them."""
    if not rule.on or counted.adverse[-GUARD_HOURS:].sum() < rule.least or usual_a_day(counted) < rule.usual:
        return []
    line = stricter(rule)
    found: dict[Split, FacetSpike] = {}
    for facet, by_hour in sorted(read().items()):
        fired = _judged(facet, of_facet(counted, by_hour), at, line)
        if fired and (facet.by not in found or _excess(fired) > _excess(found[facet.by])):
            found[facet.by] = fired
    return [found[by] for by in RULES if by in found]


def stricter(rule: Facets) -> Spike:
    """The line of one facet, so that all that are looked at together fire by chance as seldom as the rule says."""
    tail = NormalDist().cdf(-rule.deviations)
    of_one = -math.expm1(math.log1p(-tail) / LOOKS)
    return Spike(deviations=-NormalDist().inv_cdf(of_one), ratio=rule.ratio, least=rule.least)


def of_facet(counted: BrandSeries, by_hour: Mapping[int, int]) -> BrandSeries:
    """The brand's hours with the adverse posts of a facet alone."""
    first = hour_number(counted.last_hour) - len(counted.adverse) + 1
    own = np.array([by_hour.get(first + place, 0) for place in range(len(counted.adverse))], dtype=np.int64)
    return replace(counted, adverse=own)


def read_facets(index: PostView, brand: str, at: datetime, baseline_days: int, least: int) -> FacetTally:
    """The facets with at least so many adverse posts in the hours that are judged at `at`, with their weeks before."""
    found: dict[Facet, Counter[int]] = {}
    recent = PostFilter(brands=(brand,), start=history_from(at, 0), end=at, seen_before=at)
    for by in RULES:
        newest = _tally(index, recent, by)
        loud = {facet: hours for facet, hours in newest.items() if hours.total() >= least}
        names = tuple(sorted(facet.name for facet in loud))
        past = replace(recent, start=history_from(at, baseline_days), end=recent.start)
        chosen = replace(past, risks=names) if by == "risk" else replace(past, platforms=names)
        before = _tally(index, chosen, by) if names else {}
        found |= {facet: hours + before.get(facet, Counter()) for facet, hours in loud.items()}
    return found


def add_to_facets(tally: dict[Facet, Counter[int]], post: Sighting) -> None:
    """Count an adverse post in its platform and in each of its categories."""
    if post.is_adverse:
        for facet in (Facet("platform", post.platform), *(Facet("risk", risk) for risk in dict.fromkeys(post.risks))):
            tally.setdefault(facet, Counter())[hour_number(post.published_at)] += 1


def _tally(index: PostView, chosen: PostFilter, by: Split) -> dict[Facet, Counter[int]]:
    found: dict[Facet, Counter[int]] = defaultdict(Counter)
    for bucket in index.histogram(chosen, interval=HOUR, by=by):
        name = bucket.risk if by == "risk" else bucket.platform
        if name and bucket.adverse:
            found[Facet(by, name)][hour_number(bucket.start)] += bucket.adverse
    return found


def _judged(facet: Facet, own: BrandSeries, at: datetime, line: Spike) -> FacetSpike | None:
    if own.adverse[-GUARD_HOURS:].sum() < line.least:
        return None
    usual = {RuleName.ADVERSE: replace(baseline(own, RuleName.ADVERSE, line), calibration=RARER)}
    fired = spikes(own, usual, at)
    if not fired:
        return None
    return FacetSpike(facet, replace(fired[0], rule=RULES[facet.by], part=facet.name), force(own, usual, fired))


def _excess(spike: FacetSpike) -> float:
    return spike.trigger.observed / spike.trigger.threshold
