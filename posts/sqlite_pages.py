"""Pages of posts from the embedded index, in each order, from any cursor."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from posts import paging
from posts.index import IndexedPost, PostFilter, Sort
from posts.sqlite_filter import Conditions, conditions_on_posts
from posts.sqlite_rows import POST_COLUMNS, POST_FIELDS, with_mentions


@dataclass(frozen=True, slots=True)
class Order:
    """An order of posts: descending or ascending by `keys`, ties always by ascending id."""

    keys: tuple[str, ...]
    descending: bool

    @property
    def sql(self) -> str:
        return ", ".join((*(f"post.{key}{' DESC' if self.descending else ''}" for key in self.keys), "post.id"))

    def add_after(self, conditions: Conditions, values: list[int | str]) -> None:
        """Keep the posts that stand after the one with these sort values; the first part is what an index can serve."""
        *keys, post_id = values
        columns = f"({', '.join(f'post.{key}' for key in self.keys)})"
        given = f"({', '.join('?' * len(self.keys))})"
        sign = "<" if self.descending else ">"
        conditions.add(f"{columns} {sign}= {given}", *keys)
        conditions.add(f"({columns} {sign} {given} OR post.id > ?)", *keys, post_id)


_ORDERS: dict[Sort, Order] = {
    "newest": Order(("published_at",), descending=True),
    "oldest": Order(("published_at",), descending=False),
    "reach": Order(("reach", "published_at"), descending=True),
}


def page(
    connection: sqlite3.Connection, chosen: PostFilter, *, sort: Sort, limit: int, after: str = ""
) -> tuple[list[IndexedPost], str]:
    """At most `limit` posts after the cursor, and the cursor after the last of them, "" where no more follow."""
    order = _ORDERS[sort]
    conditions = conditions_on_posts(chosen)
    if after:
        order.add_after(conditions, paging.decode(after, sort, [int] * len(order.keys) + [str]))
    query = (
        f"SELECT post.number, {POST_COLUMNS}, {', '.join(f'post.{key}' for key in order.keys)}, post.id"
        f" FROM post WHERE {conditions} ORDER BY {order.sql} LIMIT ?"
    )
    rows = connection.execute(query, (*conditions.values, limit + 1)).fetchall()
    width = 1 + len(POST_FIELDS)
    posts = with_mentions(connection, [row[:width] for row in rows[:limit]])
    return posts, paging.encode(sort, rows[limit - 1][width:]) if posts and len(rows) > limit else ""


def count(connection: sqlite3.Connection, chosen: PostFilter) -> int:
    conditions = conditions_on_posts(chosen)
    (number,) = connection.execute(f"SELECT count(*) FROM post WHERE {conditions}", conditions.values).fetchone()
    return int(number)
