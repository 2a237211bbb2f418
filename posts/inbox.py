"""The inbox: a durable queue between whoever delivers posts and the index. A batch leaves it only once the index has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import zstandard
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.post import Post
from posts.tables import InboxBatch

LARGEST_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in the inbox; `oldest_at` is when its oldest batch came, None for an empty inbox."""

    batches: int
    posts: int
    oldest_at: datetime | None


def deposit(session: Session, posts: Sequence[Post], *, source: str, now: datetime) -> int:
    """Put posts into the inbox in batches of at most a thousand, in the caller's transaction; the number of posts."""
    for start in range(0, len(posts), LARGEST_BATCH):
        batch = posts[start : start + LARGEST_BATCH]
        session.add(InboxBatch(source=source, received_at=now, count=len(batch), payload=_packed(batch)))
    session.flush()
    return len(posts)


def oldest(session: Session, limit: int = 1) -> list[InboxBatch]:
    """The batches that came first, at most `limit`; they stay until `remove`."""
    return list(session.scalars(select(InboxBatch).order_by(InboxBatch.id).limit(limit)))


def remove(session: Session, batch_ids: Iterable[int]) -> None:
    """Take out batches whose posts the index has confirmed; one that is gone already is no error."""
    session.execute(delete(InboxBatch).where(InboxBatch.id.in_(list(batch_ids))))


def backlog(session: Session) -> Backlog:
    """How much waits, and since when."""
    query = select(func.count(), func.coalesce(func.sum(InboxBatch.count), 0), func.min(InboxBatch.received_at))
    batches, posts, oldest_at = session.execute(query).one()
    return Backlog(batches, posts, oldest_at)


def _packed(posts: Sequence[Post]) -> bytes:
    return zstandard.ZstdCompressor().compress(b"\n".join(_line(post.to_record()) for post in posts))


def _line(record: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(record)
    except TypeError:
        # Sites cut texts in the middle of an emoji; half a surrogate pair has no UTF-8 and becomes U+FFFD.
        return orjson.dumps({name: _whole(value) if isinstance(value, str) else value for name, value in record.items()})


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
