"""The catalogue of facts, read from `fact_names.toml`: every name that a fact sheet and a template may use."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.errors import InputError
from statements.tables import DraftKind, Script


@dataclass(frozen=True, slots=True)
class FactName:
    """A fact that can be known of a case: its labels, what to write, and where it is needed and allowed."""

    name: str
    zh: str
    hant: str
    en: str
    hint_zh: str
    hint_en: str
    kind: Literal["text", "moment"] = "text"
    required: frozenset[DraftKind] = frozenset()
    publishable: bool = True

    def label(self, script: Script) -> str:
        return self.hant if script is Script.HANT else self.zh


def fact_name(name: str) -> FactName:
    """The catalogue's entry; raises InputError listing the known names for another."""
    if name not in CATALOGUE:
        known = ", ".join(CATALOGUE)
        raise InputError(zh=f"没有名为 {name!r} 的事实，可用：{known}", en=f"{name!r} is no known fact; known are: {known}")
    return CATALOGUE[name]


def required_for(kind: DraftKind) -> tuple[FactName, ...]:
    """The facts without which a draft of that kind is not complete."""
    return tuple(fact for fact in CATALOGUE.values() if kind in fact.required)


def _entry(name: str, given: dict[str, Any]) -> FactName:
    required = frozenset(DraftKind(kind) for kind in given.pop("required", ()))
    return FactName(name=name, required=required, publishable=not given.pop("internal", False), **given)


CATALOGUE: dict[str, FactName] = {
    name: _entry(name, given)
    for name, given in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items()
}
