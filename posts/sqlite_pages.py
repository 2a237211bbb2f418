"""Pages of posts from the embedded index, in each order, from any cursor."""

from __future__ import annotations

import sqlite3

from posts import paging
from posts.index import IndexedPost, PostFilter, Sort
from posts.paging import ORDERS, Order
from posts.sqlite_filter import Conditions, conditions_on_posts
from posts.sqlite_rows import POST_COLUMNS, with_mentions


def page(
    connection: sqlite3.Connection, chosen: PostFilter, *, sort: Sort, limit: int, after: str = ""
) -> tuple[list[IndexedPost], str]:
    """At most `limit` posts after the cursor, and the cursor after the last of them, "" where no more follow."""
    conditions = conditions_on_posts(chosen)
    if after:
        _add_after(conditions, ORDERS[sort], *paging.decode(after, sort))
    query = f"SELECT post.number, {POST_COLUMNS} FROM post WHERE {conditions} ORDER BY {_order_by(ORDERS[sort])} LIMIT ?"
    rows = connection.execute(query, (*conditions.values, limit + 1)).fetchall()
    posts = with_mentions(connection, rows[:limit])
    return posts, paging.encode(sort, posts[-1].post) if posts and len(rows) > limit else ""


def count(connection: sqlite3.Connection, chosen: PostFilter) -> int:
    conditions = conditions_on_posts(chosen)
    (number,) = connection.execute(f"SELECT count(*) FROM post WHERE {conditions}", conditions.values).fetchone()
    return int(number)


def _order_by(order: Order) -> str:
    direction = " DESC" if order.descending else ""
    return ", ".join((*(f"post.{key}{direction}" for key in order.keys), "post.id"))


def _add_after(conditions: Conditions, order: Order, keys: list[int], post_id: str) -> None:
    """Keep the posts that stand after the one with these sort values; the first part is what an index can serve."""
    columns = f"({', '.join(f'post.{key}' for key in order.keys)})"
    given = f"({', '.join('?' * len(keys))})"
    sign = "<" if order.descending else ">"
    conditions.add(f"{columns} {sign}= {given}", *keys)
    conditions.add(f"({columns} {sign} {given} OR post.id > ?)", *keys, post_id)
