"""Every string of the pages is in the English catalogue, and the catalogue holds nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import console
from console.i18n import choose, english, translate
from console.labels import NAMES
from core.errors import language

ROOM = Path(console.__file__).parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CALL = re.compile(r"""\b_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
_OWN_NAMES = ("中文",)  # a language is called by its own name in every language


def in_templates() -> Iterator[str]:
    for file in ROOM.glob("templates/**/*.html"):
        yield from (double or single for double, single in _CALL.findall(file.read_text(encoding="utf-8")))


def in_code() -> Iterator[str]:
    for file in ROOM.glob("**/*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "translate"):
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)


def in_use() -> set[str]:
    labels = {name for group in NAMES.values() for name in group.values()}
    labels |= {f"{group}|{name}" for group, names in NAMES.items() for name in names.values()} & english().keys()
    return {*in_templates(), *in_code(), *labels}


def test_every_string_has_its_english() -> None:
    assert sorted(in_use() - english().keys()) == []


def test_the_catalogue_holds_no_string_that_is_not_used() -> None:
    assert sorted(english().keys() - in_use()) == []


def test_the_places_to_fill_in_are_the_same_in_both_languages() -> None:
    places = re.compile(r"{(\w+)}")
    assert [text for text, other in english().items() if set(places.findall(text)) != set(places.findall(other))] == []


def test_the_english_holds_no_chinese() -> None:
    assert [text for text in english().values() if CHINESE.search(text)] == []


@pytest.mark.parametrize("file", sorted(ROOM.glob("templates/**/*.html")), ids=lambda file: file.name)
def test_no_template_says_chinese_past_the_catalogue(file: Path) -> None:
    text = _CALL.sub("", _COMMENT.sub("", file.read_text(encoding="utf-8")))
    for name in _OWN_NAMES:
        text = text.replace(name, "")
    assert CHINESE.findall(text) == []


def test_a_text_is_chinese_unless_the_reader_chose_english() -> None:
    assert translate("{n} 天前", n=3) == "3 天前"
    token = language.set("en")
    try:
        assert translate("{n} 天前", n=3) == "3 d ago"
    finally:
        language.reset(token)


def test_an_unknown_language_falls_back_to_the_operators() -> None:
    assert choose("de", "en") == "en" and choose(None, "zh") == "zh" and choose("zh", "en") == "zh"
