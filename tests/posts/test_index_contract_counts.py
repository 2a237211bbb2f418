"""The rules of `posts.index`, one suite for both engines: counting over time, significant terms, deletion."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from posts.index import Bucket, IndexedPost, PostFilter, PostIndex, Sentiment, Term
from posts.significance import jlh, lift
from tests.conftest import NOON
from tests.posts.conftest import MOON, STARSEA, found, put

HOUR = timedelta(hours=1)


def test_a_histogram_counts_mentions_by_hour_brand_platform_and_sentiment(index: PostIndex, make_post: Any) -> None:
    """A bucket starts on the whole hour and ends before the next; its risky mentions and its reach are told."""
    tick = timedelta(microseconds=1)
    put(
        index,
        IndexedPost(make_post(published_at=NOON, likes=1), (STARSEA, MOON)),
        IndexedPost(make_post(published_at=NOON + HOUR - tick, heat=10), (STARSEA,)),
        IndexedPost(make_post(published_at=NOON + HOUR, likes=100, platform="zhihu"), (STARSEA,)),
        make_post(published_at=NOON),
    )
    assert index.histogram(PostFilter(), interval=HOUR, by="platform") == [
        Bucket(NOON, "星海茶饮", "weibo", Sentiment.NEGATIVE, 2, 2, 11),
        Bucket(NOON, "月光咖啡", "weibo", Sentiment.POSITIVE, 1, 0, 1),
        Bucket(NOON + HOUR, "星海茶饮", "zhihu", Sentiment.NEGATIVE, 1, 1, 100),
    ]


def test_a_histogram_counts_all_platforms_together_unless_asked(index: PostIndex, make_post: Any) -> None:
    put(
        index,
        IndexedPost(make_post(published_at=NOON, likes=1), (STARSEA,)),
        IndexedPost(make_post(published_at=NOON, likes=10, platform="zhihu"), (STARSEA,)),
    )
    assert index.histogram(PostFilter(brands=("星海茶饮",)), interval=HOUR) == [
        Bucket(NOON, "星海茶饮", "", Sentiment.NEGATIVE, 2, 2, 11)
    ]


def test_by_risk_a_mention_of_two_categories_counts_in_both(index: PostIndex, make_post: Any) -> None:
    """A mention without a category counts under "", and one whose category only another brand's mention has does too."""
    both = replace(STARSEA, risks=("quality_safety", "service"))
    put(
        index,
        IndexedPost(make_post(published_at=NOON, likes=1), (both, MOON)),
        IndexedPost(make_post(published_at=NOON, likes=10, platform="zhihu"), (STARSEA,)),
    )
    assert index.histogram(PostFilter(), interval=HOUR, by="risk") == [
        Bucket(NOON, "星海茶饮", "", Sentiment.NEGATIVE, 2, 2, 11, "quality_safety"),
        Bucket(NOON, "星海茶饮", "", Sentiment.NEGATIVE, 1, 1, 1, "service"),
        Bucket(NOON, "月光咖啡", "", Sentiment.POSITIVE, 1, 0, 1),
    ]
    kept = index.histogram(PostFilter(risks=("service",)), interval=HOUR, by="risk")
    assert [(bucket.risk, bucket.posts) for bucket in kept] == [("quality_safety", 1), ("service", 1)]


def test_a_histogram_counts_the_reach_that_a_post_has_now(index: PostIndex, make_post: Any) -> None:
    post = make_post(published_at=NOON, likes=1)
    put(index, IndexedPost(post, (STARSEA,)))
    put(index, IndexedPost(replace(post, likes=500), (STARSEA,)))
    assert [bucket.reach for bucket in index.histogram(PostFilter(), interval=HOUR)] == [500]


def test_a_histogram_of_many_brands_is_whole_and_in_order(index: PostIndex, make_post: Any) -> None:
    brands = tuple(f"品牌{number:03d}" for number in range(120))
    mentions = [replace(STARSEA, brand=brand) for brand in brands]
    put(index, *(IndexedPost(make_post(published_at=NOON + hour * HOUR), tuple(mentions)) for hour in range(2)))
    found = index.histogram(PostFilter(brands=brands), interval=HOUR)
    assert [(bucket.start, bucket.brand) for bucket in found] == [
        (NOON + hour * HOUR, brand) for hour in (0, 1) for brand in brands
    ]


def test_a_histogram_counts_only_the_mentions_that_the_filter_keeps(index: PostIndex, make_post: Any) -> None:
    post = make_post(published_at=NOON)
    put(index, IndexedPost(post, (STARSEA, MOON)), IndexedPost(make_post("另一个", published_at=NOON - HOUR), (MOON,)))
    for chosen in (
        PostFilter(brands=("月光咖啡",), start=NOON),
        PostFilter(sentiments=(Sentiment.POSITIVE,), text="异物"),
        PostFilter(sentiments=(Sentiment.POSITIVE,), seen_before=NOON + HOUR, start=NOON, mentioned=True),
        PostFilter(brands=("月光咖啡",), platforms=("weibo",), kinds=("post",), sources=(post.source,), start=NOON),
    ):
        assert [(bucket.brand, bucket.posts) for bucket in index.histogram(chosen, interval=HOUR)] == [("月光咖啡", 1)]
    risky = index.histogram(PostFilter(risks=("*",)), interval=HOUR)
    assert [(bucket.brand, bucket.posts, bucket.risky) for bucket in risky] == [("星海茶饮", 1, 1)]
    assert index.histogram(PostFilter(end=NOON - HOUR), interval=HOUR) == []


