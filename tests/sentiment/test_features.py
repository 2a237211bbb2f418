"""How a text is read: what repeats counts once, what is denied is told apart, and no text sees its neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.features import NOTHING, SCOPE, fold, views

LETTERS = st.text("不好吃。[泪] 😭a", max_size=30)


def read(text: str) -> set[str]:
    batch = fold([text])
    return {view.gram(batch, place) for view in views(batch) for place in view.slots.nonzero()[0].tolist()}


def slots(texts: list[str]) -> list[list[list[int]]]:
    """By text, then by view: the slots that hold something."""
    batch = fold(texts)
    ends = [*batch.starts[1:].tolist(), len(batch.codes) - 1]
    found = [view.slots for view in views(batch)]
    return [
        [[slot for slot in view[start:end].tolist() if slot != NOTHING] for view in found]
        for start, end in zip(batch.starts.tolist(), ends, strict=True)
    ]


@given(st.lists(LETTERS, min_size=1, max_size=6))
def test_a_text_is_read_the_same_among_others(texts: list[str]) -> None:
    assert slots(texts) == [slots([text])[0] for text in texts]


@pytest.mark.parametrize(
    ("long", "short"), [("哈哈哈哈哈哈哈哈", "哈哈哈"), ("[泪][泪][泪][泪]", "[泪][泪]"), ("😭" * 50, "😭" * 3)]
)
def test_what_repeats_counts_once(long: str, short: str) -> None:
    assert [sorted(view) for view in slots([long])[0]] == [sorted(view) for view in slots([short])[0]]


def test_what_stands_after_a_negator_is_denied_up_to_the_next_punctuation() -> None:
    denied = {gram for gram in read("没有那么好吃，好喝") if gram.startswith("不…")}
    assert "不…好吃" in denied and "不…好喝" not in denied


def test_a_denial_does_not_reach_far() -> None:
    assert "不…好吃" not in read("不" + "啊吧呢"[:3] * SCOPE + "好吃")


def test_a_text_without_a_negator_has_nothing_denied() -> None:
    assert not [gram for gram in read("好吃，明天再来") if gram.startswith("不…")]
