"""The console's language: Chinese text is the key, `english.toml` holds what it is in English."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from core.errors import Language, language

CATALOGUE = Path(__file__).parent / "english.toml"


def translate(text: str, /, **values: object) -> str:
    """`text` in the language of this request, its `{name}` places filled in.

    A text that the catalogue lacks stays Chinese; `tests/console/test_i18n.py` proves that none is lacking.
    """
    chosen = english().get(text, text) if language.get() == "en" else text
    return chosen.format(**values) if values else chosen


def choose(value: str | None, default: Language) -> Language:
    """The language that `value` names, else `default`."""
    return "en" if value == "en" else "zh" if value == "zh" else default


@cache
def english() -> dict[str, str]:
    """Chinese → English, every group of the catalogue together."""
    groups = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    return {chinese: text for group in groups.values() for chinese, text in group.items()}
