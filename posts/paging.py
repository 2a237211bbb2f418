"""Orders of posts, and page cursors: a page's last sort values, so that no server keeps a state for the next page."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import orjson

from core.errors import InputError
from core.post import Post
from posts.index import Sort
from posts.moments import to_micros

LARGEST_KEY = 10**16  # microseconds of the year 2286; no reach is as large


@dataclass(frozen=True, slots=True)
class Order:
    """An order of posts: by whole-number keys, all descending or all ascending, ties always by ascending id."""

    keys: tuple[str, ...]
    descending: bool


ORDERS: dict[Sort, Order] = {
    "newest": Order(("published_at",), descending=True),
    "oldest": Order(("published_at",), descending=False),
    "reach": Order(("reach", "published_at"), descending=True),
}


def encode(sort: Sort, post: Post) -> str:
    """The cursor that stands after this post."""
    values = {"published_at": to_micros(post.published_at), "reach": post.reach}
    content = [sort, *(values[key] for key in ORDERS[sort].keys), post.id]
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode("ascii")


def decode(cursor: str, sort: Sort) -> tuple[list[int], str]:
    """The keys and the id in a cursor; raises InputError where it was not made by `encode` for this sort."""
    try:
        found, *keys, post_id = orjson.loads(base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True))
    except (ValueError, TypeError) as error:
        raise _wrong(cursor) from error
    whole = all(type(key) is int and abs(key) < LARGEST_KEY for key in keys)
    if found != sort or len(keys) != len(ORDERS[sort].keys) or not whole or not isinstance(post_id, str):
        raise _wrong(cursor)
    return keys, post_id


def _wrong(cursor: str) -> InputError:
    return InputError(
        zh=f"翻页标记 {cursor[:80]!r} 无效：请从第一页重新开始",
        en=f"the page cursor {cursor[:80]!r} is not valid: start from the first page",
    )
