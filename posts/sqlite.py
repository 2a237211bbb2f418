"""The embedded index: one SQLite file with FTS5 over our own tokens. It needs no server, and several processes may share it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from posts import sqlite_counts, sqlite_hours, sqlite_pages, sqlite_schema, sqlite_write
from posts.hours import Hours
from posts.index import EVERYTHING, Bucket, IndexedPost, Mention, Page, PostFilter, Rejection, Sort, Split, Term, WriteReport
from posts.limits import UNKNOWN_ID, sort_out
from posts.moments import from_micros, to_micros
from posts.sqlite_connections import Connections
from posts.sqlite_rows import POST_COLUMNS, with_mentions

_STRIDE = 1000


class SqliteIndex:
    """The index contract (`posts.index.PostIndex`) in the file at `path`. What is written is visible at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connections = Connections(path)

    def setup(self) -> None:
        with self._connections.writing() as connection:
            sqlite_schema.create(connection, self._path)

    def write(self, posts: Sequence[IndexedPost]) -> WriteReport:
        batch = sort_out(posts)
        with self._connections.writing() as connection:
            updated = sqlite_write.write(connection, batch)
        return WriteReport(len(batch.posts) - updated, updated + batch.repeated, batch.rejected)

    def annotate(self, mentions: Mapping[str, tuple[Mention, ...]]) -> WriteReport:
        with self._connections.writing() as connection:
            unknown = sqlite_write.annotate(connection, mentions)
        return WriteReport(0, len(mentions) - len(unknown), tuple(Rejection(post_id, UNKNOWN_ID) for post_id in unknown))

    def get(self, ids: Sequence[str]) -> dict[str, IndexedPost]:
        query = f"SELECT post.number, {POST_COLUMNS} FROM post WHERE post.id IN (SELECT value FROM json_each(?))"
        with self._connections.reading() as connection:
            found = with_mentions(connection, connection.execute(query, (orjson.dumps(list(ids)).decode(),)))
        return {given.post.id: given for given in found}

    def search(self, chosen: PostFilter, *, sort: Sort = "newest", limit: int = 20, after: str = "") -> Page:
        with self._connections.reading() as connection:
            posts, following = sqlite_pages.page(connection, chosen, sort=sort, limit=limit, after=after)
            return Page(tuple(posts), sqlite_pages.count(connection, chosen), following)

    def scan(self, chosen: PostFilter) -> Iterator[IndexedPost]:
        # Page by page, so that a slow reader neither holds the write-ahead log back nor sees its own changes twice.
        posts, after = self._stride(chosen, "")
        yield from posts
        while after:
            posts, after = self._stride(chosen, after)
            yield from posts

    def histogram(self, chosen: PostFilter, *, interval: timedelta, by: Split | None = None) -> list[Bucket]:
        with self._connections.reading() as connection:
            return sqlite_counts.histogram(connection, chosen, interval, by)

    def hourly(self, chosen: PostFilter) -> dict[str, Hours]:
        with self._connections.reading() as connection:
            return sqlite_hours.hourly(connection, chosen)

    def top_posts(self, chosen: PostFilter, *, limit: int = 10) -> list[IndexedPost]:
        with self._connections.reading() as connection:
            return sqlite_pages.page(connection, chosen, sort="reach", limit=limit)[0]

    def significant_terms(self, chosen: PostFilter, background: PostFilter, *, limit: int = 20) -> list[Term]:
        with self._connections.reading() as connection:
            return sqlite_counts.significant_terms(connection, chosen, background, limit)

    def delete_before(self, moment: datetime) -> int:
        return self._delete("published_at < ?", to_micros(moment))

    def delete_author(self, author_hash: str) -> int:
        return self._delete("author_hash != '' AND author_hash = ?", author_hash)

    def earliest(self) -> datetime | None:
        with self._connections.reading() as connection:
            (moment,) = connection.execute("SELECT min(published_at) FROM post").fetchone()
            return None if moment is None else from_micros(moment)

    def count(self, chosen: PostFilter = EVERYTHING) -> int:
        with self._connections.reading() as connection:
            return sqlite_pages.count(connection, chosen)

    def refresh(self) -> None:
        """Nothing to do: a transaction's posts are visible from its end."""

    def check(self) -> str:
        with self._connections.reading() as connection:
            connection.execute("SELECT 1 FROM post LIMIT 1")
        return f"SQLite {sqlite3.sqlite_version}, {self._path}"

    def close(self) -> None:
        self._connections.close()

    def _stride(self, chosen: PostFilter, after: str) -> tuple[list[IndexedPost], str]:
        with self._connections.reading() as connection:
            return sqlite_pages.page(connection, chosen, sort="oldest", limit=_STRIDE, after=after)

    def _delete(self, condition: str, value: int | str) -> int:
        """Delete in strides, so that neither memory nor the write-ahead log grows with the number of posts."""
        deleted = 0
        while True:
            with self._connections.writing() as connection:
                query = f"SELECT number FROM post WHERE {condition} LIMIT {_STRIDE}"
                numbers = [number for (number,) in connection.execute(query, (value,))]
                sqlite_write.delete(connection, numbers)
            deleted += len(numbers)
            if len(numbers) < _STRIDE:
                return deleted
