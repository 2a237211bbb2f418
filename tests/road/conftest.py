"""The fixture `road`: a home with the made-up brand, its two quiet weeks, and every step from a page or file to a message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

import pytest

from alerts.detect import DetectReport, coverage_window, detect
from alerts.detection.series import history_from
from alerts.duty.escalation import FollowUp, follow_up
from alerts.duty.notify import NotifyReport, send_pending
from alerts.life.queries import list_alerts
from alerts.life.tables import Alert
from core.database import Database
from core.ids import new_id
from core.settings import Settings, SourceSettings, secret_key
from crawlers.coverage import coverage
from crawlers.findings import of_parsed
from crawlers.imports import ImportReport, import_files
from crawlers.parsing.feed import parse_feed
from crawlers.parsing.page import Origin, Page
from crawlers.runs import Tally, begin_run, finish_run
from crawlers.sources import SourceReport, source_reports
from monitoring.brands import BrandRule, save_brand
from monitoring.ingest import IngestReport, ingest
from posts import inbox
from posts.index import PostIndex
from posts.sqlite import SqliteIndex
from sentiment.scorer import Scorer
from tests.conftest import NOON

BRAND = "星海茶饮"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
STALE = timedelta(hours=12)
NEWS = SourceSettings(name="news", kind="feed", url="https://news.example.cn/rss.xml", platform="weibo")

WHERE = "城东门店 老街那家 机场里面 大学对面 医院楼下 商场四层 车站旁边".split()
WHEN = "昨晚下班 今天中午 周六早上 陪孩子时 等车的工夫".split()
WHAT = "吸管里有黑点 杯底像是虫子 嚼到一根铁丝 漂着塑料片 有股怪味".split()
COMPLAINTS = [f"{where}{when}{what}，在{BRAND}喝出异物" for where in WHERE for when in WHEN for what in WHAT]
"""Each by someone else, in other words."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a feed: its date is written as it stands."""

    number: int | str
    text: str
    date: str


@dataclass
class Road:
    """Each step takes its moment; nothing here reads a clock."""

    settings: Settings
    database: Database
    index: PostIndex
    scorer: Scorer
    folder: Path

    def imported(self, rows: Sequence[tuple[datetime | str, str]], *, now: datetime) -> ImportReport:
        """A table of times and texts, brought in by hand."""
        file = self.folder / f"{new_id()}.csv"
        file.write_text("时间,内容\n" + "".join(f"{at},{text}\n" for at, text in rows), encoding="utf-8")
        report = import_files([file], database=self.database, settings=self.settings, platform="weibo", now=now)
        self.ingested(now)
        return report

    def crawled(self, items: Sequence[Item], *, now: datetime) -> IngestReport:
        """The source's feed as it was read at `now`."""
        lines = [
            f"<item><title>{escape(item.text)}</title><link>https://news.example.cn/{item.number}</link>"
            f"<pubDate>{item.date}</pubDate></item>"
            for item in items
        ]
        body = f"<rss version='2.0'><channel><title>x</title>{''.join(lines)}</channel></rss>".encode()
        origin = Origin(NEWS.name, NEWS.platform, secret_key(self.settings).encode())
        parsed = parse_feed(Page(body, NEWS.url, now, "application/rss+xml"), origin)
        run = new_id()
        with self.database.writing() as session:
            begin_run(session, NEWS, run, now)
            inbox.deposit(session, parsed.posts, source=NEWS.name, now=now)
            tally = Tally(len(parsed.posts), len(parsed.problems))
            finish_run(session, run, of_parsed(parsed, NEWS.url), tally, lists_history=True, now=now)
        return self.ingested(now)

    def ingested(self, now: datetime) -> IngestReport:
        return ingest(self.database, self.index, self.scorer, now=now)

    def detected(self, at: datetime) -> DetectReport:
        start, end = coverage_window(at)
        begin = history_from(at, self.settings.alerts.baseline_days)
        with self.database.reading() as session:
            covered = coverage(session, start=start, end=end, stale_after=STALE, history_from=begin)
        return detect(self.database, self.index, at=at, brands=(BRAND,), coverage=covered, settings=self.settings)

    def followed_up(self, now: datetime) -> FollowUp:
        return follow_up(self.database, now=now, settings=self.settings)

    def told(self, now: datetime) -> NotifyReport:
        return send_pending(self.database, settings=self.settings, now=now)

    def source(self, now: datetime) -> SourceReport:
        with self.database.reading() as session:
            (report,) = source_reports(session, now=now, stale_after=STALE)
        return report

    def alerts(self) -> list[Alert]:
        with self.database.reading() as session:
            return list_alerts(session)


@pytest.fixture
def road(settings: Settings, sqlite_database: Database, scorer: Scorer, tmp_path: Path) -> Iterator[Road]:
    """The brand is watched, and for 15 days before NOON somebody mentions it every two hours."""
    with sqlite_database.writing() as session:
        save_brand(session, BrandRule(BRAND, keywords=(BRAND,)), actor="test", now=NOON - 30 * 24 * HOUR)
    index = SqliteIndex(tmp_path / "posts.db")
    index.setup()
    made = Road(settings, sqlite_database, index, scorer, tmp_path)
    quiet = [(NOON - hours * HOUR, f"{BRAND}第 {hours} 次路过") for hours in range(14, 360, 2)]
    made.imported([(at.isoformat(), text) for at, text in quiet], now=NOON)
    yield made
    index.close()
