"""The shipped model: stance towards the brand, not mood; and a judgement for any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from posts.index import Sentiment
from sentiment.stance import Stance, StanceModel, shipped
from sentiment.stance_features import AFTER, BEFORE, MASK, Subject, masked

TEA = "星海茶饮"


def judged(title: str, *keywords: str) -> Stance:
    (stance,) = shipped().judge([Subject(title, keywords or (TEA,))])
    return stance


@pytest.mark.parametrize(
    "title",
    ["星海茶饮被立案调查", "星海茶饮承认部分菜品是隔夜菜", "星海茶饮致歉", "星海茶饮大面积闭店", "顾客在星海茶饮喝出虫子"],
)
def test_bad_news_without_an_angry_word_is_negative(title: str) -> None:
    assert judged(title).score.label is Sentiment.NEGATIVE


@pytest.mark.parametrize("title", ["星海茶饮口令", "星海茶饮新品联名", "星海茶饮官宣代言人"])
def test_a_campaign_tag_is_neutral(title: str) -> None:
    assert judged(title).score.label is Sentiment.NEUTRAL


@pytest.mark.parametrize(
    ("title", "keyword"), [("中国航天员出舱", "国航"), ("中国航天发布新海报", "国航"), ("北京东城区核酸检测", "京东")]
)
def test_a_name_that_is_part_of_another_word_is_not_about_the_brand(title: str, keyword: str) -> None:
    assert not judged(title, keyword).is_about


@pytest.mark.parametrize("title", ["国航回应航班延误", "国航客机返航"])
def test_the_same_name_by_itself_is(title: str) -> None:
    assert judged(title, "国航").is_about


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("星海茶饮喝出虫子", "quality_safety"),
        ("星海茶饮被市场监管局约谈", "legal_regulatory"),
        ("星海茶饮大规模裁员", "people"),
    ],
)
def test_a_negative_title_has_the_category_of_its_substance(title: str, category: str) -> None:
    assert judged(title).category == category


def test_a_brand_is_masked_whichever_it_is() -> None:
    assert masked(Subject("<b>星海</b>茶饮被約談", (TEA,))) == masked(Subject("北岸被约谈", ("北岸",))) == MASK + "被约谈"


def test_of_a_long_text_the_surroundings_of_the_brand_are_read() -> None:
    cut = masked(Subject("前" * 500 + TEA + "后" * 500, (TEA,)))
    assert cut == "前" * BEFORE + MASK + "后" * (AFTER - 1)


def test_a_title_is_judged_alike_alone_and_in_any_company() -> None:
    subjects = [Subject(f"{TEA}被约谈{number}", (TEA,)) for number in range(1500)] + [Subject("", ()), Subject("天", ("晴",))]
    together = shipped().judge(subjects)
    for place in (0, 1023, 1024, 1499, 1500, 1501):
        (alone,) = shipped().judge([subjects[place]])
        assert together[place].about == pytest.approx(alone.about, abs=1e-5)
        assert together[place].score.negative == pytest.approx(alone.score.negative, abs=1e-5)
    assert shipped().judge([]) == []


ODD = [
    "",
    " ",
    "😀😀",
    "https://example.com/x",
    "\ud800星海",
    "\x00\x07",
    MASK,
    MASK * 9,
    "\ue001\ue002",
    "ＡＢＣ",
    "長" * 100_000,
]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_judged(text: str) -> None:
    for keywords in [(), ("",), ("星海",), (text,)]:
        stance = shipped().judge([Subject(text, keywords)])[0]
        assert 0 <= stance.about <= 1


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=60), st.lists(st.text(max_size=4), max_size=2))))
def test_every_text_has_one_judgement_of_probabilities(found: list[tuple[str, list[str]]]) -> None:
    stances = shipped().judge([Subject(text, tuple(keywords)) for text, keywords in found])
    assert len(stances) == len(found)
    for stance in stances:
        score = stance.score
        assert score.negative + score.neutral + score.positive == pytest.approx(1, abs=1e-5)
        assert all(0 <= chance <= 1 for _, chance in (*stance.categories, ("about", stance.about)))


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="stance train") as caught:
        StanceModel.load(tmp_path)
    assert str(tmp_path) in caught.value.zh and str(tmp_path) in caught.value.en
    (tmp_path / "metadata.json").write_text("[]")
    (tmp_path / "weights.npz").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(InputError):
        StanceModel.load(tmp_path)
