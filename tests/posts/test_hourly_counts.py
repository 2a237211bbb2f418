"""`PostIndex.hourly`, on both engines: it counts what stands in the index, whatever was written, changed and deleted before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.post import Post, PostKind
from posts.hours import Hours, span_of
from posts.index import IndexedPost, Mention, PostFilter, PostIndex, Sentiment
from tests.conftest import NOON
from tests.posts.conftest import MOON, STARSEA, put

HOUR = timedelta(hours=1)
BRANDS = ("星海茶饮", "月光咖啡", "没有人说的品牌")
SPAN = 6
"""Hours that the made-up posts were published in: so few that many share one."""


def numbered(number: int, hour: float, seen_after: int, mentions: Sequence[Mention]) -> IndexedPost:
    at = NOON + hour * HOUR
    author = f"author-{number % 3}"
    post = Post("p", str(number), PostKind.POST, "文字", at, at + seen_after * HOUR, "s", author_hash=author)
    return IndexedPost(post, tuple(mentions))


mentions = st.lists(
    st.builds(
        Mention,
        st.sampled_from(BRANDS[:2]),
        st.sampled_from(Sentiment),
        st.just(0.5),
        st.sampled_from([(), ("service",), ("service", "people")]),
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda mention: mention.brand,
)
written = st.lists(
    st.builds(numbered, st.integers(0, 12), st.floats(0, SPAN - 0.1), st.integers(-2, 40), mentions), min_size=1, max_size=8
)
steps = st.one_of(
    st.tuples(st.just("write"), written),
    st.tuples(
        st.just("annotate"),
        st.dictionaries(st.integers(0, 12).map("p:{}".format), mentions.map(tuple) | st.just(()), max_size=4),
    ),
    st.tuples(st.just("delete_author"), st.integers(0, 2).map("author-{}".format)),
    st.tuples(st.just("delete_before"), st.integers(0, 3).map(lambda hours: NOON + hours * HOUR)),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(steps, min_size=4, max_size=12), seen=st.integers(2, 30), first=st.integers(1, SPAN))
def test_hours_hold_what_is_in_the_index_after_any_history(
    index: PostIndex, history: list[tuple[str, Any]], seen: int, first: int
) -> None:
    """Posts written late, written again with another judgement, annotated, erased and past their retention."""
    for step, given_ in history:
        getattr(index, step)(given_)
    index.refresh()
    whole = PostFilter(brands=BRANDS, start=NOON, end=NOON + SPAN * HOUR)
    for asked in (
        whole,
        replace(whole, seen_before=NOON + seen * HOUR),
        replace(whole, start=NOON + first * HOUR, seen_before=NOON + seen * HOUR),
        replace(whole, brands=BRANDS[:1], risks=("people",)),
    ):
        assert {brand: rows.tolist() for brand, rows in index.hourly(asked).items()} == by_hand(index, asked)


def by_hand(index: PostIndex, asked: PostFilter) -> dict[str, list[list[int]]]:
    """Posts, adverse, negative and risky ones, post by post."""
    start, end = span_of(asked)
    hours = (end - start) // HOUR
    found = {brand: [[0] * hours for _ in range(4)] for brand in asked.brands}
    for given_ in index.scan(asked):
        place = (given_.post.published_at - start) // HOUR
        for mention in given_.mentions:
            if mention.brand in found and (not asked.risks or set(asked.risks) & set(mention.risks)):
                negative, risky = mention.sentiment == Sentiment.NEGATIVE, bool(mention.risks)
                adverse = negative or (risky and mention.sentiment == Sentiment.NEUTRAL)
                for row, counts in zip(found[mention.brand], (True, adverse, negative, risky), strict=True):
                    row[place] += counts
    return found


def test_years_of_a_brand_are_counted_whole(index: PostIndex, make_post: Any) -> None:
    """More hours than one answer of Elasticsearch holds, and a brand nobody speaks of among those that are asked for."""
    days = (0, 1, 400, 800)
    put(index, *(IndexedPost(make_post(published_at=NOON + timedelta(days=day)), (STARSEA,)) for day in days))
    chosen = PostFilter(brands=BRANDS, start=NOON, end=NOON + timedelta(days=801))
    counted = index.hourly(chosen)
    assert hours_with_posts(counted["星海茶饮"]) == [24 * day for day in days]
    assert not counted["月光咖啡"].any() and not counted["没有人说的品牌"].any()


def hours_with_posts(rows: Hours) -> list[int]:
    return [int(hour) for hour in rows[0].nonzero()[0]]


def test_before_the_first_post_all_hours_are_empty(index: PostIndex) -> None:
    assert not index.hourly(PostFilter(brands=(MOON.brand,), start=NOON, end=NOON + HOUR))[MOON.brand].any()


@pytest.mark.parametrize("start", [NOON + timedelta(minutes=1), NOON + 2 * HOUR])
def test_only_whole_hours_in_order_are_counted(index: PostIndex, start: datetime) -> None:
    with pytest.raises(ValueError, match="whole hour"):
        index.hourly(PostFilter(brands=BRANDS, start=start, end=NOON + HOUR))
