"""The policy of a brand: everything of detection and of the risk matrix that a person may edit, with bounds and a default.

Every field carries its label in Chinese and English (`labels`), so that forms and errors call it the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo

from alerts.levels import SEVERITIES, Level
from core.errors import InputError

BANDS = ("low", "middle", "high")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _field(default: Any, zh: str, en: str, *, low: float | None = None, high: float | None = None) -> Any:
    return Field(default, ge=low, le=high, json_schema_extra={"zh": zh, "en": en})


class Spike(Part):
    """The floor of a surge: `deviations` of chance above expectation, `ratio` times it, and at least `least` posts. A brand
    whose own days often reach higher needs more (`alerts/detection/baseline.py`)."""

    on: bool = _field(True, "启用", "on")
    deviations: float = _field(5.0, "高出偶然的标准差数", "deviations beyond chance", low=1, high=20)
    ratio: float = _field(3.0, "相对基线的倍数", "times the baseline", low=1, high=100)
    least: int = _field(15, "最少条数", "least posts", low=2, high=100_000)


class Facets(Part):
    """When one risk category or platform of a loud brand surges by itself: the line of a surge, the deviations for all facets
    that are looked at together; a brand is loud from so many adverse posts on a usual day, below it its own surge shows all."""

    on: bool = _field(True, "启用", "on")
    deviations: float = _field(4.0, "高出偶然的标准差数（各分项合计）", "deviations beyond chance in all", low=1, high=20)
    ratio: float = _field(3.0, "相对基线的倍数", "times the baseline", low=1, high=100)
    least: int = _field(10, "最少条数", "least posts", low=4, high=100_000)
    usual: int = _field(24, "品牌平时每天的负面或风险帖数", "adverse posts of the brand on a usual day", low=1, high=1_000_000)


class ShareShift(Part):
    """When the adverse share of an ordinary volume has moved: `deviations` beyond chance and `rise` above the usual share."""

    on: bool = _field(True, "启用", "on")
    hours: int = _field(6, "统计小时数", "hours counted", low=2, high=24)
    least: int = _field(20, "最少条数", "least posts", low=5, high=100_000)
    rise: float = _field(0.2, "占比至少上升", "least rise of the share", low=0.01, high=1)
    deviations: float = _field(4.0, "高出偶然的标准差数", "deviations beyond chance", low=1, high=20)


class HotSearch(Part):
    """An entry on a hot-search list: its reach is itself the crisis, so that a doubt is enough for a first, minor word."""

    on: bool = _field(True, "启用", "on")
    hours: float = _field(6.0, "单条有效小时数", "hours for which one entry is a sign", low=1, high=24)
    negative: float = _field(0.2, "最低负面概率", "least probability of being negative", low=0.05, high=0.99)


class StrongSign(Part):
    """One adverse post whose reach is itself the crisis: by an authority, a medium or a large verified account, or passed on
    widely."""

    on: bool = _field(True, "启用", "on")
    negative: float = _field(0.6, "最低负面概率", "least probability of being negative", low=0.3, high=0.99)
    media: bool = _field(True, "媒体的负面报道", "adverse reports by media")
    followers: int = _field(100_000, "大号粉丝数", "followers of a large account", low=1_000, high=1_000_000_000)
    reach: int = _field(20_000, "互动量", "likes, reposts and comments", low=100, high=1_000_000_000)


class RedFlags(Part):
    """Words so grave that few adverse posts with them are a signal."""

    on: bool = _field(True, "启用", "on")
    least: int = _field(2, "最少条数（转抄算一条）", "least posts, copies counted once", low=1, high=1_000)
    hours: int = _field(24, "统计小时数", "hours counted", low=1, high=72)
    added: tuple[str, ...] = _field((), "另加的红线词", "red-flag words added")
    removed: tuple[str, ...] = _field((), "不用的红线词", "red-flag words left out")


class Clusters(Part):
    """The same trouble told by several people independently."""

    on: bool = _field(True, "启用", "on")
    people: int = _field(4, "同一问题的最少人数", "least people with the same trouble", low=2, high=10_000)
    hours: int = _field(24, "统计小时数", "hours counted", low=1, high=72)


class Campaign(Part):
    """When adverse posts are likely the work of few hands: copied text, or few authors."""

    on: bool = _field(True, "启用", "on")
    least: int = _field(10, "最少条数", "least posts", low=5, high=100_000)
    copies: float = _field(0.7, "雷同文本占比", "share of copied texts", low=0.3, high=1)
    authors: float = _field(0.25, "作者数与条数之比不超过", "most authors a post", low=0.01, high=0.9)


class Telling(Part):
    """When people are told again of an open alert, and when it is over."""

    points: int = _field(3, "分数上升多少再次通知", "points of rise that are told again", low=1, high=20)
    factor: float = _field(2.0, "负面条数增至几倍再次通知", "growth of adverse posts that is told again", low=1.2, high=100)
    least: int = _field(10, "再次通知的最少负面条数", "least adverse posts to be told again", low=2, high=100_000)
    resolve_hours: float = _field(24.0, "无信号多少小时后解除", "hours without a signal until resolved", low=1, high=720)


class Steps(Part):
    """For each row of the matrix the values that give one more point each, ascending; a value given twice gives two at once."""

    volume: tuple[float, ...] = _field((3, 6, 12), "声量倍数", "volume against baseline")
    velocity: tuple[float, ...] = _field((2, 4), "增速（近两小时/前两小时）", "growth in two hours")
    platforms: tuple[float, ...] = _field((2, 3), "传播平台数", "platforms")
    persistence: tuple[float, ...] = _field((3, 8), "持续小时数", "hours above threshold")
    hot_search: tuple[float, ...] = _field(
        (1.4, 2.4, 4), "24 小时负面热搜条数（按负面概率折算）", "adverse hot-search entries in 24 hours, by probability"
    )
    surprise: tuple[float, ...] = _field((20, 60, 100, 150), "负面热搜相对平时的倍数", "hot-search entries to the usual day")
    reach: tuple[float, ...] = _field((10_000, 1_000_000, 10_000_000), "影响人次", "reach")
    grave: tuple[float, ...] = _field((3,), "严重类别的热搜条数", "hot-search entries of a grave category")
    exceptional: tuple[float, ...] = _field((120,), "负面热搜远超平时的倍数", "hot-search entries far beyond the usual day")
    exposed: tuple[float, ...] = _field((1,), "被曝光、举报或抵制的条数", "entries that tell of an exposure, report or boycott")
    pickup: tuple[float, ...] = _field(
        (2, 4), "官方或媒体介入条数", "authorities and media that speak, or whose steps are told"
    )
    answer: tuple[float, ...] = _field((1, 2), "企业回应（1 回应，2 致歉或处置）", "the company answered (1) or gave in (2)")
    adverse_share: tuple[float, ...] = _field((0.4, 0.7), "负面占比（至少 10 条）", "adverse share of 10 posts or more")
    history: tuple[float, ...] = _field((3,), "90 天内中度以上预警数", "alerts of moderate or above in 90 days")

    @field_validator("*")
    @classmethod
    def _ascending(cls, steps: tuple[float, ...]) -> tuple[float, ...]:
        if any(step <= 0 for step in steps) or list(steps) != sorted(steps) or len(steps) > 6:
            raise ValueError("one to six numbers above 0, ascending")
        return steps


class Bands(Part):
    """From how many points an axis is in its middle and high band."""

    middle: int = _field(3, "中档起点分", "points of the middle band", low=1, high=30)
    high: int = _field(6, "高档起点分", "points of the high band", low=2, high=60)

    @model_validator(mode="after")
    def _ascending(self) -> Bands:
        if self.middle >= self.high:
            raise ValueError("the middle band must begin below the high one")
        return self

    def of(self, points: int) -> str:
        return BANDS[(points >= self.middle) + (points >= self.high)]


CELLS: Mapping[str, Level] = {
    "low/low": Level.MINOR,
    "low/middle": Level.MINOR,
    "low/high": Level.MINOR,
    "middle/low": Level.MINOR,
    "middle/middle": Level.MODERATE,
    "middle/high": Level.MODERATE,
    "high/low": Level.MINOR,
    "high/middle": Level.MODERATE,
    "high/high": Level.MAJOR,
}
"""`likelihood/impact` to level: a crowd without harm stays minor, and so does harm that nobody passes on yet."""


class MatrixPolicy(Part):
    """The risk matrix: steps of each row, severity of each category (1 to 5), bands of each axis, level of each cell."""

    steps: Steps = _field(Steps(), "各行计分", "points of each row")
    severities: dict[str, int] = _field({name: grade.value for name, grade in SEVERITIES.items()}, "类别严重度", "severities")
    likelihood: Bands = _field(Bands(), "可能性分档", "bands of likelihood")
    impact: Bands = _field(Bands(high=8), "影响分档", "bands of impact")
    cells: dict[str, Level] = _field(dict(CELLS), "矩阵单元", "cells")

    @field_validator("severities")
    @classmethod
    def _one_to_five(cls, severities: dict[str, int]) -> dict[str, int]:
        if any(not 1 <= value <= 5 for value in severities.values()):
            raise ValueError("severities are 1 to 5")
        return severities

    @field_validator("cells")
    @classmethod
    def _all_cells(cls, cells: dict[str, Level]) -> dict[str, Level]:
        if cells.keys() != CELLS.keys():
            raise ValueError(f"every cell has a level: {', '.join(CELLS)}")
        return cells


class Policy(Part):
    """Everything editable of one brand's alerts."""

    volume: Spike = _field(Spike(), "声量突增", "surge of posts")
    adverse: Spike = _field(Spike(deviations=4, ratio=2, least=6), "负面或风险声量突增", "surge of adverse posts")
    facets: Facets = _field(Facets(), "分类或平台突增", "surge of one category or platform")
    share: ShareShift = _field(ShareShift(), "负面占比上升", "rise of the adverse share")
    hot_search: HotSearch = _field(HotSearch(), "热搜", "hot-search lists")
    sign: StrongSign = _field(StrongSign(), "强信号单条", "strong single sign")
    red_flags: RedFlags = _field(RedFlags(), "红线词", "red-flag words")
    clusters: Clusters = _field(Clusters(), "同类投诉聚集", "complaint clusters")
    campaign: Campaign = _field(Campaign(), "疑似水军", "suspected campaign")
    telling: Telling = _field(Telling(), "再次通知与解除", "telling again and resolving")
    matrix: MatrixPolicy = _field(MatrixPolicy(), "风险矩阵", "risk matrix")

    @classmethod
    def from_json(cls, given: Any) -> Policy:
        """The policy of what `to_json` gave or a person edited; fields left out have their default. Raises InputError."""
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise _told(error) from error

    def to_json(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


DEFAULT = Policy()


@dataclass(frozen=True, slots=True)
class Label:
    """One editable field: the path to it (`adverse.least`), its names, default, and bounds where it is a number."""

    path: str
    zh: str
    en: str
    default: Any
    low: float | None
    high: float | None


def labels(part: Part = DEFAULT, above: str = "") -> Iterator[Label]:
    """Every field of a policy in the order of its forms; `default` holds the value of `part`."""
    for name, info in type(part).model_fields.items():
        value = getattr(part, name)
        if isinstance(value, Part):
            yield from labels(value, f"{above}{name}.")
        else:
            yield _label(f"{above}{name}", info, value)


def _label(path: str, info: FieldInfo, value: Any) -> Label:
    extra = info.json_schema_extra
    assert isinstance(extra, dict)
    bounds = {key: getattr(rule, key) for rule in info.metadata for key in ("ge", "le") if hasattr(rule, key)}
    return Label(path, str(extra["zh"]), str(extra["en"]), value, bounds.get("ge"), bounds.get("le"))


NO_POLICIES: Mapping[str, Policy] = {}
"""Every brand keeps the default policy."""


def policy_of(policies: Mapping[str, Policy], brand: str) -> Policy:
    """The brand's own policy, or the default one."""
    return policies.get(brand, DEFAULT)


def _told(error: ValidationError) -> InputError:
    first = error.errors()[0]
    path = ".".join(str(step) for step in first["loc"])
    known = next((label for label in labels() if path.startswith(label.path)), None)
    zh, en = (known.zh, known.en) if known else (path, path)
    bounds = f" [{known.low:g}, {known.high:g}]" if known and known.low is not None and known.high is not None else ""
    return InputError(
        zh=f"预警策略的「{zh}」（{path}）无效：{first['input']!r}；请改为允许的值{bounds}",
        en=f"the policy's {en} ({path}) is not valid: {first['input']!r} ({first['msg']}); choose an allowed value{bounds}",
    )
