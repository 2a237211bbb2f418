"""Page cursors: the sort values of a page's last post, so that the next page needs no state on any server."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import orjson

from core.errors import InputError
from posts.index import Sort


def encode(sort: Sort, values: Sequence[Any]) -> str:
    """The cursor that stands after a post with these sort values."""
    return base64.urlsafe_b64encode(orjson.dumps([sort, *values])).decode("ascii")


def decode(cursor: str, sort: Sort, types: Sequence[type]) -> list[Any]:
    """The sort values in a cursor; raises InputError where it was not made by `encode` for this sort."""
    try:
        found, *values = orjson.loads(base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error) as error:
        raise _wrong(cursor) from error
    if found != sort or [type(value) for value in values] != list(types):
        raise _wrong(cursor)
    return list(values)


def _wrong(cursor: str) -> InputError:
    return InputError(
        zh=f"翻页标记 {cursor[:80]!r} 无效：请从第一页重新开始",
        en=f"the page cursor {cursor[:80]!r} is not valid: start from the first page",
    )
