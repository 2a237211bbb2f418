"""Post: one public item, as every room passes it on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.errors import InputError

DERIVED = "sha-"
"""Native ids that start so were made by `derived_native_id`: they contain the publication time, which hence never changes."""


class PostKind(StrEnum):
    POST = "post"
    COMMENT = "comment"
    ARTICLE = "article"
    COMPLAINT = "complaint"
    QUESTION = "question"
    HOT_SEARCH = "hot_search"


class AuthorKind(StrEnum):
    """What the author is by the source's own word; nothing is concluded from a name.

    PERSON is an account without verification; VERIFIED a person or body of which the platform has confirmed who it is, and
    which is not known to be one of the next three.
    """

    UNKNOWN = ""
    PERSON = "person"
    VERIFIED = "verified"
    COMPANY = "company"
    MEDIA = "media"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class Post:
    """One public item: post, comment, article, complaint, question or hot-search entry.

    Identity is `platform:native_id`; the same item crawled twice is one Post whose counts were updated.
    `text` and `title` are as they came. Times are aware UTC: `published_at` by the source's word, `seen_at` the first
    moment at which a running system could have known the item. `author_hash` is a keyed hash (`core.privacy`) and
    `author_name` a masked name, both empty where unknown. `author_followers` is how many follow the author, `heat` a hot
    list's own figure; None means "not told".
    """

    platform: str
    native_id: str
    kind: PostKind
    text: str
    published_at: datetime
    seen_at: datetime
    source: str
    title: str = ""
    url: str = ""
    author_hash: str = ""
    author_name: str = ""
    likes: int | None = None
    reposts: int | None = None
    comments: int | None = None
    heat: int | None = None
    parent_id: str = ""
    author_kind: AuthorKind = AuthorKind.UNKNOWN
    author_followers: int | None = None

    def __post_init__(self) -> None:
        if not self.platform or ":" in self.platform or not self.native_id:
            raise InputError(
                zh=f"帖子需要 platform（不含冒号）与 native_id，得到 {self.platform!r}、{self.native_id!r}",
                en=f"a post needs a platform (without a colon) and a native_id, got {self.platform!r}, {self.native_id!r}",
            )
        if self.published_at.tzinfo is None or self.seen_at.tzinfo is None:
            raise InputError(
                zh=f"帖子 {self.id} 的时间没有时区：请先用 core.clock.to_utc 转换",
                en=f"post {self.id} has a time without a zone: convert it with core.clock.to_utc first",
            )

    @property
    def id(self) -> str:
        return f"{self.platform}:{self.native_id}"

    @property
    def reach(self) -> int:
        """How many people the item is known to have moved: the hot list's heat, else likes, reposts and comments added up."""
        return self.heat if self.heat is not None else sum(count or 0 for count in (self.likes, self.reposts, self.comments))

    @property
    def full_text(self) -> str:
        """Title and text, the title once: what is matched, scored and searched."""
        if not self.title or self.text.startswith(self.title):
            return self.text
        return f"{self.title}\n{self.text}" if self.text else self.title

    def to_record(self) -> dict[str, Any]:
        """A JSON-ready dict: times as ISO 8601 strings, defaults left out."""
        record: dict[str, Any] = {name: value for name in _NAMES if (value := getattr(self, name)) is not None and value != ""}
        record["published_at"] = self.published_at.isoformat()
        record["seen_at"] = self.seen_at.isoformat()
        return record

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Post:
        """The Post of which `record` is the `to_record`."""
        return cls(
            **{
                **record,
                "kind": PostKind(record["kind"]),
                "text": record.get("text", ""),
                "source": record.get("source", ""),
                "author_kind": AuthorKind(record.get("author_kind", "")),
                "published_at": datetime.fromisoformat(record["published_at"]),
                "seen_at": datetime.fromisoformat(record["seen_at"]),
            }
        )


_NAMES = tuple(field.name for field in fields(Post))


def derived_native_id(text: str, published_at: datetime, *more: str) -> str:
    """A native id for an item that its source gives none: stable for the same text, time and further parts."""
    parts = "\x1f".join((text, published_at.isoformat(), *more))
    return DERIVED + hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
