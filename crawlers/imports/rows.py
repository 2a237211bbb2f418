"""One row to one Post, by its layout; this runs for every row of files with millions, so it does no more than it must."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.errors import InputError
from core.post import AuthorKind, Post, PostKind, derived_native_id
from crawlers.imports.layouts import Layout
from crawlers.imports.values import Clock, identity
from crawlers.parsing.authors import kind_of, verified_of
from crawlers.parsing.identity import bounded
from crawlers.parsing.page import Origin
from crawlers.parsing.values import count_of, text_of, web_address

PLATFORM = re.compile(r"[a-z0-9_]{1,40}")
# fmt: off
PLATFORMS = {
    "微博": "weibo", "新浪微博": "weibo", "微博热搜": "weibo_hot", "小红书": "xiaohongshu", "抖音": "douyin",
    "知乎": "zhihu", "微信": "wechat", "微信公众号": "wechat", "贴吧": "tieba", "百度贴吧": "tieba", "豆瓣": "douban",
    "雪球": "xueqiu", "股吧": "guba", "黑猫投诉": "heimao", "哔哩哔哩": "bilibili", "b站": "bilibili", "快手": "kuaishou",
    "今日头条": "toutiao", "新闻": "news", "网站": "news", "客户端": "news",
}
# fmt: on
"""Platforms as Chinese exports write them."""
_COUNTS = ("likes", "reposts", "comments", "heat", "author_followers")
_AUTHOR = frozenset({"author", "author_name", "author_kind", "author_verified", "author_followers"})
_NO_PARENT = frozenset({"", "0"})


@dataclass(frozen=True, slots=True)
class Given:
    """What holds for a whole file: its source's name, the user's platform and kind, the author key, how its times are read."""

    source: str
    platform: str
    kind: PostKind | None
    author_key: bytes
    clock: Clock


class RowReader:
    """Reads rows of one layout. Cells are reached by index in a table, by name in a JSON object."""

    def __init__(self, layout: Layout, names: Sequence[str] | None, is_table: bool, given: Given) -> None:
        columns = dict(layout.columns)
        if is_table and names is not None:
            columns = {name: names.index(str(column)) for name, column in columns.items()}
        self._text: Any = columns.pop("text")
        self._published_at: Any = columns.pop("published_at")
        self._columns: dict[str, Any] = columns
        self._counts = [(name, columns[name]) for name in _COUNTS if name in columns]
        self._layout = layout
        self._given = given
        self._origin = Origin(given.source, given.platform or layout.platform, given.author_key)
        self._is_plain = not columns and bool(self._origin.platform)
        self._kind = self._kind_of(self._origin)
        self._author = self._origin.author_kind_of(self._kind, "")

    @property
    def has_platform(self) -> bool:
        return bool(self._origin.platform) or "platform" in self._columns

    @property
    def last_column(self) -> int:
        """The greatest index that is read, of a table."""
        return int(max([self._text, self._published_at, *self._columns.values()]))

    def post(self, cells: Any) -> Post:
        """The row as a post; raises InputError saying what is wrong with it."""
        published_at = self._moment(cells[self._published_at])
        text = cells[self._text]
        if self._is_plain and text.__class__ is str:
            return self._plain(text.strip(), published_at)
        return self._full(cells, text_of(text), published_at)

    def _plain(self, text: str, published_at: datetime) -> Post:
        """A row of nothing but a time and a text, as hot-search archives are."""
        if not text:
            raise _no_text()
        return Post(
            platform=self._origin.platform,
            native_id=derived_native_id(text, published_at),
            kind=self._kind,
            text=text,
            published_at=published_at,
            seen_at=published_at,
            source=self._given.source,
            author_kind=self._author,
        )

    def _full(self, cells: Any, text: str, published_at: datetime) -> Post:
        origin = self._origin_of(cells)
        title = text_of(self._cell(cells, "title"))
        if not text and not title:
            raise _no_text()
        author, shown_name = origin.author(text_of(self._cell(cells, "author_name")), text_of(self._cell(cells, "author")))
        url = self._address(cells)
        own, parent = identity(self._cell(cells, "native_id")), self._parent(cells)
        kind = self._kind if origin is self._origin else self._kind_of(origin)
        seen = self._cell(cells, "seen_at")
        return Post(
            platform=origin.platform,
            native_id=bounded(own) if own else derived_native_id(text or title, published_at, url, author, parent),
            kind=kind,
            text=text or title,
            title=title if text != title else "",
            url=url or (self._layout.address.format(id=own) if own else ""),
            author_hash=author,
            author_name=shown_name,
            author_kind=self._author_kind(cells, origin, kind, url),
            published_at=published_at,
            seen_at=self._moment(seen) if seen else published_at,
            source=self._given.source,
            parent_id=parent,
            **{name: count_of(cells[column]) for name, column in self._counts},
        )

    def shown(self, cells: Any) -> str:
        """The row as the quarantine keeps it: what would have become the post, without its author."""
        columns = {"text": self._text, "published_at": self._published_at, **self._columns}
        return " | ".join(f"{name}={cells[column]}" for name, column in columns.items() if name not in _AUTHOR)

    def _cell(self, cells: Any, name: str) -> Any:
        column = self._columns.get(name)
        return "" if column is None else cells[column]

    def _moment(self, cell: Any) -> datetime:
        return self._given.clock.moment(cell if cell.__class__ is str else text_of(cell))

    def _origin_of(self, cells: Any) -> Origin:
        """The row's own platform where the file has such a column and the user named none."""
        written = "" if self._given.platform else text_of(self._cell(cells, "platform"))
        if not written:
            if not self._origin.platform:
                raise InputError(zh="平台一列是空的", en="the platform column is empty")
            return self._origin
        platform = PLATFORMS.get(written.lower(), written.lower())
        if not PLATFORM.fullmatch(platform):
            raise InputError(zh=f"不认识的平台 {written!r}", en=f"{written!r} is no known platform")
        return Origin(self._given.source, platform, self._given.author_key)

    def _kind_of(self, origin: Origin) -> PostKind:
        if self._given.kind or self._layout.kind:
            return self._given.kind or self._layout.kind or PostKind.POST
        return PostKind.HOT_SEARCH if origin.platform.endswith("_hot") else origin.kind

    def _author_kind(self, cells: Any, origin: Origin, kind: PostKind, url: str) -> AuthorKind:
        """What the row itself says of its author, else what its place says."""
        told = AuthorKind.UNKNOWN
        if "author_kind" in self._columns:
            told = kind_of(cells[self._columns["author_kind"]], origin.platform)
        if not told and "author_verified" in self._columns:
            told = verified_of(cells[self._columns["author_verified"]])
        return told or origin.author_kind_of(kind, url)

    def _parent(self, cells: Any) -> str:
        """What this repeats or answers: the comment above, else the post that the thread is about."""
        for name in ("parent_id", "thread_id"):
            if (parent := identity(self._cell(cells, name))) not in _NO_PARENT:
                return parent
        return ""

    def _address(self, cells: Any) -> str:
        """Xiaohongshu's addresses carry the visitor's own token, which is nobody's business."""
        url = web_address(self._cell(cells, "url"))
        return url.partition("?")[0] if "xsec_token" in url else url


def is_platform(name: str) -> bool:
    return PLATFORM.fullmatch(name) is not None


def _no_text() -> InputError:
    return InputError(zh="没有文字", en="there is no text")
