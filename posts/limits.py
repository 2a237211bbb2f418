"""What no engine can hold: refused alike by both, so that a post is either in every index or in none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from core.post import Post
from posts.index import IndexedPost, Rejection

LONGEST_ID = 512  # bytes of UTF-8; Elasticsearch's own limit
LARGEST_COUNT = 10**12  # sums over millions of posts stay within 64 bits
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)  # Elasticsearch's date_nanos ends in 2262
UNKNOWN_ID = "no post with this id is in the index"


@dataclass(frozen=True, slots=True)
class Sorted:
    """A batch made ready: one post an id, how many were given more than once, and what cannot be held."""

    posts: dict[str, IndexedPost]
    repeated: int
    rejected: tuple[Rejection, ...]


def sort_out(posts: Sequence[IndexedPost]) -> Sorted:
    """Part a batch as if it were written post by post: of posts with one id the last counts, with the times of the first."""
    kept: dict[str, IndexedPost] = {}
    repeated, rejected = 0, []
    for given in posts:
        post_id = given.post.id
        if reason := refusal(given.post):
            rejected.append(Rejection(post_id, reason))
        elif post_id in kept:
            kept[post_id] = replace(given, post=dated_as(given.post, kept[post_id].post))
            repeated += 1
        else:
            kept[post_id] = given
    return Sorted(kept, repeated, tuple(rejected))


def dated_as(post: Post, first: Post) -> Post:
    """`post` with the times under which it was known first."""
    return replace(post, published_at=first.published_at, seen_at=first.seen_at)


def refusal(post: Post) -> str | None:
    """Why this post cannot be held, None where it can."""
    if not (EARLIEST <= post.published_at < LATEST and EARLIEST <= post.seen_at < LATEST):
        return f"published_at and seen_at must lie between {EARLIEST.year} and {LATEST.year}"
    if any(count is not None and abs(count) > LARGEST_COUNT for count in (post.likes, post.reposts, post.comments, post.heat)):
        return f"a count is beyond {LARGEST_COUNT}"
    if "\x00" in post.native_id or "\x00" in post.platform:
        return "the id holds a NUL character"
    try:
        f"{post.title}{post.text}{post.url}{post.author_name}{post.parent_id}{post.source}".encode()
        if len(post.id.encode()) > LONGEST_ID:
            return f"the id is longer than {LONGEST_ID} bytes"
    except UnicodeEncodeError:
        return "a text holds half of a surrogate pair, which has no UTF-8"
    return None
