"""Spikes: hourly counts of posts, or of adverse posts, far above what is usual for the brand at that hour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from alerts.detection.baseline import Baseline, learn, threshold
from alerts.detection.series import GUARD_HOURS, BrandSeries, Counts
from alerts.detection.triggers import RuleName, Trigger
from alerts.policies.policy import Policy, Spike
from core.clock import HOUR

SPIKES = (RuleName.VOLUME, RuleName.ADVERSE)
WINDOWS = ((1, 0), (1, 1), (3, 0), (3, 1))
"""(hours, hours before the current one) of the windows judged: the current hour is partial, a slow rise needs three."""

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
            found[name] = baseline(counted, name)
    return found


def baseline(counted: BrandSeries, name: RuleName) -> Baseline:
    """What is usual for one rule's counts, learnt from the hours before the guarded ones that are known and were watched."""
    known = slice(len(counted.posts) - GUARD_HOURS - counted.known_hours, -GUARD_HOURS)
    hours_of_day = (counted.hour(-GUARD_HOURS - 1).hour - np.arange(counted.known_hours)[::-1]) % 24
    watched = ~counted.missing[known]
    return learn(counts_of(counted, name)[known][watched], hours_of_day[watched])


def spikes(counted: BrandSeries, usual: Baselines, at: datetime, policy: Policy) -> list[Trigger]:
    """For each rule, the window that exceeds its threshold most."""
    fired = []
    for name, learnt in usual.items():
        windows = [_window(counted, name, learnt, rule_of(policy, name), hours, back, at) for hours, back in WINDOWS]
        over = [trigger for trigger in windows if trigger.observed >= trigger.threshold]
        if over:
            fired.append(max(over, key=lambda trigger: trigger.observed / trigger.threshold))
    return fired


def hours_above(counted: BrandSeries, name: RuleName, usual: Baseline, policy: Policy) -> int:
    """How many of the last 24 hours were over their own threshold."""
    counts, rule = counts_of(counted, name), rule_of(policy, name)
    return sum(
        bool(counts[place] >= threshold(rule, float(usual.expected[counted.hour(place).hour]), usual))
        for place in range(-24, 0)
    )


def _window(counted: BrandSeries, name: RuleName, usual: Baseline, rule: Spike, hours: int, back: int, at: datetime) -> Trigger:
    places = range(-hours - back, -back)
    expected = usual.expectation([counted.hour(place).hour for place in places])
    counts = counts_of(counted, name)
    rising = [place for place in places if counts[place] > usual.expected[counted.hour(place).hour]]
    return Trigger(
        rule=name,
        start=counted.hour(rising[0] if rising else places[0]),
        end=min(counted.hour(places[-1]) + HOUR, at),
        observed=int(sum(counts[place] for place in places)),
        expected=expected,
        threshold=threshold(rule, expected, usual),
        history_hours=usual.history_hours,
        is_cold=usual.is_cold,
    )
