"""Spikes: hourly counts of posts, or of adverse posts, far above what is usual for the brand at that hour of the week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from alerts.detection.baseline import WINDOWS, Baseline, learn
from alerts.detection.series import GUARD_HOURS, BrandSeries, Counts
from alerts.detection.triggers import RuleName, Trigger
from alerts.policies.policy import Policy, Spike
from core.clock import HOUR, SHANGHAI

SPIKES = (RuleName.VOLUME, RuleName.ADVERSE)
Baselines = Mapping[RuleName, Baseline]


def rule_of(policy: Policy, name: RuleName) -> Spike:
    """The policy's numbers for a spike rule."""
    return policy.volume if name == RuleName.VOLUME else policy.adverse


def counts_of(counted: BrandSeries, name: RuleName) -> Counts:
    return counted.posts if name == RuleName.VOLUME else counted.adverse


def baselines(counted: BrandSeries, policy: Policy) -> Baselines:
    """A baseline for each spike rule that could fire at all."""
    found = {}
    for name in SPIKES:
        rule = rule_of(policy, name)
        if rule.on and counts_of(counted, name)[-GUARD_HOURS:].sum() >= rule.least:
            found[name] = baseline(counted, name, rule)
    return found


def baseline(counted: BrandSeries, name: RuleName, rule: Spike, *, since: datetime | None = None) -> Baseline:
    """What is usual for one rule's counts, hour by hour.

    It begins with the first midnight of the series (since `since`, the start of an hour), so that all passes of a day see the
    same; what is older than the oldest post is not known.
    """
    first = since or counted.hour(-len(counted.posts))
    first += -first.astimezone(SHANGHAI).hour % 24 * HOUR
    hours = min((counted.last_hour - first) // HOUR, counted.known_hours + GUARD_HOURS) + 1
    counts = np.where(counted.missing, np.nan, counts_of(counted, name))[-hours:]
    return learn(counts, counted.hour(-hours), rule)


def spikes(counted: BrandSeries, usual: Baselines, at: datetime) -> list[Trigger]:
    """For each rule, the window that exceeds its threshold most, the shortest of those that do so alike."""
    fired = []
    for name, learnt in usual.items():
        over = list(_over(counted, name, learnt, at))
        if over:
            fired.append(max(over, key=lambda found: found[0])[1])
    return fired


@dataclass(frozen=True, slots=True)
class Force:
    """How hard counts rose: observed to expected, the last two hours to the two before, and how many of the last 24 hours
    were over their own threshold."""

    ratio: float = 0.0
    growth: float = 0.0
    hours_above: int = 0


def force(counted: BrandSeries, usual: Baselines, fired: Sequence[Trigger]) -> Force:
    """The force of the spikes that fired, by the strongest of them; none where none did."""
    if not fired:
        return Force()
    strongest = max(fired, key=lambda trigger: trigger.ratio)
    counts = counts_of(counted, strongest.rule)
    growth = float((counts[-2:].sum() + 1) / (counts[-4:-2].sum() + 1))
    return Force(strongest.ratio, growth, max(_hours_above(counted, spike.rule, usual[spike.rule]) for spike in fired))


def _hours_above(counted: BrandSeries, name: RuleName, usual: Baseline) -> int:
    line = usual.threshold()[-24:]
    return int((counts_of(counted, name)[-len(line) :] >= line).sum())


def _over(counted: BrandSeries, name: RuleName, usual: Baseline, at: datetime) -> Iterator[tuple[float, Trigger]]:
    """The windows over their threshold, with how many times it they are high; those that end with the current hour, which is
    partial, and with the one before. The brand's own line is reckoned only for those above the policy's."""
    for hours in WINDOWS:
        height, floor = usual.height(hours), usual.floor(hours)
        if not (height[-2:] >= floor[-2:]).any():
            continue
        line = usual.threshold(hours)
        for last in (-1, -2):
            if height[last] >= line[last]:
                places = range(last - hours + 1, last + 1)
                yield float(height[last] / line[last]), _trigger(counted, name, usual, places, float(line[last]), at)


def _trigger(counted: BrandSeries, name: RuleName, usual: Baseline, places: range, line: float, at: datetime) -> Trigger:
    counts, hours, last = counts_of(counted, name), len(places), places[-1]
    rising = [place for place in places if counts[place] > usual.known.expected[place]]
    return Trigger(
        rule=name,
        start=counted.hour(rising[0] if rising else places[0]),
        end=min(counted.hour(last) + HOUR, at),
        observed=int(sum(counts[place] for place in places)),
        expected=float(usual.expected(hours)[last]),
        threshold=line,
        history_hours=int(usual.history[last]),
        is_cold=bool(usual.is_cold[last]),
    )
