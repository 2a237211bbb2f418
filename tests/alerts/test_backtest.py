"""The replay: the same as live detection would have done, as history arrived."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from alerts.backtesting.backtest import Backtest, backtest, minute_after, record
from alerts.detect import detect
from alerts.life import queries
from alerts.life.tables import AlertState
from core import audit
from core.database import Database
from core.post import AuthorKind
from core.settings import Settings
from posts.index import IndexedPost, PostIndex
from tests.alerts.world import BRAND, CRISIS, HOUR, START, burst, complete, hot, index_of, post, quiet

END = CRISIS + timedelta(days=12)


def replayed(index: PostIndex, settings: Settings, *, brands: tuple[str, ...] = (BRAND,)) -> Backtest:
    return backtest(index, brands=brands, start=CRISIS - timedelta(days=1), end=END, settings=settings)


def eventful(seed: int) -> list[IndexedPost]:
    """Calm days, then bursts and hot-search entries at random, half of the posts seen late."""
    random = np.random.default_rng(seed)
    posts = quiet(28)
    for number in range(8):
        at = CRISIS + timedelta(minutes=int(random.integers(0, 10 * 24 * 60)))
        if random.random() < 0.5:
            posts.append(hot(at, f"星海茶饮第{number}条热搜", risks=(("accident", "other", "service")[number % 3],)))
        for place in range(int(random.integers(0, 40))):
            late = timedelta(minutes=int(random.integers(0, 200)) * int(random.random() < 0.5))
            when = at + timedelta(minutes=int(random.integers(0, 240)))
            bad, platform = bool(random.random() < 0.7), ("weibo", "news", "bbs")[place % 3]
            more = {"author_kind": AuthorKind.MEDIA} if place % 11 == 5 else {}
            posts.append(post(when, 1000 * number + place, adverse=bad, seen_after=late, platform=platform, heat=place, **more))
    return posts


@pytest.mark.parametrize("seed", range(3))
def test_a_replay_is_what_live_detection_did(seed: int, sqlite_database: Database, tmp_path: Path, settings: Settings) -> None:
    """Live passes every hour, and in the minute after each hot-search entry or adverse report, give the same alerts."""
    posts = eventful(seed)
    index = index_of(tmp_path, posts)
    hours = {CRISIS - timedelta(days=1) + place * HOUR for place in range(1, 13 * 24 + 1)}
    reports = {each.post for each in posts if each.post.author_kind is AuthorKind.MEDIA and each.mentions[0].negative > 0.5}
    entries = {minute_after(one.post.seen_at) for one in posts if one.post.kind == "hot_search" or one.post in reports}
    for at in sorted(hours | entries):
        detect(sqlite_database, index, at=at, brands=(BRAND,), coverage=complete(at), settings=settings)
    with sqlite_database.reading() as session:
        live = sorted(queries.list_alerts(session), key=lambda alert: alert.opened_at)
        lived = [
            (
                alert.fingerprint,
                alert.state,
                alert.explanation,
                alert.matrix,
                [(event.kind, event.at, event.level) for event in queries.events(session, alert.id)],
            )
            for alert in live
        ]
    simulated = [
        (
            alert.standing.fingerprint,
            alert.standing.state,
            alert.standing.explanation,
            alert.standing.matrix,
            [(event.kind, event.at, event.level) for event in alert.events],
        )
        for alert in replayed(index, settings).alerts
    ]
    assert lived
    assert simulated == lived


def test_one_hot_search_entry_opens_the_alert_in_the_next_minute(tmp_path: Path, settings: Settings) -> None:
    """The alert is never earlier than its evidence, and not an hour later either."""
    at = CRISIS + timedelta(minutes=59, seconds=41)
    (alert,) = replayed(index_of(tmp_path, [*quiet(), hot(at, "星海茶饮回应喝出异物")]), settings).alerts
    assert timedelta() < alert.standing.opened_at - at <= timedelta(minutes=1)
    assert alert.standing.explanation["evidence"][0]["text"] == "星海茶饮回应喝出异物"


def test_titles_of_ten_days_are_one_alert_that_is_told_again(tmp_path: Path, settings: Settings) -> None:
    """A crisis that comes back after quiet days is the same alert, reopened: no rain of alerts."""
    days = (0, 4, 5, 8, 9, 9.1)
    titles = [hot(CRISIS + timedelta(days=day), f"星海茶饮风波第{day}天") for day in days]
    (alert,) = replayed(index_of(tmp_path, [*quiet(), *titles]), settings).alerts
    assert [event.kind for event in alert.told].count("opened") == 1
    assert {quoted["text"] for quoted in alert.standing.explanation["evidence"]} == {title.post.text for title in titles}


def test_json_has_the_scored_form(tmp_path: Path, settings: Settings) -> None:
    """Times are in the archive's own clock with their zone, and `levels` has each time that people were told."""
    told = replayed(index_of(tmp_path, [*quiet(), *burst(CRISIS, 12), *burst(CRISIS + HOUR, 60)]), settings).to_json()
    assert set(told) == {"from", "to", "brands", "alerts"}
    assert told["brands"] == [BRAND] and told["from"].endswith("+08:00")
    (alert,) = told["alerts"]
    assert alert["levels"][0]["at"] == alert["opened_at"]
    assert datetime.fromisoformat(alert["opened_at"]) >= CRISIS
    assert len(alert["reasons"]) == len(alert["levels"]) and alert["evidence"]


