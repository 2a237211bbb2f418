"""Who carried an alert: authors by reach, platforms in the order in which it reached them, how many voices and texts it had."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from alerts.life.tables import Alert
from alerts.views.evidence import window_posts
from core import text
from core.post import AuthorKind, Post, PostKind
from posts.index import IndexedPost, PostView

MOST_POSTS = 2_000
"""Posts of an alert that are looked at one by one, the oldest first; what comes of more says that it is of the first ones."""
SELF_PUBLISHED = frozenset({"blog", "wechat", "forum"})
"""Platforms whose articles anyone may write, and which make nobody a news medium."""
VERIFIED = frozenset({AuthorKind.VERIFIED, AuthorKind.COMPANY, AuthorKind.MEDIA, AuthorKind.AUTHORITY})
"""Authors of whom it is known who they are."""
_ADDRESS = re.compile(r"https?://\S+|@[\w-]+")
_SIGN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Carrier:
    """One author on one platform: the masked `name`, "" where the platform tells none, posts and their reach together.

    `author` is the keyed hash by which their posts are found, "" where none is kept. `followers` is None where not told.
    """

    platform: str
    author: str
    name: str
    posts: int
    reach: int
    kind: AuthorKind
    followers: int | None
    first_at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """When an alert reached a platform, and how many of its posts are there."""

    platform: str
    first_at: datetime
    posts: int


@dataclass(frozen=True, slots=True)
class Profile:
    """`posts` were looked at. `texts` counts texts that differ in more than addresses, names called and punctuation.

    `authors` are those the platforms tell of; `anonymous` posts have none. `media_posts` are by news media, `verified_posts`
    by these and all others of whom it is known who they are; `reach`, `media_reach` and `verified_reach` are added up.
    `risks` counts posts by category, a post with two in both.
    """

    posts: int
    is_partial: bool
    authors: int
    anonymous: int
    texts: int
    reach: int
    media_posts: int
    media_reach: int
    verified_posts: int
    verified_reach: int
    risks: dict[str, int]
    carriers: tuple[Carrier, ...]
    arrivals: tuple[Arrival, ...]


def profile(index: PostView, alert: Alert, *, most: int = MOST_POSTS, carriers: int = 8) -> Profile:
    """The profile of the alert's window, with its `carriers` of greatest reach."""
    found = window_posts(index, alert, limit=most + 1)
    return profile_of(found[:most], alert.brand, is_partial=len(found) > most, carriers=carriers)


def profile_of(found: list[IndexedPost], brand: str, *, is_partial: bool = False, carriers: int = 8) -> Profile:
    """The profile of these posts, oldest first."""
    posts = [one.post for one in found]
    voices = _by_author(posts)
    media = [post for post in posts if _kind(post) is AuthorKind.MEDIA]
    verified = [post for post in posts if _kind(post) in VERIFIED]
    risks = Counter(risk for one in found for mention in one.mentions if mention.brand == brand for risk in mention.risks)
    ranked = sorted(map(_carrier, voices.values()), key=lambda one: (-one.reach, -one.posts, one.first_at, one.name))
    return Profile(
        posts=len(posts),
        is_partial=is_partial,
        authors=len(voices),
        anonymous=sum(not _author(post) for post in posts),
        texts=len({fold(post.full_text) for post in posts}),
        reach=sum(post.reach for post in posts),
        media_posts=len(media),
        media_reach=sum(post.reach for post in media),
        verified_posts=len(verified),
        verified_reach=sum(post.reach for post in verified),
        risks=dict(risks.most_common()),
        carriers=tuple(ranked[:carriers]),
        arrivals=_arrivals(posts),
    )


def fold(said: str) -> str:
    """What copies of one text have in common.

    >>> fold("后厨有老鼠！！ @某某 https://t.example/a") == fold("后厨有老鼠")
    True
    """
    return _SIGN.sub("", _ADDRESS.sub("", text.normalise(said)))


def _author(post: Post) -> tuple[str, str] | None:
    identity = post.author_hash or post.author_name
    return (post.platform, identity) if identity else None


def _by_author(posts: Iterable[Post]) -> dict[tuple[str, str], list[Post]]:
    found: dict[tuple[str, str], list[Post]] = {}
    for post in posts:
        if author := _author(post):
            found.setdefault(author, []).append(post)
    return found


def _carrier(posts: list[Post]) -> Carrier:
    return Carrier(
        platform=posts[0].platform,
        author=posts[0].author_hash,
        name=posts[0].author_name,
        posts=len(posts),
        reach=sum(post.reach for post in posts),
        kind=next((kind for post in reversed(posts) if (kind := _kind(post))), AuthorKind.UNKNOWN),
        followers=next((post.author_followers for post in reversed(posts) if post.author_followers is not None), None),
        first_at=posts[0].published_at,
    )


def _kind(post: Post) -> AuthorKind:
    """What the author is; where the source does not say, the author of an article is a medium unless anyone may write there."""
    if post.author_kind or post.kind != PostKind.ARTICLE or post.platform in SELF_PUBLISHED:
        return post.author_kind
    return AuthorKind.MEDIA


def _arrivals(posts: list[Post]) -> tuple[Arrival, ...]:
    counted = Counter(post.platform for post in posts)
    first: dict[str, datetime] = {}
    for post in posts:
        first.setdefault(post.platform, post.published_at)
    return tuple(Arrival(platform, at, counted[platform]) for platform, at in sorted(first.items(), key=lambda one: one[1]))
