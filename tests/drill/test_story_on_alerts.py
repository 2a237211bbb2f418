"""The drill's promise: read by the real parsers and judged by the real rules, its alert opens below major and is raised."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from alerts.detect import detect
from alerts.life.queries import events, list_alerts
from core.coverage import Coverage
from core.database import Database
from core.settings import Settings
from crawlers.parsing.feed import parse_feed
from crawlers.parsing.newsnow import parse_newsnow
from crawlers.parsing.page import Origin, Page
from crawlers.parsing.sina_roll import parse_sina_roll
from crawlers.parsing.weibo_hot import parse_weibo_hot
from drill.pages import Asked, page
from drill.prepare import drill_settings, prepare
from drill.scenario import BRAND
from monitoring.ingest import ingest
from posts import inbox
from posts.engines import open_index
from posts.index import PostIndex
from sentiment.scorer import Scorer, open_scorer

STARTED = datetime(2026, 11, 4, 14, 30, tzinfo=UTC)
PARSERS = {"feed": parse_feed, "newsnow": parse_newsnow, "sina_roll": parse_sina_roll, "weibo_hot": parse_weibo_hot}


def test_the_alert_is_there_at_the_first_look_and_raised_to_major_within_minutes(
    sqlite_database: Database, settings: Settings
) -> None:
    prepare(sqlite_database, settings, now=STARTED)
    index, scorer = open_index(settings), open_scorer(settings)
    index.setup()
    for minute in (1, 7):
        _pass(sqlite_database, index, scorer, settings, STARTED + timedelta(minutes=minute))
    index.close()
    with sqlite_database.reading() as session:
        (alert,) = list_alerts(session)
        kinds = [(event.kind, event.level) for event in events(session, alert.id)]
    assert {reason["rule"] for reason in alert.explanation["reasons"]} >= {"volume", "adverse", "hot_search"}
    assert kinds == [("opened", "moderate"), ("raised", "major")]


def _pass(database: Database, index: PostIndex, scorer: Scorer, settings: Settings, at: datetime) -> None:
    played = drill_settings(settings)
    for source in played.sources:
        address = urlsplit(source.url)
        found = page(address.path, Asked(STARTED, at, "http://127.0.0.1:1", {"id": "zhihu"}))
        if found.status == 200:
            parsed = PARSERS[source.kind](
                Page(found.body, source.url, at, found.media_type), Origin(source.name, source.platform, b"k")
            )
            with database.writing() as session:
                inbox.deposit(session, parsed.posts, source=source.name, now=at)
    ingest(database, index, scorer, now=at)
    coverage = Coverage(at - timedelta(days=1), at)
    detect(database, index, at=at + timedelta(seconds=5), brands=[BRAND], coverage=coverage, settings=played)
