"""Which brands a text mentions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import normalise
from monitoring.brands import BrandRule
from monitoring.matching import Match, Matcher

TEA = BrandRule("星海茶饮", ("星海",), aliases=("StarSea",), exclusions=("星海广场",))


def brands(text: str, *rules: BrandRule) -> list[str]:
    return [match.brand for match in Matcher(rules or (TEA,)).match(text)]


@pytest.mark.parametrize(
    "text",
    [
        "在星海喝到异物",
        "在星　海外卖里？不，是ｓｔａｒｓｅａ",
        "<a href='/n/星海'>星海</a>门店",
        "星\u200b海新品",
        "去了星海广场旁边的星海",
        "🥤星海🥤",
        "#STARSEA#涨价",
        "starsea新品",
    ],
)
def test_a_keyword_or_alias_is_found_whatever_its_width_case_and_markup(text: str) -> None:
    assert brands(text) == ["星海茶饮"]


def test_traditional_and_simplified_find_each_other() -> None:
    assert brands("華為發布會", BrandRule("华为", ("华为",))) == ["华为"]
    assert brands("华为发布会", BrandRule("华为", ("華為",))) == ["华为"]


@pytest.mark.parametrize("text", ["", "海星", "星 海", "astarsea", "starsea2", "star_sea", "\x00\ud800"])
def test_other_texts_do_not_mention_the_brand(text: str) -> None:
    assert brands(text) == []


@pytest.mark.parametrize(("text", "found"), [("opportunity", False), ("oppo手机", True), ("OPPO Find", True), ("xoppo", False)])
def test_latin_keywords_are_found_as_whole_words_only(text: str, found: bool) -> None:
    assert bool(brands(text, BrandRule("OPPO", ("OPPO",)))) is found


@pytest.mark.parametrize(("text", "found"), [("上B站看", True), ("ｂ站崩了", True), ("2B站", False), ("B站点", True)])
def test_a_mixed_keyword_keeps_to_borders_at_its_latin_end_only(text: str, found: bool) -> None:
    assert bool(brands(text, BrandRule("B站", ("B站",)))) is found


def test_an_exclusion_vetoes_only_the_places_that_it_overlaps() -> None:
    assert brands("星海广场跨年") == []
    assert brands("星海广场有一家星海") == ["星海茶饮"]


def test_an_exclusion_of_one_brand_does_not_touch_another() -> None:
    assert brands("星海广场", TEA, BrandRule("星海地产", ("星海",))) == ["星海地产"]


def test_brands_and_keywords_come_as_the_rules_order_and_spell_them() -> None:
    rules = (BrandRule("乙", ("乙品",)), BrandRule("甲", ("甲品", "ＪＩＡ"), aliases=("甲",)))
    assert Matcher(rules).match("甲品jia和乙品") == (Match("乙", ("乙品",)), Match("甲", ("甲品", "ＪＩＡ", "甲")))


def test_without_rules_nothing_is_found() -> None:
    assert Matcher([]).match("星海") == ()


LETTERS = st.text(st.sampled_from("星海天a1b_ 😀"), max_size=30)
WORD = st.text(st.sampled_from("星海天a1b😀"), min_size=1, max_size=3)
WORDS = st.lists(WORD, max_size=3).map(tuple)
RULES = st.lists(st.builds(BrandRule, st.uuids().map(str), WORDS, WORDS, WORDS), max_size=4)


@given(LETTERS, RULES)
def test_one_pass_finds_what_a_search_for_each_word_finds(text: str, rules: list[BrandRule]) -> None:
    assert Matcher(rules).match(text) == tuple(match for rule in rules if (match := naive(normalise(text), rule)))


def naive(text: str, rule: BrandRule) -> Match | None:
    """The rule read literally: each word looked for by itself."""
    vetoed = [place for word in rule.exclusions for place in places(text, word)]
    found = tuple(
        word
        for word in rule.keywords + rule.aliases
        if any(not any(set(place) & set(veto) for veto in vetoed) for place in places(text, word))
    )
    return Match(rule.name, found) if found else None


def places(text: str, word: str) -> list[range]:
    word_characters = "[a-z0-9_]"
    before = f"(?<!{word_characters})" if re.match(word_characters, word[0]) else ""
    after = f"(?!{word_characters})" if re.match(word_characters, word[-1]) else ""
    pattern = f"(?={before}{re.escape(word)}{after})"
    return [range(found.start(), found.start() + len(word)) for found in re.finditer(pattern, text)]
