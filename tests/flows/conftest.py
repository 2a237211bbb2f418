"""A home whose settings flows find by themselves, as they do in production: by YUSHAO_CONFIG."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.clock import HOUR
from core.database import Database
from core.post import Post
from core.settings import SentimentSettings, Settings
from flows.home import write_effective
from monitoring.brands import BrandRule, save_brand
from posts import inbox
from posts.engines import open_index
from posts.index import IndexedPost, Mention, PostIndex, Sentiment
from tests.conftest import NOON, fresh_database

BRAND = "星海茶饮"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A week of baseline and one worker are enough here."""
    return settings.model_copy(
        update={
            "sentiment": SentimentSettings(workers=1),
            "alerts": settings.alerts.model_copy(update={"baseline_days": 7}),
        }
    )


@pytest.fixture
def configured(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings, found by every flow of this test and by the processes that it starts."""
    settings.home.mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("YUSHAO_CONFIG", str(write_effective(settings)))
    return settings


@pytest.fixture
def stored(configured: Settings) -> Iterator[Database]:
    """The state database of that home, where the made-up brand is monitored."""
    database = fresh_database(configured.database_url)
    with database.writing() as session:
        save_brand(session, BrandRule(BRAND, keywords=(BRAND,)), actor="test", now=NOON - 30 * 24 * HOUR)
    yield database
    database.close()


@pytest.fixture
def index(configured: Settings) -> Iterator[PostIndex]:
    opened = open_index(configured)
    opened.setup()
    yield opened
    opened.close()


def deposit(database: Database, posts: list[Post]) -> None:
    with database.writing() as session:
        inbox.deposit(session, posts, source="test", now=NOON)


PLACES = "城东门店 老街那家 机场里面 大学对面 医院楼下 商场四层 车站旁边".split()
TIMES = "昨晚下班 今天中午 周六早上 陪孩子时 等车的工夫".split()
FINDS = "吸管里有黑点 杯底像是虫子 嚼到一根铁丝 漂着塑料片 有股怪味".split()


def crisis(make_post: Any, *, until: datetime = NOON) -> list[IndexedPost]:
    """Two quiet days with a post every six hours, then three hours in which one angry post follows the other,
    each by someone else in other words: copies of one text would be a campaign."""
    pleased = Mention(BRAND, Sentiment.POSITIVE, negative=0.1, keywords=(BRAND,))
    angry = Mention(BRAND, Sentiment.NEGATIVE, negative=0.9, risks=("quality_safety",), keywords=(BRAND,))
    quiet = [make_post("星海茶饮新品不错", published_at=until - 51 * HOUR + number * 6 * HOUR) for number in range(8)]
    told = [f"{where}{when}{what}，在星海茶饮喝出异物" for where in PLACES for when in TIMES for what in FINDS]
    loud = [make_post(text, published_at=until - 3 * HOUR + number * MINUTE) for number, text in enumerate(told)]
    return [*(IndexedPost(post, (pleased,)) for post in quiet), *(IndexedPost(post, (angry,)) for post in loud)]
