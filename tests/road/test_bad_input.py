"""Bad input along the whole road, from page or file to people; docs/bad-input.md is the table of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import select

from alerts.duty.notify import LONGEST_WAIT
from alerts.levels import Level
from alerts.life.queries import events
from alerts.life.tables import EventKind, Notification, NotificationState
from core.clock import SHANGHAI
from crawlers.status import SourceStatus
from posts.index import PostFilter
from tests.alerts.duty_room import staff, with_alerts
from tests.conftest import NOON
from tests.road.conftest import BRAND, COMPLAINTS, HOUR, MINUTE, Item, Road

DAY = 24 * HOUR
SITE_OF_PLAIN_TIMES = "%Y-%m-%d %H:%M:%S"


def complaints(number: int, dates: list[datetime]) -> list[Item]:
    """So many people complain at these moments, in turn; each date is written with its zone."""
    return [
        Item(place, COMPLAINTS[place], format_datetime(dates[place * len(dates) // number].astimezone(UTC)))
        for place in range(number)
    ]


def test_a_backlog_is_counted_in_the_hours_it_was_published_in_and_is_no_surge(road: Road) -> None:
    """Nothing was crawled for twelve hours; then all of them come at once, three an hour: no hour of them is loud."""
    spread = [NOON - 12 * HOUR + place * 20 * MINUTE for place in range(36)]
    harmless = [Item(place, f"{BRAND}第 {place} 杯", format_datetime(at)) for place, at in enumerate(spread)]
    assert road.crawled(harmless, now=NOON).indexed == 36
    assert road.detected(NOON + MINUTE).opened == 0


def test_the_same_complaints_are_a_surge_where_they_were_published_just_now(road: Road) -> None:
    road.crawled(complaints(36, [NOON - 40 * MINUTE, NOON - 20 * MINUTE]), now=NOON)
    assert road.detected(NOON + MINUTE).opened == 1


def test_a_crisis_long_past_that_arrives_now_opens_nothing_and_stands_in_its_own_hours(road: Road) -> None:
    """A missing day is filled in late: its hours are counted anew, and nobody is woken up for it."""
    past = NOON - 30 * HOUR
    road.crawled(complaints(40, [past]), now=NOON)
    assert road.detected(NOON + MINUTE).opened == 0
    chosen = PostFilter(brands=(BRAND,), start=past, end=past + HOUR)
    assert road.index.hourly(chosen)[BRAND][0].tolist() == [41]


def test_five_hundred_posts_of_one_second_count_in_their_hour_and_both_import_and_alert_say_so(road: Road) -> None:
    rows = [(NOON.isoformat(), f"{COMPLAINTS[place % 175]}{place}") for place in range(500)]
    report = road.imported(rows, now=NOON + HOUR)
    assert (report.deposited, road.index.count(PostFilter(start=NOON, end=NOON + MINUTE))) == (500, 500)
    assert any("500" in note.zh and "发布时间同为" in note.zh for note in report.notes)
    assert road.detected(NOON + HOUR).opened == 1
    (alert,) = road.alerts()
    assert any("50 of the 50" in note["en"] and "bulk export" in note["en"] for note in alert.explanation["notes"])
    assert road.imported(rows, now=NOON + HOUR).deposited == 500
    assert road.index.count(PostFilter(start=NOON, end=NOON + MINUTE)) == 500
    assert road.detected(NOON + HOUR + MINUTE).worsened == 0


def test_a_source_whose_clock_is_ahead_counts_when_it_was_read_and_its_status_says_so(road: Road) -> None:
    road.crawled(complaints(36, [NOON + 8 * HOUR]), now=NOON)
    source = road.source(NOON)
    assert source.status is SourceStatus.OK
    assert "36 条的时间在未来（最多超前 8.0 小时）" in source.detail_zh and "8.0 h" in source.detail_en
    assert road.detected(NOON + MINUTE).opened == 1


def test_a_source_that_writes_utc_as_if_it_were_chinas_time_is_found_out(road: Road) -> None:
    """Its posts seem eight hours old, so they can open nothing: after some crawls its status tells why."""
    for crawl in range(4):
        now = NOON + crawl * 10 * MINUTE
        written = (now - MINUTE).astimezone(UTC).strftime(SITE_OF_PLAIN_TIMES)
        road.crawled([Item(100 * crawl + place, COMPLAINTS[place], written) for place in range(10)], now=now)
    assert road.detected(NOON + HOUR).opened == 0
    source = road.source(NOON + HOUR)
    assert "至少 8.0 小时前" in source.detail_zh and "time zone" in source.detail_en


def test_a_source_that_writes_chinas_time_without_a_zone_is_in_time(road: Road) -> None:
    for crawl in range(4):
        now = NOON + crawl * 10 * MINUTE
        written = (now - MINUTE).astimezone(SHANGHAI).strftime(SITE_OF_PLAIN_TIMES)
        road.crawled([Item(100 * crawl + place, COMPLAINTS[10 * crawl + place], written) for place in range(10)], now=now)
    assert road.detected(NOON + HOUR).opened == 1
    assert "时区" not in road.source(NOON + HOUR).detail_zh


def test_imported_posts_of_the_future_wait_for_their_time_and_none_is_lost(road: Road) -> None:
    ahead = NOON + 8 * HOUR
    report = road.imported([(ahead.isoformat(), text) for text in COMPLAINTS[:36]], now=NOON)
    assert (report.deposited, report.quarantined) == (36, 0)
    assert any("36 条的时间在未来（最多超前 8.0 小时）" in note.zh for note in report.notes)
    assert road.detected(NOON + MINUTE).opened == 0
    assert road.detected(ahead + MINUTE).opened == 1


def test_a_source_that_gives_everything_twice_changes_nothing(road: Road) -> None:
    """The same addresses, in one page and in the next crawl: one post each, one alert, told once."""
    items = complaints(36, [NOON - 30 * MINUTE])
    assert road.crawled([*items, *items], now=NOON).indexed == 36
    assert road.detected(NOON + MINUTE).opened == 1
    before = road.alerts()[0]
    again = road.crawled(items, now=NOON + 2 * MINUTE)
    assert (again.indexed, again.updated) == (0, 36)
    assert road.detected(NOON + 3 * MINUTE).opened == 0
    (after,) = road.alerts()
    assert (after.id, after.level, after.peak["points"]) == (before.id, before.level, before.peak["points"])
    with road.database.reading() as session:
        assert sum(EventKind(event.kind).is_told for event in events(session, after.id)) == 1


def test_the_same_texts_under_new_addresses_are_told_as_copies_and_lift_no_level(road: Road) -> None:
    """Twelve complaints in eighty copies: many posts, few texts; named as such, and by itself never more than minor."""
    date = format_datetime(NOON - 30 * MINUTE)
    road.crawled([Item(f"copy-{place}", COMPLAINTS[place % 12], date) for place in range(80)], now=NOON)
    road.detected(NOON + MINUTE)
    (alert,) = road.alerts()
    notes = [note["zh"] for note in alert.explanation["notes"]]
    assert any("12 种文本" in note for note in notes) and any("疑似水军" in note for note in notes)
    assert alert.level == Level.MINOR


@pytest.fixture
def channels(road: Road, httpserver: HTTPServer) -> dict[str, str]:
    """Three shared channels: one that works, one that is down, one that answers 200 and refuses."""
    names = {"works": "thanks", "down": "", "refuses": ""}
    road.settings = with_alerts(road.settings, notify=[f"json://127.0.0.1:{httpserver.port}/{name}" for name in names])
    httpserver.expect_request("/works").respond_with_data("thanks")
    httpserver.expect_request("/down").respond_with_data("down", status=503)
    httpserver.expect_request("/refuses").respond_with_json({"errcode": 310000, "errmsg": "sign not match"})
    return names


def test_a_day_without_two_of_three_channels_and_nobody_on_duty(
    road: Road, channels: dict[str, str], httpserver: HTTPServer
) -> None:
    """The third is told at once and says that nobody is on duty; the two wait, and have each message once when back."""
    staff(road.database)
    road.crawled(complaints(36, [NOON - 30 * MINUTE]), now=NOON)
    assert road.detected(NOON + MINUTE).opened == 1
    first = road.told(NOON + MINUTE)
    assert (first.sent, first.failed) == (1, 2)
    (message,) = [json.loads(request.data) for request, _ in httpserver.log if request.path == "/works"]
    assert "值班表此刻无人" in message["message"]
    assert "503" in _errors(road) and "310000" in _errors(road)
    now, escalated = NOON + MINUTE, 0
    for _ in range(26):
        now += LONGEST_WAIT
        escalated += road.followed_up(now).escalated
        road.told(now)
    wanted = _told_to(httpserver, "/works")
    httpserver.clear()
    for name in channels:
        httpserver.expect_request(f"/{name}").respond_with_data("thanks")
    for _ in range(3):
        now += LONGEST_WAIT
        road.told(now)
    assert sorted(_told_to(httpserver, "/down")) == sorted(_told_to(httpserver, "/refuses")) == sorted(wanted)
    assert len(set(wanted)) == len(wanted) and _told_to(httpserver, "/works") == []
    with road.database.reading() as session:
        states = set(session.scalars(select(Notification.state)))
    assert states == {NotificationState.SENT}
    assert escalated == 0  # with nobody on duty everyone above was told at once


def _errors(road: Road) -> str:
    with road.database.reading() as session:
        return " ".join(session.scalars(select(Notification.last_error)))


def _told_to(httpserver: HTTPServer, path: str) -> list[str]:
    """The numbers (编号) of the messages that reached a channel."""
    bodies = [json.loads(request.data)["message"] for request, _ in httpserver.log if request.path == path]
    return [body.splitlines()[0] for body in bodies]
