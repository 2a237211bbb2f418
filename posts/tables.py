"""What the posts room keeps in the state database: the inbox and the quarantine. The posts themselves are in the index."""

from __future__ import annotations

from datetime import datetime

import orjson
import zstandard
from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from core.post import Post


class InboxBatch(Base):
    """Up to a thousand posts that a source delivered and the index has not confirmed yet."""

    __tablename__ = "inbox_batch"
    # Without AUTOINCREMENT, SQLite gives a removed batch's number to the next one, and a slow reader could remove that.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy declares it so

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    received_at: Mapped[datetime]
    count: Mapped[int]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    """zstd-compressed JSON lines, one `Post.to_record` a line."""

    def posts(self) -> list[Post]:
        """The posts, in the order in which they were deposited."""
        lines = zstandard.ZstdDecompressor().decompress(self.payload).splitlines()
        return [Post.from_record(orjson.loads(line)) for line in lines]


class QuarantinePage(Base):
    """A page that could not be read, or that held items that could not: kept once, however often it was met."""

    __tablename__ = "quarantine_page"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the body, in hex."""
    url: Mapped[str] = mapped_column(String(2000))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """zlib-compressed."""
    fetched_at: Mapped[datetime]


class QuarantinedItem(Base):
    """Something that could not become a post, with the reason; met again, it is counted up instead of doubled."""

    __tablename__ = "quarantined_item"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Hash of source, kind, reason, place and item."""
    source: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    reason_zh: Mapped[str] = mapped_column(Text)
    reason_en: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    item: Mapped[str] = mapped_column(Text)
    page_id: Mapped[str | None] = mapped_column(ForeignKey(QuarantinePage.id), index=True)
    times: Mapped[int]
    """How often it was met."""
    at: Mapped[datetime] = mapped_column(index=True)
    """When it was last met."""


class ErasedAuthor(Base):
    """A person who asked to be removed: known by the keyed hash alone, so that their posts are not taken in again."""

    __tablename__ = "erased_author"

    author_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text)
