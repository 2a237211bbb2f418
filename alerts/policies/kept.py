"""Policies as they are kept: the one in force for each brand, and their fields as forms and commands edit them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from alerts.levels import Level, category_zh
from alerts.policies import versions as configuration
from alerts.policies.policy import DEFAULT, Label, Policy, labels
from alerts.policies.tables import ConfigurationVersion
from alerts.policies.versions import Kind
from core.errors import InputError, StateError

_UNITS = {
    "deviations": ("个标准差", "deviations"),
    "ratio": ("倍", "times"),
    "usual": ("条", "posts"),
    "least": ("条", "posts"),
    "hours": ("小时", "h"),
    "resolve_hours": ("小时", "h"),
    "rise": ("（0–1）", "(0–1)"),
    "negative": ("（0–1）", "(0–1)"),
    "copies": ("（0–1）", "(0–1)"),
    "authors": ("（0–1）", "(0–1)"),
    "followers": ("人", "people"),
    "people": ("人", "people"),
    "points": ("分", "points"),
    "middle": ("分", "points"),
    "high": ("分", "points"),
    "factor": ("倍", "times"),
    "volume": ("倍", "times"),
    "velocity": ("倍", "times"),
    "platforms": ("个", "platforms"),
    "persistence": ("小时", "h"),
    "hot_search": ("条", "entries"),
    "surprise": ("倍", "times"),
    "exceptional": ("倍", "times"),
    "exposed": ("条", "posts"),
    "grave": ("条", "entries"),
    "answer": ("（1–2）", "(1–2)"),
    "reach": ("人次", "people"),
    "pickup": ("条", "posts"),
    "adverse_share": ("（0–1）", "(0–1)"),
    "history": ("个", "alerts"),
    "severities": ("（1–5）", "(1–5)"),
}
"""Units of the fields, by the last part of their path."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it is edited: its path (`adverse.least`, `matrix.cells.low/high`), names, value, unit and bounds."""

    path: str
    zh: str
    en: str
    value: Any
    unit: tuple[str, str]
    low: float | None = None
    high: float | None = None

    @property
    def text(self) -> str:
        """The value as a form or a command gives it: several are joined by commas."""
        if isinstance(self.value, bool):
            return "on" if self.value else "off"
        if isinstance(self.value, tuple):
            return ", ".join(_plain(one) for one in self.value)
        return _plain(self.value)

    @property
    def words(self) -> tuple[str, str]:
        """The value as people read it, in Chinese and English."""
        if isinstance(self.value, Level):
            return self.value.zh, str(self.value)
        if isinstance(self.value, bool):
            return ("启用", "on") if self.value else ("停用", "off")
        return (self.text or "—",) * 2


@dataclass(frozen=True, slots=True)
class Change:
    """A field that two policies differ in; the names and the values in Chinese and English."""

    zh: str
    en: str
    before: tuple[str, str]
    after: tuple[str, str]


def load_policies(session: Session, brands: Sequence[str]) -> dict[str, Policy]:
    """The policy in force for each brand: its own, else the stored default, else what the product ships with.

    Raises StateError, naming the brand, for a stored policy that this version cannot read.
    """
    found = configuration.contents(session, Kind.POLICY, brands)
    return {brand: _read(brand, content) for brand, content in found.items()}


def load_policy(session: Session, brand: str) -> Policy:
    """The policy in force for one brand; "" is the default."""
    return load_policies(session, [brand])[brand]


def save_policy(
    session: Session,
    brand: str,
    policy: Policy | None,
    *,
    actor: str,
    reason: str,
    now: datetime,
    based_on: int | None = None,
) -> ConfigurationVersion:
    """Save a brand's policy ("" is of all brands without one), or with None make it follow the default again."""
    content = policy.to_json() if policy else None
    return configuration.save(session, Kind.POLICY, brand, content, actor=actor, reason=reason, now=now, based_on=based_on)


def policy_of_version(session: Session, brand: str, number: int) -> Policy | None:
    """The policy that a version held, None where it followed the default; raises InputError for an unknown version."""
    content = configuration.version(session, Kind.POLICY, brand, number).content
    return None if content is None else _read(brand, content)


