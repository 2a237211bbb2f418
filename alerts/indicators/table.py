"""Warning indicators (预警指标): the editable table by which a brand's day is read, and what each line of it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from alerts.levels import SEVERITIES, category_zh
from alerts.policies.tables import LONGEST_FIGURE
from core.errors import InputError

COMPLAINTS, FIGURE = "complaints:", "figure:"
"""Before the risk category, and before the name of a figure that the company brings, in an indicator's key."""
MOST_ROWS = 60


class Status(StrEnum):
    """How an indicator or the whole table stands; `missing` is never taken for calm."""

    CALM = "calm"
    WATCH = "watch"
    WARN = "warn"
    ALARM = "alarm"
    MISSING = "missing"

    @property
    def zh(self) -> str:
        return {"calm": "正常", "watch": "关注", "warn": "警戒", "alarm": "告警", "missing": "缺数据"}[self.value]

    @property
    def steps(self) -> int:
        """Thirds of an indicator's weight that it gives."""
        return {"watch": 1, "warn": 2, "alarm": 3}.get(self.value, 0)


class Measure(StrEnum):
    """What the thresholds are held against: the value itself, its multiple of the baseline, or its distance from it."""

    VALUE = "value"
    RATIO = "ratio"
    DIFFERENCE = "difference"

    @property
    def zh(self) -> str:
        return {"value": "数值", "ratio": "与平时之比", "difference": "与平时之差"}[self.value]


