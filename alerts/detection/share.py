"""The share of adverse posts: whether it has moved while the volume need not have.

A beta-binomial test: the usual share is the median of the days before, and differs from day to day by more than chance
alone, so that the variance of k of n posts is n·p·(1-p) + n²·τ² with τ² the scatter of the days beyond chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alerts.detection.series import BrandSeries, Counts
from alerts.policies.policy import ShareShift

FEWEST_POSTS, FEWEST_DAYS = 5, 3
"""A day tells a share from so many posts; from fewer such days no usual share is known."""


@dataclass(frozen=True, slots=True)
class Shift:
    """In the last `hours`, `adverse` of `posts` where the usual share is `usual`; from `threshold` posts on it is a signal."""

    hours: int
    posts: int
    adverse: int
    usual: float
    threshold: float


def shift(counted: BrandSeries, rule: ShareShift) -> Shift | None:
    """The shift of the share in the newest hours, None where there is none, too little is said, or too little is known."""
    posts, adverse = int(counted.posts[-rule.hours :].sum()), int(counted.adverse[-rule.hours :].sum())
    if not rule.on or posts < rule.least:
        return None
    known = counted.known_hours - rule.hours
    usual = _usual(counted.posts[: -rule.hours], counted.adverse[: -rule.hours], known // 24)
    if usual is None:
        return None
    share, scatter = usual
    chance = float(np.sqrt(posts * share * (1 - share) + posts**2 * scatter))
    threshold = posts * share + max(rule.deviations * chance, rule.rise * posts)
    return Shift(rule.hours, posts, adverse, share, threshold) if adverse >= threshold else None


def _usual(posts: Counts, adverse: Counts, days: int) -> tuple[float, float] | None:
    """The median share of the last known days, and how much the days scatter beyond chance (a variance)."""
    if days < FEWEST_DAYS:
        return None
    said, bad = (counts[-days * 24 :].reshape(days, 24).sum(axis=1) for counts in (posts, adverse))
    told = said >= FEWEST_POSTS
    if told.sum() < FEWEST_DAYS:
        return None
    shares = (bad[told] + 0.5) / (said[told] + 1)
    middle = float(np.median(shares))
    by_chance = float(np.mean(middle * (1 - middle) / said[told]))
    spread = float((1.4826 * np.median(np.abs(shares - middle))) ** 2)
    return middle, max(spread - by_chance, 0.0)
