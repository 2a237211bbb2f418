"""Word vectors: words that keep the same company lie near each other, and the same texts give the same vectors."""

from __future__ import annotations

import numpy as np
import pytest

from sentiment.features import fold, views
from sentiment.model import Floats
from sentiment.vectors import LEAST_TIMES, slot_vectors

DRINKS = "咖啡 牛奶 豆浆 可乐".split()
CITIES = "上海 北京 广州 深圳".split()
TEXTS = [
    *(f"早上 喝 一杯 {drink} 很 {taste}" for drink in DRINKS for taste in ("浓", "甜", "淡", "香")),
    *(f"坐 火车 去 {city} 出差 {days} 天" for city in CITIES for days in ("两", "三", "五", "七")),
] * LEAST_TIMES


@pytest.fixture(scope="module")
def learned() -> Floats:
    return slot_vectors(TEXTS)


def vector(table: Floats, word: str) -> Floats:
    (slot,) = [view.slots[1] for view in views(fold([word])) if view.order == len(word) and not view.denied]
    return np.asarray(table[slot])


def test_words_of_the_same_company_lie_near_each_other(learned: Floats) -> None:
    coffee = vector(learned, "咖啡")
    assert coffee @ vector(learned, "豆浆") > coffee @ vector(learned, "广州") + 0.2


def test_a_word_that_no_text_holds_has_no_vector(learned: Floats) -> None:
    assert not vector(learned, "沙漠").any()


def test_the_same_texts_give_the_same_neighbourhoods(learned: Floats) -> None:
    """The directions themselves may turn; how near words lie to each other, all that a model learns from, may not."""
    words, again = [*DRINKS, *CITIES], slot_vectors(TEXTS)
    first, second = (np.array([vector(table, word) for word in words]) for table in (learned, again))
    assert np.allclose(first @ first.T, second @ second.T, atol=0.01)
