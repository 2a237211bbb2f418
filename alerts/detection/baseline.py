"""What is usual in a brand's hours, and from what count on an hour is out of its ordinary.

Two lines must be crossed. The floor is the policy's: a least count, a ratio, and so many deviations of chance above what is
expected. The other is the brand's own, by the surge detector (`alerts/surges/`): the height that its days reach once in so
many, so that a brand with a burst every evening needs more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

import numpy as np

from alerts.detection.series import GUARD_HOURS, Counts
from alerts.policies.policy import Spike
from alerts.surges.expected import Floats, Usual, trailing, usual
from alerts.surges.scores import Scale, count_at, lowest, scores
from alerts.surges.surge import STANDARD
from alerts.surges.threshold import Calibration, thresholds
from alerts.surges.weekly import expected_by_week
from core.clock import HOUR, SHANGHAI

COLD = round(STANDARD.warm_up / HOUR)
"""Hours of history under which a baseline is not trusted: the floor is raised, and the alert says so."""
ORDINARY = Calibration(return_days=20, least=0.6)
"""How high the days of a brand must reach: once in 20 of them, and 1.8 times the usual at least."""
_TOTAL = Scale((HOUR, 3 * HOUR), kept=1.0, is_local=False, calibration=ORDINARY)
_HELD = Scale((4 * HOUR,), kept=0.5, is_local=False, calibration=ORDINARY)
WINDOWS: Mapping[int, Scale] = {1: _TOTAL, 3: _TOTAL, 4: _HELD}
"""The windows judged, in hours: an hour; three, for a slow rise; the two lowest hours of four, for a brand whose single hours
are so wild that only what holds on is out of its ordinary."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Consecutive hours beside what was expected of each from the hours before it alone; the last hour is the newest.

    `history` counts the watched hours that each hour is judged by. The methods give, for the windows of so many `hours` that
    end with each hour, posts in all.
    """

    known: Usual
    history: Counts
    rule: Spike
    calibration: Calibration = ORDINARY

    @property
    def is_cold(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.asarray(self.history < COLD)

    def expected(self, hours: int = 1) -> Floats:
        return trailing(self.known.expected, hours)

    def height(self, hours: int = 1) -> Floats:
        """What is held against the lines: a window's posts, or as many as they were if all its hours were like its lowest."""
        counts = np.where(self.known.is_known, self.known.seen, 0.0)
        return hours * lowest(counts, hours, ceil(WINDOWS[hours].kept * hours))

    def ordinary(self, hours: int = 1) -> Floats:
        """The brand's own line: reached by the highest window of a day once in so many days. Means nothing while cold."""
        scale = replace(WINDOWS[hours], calibration=self.calibration)
        found = np.where(self.known.is_known, scores(self.known, scale, hours), np.nan)
        limit = thresholds(found, self.known.rows_per_day, scale.calibration)
        return hours * count_at(self.known, scale, hours, limit)

    def floor(self, hours: int = 1) -> Floats:
        """The policy's line; a cold baseline must be exceeded by twice as much."""
        return floor(self.rule, self.expected(hours), np.where(self.is_cold, 2.0, 1.0))

    def threshold(self, hours: int = 1) -> Floats:
        """The smallest height that is a surge."""
        return np.maximum(self.floor(hours), np.where(self.is_cold, 0.0, self.ordinary(hours)))


def learn(counts: Floats, first: datetime, rule: Spike) -> Baseline:
    """The baseline of consecutive hourly counts, the first of the hour that starts at `first`; NaN where nobody watched.

    Days are those of China, so that every pass of a day sees the same ones: the hours of the first day that lie before `first`
    count as not watched.
    """
    unseen = first.astimezone(SHANGHAI).hour
    padded = np.concatenate([np.full(unseen, np.nan), counts])
    watched = np.concatenate([[0], np.cumsum(np.isfinite(padded))])
    judged_by = np.maximum(np.arange(len(padded)) - GUARD_HOURS + 1, 0)
    return Baseline(usual(padded, HOUR, expected_by_week), watched[judged_by], rule)


def floor(rule: Spike, expected: Floats, caution: Floats | float = 1.0) -> Floats:
    """The policy's smallest count that is a surge, where `expected` is usual.

    Square roots of Poisson counts scatter alike, with a deviation of 1/2 whatever their size (Bartlett 1936), so one rule
    serves brands with one post a day and with a thousand an hour.
    """
    far = (np.sqrt(expected) + caution * rule.deviations / 2) ** 2
    return np.maximum(np.maximum(far, caution * rule.ratio * expected), caution * rule.least)
