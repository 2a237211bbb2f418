"""Templates: facts of the catalogue and nothing else, and a clear word where one is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InputError
from statements.fact_names import CATALOGUE, required_for
from statements.slots import marker, open_slots
from statements.tables import DraftKind, Script
from statements.templates import StatementTemplate, TemplateLibrary
from tests.statements.desk import SHIPPED

BLAME_AND_SPECULATION = (
    "责任在",
    "责任归",
    "個別員工",
    "个别员工",
    "临时工",
    "臨時工",
    "由于",
    "由於",
    "系因",
    "绝无",
    "絕無",
    "完全不存在",
    "100%",
    "可能是",
    "疑似",
)
EVERY_VALUE = {name: f"〔{name}〕" if fact.kind == "text" else "2026-11-02T18:00+08:00" for name, fact in CATALOGUE.items()}


def own(home: Path, source: str | bytes, kind: DraftKind = DraftKind.HOLDING_STATEMENT) -> Path:
    """An operator's own template in the place of the shipped one."""
    path = home / "templates" / "statements" / "hans" / f"{kind}.md.j2"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return path


def load(home: Path, kind: DraftKind = DraftKind.HOLDING_STATEMENT) -> StatementTemplate:
    return TemplateLibrary(home).load(kind, Script.HANS)


@pytest.mark.parametrize("script", Script)
@pytest.mark.parametrize("kind", DraftKind)
def test_every_shipped_template_is_sound(kind: DraftKind, script: Script) -> None:
    """It loads, names only known facts, asks for all that its kind requires, and prints all of them."""
    template = SHIPPED.load(kind, script)
    assert {fact.name for fact in required_for(kind)} <= set(template.facts) <= set(CATALOGUE)
    text = template.render(EVERY_VALUE)
    assert open_slots(text) == []
    assert all(f"〔{name}〕" in text for name in template.facts if CATALOGUE[name].kind == "text")


@pytest.mark.parametrize("script", Script)
@pytest.mark.parametrize("kind", DraftKind)
def test_an_empty_fact_sheet_gives_exactly_the_required_slots(kind: DraftKind, script: Script) -> None:
    """What is optional is left out until confirmed; what is required stands as 【待核实：…】 in the text's own script."""
    text = SHIPPED.load(kind, script).render({})
    required = required_for(kind)
    assert set(open_slots(text)) == {fact.label(script) for fact in required}
    assert all(marker(fact, script) in text for fact in required)


@pytest.mark.parametrize("script", Script)
@pytest.mark.parametrize("kind", DraftKind)
def test_shipped_words_neither_blame_nor_guess(kind: DraftKind, script: Script) -> None:
    """Before the cause is confirmed the text says that it is under investigation, and no word in it guesses or blames."""
    text = SHIPPED.load(kind, script).render({})
    assert "原因正在调查" in text or "原因仍在調查中" in text
    assert [word for word in BLAME_AND_SPECULATION if word in text] == []


@pytest.mark.parametrize("script", Script)
def test_a_confirmed_cause_takes_the_place_of_the_investigation(script: Script) -> None:
    """The cause is told as soon as, and only when, it is confirmed."""
    template = SHIPPED.load(DraftKind.HOLDING_STATEMENT, script)
    assert "〔cause〕" in template.render(EVERY_VALUE)
    assert "调查" not in template.render(EVERY_VALUE) and "調查" not in template.render(EVERY_VALUE)


@pytest.mark.parametrize("kind", DraftKind)
def test_no_simplified_character_stands_in_a_traditional_text(kind: DraftKind) -> None:
    """繁體 is written as such: converting it once more changes nothing but forms that Taiwan and Hong Kong use themselves."""
    from opencc import OpenCC

    source = SHIPPED.load(kind, Script.HANT).source
    changed = {before for before, after in zip(source, OpenCC("s2t").convert(source), strict=True) if before != after}
    assert changed <= set("台群布")


