"""How far back one can afford to read: a look that people wait for is bounded by posts, whatever window was asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from posts.index import PostFilter, PostIndex

SHORTEST = timedelta(days=1)


def affordable_start(
    index: PostIndex, filters: Callable[[datetime], list[PostFilter]], *, start: datetime, end: datetime, most: int
) -> datetime:
    """The earliest start, from `start` on in quarters of what is left, whose `filters` choose at most `most` posts together.

    A day is always read. Raises UnavailableError where the index cannot be reached.
    """
    while end - start > SHORTEST and sum(map(index.count, filters(start))) > most:
        start = max(start, min(end - SHORTEST, end - (end - start) * 3 / 4))
    return start