class Direction(StrEnum):
    """Which way is bad."""

    UP = "up"
    DOWN = "down"

    @property
    def zh(self) -> str:
        return {"up": "越高越险", "down": "越低越险"}[self.value]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the table. `watch`, `warn` and `alarm` grow (fall, for `down`) from one to the next; equal ones skip a step.

    Raises InputError, naming the field, for what cannot be judged by.
    """

    key: str
    weight: float
    watch: float
    warn: float
    alarm: float
    measure: Measure = Measure.RATIO
    direction: Direction = Direction.UP

    def __post_init__(self) -> None:
        name = self.key
        if not is_known(self.key):
            raise _wrong(self.key, "key", f"没有指标 {self.key}", f"there is no indicator {self.key}")
        if not 0 <= self.weight <= 100:
            raise _wrong(
                name, "weight", f"权重须为 0–100，得到 {self.weight:g}", f"the weight must be 0–100, got {self.weight:g}"
            )
        steps = (self.watch, self.warn, self.alarm)
        in_order = sorted(steps, reverse=self.direction is Direction.DOWN)
        if list(steps) != in_order or not all(abs(step) < 1e12 for step in steps):
            order_zh, order_en = ("递减", "fall") if self.direction is Direction.DOWN else ("递增", "grow")
            told = "/".join(f"{step:g}" for step in steps)
            raise _wrong(name, "watch/warn/alarm", f"三级阈值须依次{order_zh}，得到 {told}", f"must {order_en}, got {told}")

    @property
    def name(self) -> tuple[str, str]:
        """What it is called, in Chinese and English."""
        return name_of(self.key)

    @property
    def is_figure(self) -> bool:
        return self.key.startswith(FIGURE)

    @property
    def is_complaint(self) -> bool:
        return self.key.startswith(COMPLAINTS)

    @property
    def is_share(self) -> bool:
        return self.key == "negative_share"

    def status(self, measured: float) -> Status:
        """The gravest step that `measured` (of this line's measure) reaches."""
        for status, step in ((Status.ALARM, self.alarm), (Status.WARN, self.warn), (Status.WATCH, self.watch)):
            if measured >= step if self.direction is Direction.UP else measured <= step:
                return status
        return Status.CALM


@dataclass(frozen=True, slots=True)
class IndicatorTable:
    """The lines, and from which score (0–100) the whole is watched, warns and alarms. Raises InputError as its lines do."""

    rows: tuple[Indicator, ...]
    watch: float = 20
    warn: float = 35
    alarm: float = 50

    def __post_init__(self) -> None:
        if not 0 < self.watch <= self.warn <= self.alarm <= 100:
            told = f"{self.watch:g}/{self.warn:g}/{self.alarm:g}"
            raise _wrong(
                SCORE, "watch/warn/alarm", f"须在 0–100 内依次递增，得到 {told}", f"must grow within 0–100, got {told}"
            )
        if len(self.rows) > MOST_ROWS:
            raise _wrong(TABLE, "rows", f"最多 {MOST_ROWS} 行", f"at most {MOST_ROWS} lines")
        keys = [row.key for row in self.rows]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise _wrong(twice, "key", "重复出现", f"{twice} stands twice")

    def status(self, score: float) -> Status:
        steps = ((Status.ALARM, self.alarm), (Status.WARN, self.warn), (Status.WATCH, self.watch))
        return next((status for status, step in steps if score >= step), Status.CALM)

    def to_json(self) -> dict[str, Any]:
        rows = [{**asdict(row), "measure": str(row.measure), "direction": str(row.direction)} for row in self.rows]
        return {"rows": rows, "watch": self.watch, "warn": self.warn, "alarm": self.alarm}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> IndicatorTable:
        """The table of which `content` is the `to_json`; what it does not name is the default's. Raises InputError."""
        if unknown := sorted(set(content) - {"rows", "watch", "warn", "alarm"}):
            raise _wrong(TABLE, unknown[0], "没有这个字段", "there is no such field")
        rows = content.get("rows")
        if rows is not None and not isinstance(rows, list):
            raise _wrong(TABLE, "rows", "应为列表", "must be a list")
        given = DEFAULT.rows if rows is None else tuple(_row(row) for row in rows)
        return cls(given, *(_number(SCORE, name, content.get(name, getattr(DEFAULT, name))) for name in STEPS))


STEPS = ("watch", "warn", "alarm")
SCORE, TABLE = "score", "table"
POSTS = {
    "volume": ("声量（提及条数）", "Mentions"),
    "negative_share": ("负面占比", "Negative share"),
    "media": ("媒体与热搜报道", "News and hot-search entries"),
    "authors": ("发声人数", "Authors"),
    "unanswered": ("未获回复的提问与投诉", "Questions and complaints without a reply"),
}
"""What is counted from posts besides complaints by category; `alerts/indicators/measure.py` states how."""
_WEIGHTS = {5: 25.0, 4: 25.0, 3: 15.0, 2: 10.0}
"""The weight of a category's complaints by its severity; only the gravest line of them counts."""


def name_of(key: str) -> tuple[str, str]:
    """What the indicator is called, in Chinese and English.

    >>> name_of("complaints:service")
    ('投诉：服务与售后', 'Complaints: service')
    """
    if key.startswith(COMPLAINTS):
        category = key.removeprefix(COMPLAINTS)
        return f"投诉：{category_zh(category)}", f"Complaints: {category.replace('_', ' ')}"
    if key.startswith(FIGURE):
        return (key.removeprefix(FIGURE),) * 2
    return POSTS.get(key, (key, key))


def is_known(key: str) -> bool:
    name = key.partition(":")[2]
    if key.startswith(FIGURE):
        return bool(name.strip()) and len(name) <= LONGEST_FIGURE
    return key in POSTS or (key.startswith(COMPLAINTS) and bool(name))


def of_figure(name: str) -> Indicator:
    """The line of a figure that the table does not name: sales that fall are bad, of everything else what rises."""
    falls = any(word in name.lower() for word in ("销售", "销量", "订单", "营收", "sales", "orders", "revenue"))
    if falls:
        return Indicator(FIGURE + name, 10, 0.8, 0.65, 0.5, Measure.RATIO, Direction.DOWN)
    return Indicator(FIGURE + name, 10, 1.3, 1.6, 2.0)


DEFAULT = IndicatorTable(
    (
        Indicator("volume", 20, 2, 3, 5),
        Indicator("negative_share", 20, 0.15, 0.25, 0.4, Measure.DIFFERENCE),
        Indicator("media", 15, 3, 5, 8),
        Indicator("authors", 10, 2, 3, 5),
        Indicator("unanswered", 10, 2, 4, 8),
        *(
            Indicator(COMPLAINTS + category, _WEIGHTS[grave.value], 3, 6, 12)
            for category, grave in SEVERITIES.items()
            if grave.value in _WEIGHTS
        ),
    )
)
"""What the product ships with; its weights come to 100, the gravest kind of complaints counted once.

Chosen so that the first hours of a crisis, which hardly move a day's volume, are told: grave complaints and the media at their
alarm are a warning by themselves, and with the crowd they pass the alarm; no single line that is only watched moves the whole.
"""


def _row(content: Any) -> Indicator:
    if not isinstance(content, Mapping) or not isinstance(content.get("key"), str):
        raise _wrong(TABLE, "rows", "每一行都要有 key", "every line needs a key")
    key = content["key"]
    if unknown := sorted(set(content) - {"key", "weight", "measure", "direction", *STEPS}):
        raise _wrong(key, unknown[0], "没有这个字段", "there is no such field")
    numbers = {name: _number(key, name, content.get(name)) for name in ("weight", *STEPS)}
    measure = _choice(Measure, key, "measure", content.get("measure", Measure.RATIO))
    direction = _choice(Direction, key, "direction", content.get("direction", Direction.UP))
    return Indicator(key, **numbers, measure=Measure(measure), direction=Direction(direction))


def _number(row: str, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise _wrong(row, name, f"须为数字，得到 {value!r}", f"must be a number, got {value!r}")
    return float(value)


def _choice(kind: type[StrEnum], row: str, name: str, value: Any) -> str:
    if value not in list(kind):
        raise _wrong(
            row, name, f"须为 {'、'.join(kind)} 之一，得到 {value!r}", f"must be one of {', '.join(kind)}, got {value!r}"
        )
    return str(value)


def _wrong(row: str, field: str, zh: str, en: str) -> InputError:
    name_zh, name_en = {SCORE: ("综合分", "the score"), TABLE: ("指标表", "the table")}.get(row) or name_of(row)
    return InputError(zh=f"预警指标「{name_zh}」的 {field}：{zh}", en=f"indicators, {name_en}, {field}: {en}")