def test_a_value_typed_once_is_printed_in_the_text_s_script() -> None:
    """The same confirmed fact reads 简体 in one text and 繁體 in the other; a moment is printed in words."""
    values = {"place": "城东店网络平台", "as_of": "2026-11-02T12:30+08:00"}
    assert "城东店网络平台" in SHIPPED.load(DraftKind.HOLDING_STATEMENT, Script.HANS).render(values)
    text = SHIPPED.load(DraftKind.HOLDING_STATEMENT, Script.HANT).render(values)
    assert "城東店網絡平臺" in text
    assert "2026年11月2日12:30（GMT+8）" in text


def test_an_operator_s_template_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    """The kinds and scripts without an own file stay as shipped."""
    path = own(tmp_path, "{{ fact.company_name }}：{{ fact.incident }}\n")
    assert load(tmp_path).path == path
    assert load(tmp_path).render({"company_name": "星海茶饮"}) == "星海茶饮：【待核实：事件经过】\n"
    assert load(tmp_path, DraftKind.FAQ_UPDATE).path == SHIPPED.load(DraftKind.FAQ_UPDATE, Script.HANS).path


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        ("# 说明\n\n{{ fact.incidnet }}", 3, "incidnet"),
        ("{% if fact.headline is confirmed %}\n{% if fact.caus is confirmed %}x{% endif %}{% endif %}", 2, "caus"),
        ("\n{{ facts.incident }}", 2, "facts"),
        ("{{ fact['incident'] }}", 1, "fact.NAME"),
        ("{% for name in fact %}{{ name }}{% endfor %}", 1, "fact.NAME"),
        ("{{ fact.items() }}", 1, "items"),
        ("x\n{% if fact.cause is confirmed %}", 2, "endif"),
        ("{{ fact.cause | shout }}", 1, "shout"),
        ("\n\n{{ 1 // 0 }}", 3, "zero"),
        ("{{ fact.cause.__class__ }}", 1, "unsafe"),
        ("{% include 'other.md.j2' %}", 1, "loader"),
        ("{{ fact.spokesperson }}", 1, "internal"),
    ],
)
def test_a_wrong_template_is_told_by_file_line_and_thing(tmp_path: Path, source: str, line: int, says: str) -> None:
    """Unknown facts and variables, other uses of `fact`, bad syntax, unsafe access, an internal fact in a public text."""
    path = own(tmp_path, source)
    with pytest.raises(InputError) as wrong:
        load(tmp_path).render({})
    assert str(path) in wrong.value.en and f"line {line}" in wrong.value.en and says in wrong.value.en
    assert f"第 {line} 行" in wrong.value.zh


def test_an_unknown_fact_lists_the_known_ones(tmp_path: Path) -> None:
    """So that a slip of the pen is mended at once."""
    own(tmp_path, "{{ fact.incidnet }}")
    with pytest.raises(InputError) as wrong:
        load(tmp_path)
    assert all(name in wrong.value.en for name in CATALOGUE)


def test_a_file_that_is_no_utf_8_is_named(tmp_path: Path) -> None:
    """A template saved in GBK is refused as such."""
    path = own(tmp_path, "关于情况".encode("gbk"))
    with pytest.raises(InputError, match=path.name):
        load(tmp_path)


def test_a_value_is_never_run_as_a_template() -> None:
    """What a person types is text, whatever it looks like."""
    text = SHIPPED.load(DraftKind.HOLDING_STATEMENT, Script.HANS).render({"incident": "{{ fact.cause }}{% raw %}"})
    assert "{{ fact.cause }}{% raw %}" in text


@pytest.mark.parametrize("text", ["【待核实：地点】", "【待核實：地點】", "【待核实:地点", "【 待核实 】", "【待核实"])
def test_a_damaged_marker_still_counts(text: str) -> None:
    """A half-deleted marker does not slip through."""
    assert len(open_slots(f"发生在{text}\n下一行")) == 1
