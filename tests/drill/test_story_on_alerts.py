"""The drill's promise: read by the real parsers and judged by the real rules, its alert opens below major and is raised."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from alerts.detect import detect
from alerts.indicators.store import keep_days, scorecard
from alerts.indicators.table import Status
from alerts.life.queries import events, list_alerts
from alerts.views.evidence import top_terms
from alerts.views.first import first_posts
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
from drill.scenario import BRAND, CRISIS_BEGINS, Channel, items
from monitoring.ingest import ingest
from posts import inbox
from posts.engines import open_index
from posts.index import PostIndex
from sentiment.scorer import Scorer, open_scorer

STARTED = datetime(2026, 11, 4, 14, 30, tzinfo=UTC)
BEGAN = STARTED + timedelta(minutes=CRISIS_BEGINS)
PARSERS = {"feed": parse_feed, "newsnow": parse_newsnow, "sina_roll": parse_sina_roll, "weibo_hot": parse_weibo_hot}


@pytest.fixture
def index(sqlite_database: Database, settings: Settings) -> Iterator[PostIndex]:
    """The posts of the drill's first minutes; its alert is in the database."""
    prepare(sqlite_database, settings, now=STARTED)
    opened, scorer = open_index(settings), open_scorer(settings)
    opened.setup()
    for minute in (1, 7):
        _pass(sqlite_database, opened, scorer, settings, STARTED + timedelta(minutes=minute))
    yield opened
    opened.close()


@pytest.mark.usefixtures("index")
def test_the_alert_is_there_at_the_first_look_and_raised_to_major_within_minutes(sqlite_database: Database) -> None:
    with sqlite_database.reading() as session:
        (alert,) = list_alerts(session)
        kinds = [(event.kind, event.level) for event in events(session, alert.id)]
    assert {reason["rule"] for reason in alert.explanation["reasons"]} >= {"volume", "adverse", "hot_search"}
    assert kinds == [("opened", "moderate"), ("raised", "major")]


def test_its_first_post_is_of_the_crisis_and_not_of_the_quiet_days(sqlite_database: Database, index: PostIndex) -> None:
    with sqlite_database.reading() as session:
        (alert,) = list_alerts(session)
    found = first_posts(index, alert, top_terms(index, alert))
    crisis = {item.text for item in items(STARTED, STARTED + timedelta(minutes=7), Channel.WEIBO) if item.at >= BEGAN}
    quiet = {item.text for item in items(STARTED, BEGAN, Channel.WEIBO)}
    assert all(one.is_likely for one in found)
    assert found[0].found.post.text in crisis - quiet
    assert BEGAN <= found[0].found.post.published_at < BEGAN + timedelta(hours=1)


def test_the_indicators_are_calm_in_the_quiet_weeks_and_warn_of_the_first_hours_of_the_crisis(
    sqlite_database: Database, index: PostIndex
) -> None:
    keep_days(sqlite_database, index, [BRAND], at=STARTED, shares={})
    quiet = [BEGAN - timedelta(hours=hours) for hours in range(1, 6 * 24, 5)]
    with sqlite_database.reading() as session:
        before = {scorecard(session, index, BRAND, at=at).status for at in quiet}
        at_first_look = scorecard(session, index, BRAND, at=STARTED)
    assert before == {Status.CALM}
    assert at_first_look.status is Status.WARN


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
