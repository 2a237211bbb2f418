from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import timedelta

from core.database import Database
from posts import quarantine
from posts.quarantine import Quarantined
from tests.conftest import NOON

ITEM = Quarantined("feed-a", "item", "缺少发布时间", "no publication time", "https://example.invalid/rss", "<item/>", b"<rss/>")


def test_an_item_is_kept_with_its_reason_and_its_page(database: Database) -> None:
    with database.writing() as session:
        assert quarantine.add(session, [ITEM], now=NOON) == 1
    with database.reading() as session:
        (kept,) = quarantine.recent(session)
        assert (kept.source, kept.kind, kept.reason_zh, kept.item) == ("feed-a", "item", "缺少发布时间", "<item/>")
        assert (kept.place, kept.at, kept.times) == ("https://example.invalid/rss", NOON, 1)
        page = quarantine.page(session, kept.page_id or "")
        assert page is not None
        assert (zlib.decompress(page.body), page.url) == (b"<rss/>", "https://example.invalid/rss")


def test_the_same_item_met_again_is_counted_up_not_doubled(database: Database) -> None:
    """A feed with one broken item is crawled every few minutes, on a page that changes meanwhile."""
    later = NOON + timedelta(minutes=5)
    with database.writing() as session:
        quarantine.add(session, [ITEM, ITEM], now=NOON)
        quarantine.add(session, [replace(ITEM, page=b"<rss>newer</rss>")], now=later)
    with database.reading() as session:
        (kept,) = quarantine.recent(session)
        assert (kept.times, kept.at, kept.page_id) == (3, later, quarantine.page_id(b"<rss>newer</rss>"))


def test_sources_are_counted_and_listed_apart_newest_first(database: Database) -> None:
    row = Quarantined("import", "row", "缺列", "missing column", "file.csv:3")
    with database.writing() as session:
        quarantine.add(session, [ITEM], now=NOON)
        quarantine.add(session, [row], now=NOON + timedelta(hours=1))
        quarantine.add(session, [replace(row, place="file.csv:4")], now=NOON + timedelta(hours=2))
    with database.reading() as session:
        assert quarantine.counts(session) == {"feed-a": 1, "import": 2}
        assert [item.place for item in quarantine.recent(session, source="import")] == ["file.csv:4", "file.csv:3"]
        assert [item.place for item in quarantine.recent(session, limit=1)] == ["file.csv:4"]


def test_broken_text_can_be_kept(database: Database) -> None:
    """NUL and half a surrogate pair are what broken input holds, and what PostgreSQL refuses."""
    with database.writing() as session:
        quarantine.add(session, [replace(ITEM, item="a\x00b\ud83d", source="s" * 300)], now=NOON)
    with database.reading() as session:
        assert quarantine.recent(session)[0].item == "a\ufffdb?"


def test_old_items_are_discarded_with_pages_that_nothing_points_to(database: Database) -> None:
    fresh = replace(ITEM, item="<item>2</item>")
    with database.writing() as session:
        quarantine.add(session, [ITEM, replace(ITEM, item="", page=b"alone")], now=NOON)
        quarantine.add(session, [fresh], now=NOON + timedelta(days=2))
        assert quarantine.discard_before(session, NOON + timedelta(days=1)) == 2
    with database.reading() as session:
        assert [item.item for item in quarantine.recent(session)] == ["<item>2</item>"]
        assert quarantine.page(session, quarantine.page_id(b"<rss/>")) is not None
        assert quarantine.page(session, quarantine.page_id(b"alone")) is None


def test_an_unknown_page_is_none(sqlite_database: Database) -> None:
    with sqlite_database.reading() as session:
        assert quarantine.page(session, "0" * 64) is None
