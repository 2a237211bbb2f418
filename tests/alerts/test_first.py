"""Who said it first: the crisis's own earliest posts, told apart from every day's grumbling."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts.detect import detect
from alerts.life import queries
from alerts.life.tables import Alert
from alerts.views import evidence
from alerts.views.first import LIKELY, Early, first_posts
from core.database import Database
from core.settings import Settings
from posts.index import IndexedPost, PostIndex
from tests.alerts.world import BRAND, CRISIS, HOUR, START, complete, index_of, post, quiet

MINUTE = timedelta(minutes=1)


def told(at: datetime, texts: Iterable[str]) -> list[IndexedPost]:
    return [post(at + place * MINUTE, 500 + place, text=text, adverse=True) for place, text in enumerate(texts)]


GRUMBLING = [
    post(START + place * 8 * HOUR, 900 + place, text=f"{BRAND}排队半小时还做错单", adverse=True) for place in range(49)
]
STREETS = ("城南", "望江", "梧桐街", "大学路", "火车站", "滨河", "老街", "北门", "石桥", "青禾")
CROWD = told(CRISIS + 20 * MINUTE, [f"在{BRAND}{street}店喝出玻璃，太吓人" for street in STREETS])


def alert_over(index: PostIndex, database: Database, settings: Settings) -> Alert:
    at = CRISIS + HOUR
    detect(database, index, at=at, brands=(BRAND,), coverage=complete(at), settings=settings)
    with database.reading() as session:
        return queries.list_alerts(session)[0]


def early(index: PostIndex, alert: Alert, limit: int = 5) -> list[Early]:
    return first_posts(index, alert, evidence.top_terms(index, alert), limit=limit)


@pytest.fixture
def index(tmp_path: Path) -> PostIndex:
    grumble = post(CRISIS + MINUTE, 1, text=f"{BRAND}排队半小时还做错单", adverse=True)
    return index_of(tmp_path, [*quiet(), *GRUMBLING, grumble, *CROWD])


@pytest.fixture
def alert(index: PostIndex, sqlite_database: Database, settings: Settings) -> Alert:
    return alert_over(index, sqlite_database, settings)


def test_every_day_s_grumbling_is_not_the_first_post_of_a_crisis(index: PostIndex, alert: Alert) -> None:
    """It is the earliest negative post of the window, but says nothing that is new."""
    found = early(index, alert, limit=3)
    assert [one.found.post.id for one in found] == [each.post.id for each in CROWD[:3]]
    assert all(one.is_likely and "玻璃" in one.words for one in found)


def test_how_sure_is_the_share_of_both_signs(index: PostIndex, alert: Alert) -> None:
    """Never surer than the model is of its being negative, nor than its words are new."""
    lifts = {term.word: term.lift for term in evidence.top_terms(index, alert)}
    for one in early(index, alert):
        newest = max(1 - 1 / lifts[word] for word in one.words)
        assert one.sure == pytest.approx(one.negative * newest)
        assert LIKELY <= one.sure <= one.negative == 0.9


def test_a_crisis_may_have_begun_before_its_first_signal(index: PostIndex, alert: Alert) -> None:
    unnoticed = post(alert.started_at - 9 * HOUR, 3, text=f"{BRAND}居然喝出玻璃", adverse=True)
    index.write([unnoticed])
    index.refresh()
    assert early(index, alert)[0].found.post.id == unnoticed.post.id


def test_where_none_is_likely_the_earliest_negative_posts_are_told_as_doubtful(
    tmp_path: Path, sqlite_database: Database, settings: Settings
) -> None:
    more = told(CRISIS, [f"{BRAND}排队半小时还做错单"] * 20)
    index = index_of(tmp_path, [*quiet(), *GRUMBLING, *more])
    found = early(index, alert_over(index, sqlite_database, settings), limit=2)
    assert [one.found.post.id for one in found] == [each.post.id for each in more[:2]]
    assert not any(one.is_likely for one in found)


def test_an_alert_whose_posts_were_deleted_has_no_first_post(index: PostIndex, alert: Alert) -> None:
    index.delete_before(CRISIS + timedelta(days=9))
    assert early(index, alert) == []