@pytest.mark.parametrize(
    ("interval", "start"),
    [
        (timedelta(minutes=5), NOON + timedelta(minutes=35)),
        (timedelta(days=1), NOON.replace(hour=0)),
        (timedelta(days=7), datetime(2026, 10, 29, tzinfo=UTC)),
    ],
)
def test_buckets_are_aligned_to_the_epoch(index: PostIndex, make_post: Any, interval: timedelta, start: datetime) -> None:
    put(index, IndexedPost(make_post(published_at=NOON + timedelta(minutes=37)), (MOON,)))
    assert [bucket.start for bucket in index.histogram(PostFilter(), interval=interval)] == [start]


def test_a_histogram_may_have_more_buckets_than_one_answer_holds(index: PostIndex, make_post: Any) -> None:
    put(index, *(IndexedPost(make_post(published_at=NOON + timedelta(minutes=n)), (STARSEA, MOON)) for n in range(1500)))
    buckets = index.histogram(PostFilter(), interval=timedelta(minutes=1))
    assert len(buckets) == 3000
    assert buckets == sorted(buckets, key=lambda bucket: (bucket.start, bucket.brand))


def test_significant_terms_are_those_much_commoner_than_in_the_background(index: PostIndex, make_post: Any) -> None:
    """Counts are of posts, a word twice in a post counts once; the score is JLH over these counts, the same on each engine."""
    crisis = [IndexedPost(make_post(f"星海 添加剂 添加剂 今天 {extra}"), (STARSEA,)) for extra in ("双标", "双标", "道歉")]
    calm = [IndexedPost(make_post("今天 喝 奶茶", published_at=NOON - HOUR * n)) for n in range(2, 17)]
    known = [IndexedPost(make_post("添加剂 知识", published_at=NOON - 2 * HOUR))]
    put(index, *crisis, *calm, *known)
    terms = index.significant_terms(PostFilter(brands=("星海茶饮",)), PostFilter())
    assert terms == [
        Term("星海", 3, 3, lift(3, 3, 3, 19), jlh(3, 3, 3, 19)),
        Term("添加剂", 3, 4, lift(3, 3, 4, 19), jlh(3, 3, 4, 19)),
        Term("双标", 2, 2, lift(2, 3, 2, 19), jlh(2, 3, 2, 19)),
        Term("今天", 3, 18, lift(3, 3, 18, 19), jlh(3, 3, 18, 19)),
    ]
    before = index.significant_terms(PostFilter(brands=("星海茶饮",)), PostFilter(end=NOON), limit=1)
    assert before == [Term("星海", 3, 0, lift(3, 3, 0, 16), jlh(3, 3, 0, 16))]


def test_nothing_chosen_or_no_background_has_no_significant_terms(index: PostIndex, make_post: Any) -> None:
    put(index, make_post(), make_post())
    nothing = PostFilter(platforms=("nowhere",))
    assert index.significant_terms(nothing, PostFilter()) == index.significant_terms(PostFilter(), nothing) == []


def test_posts_before_a_moment_are_deleted_over_the_months(index: PostIndex, make_post: Any) -> None:
    """Also those of the moment's own month; a post published at the moment stays."""
    old = [make_post(published_at=NOON - timedelta(days=days)) for days in (400, 60, 1)]
    stays = [make_post("留下", published_at=NOON), make_post("留下", published_at=NOON + timedelta(days=40))]
    put(index, *(IndexedPost(post, (STARSEA,)) for post in (*old, *stays)))
    assert index.delete_before(NOON) == 3
    index.refresh()
    assert found(index, PostFilter()) == found(index, PostFilter(text="留下")) == {post.native_id for post in stays}
    assert sum(bucket.posts for bucket in index.histogram(PostFilter(), interval=HOUR)) == 2
    assert index.delete_before(NOON) == 0


def test_every_post_of_an_author_is_deleted(index: PostIndex, make_post: Any) -> None:
    """Even what was written just before, in whatever month; posts of unknown authors are nobody's."""
    mine = [make_post(author_hash="a" * 32, published_at=NOON - timedelta(days=40 * n)) for n in range(3)]
    others = [make_post(author_hash="b" * 32), make_post()]
    index.write([IndexedPost(post, (MOON,)) for post in (*mine, *others)])
    assert index.delete_author("a" * 32) == 3
    assert index.delete_author("") == 0
    index.refresh()
    assert found(index, PostFilter()) == {post.native_id for post in others}


def test_a_deleted_post_can_be_written_again(index: PostIndex, make_post: Any) -> None:
    post = make_post(author_hash="a" * 32)
    put(index, post)
    index.delete_author("a" * 32)
    assert put(index, post).indexed == 1
    assert found(index, PostFilter(text="星海")) == {post.native_id}


def test_more_posts_than_one_stride_are_deleted(index: PostIndex, make_post: Any) -> None:
    put(index, *(make_post(author_hash="a" * 32) for _ in range(2100)))
    assert index.delete_author("a" * 32) == 2100
    index.refresh()
    assert index.count() == 0


def test_check_names_the_engine_and_its_version(index: PostIndex) -> None:
    assert index.check().startswith(("SQLite 3.", "Elasticsearch 8.", "Elasticsearch 9."))
