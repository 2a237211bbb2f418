"""What the crawlers' tests share: a web site on 127.0.0.1, made-up pages, and settings whose sources are on that site."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from core.settings import CrawlSettings, Settings, SourceSettings
from crawlers.parsing.page import Origin, Page
from tests.crawlers.site import Site, running_site

FIXTURES = Path(__file__).parent / "fixtures"
AFTERNOON = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def page_of(body: bytes | str, *, url: str = "https://news.example.cn/rss.xml", content_type: str = "") -> Page:
    return Page(body.encode() if isinstance(body, str) else body, url, AFTERNOON, content_type)


@pytest.fixture
def origin() -> Origin:
    return Origin("source-1", "news", b"test-key")


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


class WithSources(Protocol):
    def __call__(self, *sources: tuple[str, str, str]) -> Settings: ...


@pytest.fixture
def with_sources(settings: Settings) -> WithSources:
    """The test's settings with sources (name, kind, url), crawled without delay."""

    def given(*sources: tuple[str, str, str]) -> Settings:
        configured = tuple(SourceSettings.model_validate({"name": n, "kind": k, "url": u}) for n, k, u in sources)
        crawl = CrawlSettings(delay_seconds=0, timeout_seconds=20, contact="pr@xinghai.example", stale_hours=24 * 365 * 50)
        return settings.model_copy(update={"sources": configured, "crawl": crawl})

    return given
