"""What every parser takes and gives: a fetched page in, posts and problems out, or one of two errors for the whole page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from core.errors import YushaoError
from core.post import AuthorKind, Post, PostKind
from core.privacy import author_hash, masked_name
from crawlers.parsing.authors import is_government_site
from crawlers.status import SourceStatus

LONGEST_EXCERPT = 2000
CLOCKS_DIFFER = timedelta(minutes=10)

_KINDS = {
    "news": PostKind.ARTICLE,
    "wechat": PostKind.ARTICLE,
    "zhihu": PostKind.QUESTION,
    "heimao": PostKind.COMPLAINT,
    "weibo": PostKind.POST,
    "tieba": PostKind.POST,
    "douban": PostKind.POST,
    "xueqiu": PostKind.POST,
    "guba": PostKind.POST,
    "xiaohongshu": PostKind.POST,
}
_AUTHORS = {"news": AuthorKind.MEDIA}


class PageError(YushaoError):
    """A page from which nothing can be read; `status` is what it makes of its source."""

    status: ClassVar[SourceStatus]


class PageChanged(PageError):
    """The page is not of the shape that its parser knows."""

    status = SourceStatus.CHANGED


class PageBlocked(PageError):
    """The site shows a login or captcha page, or answers in words that it will not serve us."""

    status = SourceStatus.BLOCKED


class ItemError(YushaoError):
    """One item of a page cannot become a post; the rest of the page can."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was fetched: `content_type` is the response's header, `fetched_at` the moment its posts were seen."""

    body: bytes
    url: str
    fetched_at: datetime
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose page it is: the source's name, its platform, the operator's key that authors are hashed with, and who speaks
    in the source by the operator's word."""

    source: str
    platform: str
    author_key: bytes = field(repr=False)
    author_kind: AuthorKind = AuthorKind.UNKNOWN

    def author(self, name: str, account: str = "") -> tuple[str, str]:
        """An author as a post keeps one: the account (the name, where there is none) as a keyed hash, and the name masked."""
        return author_hash(self.platform, account or name, self.author_key), masked_name(name)

    def author_kind_of(self, kind: PostKind, url: str) -> AuthorKind:
        """Who speaks in an item whose page does not say: whom the operator named; in an article on a host under gov.cn an
        authority, on the platform `news` a medium; else UNKNOWN."""
        if self.author_kind or kind is not PostKind.ARTICLE:
            return self.author_kind
        return AuthorKind.AUTHORITY if is_government_site(url) else _AUTHORS.get(self.platform, AuthorKind.UNKNOWN)

    @property
    def kind(self) -> PostKind:
        """What an item of this platform is, where its page does not say."""
        return _KINDS.get(self.platform, PostKind.ARTICLE)


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read, and why: an item, or (`kind` "page") a damaged page of which only a part was."""

    kind: Literal["item", "page"]
    zh: str
    en: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a page holds: each of its items is a post, a problem, or left out by a documented rule (an advertisement).

    `ahead` tells of each post whose date lay in the future by more than clocks differ, how far.
    """

    posts: tuple[Post, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: int = 0
    ahead: tuple[timedelta, ...] = ()

    @property
    def is_damaged(self) -> bool:
        """Whether only a part of the page could be read."""
        return any(problem.kind == "page" for problem in self.problems)


def read_items(items: Iterable[Any], read: Callable[[Any], Post | None]) -> Parsed:
    """Read every item by itself: a post (each id once), None for one that is left out, an ItemError becomes a problem.

    A date in the future is held to be the moment it was seen: no item can be seen before it is there.
    """
    posts: dict[str, Post] = {}
    problems: list[Problem] = []
    left_out = 0
    for item in items:
        try:
            post = read(item)
        except YushaoError as error:
            problems.append(Problem("item", error.zh, error.en, excerpt(item)))
            continue
        if post is None:
            left_out += 1
        else:
            posts.setdefault(post.id, post)
    ahead = [post.published_at - post.seen_at for post in posts.values()]
    dated = (replace(post, published_at=min(post.published_at, post.seen_at)) for post in posts.values())
    return Parsed(tuple(dated), tuple(problems), left_out, tuple(gap for gap in ahead if gap > CLOCKS_DIFFER))


def excerpt(item: Any) -> str:
    """An item as the quarantine shows it: at most 2,000 characters."""
    text = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False, default=str)
    return text[:LONGEST_EXCERPT]
