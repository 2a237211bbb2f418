"""Posts and mentions as documents of Elasticsearch, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from core.post import Post
from posts.index import IndexedPost, Mention, Sentiment
from posts.tokens import tokens

_FIELDS = tuple(field.name for field in fields(Post))
_FIXED = ("platform", "native_id", "published_at", "seen_at")
_REPLACED = tuple(name for name in _FIELDS if name not in _FIXED)
_values = attrgetter(*_FIELDS)
_replaced = attrgetter(*_REPLACED)

READ = [*_FIELDS, "mentions"]
"""What of a document is needed to have the post again."""


def document(given: IndexedPost) -> dict[str, Any]:
    """The whole document of a post that is new; moments are left to the serialiser, which writes ISO 8601."""
    post = given.post
    told = {name: value for name, value in zip(_FIELDS, _values(post), strict=True) if value is not None and value != ""}
    return {"id": post.id, **told, **_derived(given, post.published_at)}


def changes(given: IndexedPost, published_at: datetime | str) -> dict[str, Any]:
    """The part of a document that a later writing replaces, empty fields too; `published_at` is the one that stands."""
    return {**dict(zip(_REPLACED, _replaced(given.post), strict=True)), **_derived(given, published_at)}


def mention_documents(
    mentions: Sequence[Mention], *, published_at: datetime | str, platform: str, reach: int
) -> list[dict[str, Any]]:
    """The nested documents of the mentions of the post that has these values, in order."""
    return [
        {
            "brand": mention.brand,
            "sentiment": mention.sentiment,
            "negative": mention.negative,
            "risks": mention.risks,
            "keywords": mention.keywords,
            "published_at": published_at,
            "platform": platform,
            "reach": reach,
        }
        for mention in mentions
    ]


def indexed_post(source: Mapping[str, Any]) -> IndexedPost:
    """The post of a document's READ fields."""
    record = {name: value for name, value in source.items() if name != "mentions"}
    return IndexedPost(Post.from_record(record), tuple(map(_mention, source.get("mentions", ()))))


def _derived(given: IndexedPost, published_at: datetime | str) -> dict[str, Any]:
    post, reach = given.post, given.post.reach
    characters, words = tokens(post)
    mentions = mention_documents(given.mentions, published_at=published_at, platform=post.platform, reach=reach)
    return {"reach": reach, "characters": characters, "words": words, "mentions": mentions}


def _mention(source: Mapping[str, Any]) -> Mention:
    return Mention(
        source["brand"],
        Sentiment(source["sentiment"]),
        source["negative"],
        tuple(source["risks"]),
        tuple(source["keywords"]),
    )
