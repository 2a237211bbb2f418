"""The levels of a crisis, and the kinds of trouble with how much each can hurt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    MINOR = "minor"
    MODERATE = "moderate"
    MAJOR = "major"

    @property
    def zh(self) -> str:
        return {"minor": "轻微", "moderate": "中度", "major": "重大"}[self.value]

    @property
    def rank(self) -> int:
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Severity:
    """How much a risk category can hurt, 1 to 5, and its name."""

    value: int
    zh: str


SEVERITIES: Mapping[str, Severity] = {
    "accident": Severity(5, "事故与伤亡"),
    "quality_safety": Severity(4, "质量与食品安全"),
    "data_security": Severity(4, "数据与隐私"),
    "legal_regulatory": Severity(4, "法律与监管"),
    "values": Severity(4, "价值观与公共情感"),
    "people": Severity(3, "员工与管理层"),
    "misleading": Severity(3, "虚假宣传与价格"),
    "finance": Severity(2, "财务与经营"),
    "service": Severity(2, "服务与售后"),
    "other": Severity(1, "其他争议"),
}
UNKNOWN_SEVERITY = 2
"""For a category that the operator added."""


def category_zh(category: str) -> str:
    return SEVERITIES[category].zh if category in SEVERITIES else category
