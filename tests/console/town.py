"""A made-up press office with a made-up crisis, put into real stores through the rooms' own functions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

from alerts.detect import coverage_window, detect
from alerts.indicators.store import keep_days
from alerts.life.queries import list_alerts
from console.app import create_app
from core import clock, people
from core.clock import HOUR
from core.database import Database, open_database
from core.people import Role
from core.post import Post, PostKind
from core.settings import CompanySettings, Settings, SourceSettings
from crawlers.coverage import coverage
from crawlers.findings import Finding
from crawlers.runs import Tally, begin_run, finish_run
from crawlers.status import SourceStatus
from monitoring.brands import BrandRule, save_brand
from posts import quarantine
from posts.index import IndexedPost, Mention, Sentiment
from posts.quarantine import Quarantined
from posts.sqlite import SqliteIndex
from tests.conftest import fresh_database

BRAND = "星海茶饮"
PASSWORD = "correct-horse-星海"
ROLES = {"zhiban": Role.DUTY, "fayan": Role.LEAD, "zhuren": Role.LEAD, "yunwei": Role.OPERATOR, "admin": Role.ADMIN}
NAMES = {"zhiban": "林小满", "fayan": "陈立言", "zhuren": "周慎之", "yunwei": "何运", "admin": "吴守正"}
HOSTILE = '在星海茶饮喝出异物<script>alert("x")</script><img src=x onerror=alert(1)>'

_CALM = (
    "星海茶饮新出的桂花乌龙真好喝",
    "下班路过星海茶饮，排队的人不多",
    "星海茶饮第二杯半价，和同事拼单",
    "今天又喝了星海茶饮，三分糖刚好",
)
_UPSET = (
    "在星海茶饮喝出异物，店员态度还很差，太恶心了",
    "星海茶饮城东店的杯子里有虫子，孩子喝完拉肚子，已经投诉",
    "星海茶饮食品安全到底谁来管，客服电话一直占线",
    "看到星海茶饮后厨的视频了，再也不敢喝，要求退款",
    "星海茶饮回应太慢，异物的事到现在没有说法",
)
_STREETS = ("城东", "望江", "梧桐街", "大学路", "火车站", "人民广场", "滨河", "老街", "高新", "北门")
_ORDERS = ("点的是桂花乌龙", "买了两杯杨枝甘露", "外卖送来的柠檬茶", "给孩子买的芋泥奶茶", "一杯全糖红豆牛乳")
_ENDINGS = ("照片在评论区", "已经打了市场监管电话", "朋友也遇到过", "到现在胃还不舒服", "小票我还留着", "求个说法")
_SOURCES = (
    ("weibo-hot", "weibo_hot", "weibo_hot", SourceStatus.OK, "读到 50 条"),
    ("weibo-keyword", "feed", "weibo", SourceStatus.OK, "读到 42 条"),
    ("news", "feed", "news", SourceStatus.OK, "读到 18 条"),
    ("sina-roll", "sina_roll", "sina", SourceStatus.BLOCKED, "网站返回 403，拒绝抓取；请降低频率，或联系网站取得许可"),
    (
        "zhihu-hot",
        "newsnow",
        "zhihu",
        SourceStatus.CHANGED,
        "页面不是预期的结构，缺少 items；原始页面已放入隔离区，请检查来源地址",
    ),
    ("forum", "feed", "forum", SourceStatus.EMPTY, "页面正常但没有条目；请确认该订阅源仍在更新"),
)


_SESSIONS: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Town:
    """The stores and the console over them, opened at `now`."""

    settings: Settings
    database: Database
    index: SqliteIndex
    app: Starlette
    now: datetime

    def visitor(self, username: str = "") -> TestClient:
        """A browser of its own, signed in as `username` unless that is empty.

        A session that was begun in one copy of the office holds in every other; the slow password is checked once a run.
        """
        client = TestClient(self.app, base_url="http://testserver", follow_redirects=False)
        if username and username not in _SESSIONS:
            answer = client.post("/sign-in", data={"username": username, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
            _SESSIONS[username] = client.cookies["yushao_session"]
        elif username:
            client.cookies.set("yushao_session", _SESSIONS[username], domain="testserver.local", path="/")
        return client

    @property
    def alert_id(self) -> str:
        with self.database.reading() as session:
            return list_alerts(session, brand=BRAND)[0].id


def settings_at(home: Path) -> Settings:
    """The settings of the office whose stores are in `home`."""
    return Settings(
        home=home,
        secret_key="test-key-test-key-test-key",
        language="en",
        company=CompanySettings(name="星海茶饮有限公司", contact="media@xinghai-tea.example"),
        sources=tuple(_source(name, kind, platform) for name, kind, platform, _, _ in _SOURCES),
    )


def build(home: Path) -> None:
    """Fill the stores in `home`: people, a brand, sources in every state, three quiet weeks and a crisis, its alert."""
    settings = settings_at(home)
    now = clock.now().replace(second=0, microsecond=0)
    database, index = fresh_database(settings.database_url), SqliteIndex(settings.posts_path)
    index.setup()
    index.write(list(_posts(now)))
    _staff(database, now)
    _crawls(database, settings, now)
    _quarantine(database, now)
    with database.reading() as session:
        start, end = coverage_window(now)
        watched = coverage(session, start=start, end=end, stale_after=timedelta(hours=6))
    detect(database, index, at=now, brands=[BRAND], coverage=watched, settings=settings)
    keep_days(database, index, [BRAND], at=now, shares={})
    index.close()
    database.close()


def open_town(home: Path) -> Town:
    """The console over the stores in `home`, which `build` filled."""
    settings = settings_at(home)
    database, index = open_database(settings.database_url), SqliteIndex(settings.posts_path)
    return Town(settings, database, index, create_app(settings, database=database, index=index), clock.now())


def add_brand(database: Database, now: datetime) -> None:
    rule = BrandRule(BRAND, ("星海茶饮", "星海奶茶"), ("xinghai tea",), ("星海号", "星海路"))
    with database.writing() as session:
        save_brand(session, rule, actor="admin", now=now)


def _staff(database: Database, now: datetime) -> None:
    with database.writing() as session:
        for username, role in ROLES.items():
            people.add_person(
                session, username=username, display_name=NAMES[username], role=role, password=PASSWORD, actor="test", now=now
            )
    add_brand(database, now)


def _posts(now: datetime) -> Iterator[IndexedPost]:
    rng = random.Random(7)
    for hour in range(21 * 24, 5, -1):
        for _ in range(rng.choice((0, 0, 1, 1, 2))):
            yield _post(rng, now - hour * HOUR - timedelta(minutes=rng.randrange(60)), rng.choice(_CALM), Sentiment.POSITIVE)
    for hour, count in zip((5, 4, 3, 2, 1), (4, 12, 30, 46, 38), strict=True):
        for _ in range(count):
            sentiment = rng.choices((Sentiment.NEGATIVE, Sentiment.NEUTRAL), (6, 1))[0]
            yield _post(rng, now - hour * HOUR + timedelta(minutes=rng.randrange(60)), _upset(rng), sentiment)
    yield _post(rng, now - timedelta(hours=4, minutes=58), HOSTILE, Sentiment.NEGATIVE, reach=1_200_000)


def _upset(rng: random.Random) -> str:
    """A complaint in words of its own, as a crowd's are: copies of one text would be taken for a campaign."""
    return f"{rng.choice(_STREETS)}店{rng.choice(_ORDERS)}，{rng.choice(_UPSET)}，{rng.choice(_ENDINGS)}"


