"""The rules of `posts.index`, one suite for both engines: writing, reading and choosing posts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.post import AuthorKind, Post, PostKind, derived_native_id
from posts.index import IndexedPost, Mention, Page, PostFilter, PostIndex, Rejection, Sentiment, Sort, WriteReport
from tests.conftest import NOON
from tests.posts.conftest import MOON, STARSEA, found, put

HOUR = timedelta(hours=1)
with_index = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_a_post_is_read_as_it_was_written(index: PostIndex, make_post: Any) -> None:
    """Every field, mentions in order, moments to the microsecond, zero counts and unknown counts told apart."""
    full = make_post(
        "喝出异物 <b>&amp;</b> [怒]\n😡",
        title="星海茶饮",
        url="https://example.invalid/1",
        author_hash="ab" * 16,
        author_name="测***",
        likes=0,
        comments=3,
        heat=2_000_000,
        parent_id="weibo:1",
        author_kind=AuthorKind.MEDIA,
        author_followers=0,
        published_at=NOON + timedelta(microseconds=123456),
        seen_at=NOON + timedelta(microseconds=123457),
        kind=PostKind.COMMENT,
    )
    posts = [IndexedPost(full, (STARSEA, MOON)), IndexedPost(make_post())]
    assert put(index, *posts) == WriteReport(indexed=2)
    assert index.get([full.id, posts[1].post.id, "weibo:unknown"]) == {given.post.id: given for given in posts}
    assert set(index.search(PostFilter()).posts) == set(posts)


def test_a_fresh_index_is_empty_and_setting_it_up_again_loses_nothing(index: PostIndex, make_post: Any) -> None:
    assert (index.count(), index.search(PostFilter()), list(index.scan(PostFilter()))) == (0, Page((), 0), [])
    assert (index.get(["weibo:1"]), index.histogram(PostFilter(), interval=HOUR), index.delete_before(NOON)) == ({}, [], 0)
    assert index.write([]) == index.annotate({}) == WriteReport()
    put(index, make_post())
    index.setup()
    assert index.count() == 1


def test_writing_a_known_id_updates_it(index: PostIndex, make_post: Any) -> None:
    """Counts, text and mentions become those written last; when it was published and first seen stays."""
    first = make_post("星海茶饮出事了", likes=5, reposts=1, title="旧")
    put(index, IndexedPost(first, (STARSEA,)))
    later = {"published_at": first.published_at + HOUR, "seen_at": first.seen_at + HOUR}
    told = {"author_kind": AuthorKind.VERIFIED, "author_followers": 1_200_000}
    again = replace(first, text="月光咖啡也出事了", likes=9, reposts=None, title="", **later, **told)
    assert put(index, IndexedPost(again, (MOON,))) == WriteReport(updated=1)
    expected = replace(again, published_at=first.published_at, seen_at=first.seen_at)
    assert index.get([first.id]) == {first.id: IndexedPost(expected, (MOON,))}
    assert found(index, PostFilter(text="星海")) == found(index, PostFilter(brands=("星海茶饮",))) == set()
    assert found(index, PostFilter(text="月光", brands=("月光咖啡",), end=first.published_at + HOUR)) == {first.native_id}
    assert index.histogram(PostFilter(), interval=HOUR)[0].start <= first.published_at


def test_a_post_whose_month_changed_is_not_doubled(index: PostIndex, make_post: Any) -> None:
    """Sites correct their times; storage by month must not make two posts of one, even before anything is refreshed."""
    first = make_post(published_at=NOON)
    index.write([IndexedPost(first)])
    moved = replace(first, published_at=NOON - timedelta(days=40), likes=1)
    assert put(index, moved) == WriteReport(updated=1)
    assert [given.post for given in index.search(PostFilter()).posts] == [replace(moved, published_at=NOON)]


def test_a_post_with_a_derived_id_is_updated_too(index: PostIndex, make_post: Any) -> None:
    post = make_post(native_id=derived_native_id("热搜", NOON), published_at=NOON, heat=1)
    index.write([IndexedPost(post)])
    assert put(index, IndexedPost(replace(post, heat=2), (MOON,))) == WriteReport(updated=1)
    assert index.get([post.id]) == {post.id: IndexedPost(replace(post, heat=2), (MOON,))}


def test_an_id_given_twice_in_one_batch_counts_as_written_and_updated(index: PostIndex, make_post: Any) -> None:
    post = make_post(likes=1)
    assert put(index, post, replace(post, likes=2, published_at=NOON - 2000 * HOUR)) == WriteReport(indexed=1, updated=1)
    assert index.get([post.id])[post.id].post == replace(post, likes=2)


def test_one_batch_may_hold_posts_of_all_years_new_and_known(index: PostIndex, make_post: Any) -> None:
    known = [make_post(published_at=NOON - timedelta(days=50 * n)) for n in range(6)]
    fresh = [make_post(published_at=NOON - timedelta(days=45 * n)) for n in range(6)]
    put(index, *known)
    assert put(index, *known, *fresh) == WriteReport(indexed=6, updated=6)
    assert index.count() == 12


@pytest.mark.parametrize(
    "wrong",
    [
        {"native_id": "长" * 200},
        {"native_id": "1\x002"},
        {"likes": 10**13},
        {"heat": 2**70},
        {"text": "半个\ud83d"},
        {"published_at": NOON.replace(year=1969)},
        {"seen_at": NOON.replace(year=2300)},
    ],
)
def test_a_post_that_cannot_be_held_is_reported_and_the_rest_is_written(
    index: PostIndex, make_post: Any, wrong: dict[str, Any]
) -> None:
    good, bad = make_post(), make_post(**wrong)
    report = put(index, good, bad)
    assert (report.indexed, report.updated, [rejection.id for rejection in report.rejected]) == (1, 0, [bad.id])
    assert report.rejected[0].reason
    assert found(index, PostFilter()) == {good.native_id}


def test_annotate_replaces_the_mentions_and_nothing_else(index: PostIndex, make_post: Any) -> None:
    """It sees what was written just before; an unknown id is rejected."""
    post, other = make_post(likes=3), make_post()
    index.write([IndexedPost(post, (STARSEA,)), IndexedPost(other, (STARSEA,))])
    report = index.annotate({post.id: (MOON, replace(STARSEA, negative=0.5)), "weibo:unknown": (MOON,)})
    assert (report.indexed, report.updated, [rejection.id for rejection in report.rejected]) == (0, 1, ["weibo:unknown"])
    assert isinstance(report.rejected[0], Rejection)
    index.annotate({other.id: ()})
    index.refresh()
    expected = {post.id: IndexedPost(post, (MOON, replace(STARSEA, negative=0.5))), other.id: IndexedPost(other)}
    assert index.get([post.id, other.id]) == expected
    assert {bucket.brand for bucket in index.histogram(PostFilter(), interval=HOUR)} == {"星海茶饮", "月光咖啡"}


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("在星海茶饮喝出了异物", "海茶饮喝"),
        ("在星海茶飲喝出了異物", "喝出了异物"),
        ("在星海茶饮喝出了异物", "喝出了異物"),
        ("ＳＴＡＲ　Ｓｅａ新品", "star sea"),
        ("气死我了😡👍🏽真的", "😡👍🏽"),
        ("家庭装👨‍👩‍👧上市", "👨‍👩‍👧"),
        ("#星海茶饮# 涨价？！", "？！"),
        ('他说:"不退!" (原话*)', '"不退!" (原话*)'),
        ("单引号'和反斜杠\\和%_", "'和反斜杠\\和%_"),
        ("买了iPhone15的壳", "iphone15的"),
        ("[怒]这家店", "[怒]"),
        ("<a href='x'>星海</a>茶饮", "星海茶饮"),
        ("异物 出现 在 星海", "星海 异物"),
        ("𠮷野家の新メニュー", "𠮷野家の"),
        ("长" + "很" * 3000 + "尾", "很很尾"),
        ("a" * 600 + "后", "a" * 600 + "后"),
    ],
)
def test_text_is_found_as_a_phrase_of_characters(index: PostIndex, make_post: Any, text: str, query: str) -> None:
    post, other = make_post(text), make_post("毫不相干")
    put(index, post, other)
    assert found(index, PostFilter(text=query)) == {post.native_id}


@pytest.mark.parametrize("query", ["茶海", "星海 咖啡", "phone", "😀", "AND", "星*", "characters:星"])
def test_text_that_is_not_there_is_not_found(index: PostIndex, make_post: Any, query: str) -> None:
    put(index, make_post("星海茶饮 iPhone15 😡"))
    assert found(index, PostFilter(text=query)) == set()


def test_title_and_text_are_searched_and_a_blank_query_narrows_nothing(index: PostIndex, make_post: Any) -> None:
    post = make_post("正文在此", title="星海公告")
    put(index, post)
    for query in ("公告", "正文", "正文 公告", " ", "\u200b"):
        assert found(index, PostFilter(text=query)) == {post.native_id}


def test_an_endless_query_is_refused(index: PostIndex) -> None:
    with pytest.raises(InputError):
        index.search(PostFilter(text="一 二 " * 50))


@with_index
@given(data=st.data())
def test_any_post_is_found_by_any_part_of_it(index: PostIndex, data: st.DataObject) -> None:
    """Chinese, punctuation and emoji: every substring finds its post."""
    alphabet = st.sampled_from("星海茶饮食品安全回应很好，。？！「」…—、\"'()*+-:^{}~|/\\%@$=😡👍🏽🇨🇳☕️  ")
    text = data.draw(st.text(alphabet, min_size=1, max_size=30).filter(str.strip))
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    post = Post("p", derived_native_id(text, NOON), PostKind.POST, text, NOON, NOON, "s")
    put(index, post)
    hits = {hit.post.id for hit in index.scan(PostFilter(text=part))}
    assert post.id in hits


@with_index
@given(text=st.text(), title=st.text(), native_id=st.text(min_size=1, max_size=100).filter(lambda made: "\x00" not in made))
def test_any_text_can_be_written_and_read(index: PostIndex, text: str, title: str, native_id: str) -> None:
    post = Post("p", native_id, PostKind.POST, text, NOON, NOON, "s", title=title)
    report = put(index, IndexedPost(post, (STARSEA,)))
    assert not report.rejected
    assert index.get([post.id]) == {post.id: IndexedPost(post, (STARSEA,))}


def test_platforms_kinds_and_sources_narrow_together(index: PostIndex, make_post: Any) -> None:
    wanted = make_post(platform="zhihu", kind=PostKind.QUESTION, source="b")
    put(index, wanted, make_post(), make_post(platform="zhihu"), make_post(kind=PostKind.QUESTION), make_post(source="b"))
    assert found(index, PostFilter(platforms=("zhihu",), kinds=("question",), sources=("b",))) == {wanted.native_id}
    assert len(found(index, PostFilter(platforms=("zhihu", "weibo")))) == 5


def test_an_author_s_posts_are_found_by_their_hash(index: PostIndex, make_post: Any) -> None:
    """By search and by the histogram of mentions alike."""
    wanted, other = make_post(author_hash="ab" * 16), make_post(author_hash="cd" * 16)
    put(index, IndexedPost(wanted, (STARSEA,)), IndexedPost(other, (STARSEA,)), make_post())
    chosen = PostFilter(authors=("ab" * 16,), brands=(STARSEA.brand,))
    assert found(index, chosen) == {wanted.native_id}
    assert [bucket.posts for bucket in index.histogram(chosen, interval=HOUR)] == [1]


def test_windows_are_half_open_to_the_microsecond(index: PostIndex, make_post: Any) -> None:
    tick = timedelta(microseconds=1)
    before, at, last, after = (make_post(published_at=NOON + delta) for delta in (-tick, 0 * tick, HOUR - tick, HOUR))
    put(index, before, at, last, after)
    assert found(index, PostFilter(start=NOON, end=NOON + HOUR)) == {at.native_id, last.native_id}
    assert len(found(index, PostFilter(start=datetime.min.replace(tzinfo=UTC), end=datetime.max.replace(tzinfo=UTC)))) == 4


def test_seen_before_asks_when_the_post_could_be_known(index: PostIndex, make_post: Any) -> None:
    """A post of the morning that was crawled at night was not known at noon."""
    early = make_post(published_at=NOON - HOUR, seen_at=NOON - timedelta(microseconds=1))
    put(index, early, make_post(published_at=NOON - HOUR, seen_at=NOON))
    assert found(index, PostFilter(seen_before=NOON)) == {early.native_id}


def test_brand_sentiment_and_risk_are_asked_of_one_mention(index: PostIndex, make_post: Any) -> None:
    both = make_post()
    put(index, IndexedPost(both, (STARSEA, MOON)), make_post())
    for brands, sentiments, risks, matches in [
        (("星海茶饮",), (Sentiment.NEGATIVE,), ("quality_safety", "service"), True),
        (("星海茶饮",), (Sentiment.POSITIVE,), (), False),
        (("月光咖啡",), (), ("*",), False),
        (("月光咖啡", "星海茶饮"), (Sentiment.POSITIVE, Sentiment.NEUTRAL), (), True),
        ((), (), ("*",), True),
        ((), (), ("service",), False),
        ((), (Sentiment.NEUTRAL,), (), False),
    ]:
        chosen = PostFilter(brands=brands, sentiments=sentiments, risks=risks)
        assert found(index, chosen) == ({both.native_id} if matches else set()), chosen


def test_mentions_with_a_risk_can_be_left_out(index: PostIndex, make_post: Any) -> None:
    """Of the mentions that the rest of the filter keeps: one without any risk is not left out, nor is another brand's."""
    risky, calm = make_post(), make_post()
    put(index, IndexedPost(risky, (STARSEA, MOON)), IndexedPost(calm, (MOON,)))
    for brands, risks, without, matches in [
        ((), (), ("quality_safety",), {risky, calm}),
        (("星海茶饮",), (), ("quality_safety",), set()),
        (("星海茶饮",), ("*",), ("people",), {risky}),
        (("月光咖啡",), (), ("quality_safety",), {risky, calm}),
    ]:
        chosen = PostFilter(brands=brands, risks=risks, without_risks=without)
        assert found(index, chosen) == {post.native_id for post in matches}, chosen


