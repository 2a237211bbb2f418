"""The level of a crisis: a risk matrix of likelihood (how it spreads) by impact (how much it can hurt), every point shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


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
    "finance": Severity(3, "财务与经营"),
    "service": Severity(2, "服务与售后"),
    "other": Severity(1, "其他争议"),
}
UNKNOWN_SEVERITY = 2
"""For a category that the operator added."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the matrix judges of one brand at one moment; counts are of the last 24 hours where not said otherwise.

    `ratio` is observed to expected of the strongest spike, 0 where no spike rule fired; `growth` the last two hours to the
    two before; `hours_above` the hours over their threshold; `category` the gravest risk category that is not a lone voice.
    """

    ratio: float
    growth: float
    platforms: int
    hours_above: int
    hot_entries: int
    category: str
    reach: int
    posts: int
    adverse: int

    @property
    def adverse_share(self) -> float:
        return self.adverse / self.posts if self.posts else 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the matrix: what was measured, the points it gave of at most `most`, and the steps that give them."""

    axis: str
    key: str
    zh: str
    en: str
    value: str
    points: int
    most: int
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """All rows, their sums by axis, the band of each sum and the level of the cell."""

    rows: tuple[Row, ...]
    likelihood: int
    impact: int
    bands: tuple[str, str]
    level: Level

    @property
    def points(self) -> int:
        return self.likelihood + self.impact

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "rows": [asdict(row) for row in self.rows], "bands": list(self.bands), "level": str(self.level)}


BANDS = ((0, "low"), (3, "middle"), (6, "high"))
"""The band of a sum: the last whose first number it reaches."""

CELLS: Mapping[tuple[str, str], Level] = {
    ("low", "low"): Level.MINOR,
    ("low", "middle"): Level.MINOR,
    ("low", "high"): Level.MODERATE,
    ("middle", "low"): Level.MINOR,
    ("middle", "middle"): Level.MODERATE,
    ("middle", "high"): Level.MODERATE,
    ("high", "low"): Level.MINOR,
    ("high", "middle"): Level.MODERATE,
    ("high", "high"): Level.MAJOR,
}
"""(likelihood, impact) to level: a crowd without harm stays minor, harm without a crowd becomes moderate."""


def assess(situation: Situation) -> Matrix:
    """The matrix of a situation."""
    rows = (*_likelihood(situation), *_impact(situation))
    likelihood = sum(row.points for row in rows if row.axis == "likelihood")
    impact = sum(row.points for row in rows if row.axis == "impact")
    bands = (_band(likelihood), _band(impact))
    return Matrix(rows, likelihood, impact, bands, CELLS[bands])


def severity(category: str) -> int:
    """1 to 5; 0 for no category."""
    if not category:
        return 0
    return SEVERITIES[category].value if category in SEVERITIES else UNKNOWN_SEVERITY


def category_zh(category: str) -> str:
    return SEVERITIES[category].zh if category in SEVERITIES else category


def _likelihood(situation: Situation) -> tuple[Row, ...]:
    return (
        _stepped("likelihood", "volume", "声量倍数", "volume against baseline", situation.ratio, (3, 6, 12), "×"),
        _stepped("likelihood", "velocity", "增速（近两小时/前两小时）", "growth in two hours", situation.growth, (2, 4), "×"),
        _stepped("likelihood", "platforms", "传播平台数", "platforms", situation.platforms, (2, 3)),
        _stepped("likelihood", "persistence", "持续小时数", "hours above threshold", situation.hours_above, (3, 8)),
        _stepped(
            "likelihood", "hot_search", "24 小时负面热搜条数", "adverse hot-search entries", situation.hot_entries, (1, 1, 2, 4)
        ),
    )


def _impact(situation: Situation) -> tuple[Row, ...]:
    grave = severity(situation.category)
    category = Row(
        axis="impact",
        key="severity",
        zh="风险类别",
        en="risk category",
        value=category_zh(situation.category) or "无",
        points=max(0, grave - 1),
        most=4,
        why_zh="严重度 1–5 减一",
        why_en="severity 1–5 less one",
    )
    share = situation.adverse_share if situation.posts >= 5 else 0.0
    return (
        category,
        _reach(situation),
        _stepped("impact", "adverse_share", "负面占比（至少 5 条）", "adverse share (of 5 posts or more)", share, (0.4, 0.7)),
    )


def _reach(situation: Situation) -> Row:
    row = _stepped("impact", "reach", "影响人次", "reach", situation.reach, (10_000, 1_000_000, 10_000_000))
    if not situation.hot_entries or row.points >= 2:
        return row
    return Row(
        axis=row.axis,
        key=row.key,
        zh=row.zh,
        en=row.en,
        value=row.value,
        points=2,
        most=row.most,
        why_zh="登上全国热搜，至少 2 分",
        why_en="on a national hot-search list: 2 at least",
    )


def _stepped(axis: str, key: str, zh: str, en: str, value: float, steps: Sequence[float], unit: str = "") -> Row:
    """One point for each step that the value reaches."""
    told = "、".join(f"≥{step:,}{unit}" for step in dict.fromkeys(steps))
    given = "/".join(str(sum(step <= top for step in steps)) for top in dict.fromkeys(steps))
    return Row(
        axis=axis,
        key=key,
        zh=zh,
        en=en,
        value=f"{value:.2g}{unit}" if isinstance(value, float) and value < 10 else f"{value:,.0f}{unit}",
        points=sum(value >= step for step in steps),
        most=len(steps),
        why_zh=f"{told} 得 {given} 分",
        why_en=f"{told.replace('、', ', ')} give {given}",
    )


def _band(points: int) -> str:
    return [name for least, name in BANDS if points >= least][-1]