def test_history_before_the_start_teaches_and_opens_nothing(tmp_path: Path, settings: Settings) -> None:
    """A crisis that was over before the replay's first day gives no alert in it."""
    index = index_of(tmp_path, [*quiet(28), *burst(START + timedelta(days=10), 50)])
    assert replayed(index, settings).alerts == ()


def test_an_empty_index_and_unknown_brands_give_an_empty_replay(tmp_path: Path, settings: Settings) -> None:
    assert replayed(index_of(tmp_path, []), settings, brands=()).alerts == ()
    assert replayed(index_of(tmp_path, []), settings).to_json()["alerts"] == []


def test_recorded_alerts_are_open_marked_and_told_to_nobody(database: Database, tmp_path: Path, settings: Settings) -> None:
    """A replay's alerts can be kept for a case; keeping them again returns the same ones, and no message is written."""
    index = index_of(tmp_path, [*quiet(28), hot(CRISIS, "星海茶饮致歉")])
    replay = replayed(index, settings)
    ids = record(database, replay, actor="cli:test", now=END)
    assert record(database, replay, actor="cli:test", now=END) == ids
    with database.reading() as session:
        alert = queries.get_alert(session, ids[0])
        assert (alert.state, alert.replayed, alert.explanation["replayed"]) == (AlertState.OPEN, True, True)
        assert queries.notifications(session, alert.id) == []
        assert queries.events(session, alert.id)[0].kind == "opened"
        assert audit.verify(session).entries == 1


def test_a_crisis_may_be_recorded_and_then_detected_live(database: Database, tmp_path: Path, settings: Settings) -> None:
    """A kept replay of today does not stand in the way of the live alert of the same crisis, nor the other way round."""
    index = index_of(tmp_path, [*quiet(28), hot(END - HOUR, "星海茶饮致歉")])
    (kept,) = record(database, replayed(index, settings), actor="li", now=END)
    for _ in range(2):
        detect(database, index, at=END, brands=(BRAND,), coverage=complete(END), settings=settings)
    with database.reading() as session:
        live, replay = sorted(queries.list_alerts(session), key=lambda alert: alert.replayed)
    assert (live.replayed, replay.id) == (False, kept)
    assert live.number != replay.number
    assert record(database, replayed(index, settings), actor="li", now=END) == [live.id]


def test_live_detection_leaves_recorded_alerts_alone(sqlite_database: Database, tmp_path: Path, settings: Settings) -> None:
    """A kept replay neither absorbs a live crisis nor is resolved by a quiet one."""
    index = index_of(tmp_path, [*quiet(28), hot(CRISIS, "星海茶饮致歉"), hot(END - HOUR, "星海茶饮再致歉")])
    (kept,) = record(
        sqlite_database,
        backtest(index, brands=(BRAND,), start=CRISIS, end=CRISIS + HOUR, settings=settings),
        actor="li",
        now=END,
    )
    report = detect(sqlite_database, index, at=END, brands=(BRAND,), coverage=complete(END), settings=settings)
    assert (report.opened, report.resolved) == (1, 0)
    with sqlite_database.reading() as session:
        assert queries.get_alert(session, kept).state == AlertState.OPEN