def _post(rng: random.Random, at: datetime, text: str, sentiment: Sentiment, reach: int | None = None) -> IndexedPost:
    negative = {Sentiment.NEGATIVE: 0.93, Sentiment.NEUTRAL: 0.48, Sentiment.POSITIVE: 0.04}[sentiment]
    platform = rng.choice(("weibo", "weibo", "weibo", "zhihu", "news", "heimao"))
    number = rng.randrange(10**12)
    post = Post(
        platform=platform,
        native_id=str(number),
        kind=PostKind.COMPLAINT if platform == "heimao" else PostKind.POST,
        text=text,
        published_at=at,
        seen_at=at,
        source="weibo-keyword",
        url=f"https://{platform}.example/{number}",
        author_name="测***",
        author_hash=f"{number:064x}",
        likes=reach if reach is not None else rng.randrange(900),
        reposts=rng.randrange(200),
        comments=rng.randrange(120),
    )
    risks = ("quality_safety",) if sentiment is not Sentiment.POSITIVE else ()
    return IndexedPost(post, (Mention(BRAND, sentiment, negative, risks, ("星海茶饮",)),))


def _source(name: str, kind: str, platform: str) -> SourceSettings:
    return SourceSettings.model_validate(
        {"name": name, "kind": kind, "platform": platform, "url": f"https://{name}.example/feed", "interval_seconds": 1800}
    )


def _crawls(database: Database, settings: Settings, now: datetime) -> None:
    """Crawls every hour; the last hours of some sources went wrong."""
    with database.writing() as session:
        for source, (name, _, _, status, detail) in zip(settings.sources, _SOURCES, strict=True):
            for hour in range(80, -1, -1):
                at = now - hour * HOUR
                fine = hour > 3 or status is SourceStatus.OK
                finding = Finding(
                    SourceStatus.OK if fine else status, "读到 20 条" if fine else detail, detail, moments=(at,) if fine else ()
                )
                run_id = f"{name[:9]}{80 - hour:08d}"
                begin_run(session, source, run_id, at)
                finish_run(session, run_id, finding, Tally(20 if fine else 0, 0), lists_history=False, now=at)


def _quarantine(database: Database, now: datetime) -> None:
    page = b"<html><script>alert('stolen')</script><body>verify you are human</body></html>"
    items = [
        Quarantined(
            "zhihu-hot", "page", "页面缺少 items 字段", "the page lacks items", "https://zhihu-hot.example/feed", page=page
        ),
        Quarantined(
            "news",
            "item",
            "发布时间读不懂：昨日深夜",
            "the time cannot be read: 昨日深夜",
            "https://news.example/7",
            item="<item>…</item>",
        ),
    ]
    with database.writing() as session:
        quarantine.add(session, items, now=now)
