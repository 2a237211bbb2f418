"""The fixture `index`: a fresh index on each engine in turn, and helpers to fill it with made-up posts."""

from __future__ import annotations

import pytest

from core.post import Post
from posts.index import IndexedPost, Mention, PostFilter, PostIndex, Sentiment, WriteReport

STARSEA = Mention("星海茶饮", Sentiment.NEGATIVE, 0.9, ("quality_safety",), ("星海茶饮", "星海"))
MOON = Mention("月光咖啡", Sentiment.POSITIVE, 0.1)


@pytest.fixture
def index(either_index: PostIndex) -> PostIndex:
    return either_index


def put(index: PostIndex, *posts: Post | IndexedPost) -> WriteReport:
    """Write posts and make them visible."""
    report = index.write([given if isinstance(given, IndexedPost) else IndexedPost(given) for given in posts])
    index.refresh()
    return report


def found(index: PostIndex, chosen: PostFilter) -> set[str]:
    """The native ids of all posts chosen; the ways of asking must agree."""
    page = index.search(chosen, limit=1000)
    ids = {given.post.native_id for given in page.posts}
    assert page.total == index.count(chosen) == len(ids) == len(page.posts)
    assert {given.post.native_id for given in index.scan(chosen)} == ids
    return ids
