"""What the crawlers keep in the state database: each source's state, and every crawl of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from core.errors import either
from crawlers.status import SourceStatus

RUNNING = "running"
"""The status of a `CrawlRun` that has not reported yet; one that never will is closed as failed by the next crawl."""


class SourceState(Base):
    """One source that is or was configured, what its last crawl found, and how far it has been read."""

    __tablename__ = "source_state"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    platform: Mapped[str] = mapped_column(String(50))
    url: Mapped[str] = mapped_column(Text)
    interval_seconds: Mapped[int]
    enabled: Mapped[bool] = mapped_column(default=True)
    """False for a source that is no longer configured; its history stays."""
    paused: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(10), default=SourceStatus.NEVER.value)
    detail_zh: Mapped[str] = mapped_column(Text, default="")
    detail_en: Mapped[str] = mapped_column(Text, default="")
    last_attempt_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    newest_item_at: Mapped[datetime | None]
    """How far the source has been read without a gap: the `published_at` of the newest item of its last full crawl."""
    consecutive_failures: Mapped[int] = mapped_column(default=0)
    retry_after: Mapped[datetime | None]
    """Until when the site asked to be left alone."""
    robots: Mapped[str] = mapped_column(String(300), default="")
    """What the site's robots.txt said at the last crawl."""
    etag: Mapped[str] = mapped_column(Text, default="")
    last_modified: Mapped[str] = mapped_column(Text, default="")


class CrawlRun(Base):
    """One crawl of one source; `finished_at` is None while it runs, and for one that was killed until that is noticed."""

    __tablename__ = "crawl_run"
    __table_args__ = (Index(None, "source", "started_at"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    source: Mapped[str] = mapped_column(String(100))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(10), default=RUNNING)
    posts: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    detail_zh: Mapped[str] = mapped_column(Text, default="")
    detail_en: Mapped[str] = mapped_column(Text, default="")
    newest_item_at: Mapped[datetime | None]
    history_from: Mapped[datetime | None]
    """Back to when the pages read list the source's items without a gap; None where they show only the present."""

    @property
    def detail(self) -> str:
        """What the crawl found, in the language of the reader."""
        return either(self.detail_zh, self.detail_en)