def fields(policy: Policy = DEFAULT) -> Iterator[Field]:
    """Every field of the policy, one for each category and cell, in the order of the form."""
    for label in labels(policy):
        if isinstance(label.default, Mapping):
            yield from _entries(label)
        else:
            yield Field(label.path, label.zh, label.en, label.default, _unit(label.path), label.low, label.high)


def part_names(path: str) -> tuple[str, str]:
    """What a part of the policy (`adverse`, `matrix.steps`) is called, in Chinese and English."""
    part: Any = DEFAULT
    for name in path.split("."):
        info, part = type(part).model_fields[name], getattr(part, name)
    names = info.json_schema_extra
    assert isinstance(names, dict)
    return str(names["zh"]), str(names["en"])


def with_fields(policy: Policy, given: Mapping[str, str]) -> Policy:
    """The policy with fields set from text, by path. Raises InputError, naming the field, for what is not allowed."""
    known = {field.path: field for field in fields(policy)}
    content = policy.to_json()
    for path, text in given.items():
        if path not in known:
            raise InputError(
                zh=f"预警策略没有字段 {path}：用 yushao policy show 查看全部字段",
                en=f"the policy has no field {path}: yushao policy show lists them all",
            )
        _set(content, path, _parsed(known[path], text))
    return Policy.from_json(content)


def changes(before: Policy, after: Policy) -> list[Change]:
    """The fields that differ, in the order of the form."""
    pairs = zip(fields(before), fields(after), strict=True)
    return [_change(old, new) for old, new in pairs if old.value != new.value]


def _change(old: Field, new: Field) -> Change:
    zh, en = part_names(old.path.rpartition(".")[0])
    return Change(f"{zh}：{old.zh}", f"{en}: {old.en}", old.words, new.words)


def _read(brand: str, content: Mapping[str, Any] | None) -> Policy:
    if content is None:
        return DEFAULT
    try:
        return Policy.from_json(content)
    except InputError as error:
        zh, en = configuration.shown_brand(brand)
        raise StateError(
            zh=f"{zh}存下的预警策略读不懂：{error.zh}；可用 yushao policy reset 恢复默认",
            en=f"the stored policy of {en} cannot be read: {error.en}; yushao policy reset follows the default again",
        ) from error


def _entries(label: Label) -> Iterator[Field]:
    """The entries of `matrix.severities` and `matrix.cells`."""
    for name, value in label.default.items():
        zh, en = (category_zh(name), name.replace("_", " ")) if label.path.endswith("severities") else _cell(name)
        low, high = (1, 5) if label.path.endswith("severities") else (None, None)
        yield Field(f"{label.path}.{name}", zh, en, value, _unit(label.path), low, high)


def _cell(name: str) -> tuple[str, str]:
    bands = {"low": "低", "middle": "中", "high": "高"}
    likelihood, impact = name.split("/")
    return f"可能性{bands[likelihood]}、影响{bands[impact]}", f"likelihood {likelihood}, impact {impact}"


def _unit(path: str) -> tuple[str, str]:
    return _UNITS.get(path.rpartition(".")[2], ("", ""))


def _plain(value: Any) -> str:
    if isinstance(value, Level | str):
        return str(value)
    return f"{value:.10g}"


def _parsed(field: Field, text: str) -> Any:
    text = text.strip()
    if isinstance(field.value, bool):
        return text.lower() in ("on", "true", "1", "yes", "是", "启用")
    if isinstance(field.value, tuple):
        parts = [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()]
        return parts if field.path.startswith("red_flags.") else [_number(part) for part in parts]
    return text if isinstance(field.value, str) else _number(text)


def _number(text: str) -> float | int | str:
    """The number, or the text itself, which the policy then refuses by the field's name."""
    plain = text.replace("_", "")
    for kind in (int, float):
        try:
            return kind(plain)
        except ValueError:
            continue
    return text


def _set(content: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for name in above:
        content = content[name]
    content[last] = value
