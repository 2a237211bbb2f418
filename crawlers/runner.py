"""Crawl one source, in a process of its own: it can be stopped at any moment, and a second crawl can follow in this one."""

from __future__ import annotations

from dataclasses import dataclass

from crawlers.status import SourceStatus


@dataclass(frozen=True, slots=True)
class CrawlOutcome:
    """What one crawl did: `posts` were put into the inbox, `quarantined` could not be read. A blocked source is an outcome."""

    source: str
    status: SourceStatus
    posts: int
    quarantined: int
    seconds: float
    detail_zh: str
    detail_en: str
