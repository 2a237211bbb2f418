"""Posts and mentions as rows of the embedded index, and back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

import orjson

from core.post import AuthorKind, Post, PostKind
from posts.index import IndexedPost, Mention, Sentiment
from posts.moments import from_micros, to_micros

POST_FIELDS = tuple(field.name for field in fields(Post))
POST_COLUMNS = ", ".join(f"post.{name}" for name in POST_FIELDS)

_KINDS = {str(kind): kind for kind in PostKind}
_AUTHOR_KINDS = {str(kind): kind for kind in AuthorKind}
_SENTIMENTS = {str(sentiment): sentiment for sentiment in Sentiment}
_BEFORE_TIMES = attrgetter("platform", "native_id", "kind", "text")
_AFTER_TIMES = attrgetter(*POST_FIELDS[6:])


def post_values(post: Post) -> tuple[Any, ...]:
    """The values of POST_FIELDS, as they are stored."""
    return (*_BEFORE_TIMES(post), to_micros(post.published_at), to_micros(post.seen_at), *_AFTER_TIMES(post))


def mention_rows(number: int, mentions: Sequence[Mention]) -> list[tuple[Any, ...]]:
    """The rows of one post's mentions, in order."""
    return [
        (
            number,
            position,
            mention.brand,
            mention.sentiment,
            mention.negative,
            orjson.dumps(mention.risks).decode(),
            orjson.dumps(mention.keywords).decode(),
        )
        for position, mention in enumerate(mentions)
    ]


def with_mentions(connection: sqlite3.Connection, rows: Iterable[tuple[Any, ...]]) -> list[IndexedPost]:
    """The posts of rows of (number, *POST_FIELDS), in their order, each with its mentions."""
    rows = list(rows)
    mentions = _mentions(connection, [row[0] for row in rows])
    return [IndexedPost(_post(row[1:]), mentions.get(row[0], ())) for row in rows]


def _mentions(connection: sqlite3.Connection, numbers: list[int]) -> dict[int, tuple[Mention, ...]]:
    query = (
        "SELECT post, brand, sentiment, negative, risks, keywords FROM mention"
        " WHERE post IN (SELECT value FROM json_each(?)) ORDER BY post, position"
    )
    rows = connection.execute(query, (orjson.dumps(numbers).decode(),))
    return {number: tuple(map(_mention, group)) for number, group in groupby(rows, key=itemgetter(0))}


def _post(row: Sequence[Any]) -> Post:
    platform, native_id, kind, text, published_at, seen_at, *rest, author_kind, followers = row
    rest += _AUTHOR_KINDS[author_kind], followers
    return Post(platform, native_id, _KINDS[kind], text, from_micros(published_at), from_micros(seen_at), *rest)


def _mention(row: Sequence[Any]) -> Mention:
    _, brand, sentiment, negative, risks, keywords = row
    return Mention(brand, _SENTIMENTS[sentiment], negative, tuple(orjson.loads(risks)), tuple(orjson.loads(keywords)))
