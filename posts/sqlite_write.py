"""Writing to the embedded index, inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from posts.index import IndexedPost, Mention
from posts.limits import Sorted
from posts.sqlite_rows import POST_FIELDS, mention_rows, post_values
from posts.tokens import tokens

_COLUMNS = ("number", "id", *POST_FIELDS, "reach", "words")
_INSERT = f"INSERT INTO post ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_INSERT_MENTION = """
    INSERT INTO mention SELECT number, ?2, ?3, ?4, ?5, ?6, ?7, published_at, platform, reach, seen_at
    FROM post WHERE number = ?1
"""
_NEVER_CHANGED = {"number", "id", "platform", "native_id", "published_at", "seen_at"}
_CHANGED = [name for name in _COLUMNS if name not in _NEVER_CHANGED]
_UPDATE = f"UPDATE post SET {', '.join(f'{name} = :{name}' for name in _CHANGED)} WHERE number = :number"
_LISTED = "(SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Known:
    """What stands in the index of a post that is written again."""

    number: int
    characters: str


def write(connection: sqlite3.Connection, batch: Sorted) -> int:
    """Insert the posts of which the id is new and update the others; the number updated."""
    known = _known(connection, batch.posts)
    fresh = [given for post_id, given in batch.posts.items() if post_id not in known]
    _insert(connection, fresh)
    for post_id, stands in known.items():
        _update(connection, stands, batch.posts[post_id])
    return len(known)


def annotate(connection: sqlite3.Connection, mentions: Mapping[str, tuple[Mention, ...]]) -> list[str]:
    """Replace the mentions of the posts that are there; the ids of those that are not."""
    known = dict(connection.execute(f"SELECT id, number FROM post WHERE id IN {_LISTED}", (_list(mentions),)))
    for post_id, number in known.items():
        _replace_mentions(connection, number, mentions[post_id])
    return [post_id for post_id in mentions if post_id not in known]


def delete(connection: sqlite3.Connection, numbers: Sequence[int]) -> None:
    listed = _list(numbers)
    connection.execute(f"DELETE FROM post_text WHERE rowid IN {_LISTED}", (listed,))
    connection.execute(f"DELETE FROM mention WHERE post IN {_LISTED}", (listed,))
    connection.execute(f"DELETE FROM post WHERE number IN {_LISTED}", (listed,))


def _known(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, Known]:
    query = f"""
        SELECT post.id, post.number, post_text.characters
        FROM post JOIN post_text ON post_text.rowid = post.number WHERE post.id IN {_LISTED}
    """
    return {post_id: Known(*rest) for post_id, *rest in connection.execute(query, (_list(ids),))}


def _insert(connection: sqlite3.Connection, fresh: Sequence[IndexedPost]) -> None:
    (last,) = connection.execute("SELECT coalesce(max(number), 0) FROM post").fetchone()
    posts, texts, mentions = [], [], []
    for number, given in enumerate(fresh, last + 1):
        post = given.post
        characters, words = tokens(post)
        posts.append((number, post.id, *post_values(post), post.reach, " ".join(words)))
        texts.append((number, characters))
        mentions += mention_rows(number, given.mentions)
    connection.executemany(_INSERT, posts)
    connection.executemany("INSERT INTO post_text (rowid, characters) VALUES (?, ?)", texts)
    _insert_mentions(connection, mentions)


def _update(connection: sqlite3.Connection, known: Known, given: IndexedPost) -> None:
    post = given.post
    characters, words = tokens(post)
    row = dict(zip(_COLUMNS, (known.number, post.id, *post_values(post), post.reach, " ".join(words)), strict=True))
    connection.execute(_UPDATE, {name: row[name] for name in ("number", *_CHANGED)})
    if characters != known.characters:
        connection.execute("UPDATE post_text SET characters = ? WHERE rowid = ?", (characters, known.number))
    _replace_mentions(connection, known.number, given.mentions)


def _replace_mentions(connection: sqlite3.Connection, number: int, mentions: Sequence[Mention]) -> None:
    connection.execute("DELETE FROM mention WHERE post = ?", (number,))
    _insert_mentions(connection, mention_rows(number, mentions))


def _insert_mentions(connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    connection.executemany(_INSERT_MENTION, rows)


def _list(values: Iterable[Any]) -> str:
    return orjson.dumps(list(values)).decode()
