"""What the drill needs before it can play: settings with its sources, its brand, and people who can sign in."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from alerts.duty.rota import add_shift
from alerts.hours import EVERY_DAY
from alerts.levels import Level
from core.clock import SHANGHAI
from core.database import Database
from core.people import Role, add_person, find_person, generated_password
from core.settings import CompanySettings, ScheduleSettings, Settings, SourceSettings
from drill.scenario import BRAND
from drill.state import PORT, begin, remembered_drill
from monitoring.brands import BrandRule, list_brands, save_brand

ACTOR = "drill"
RULE = BrandRule(
    name=BRAND,
    keywords=("星海茶饮", "星海奶茶"),
    aliases=("星海", "xinghai tea"),
    exclusions=("星海号", "星海一中", "星海小区", "星海路", "星海合唱团", "一片星海"),
)
PEOPLE = (("zhiban", "值班员", Role.DUTY), ("lead", "新闻发言人", Role.LEAD), ("admin", "管理员", Role.ADMIN))

# name, kind, page, platform, seconds between two crawls
_SOURCES = (
    ("weibo-hot", "weibo_hot", "/weibo/ajax/side/hotSearch", "weibo_hot", 30),
    ("weibo-keyword", "feed", "/hub/feed.json", "weibo", 30),
    ("weibo-archive", "feed", "/hub/archive.json", "weibo", 3600),
    ("news", "feed", "/news/rss.xml", "news", 60),
    ("blog", "feed", "/blog/atom.xml", "blog", 300),
    ("sina-roll", "sina_roll", "/api/roll/get?pageid=153&lid=2509&k=&num=50&page=1", "sina", 60),
    ("zhihu-hot", "newsnow", "/newsnow/api/s?id=zhihu", "zhihu", 60),
    ("forum", "feed", "/forum/rss.xml", "forum", 120),
)
# The archive never brings anything new and the blog seldom does; neither is a fault worth a warning.
_CRAWL = {"contact": "drill@xinghai-tea.example", "delay_seconds": 0.0, "stale_hours": 72.0}


def drill_settings(settings: Settings) -> Settings:
    """`settings` with the drill's sources, a schedule that plays the story within minutes, and the made-up company's name."""
    drill = remembered_drill(settings)
    address = drill.address if drill else f"http://127.0.0.1:{PORT}"
    return settings.model_copy(
        update={
            "sources": tuple(_source(address, *source) for source in _SOURCES),
            "crawl": settings.crawl.model_copy(update=_CRAWL),
            # Every run costs some CPU seconds for its process; shorter intervals would starve a machine of two cores.
            "schedule": ScheduleSettings(collect=60, ingest=60, detect=60, draft=60),
            "company": CompanySettings(name=BRAND, contact="media@xinghai-tea.example"),
        }
    )


def prepare(database: Database, settings: Settings, *, now: datetime) -> list[tuple[str, str]]:
    """Begin the drill, or go on with it; returns (user name, password) of the people made by this call, [] on a restart.

    Whatever is there already stays as it is, so that a call after a kill makes only what is missing.
    """
    begin(settings, now=now)
    with database.writing() as session:
        if BRAND not in {brand.name for brand in list_brands(session, active_only=False)}:
            save_brand(session, RULE, actor=ACTOR, now=now)
        made = [
            (username, _add(session, username, shown, role, now))
            for username, shown, role in PEOPLE
            if find_person(session, username) is None
        ]
        if len(made) == len(PEOPLE):
            _put_on_duty(session, now)
        return made


def _add(session: Session, username: str, shown: str, role: Role, now: datetime) -> str:
    password = generated_password()
    add_person(session, username=username, display_name=shown, role=role, password=password, actor=ACTOR, now=now)
    return password


def _put_on_duty(session: Session, now: datetime) -> None:
    """Around the clock, every day: the duty person, with the lead as deputy; by the lead, whose decision a roster is."""
    (duty, *_), (lead, *_), _ = PEOPLE
    add_shift(
        session,
        person=duty,
        deputy=lead,
        levels=list(Level),
        days=EVERY_DAY,
        start="09:00",
        end="09:00",
        first_day=now.astimezone(SHANGHAI).date() - timedelta(days=1),
        actor=lead,
        now=now,
    )


def _source(address: str, name: str, kind: str, page: str, platform: str, seconds: int) -> SourceSettings:
    return SourceSettings.model_validate(
        {"name": name, "kind": kind, "url": address + page, "platform": platform, "interval_seconds": seconds}
    )
