"""The posts behind an alert, as its page shows them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alerts import evidence, queries
from alerts.detect import detect
from alerts.tables import Alert
from core.database import Database
from core.settings import Settings
from posts.index import PostIndex
from tests.alerts.world import BRAND, CRISIS, HOUR, burst, complete, index_of, post, quiet


@pytest.fixture
def index(tmp_path: Path) -> PostIndex:
    big = post(CRISIS + HOUR / 2, 77, text="星海茶饮喝出玻璃", adverse=True, platform="news", heat=90_000)
    return index_of(tmp_path, [*quiet(), *burst(CRISIS, 20), big])


@pytest.fixture
def alert(sqlite_database: Database, index: PostIndex, settings: Settings) -> Alert:
    at = CRISIS + HOUR
    detect(sqlite_database, index, at=at, brands=(BRAND,), coverage=complete(at), settings=settings)
    with sqlite_database.reading() as session:
        return queries.list_alerts(session)[0]


def test_the_chart_shows_the_quiet_before_and_the_crisis_over_its_threshold(index: PostIndex, alert: Alert) -> None:
    """All lists are as long as the hours; the crisis stands over a threshold that it did not move."""
    chart = evidence.chart(index, alert)
    assert {len(getattr(chart, name)) for name in evidence.Chart.__dataclass_fields__} == {len(chart.hours)}
    loud = chart.hours.index(CRISIS)
    assert (chart.posts[loud], chart.adverse[loud], chart.negative[loud], chart.risky[loud]) == (22, 21, 21, 20)
    assert chart.adverse[loud] > chart.adverse_threshold[loud] and chart.posts[loud] > chart.threshold[loud]
    assert max(chart.posts[:loud]) < min(chart.threshold)
    assert chart.hours[0] < CRISIS - 48 * HOUR


def test_the_chart_can_end_now_and_covers_a_crisis_longer_than_the_baseline(index: PostIndex, alert: Alert) -> None:
    chart = evidence.chart(index, alert, until=CRISIS + 20 * 24 * HOUR)
    assert chart.posts[chart.hours.index(CRISIS)] == 22
    assert chart.hours[-1] == CRISIS + 20 * 24 * HOUR


def test_first_and_top_posts_name_who_started_and_who_carried_it(index: PostIndex, alert: Alert) -> None:
    first, top = evidence.first_posts(index, alert, limit=3), evidence.top_posts(index, alert, limit=3)
    assert [hit.post.published_at for hit in first] == sorted(hit.post.published_at for hit in first)
    assert first[0].post.published_at == CRISIS
    assert top[0].post.text == "星海茶饮喝出玻璃"


def test_splits_add_up_to_the_posts_of_the_window(index: PostIndex, alert: Alert) -> None:
    platforms, sentiments = evidence.platform_split(index, alert), evidence.sentiment_split(index, alert)
    assert sum(platforms.values()) == sum(sentiments.values())
    assert platforms["news"] == 1 and sentiments["negative"] == 21
    assert list(platforms) == sorted(platforms, key=lambda name: -platforms[name])


def test_top_terms_are_the_words_of_the_crisis_and_not_those_of_every_day(tmp_path: Path, alert: Alert) -> None:
    """New words that say something are shown; words of every day, function words and single characters are not."""
    told = [post(CRISIS + timedelta(minutes=place), place, text="居然在星海茶饮喝出玻璃了", adverse=True) for place in range(9)]
    words = [term.word for term in evidence.top_terms(index_of(tmp_path / "told", [*quiet(), *told]), alert)]
    assert "玻璃" in words
    assert not {"居然", "了", "在", "茶饮"} & set(words)
