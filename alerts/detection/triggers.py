"""What a rule says when it fires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.detection.series import Sighting


class RuleName(StrEnum):
    VOLUME = "volume"
    ADVERSE = "adverse"
    SHARE = "share"
    HOT_SEARCH = "hot_search"
    SIGN = "sign"
    RED_FLAG = "red_flag"
    CLUSTER = "cluster"
    CATEGORY = "category"
    PLATFORM = "platform"

    @property
    def zh(self) -> str:
        return {
            "volume": "声量突增",
            "adverse": "负面或风险声量突增",
            "share": "负面占比上升",
            "hot_search": "热搜",
            "sign": "强信号单条",
            "red_flag": "红线词",
            "cluster": "同类投诉聚集",
            "category": "分类突增",
            "platform": "平台突增",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Trigger:
    """One rule that fired: in [start, end) it counted `observed` where `expected` is usual and `threshold` fires.

    `of` is the number of posts that a share is of; `words` are the red-flag words that were found, `signs` the
    strong single signs, the weightiest first; `part` is the risk category or platform that a facet's surge is of.
    """

    rule: RuleName
    start: datetime
    end: datetime
    observed: int
    expected: float
    threshold: float
    history_hours: int = 0
    is_cold: bool = False
    of: int = 0
    words: tuple[str, ...] = ()
    signs: tuple[Sighting, ...] = ()
    part: str = ""

    @property
    def ratio(self) -> float:
        """Observed to expected; an expectation under one post counts as one, so that 3 against 0 is 3."""
        return self.observed / max(self.expected, 1.0)