def test_posts_with_and_without_mentions_can_be_told_apart(index: PostIndex, make_post: Any) -> None:
    with_one, without = make_post(), make_post()
    put(index, IndexedPost(with_one, (MOON,)), without)
    assert found(index, PostFilter(mentioned=True)) == {with_one.native_id}
    assert found(index, PostFilter(mentioned=False)) == {without.native_id}
    assert found(index, PostFilter(mentioned=False, brands=("月光咖啡",))) == set()


@pytest.mark.parametrize("sort", ["newest", "oldest", "reach"])
@pytest.mark.parametrize("limit", [1, 3, 12])
def test_paging_neither_repeats_nor_skips(index: PostIndex, make_post: Any, sort: Sort, limit: int) -> None:
    """Many posts share a moment and a reach; ties are broken by id. A full last page says that it is the last."""
    posts = [make_post(published_at=NOON + HOUR * (n % 2), likes=n % 3, native_id=f"{n:02}") for n in range(12)]
    put(index, *posts)
    orders = {
        "newest": lambda post: (-post.published_at.timestamp(), post.id),
        "oldest": lambda post: (post.published_at, post.id),
        "reach": lambda post: (-post.reach, -post.published_at.timestamp(), post.id),
    }
    page, seen = index.search(PostFilter(), sort=sort, limit=limit), []
    while True:
        seen += [given.post for given in page.posts]
        assert page.total == 12 and len(page.posts) == limit
        if not page.next:
            break
        page = index.search(PostFilter(), sort=sort, limit=limit, after=page.next)
    assert seen == sorted(posts, key=orders[sort])


@pytest.mark.parametrize("cursor", ["x", "bm9wZQ==", "😡", "W10=", "WyJvbGRlc3QiLDEsIngiXQ==", "WyJuZXdlc3QiLHt9LCJ4Il0="])
def test_a_cursor_that_was_not_given_for_this_order_is_refused(index: PostIndex, cursor: str) -> None:
    with pytest.raises(InputError, match="翻页标记"):
        index.search(PostFilter(), after=cursor)


def test_a_scan_gives_every_post_oldest_first_while_they_are_annotated(index: PostIndex, make_post: Any) -> None:
    """More than one stride; changing the posts on the way neither repeats nor skips one."""
    posts = [make_post(published_at=NOON - timedelta(seconds=n // 3)) for n in range(2500)]
    put(index, *posts)
    seen = []
    for given_post in index.scan(PostFilter(mentioned=False)):
        seen.append(given_post.post)
        if len(seen) % 500 == 0:
            index.annotate({post.id: (MOON,) for post in seen[-500:]})
            index.refresh()
    assert seen == sorted(posts, key=lambda post: (post.published_at, post.id))


def test_top_posts_are_those_of_greatest_reach_then_the_newest(index: PostIndex, make_post: Any) -> None:
    low, old, new = make_post(likes=1), make_post(reposts=4, comments=5), make_post(heat=9, likes=100)
    put(index, old, low, new, make_post(platform="zhihu", likes=50))
    assert [given.post for given in index.top_posts(PostFilter(platforms=("weibo",)), limit=2)] == [new, old]


def test_a_mention_keeps_any_brand_name_and_number(index: PostIndex, make_post: Any) -> None:
    mention = Mention('O\'Brien "茶" 🍵', Sentiment.NEUTRAL, 0.123456789012345, ("a", "b"), ("繁體", "x y"))
    post = IndexedPost(make_post(), (mention,))
    put(index, post)
    assert index.get([post.post.id])[post.post.id] == post
    assert found(index, PostFilter(brands=(mention.brand,))) == {post.post.native_id}


def test_the_earliest_publication_is_known_and_none_for_an_empty_index(index: PostIndex, make_post: Any) -> None:
    assert index.earliest() is None
    put(index, make_post(published_at=NOON), make_post(published_at=NOON - timedelta(days=40)))
    assert index.earliest() == NOON - timedelta(days=40)
