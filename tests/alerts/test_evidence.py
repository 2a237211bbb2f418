"""The posts behind an alert, as its page shows them."""

from __future__ import annotations

from dataclasses import astuple, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.detect import detect
from alerts.life import queries
from alerts.life.tables import Alert
from alerts.views import evidence
from alerts.views.carriers import profile, profile_of
from alerts.views.chart import chart, onset, peaks
from core.clock import floor_hour
from core.database import Database
from core.post import AuthorKind, PostKind
from core.settings import Settings
from posts.index import IndexedPost, PostIndex
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
    drawn = chart(index, alert)
    told = [drawn.posts, drawn.negative, drawn.risky, drawn.adverse, *astuple(drawn.of_posts), *astuple(drawn.of_adverse)]
    assert {len(values) for values in told} == {len(drawn.hours)}
    loud = drawn.hours.index(CRISIS)
    assert (drawn.posts[loud], drawn.adverse[loud], drawn.negative[loud], drawn.risky[loud]) == (22, 21, 21, 20)
    adverse, posts = ([line or 0.0 for line in lines.threshold] for lines in (drawn.of_adverse, drawn.of_posts))
    assert drawn.adverse[loud] > adverse[loud] and drawn.posts[loud] > posts[loud]
    assert max(drawn.posts[:loud]) < min(posts)
    assert drawn.hours[0] < CRISIS - 48 * HOUR


def test_the_chart_can_end_now_and_covers_a_crisis_longer_than_the_baseline(index: PostIndex, alert: Alert) -> None:
    drawn = chart(index, alert, until=CRISIS + 20 * 24 * HOUR)
    assert drawn.posts[drawn.hours.index(CRISIS)] == 22
    assert drawn.hours[-1] == CRISIS + 20 * 24 * HOUR


def test_top_posts_name_who_carried_it(index: PostIndex, alert: Alert) -> None:
    assert evidence.top_posts(index, alert, limit=3)[0].post.text == "星海茶饮喝出玻璃"


def test_splits_add_up_to_the_posts_of_the_window(index: PostIndex, alert: Alert) -> None:
    found = evidence.splits(index, alert)
    assert sum(found.platforms.values()) == sum(found.sentiments.values())
    assert found.platforms["news"] == 1 and found.sentiments["negative"] == 21
    assert list(found.platforms) == sorted(found.platforms, key=lambda name: -found.platforms[name])


def test_top_terms_are_the_words_of_the_crisis_and_not_those_of_every_day(tmp_path: Path, alert: Alert) -> None:
    """New words that say something are shown; words of every day, function words and single characters are not."""
    told = [post(CRISIS + timedelta(minutes=place), place, text="居然在星海茶饮喝出玻璃了", adverse=True) for place in range(9)]
    words = [term.word for term in evidence.top_terms(index_of(tmp_path / "told", [*quiet(), *told]), alert)]
    assert "玻璃" in words
    assert not {"居然", "了", "在", "茶饮"} & set(words)


def test_the_onset_is_the_first_hour_over_the_threshold_with_its_numbers(index: PostIndex, alert: Alert) -> None:
    drawn = chart(index, alert)
    began = onset(drawn, alert)
    place = drawn.hours.index(CRISIS)
    assert began and (began.hour, began.observed) == (CRISIS, drawn.adverse[place])
    assert began.expected < began.threshold <= began.observed


def test_the_onset_may_lie_before_the_signal_s_own_window(index: PostIndex, alert: Alert) -> None:
    """The strongest window began later than the crisis: hours over the threshold without a break belong to it."""
    index.write([*burst(CRISIS - HOUR, 12), *burst(CRISIS - 5 * HOUR, 12)])
    index.refresh()
    began = onset(chart(index, alert), alert)
    assert began and (began.hour, began.observed) == (CRISIS - HOUR, 12)


def test_the_chart_draws_the_numbers_that_the_alert_gave_as_its_reason(index: PostIndex, alert: Alert) -> None:
    """What was expected and from where on it is a surge: the same on the message, and in the hour of the chart."""
    drawn = chart(index, alert)
    reasons = {reason["rule"]: reason for reason in alert.explanation["reasons"]}
    for rule, lines in (("adverse", drawn.of_adverse), ("volume", drawn.of_posts)):
        place = drawn.hours.index(floor_hour(datetime.fromisoformat(reasons[rule]["start"])))
        assert (reasons[rule]["expected"], reasons[rule]["threshold"]) == (lines.expected[place], lines.threshold[place])


def test_the_forecast_of_an_hour_knows_nothing_of_that_hour(index: PostIndex, alert: Alert) -> None:
    """The crisis stands above the band that was forecast before it."""
    drawn = chart(index, alert, until=CRISIS)
    place = drawn.hours.index(CRISIS)
    expected, upper = drawn.of_posts.expected[place], drawn.of_posts.upper[place]
    assert expected is not None and upper is not None and expected <= upper < drawn.posts[place]


def test_each_wave_has_its_own_highest_hour(index: PostIndex, alert: Alert) -> None:
    index.write(burst(CRISIS + 60 * HOUR, 40))
    index.refresh()
    first = {**alert.waves[0], "ended_at": (CRISIS + HOUR).isoformat()}
    second = {**alert.waves[0], "number": 2, "started_at": (CRISIS + 60 * HOUR).isoformat()}
    alert.waves = [first, second]
    found = peaks(chart(index, alert, until=CRISIS + 70 * HOUR), alert)
    assert [(one.hour, one.adverse) for one in found] == [(CRISIS, 21), (CRISIS + 60 * HOUR, 40)]


def test_an_alert_whose_posts_were_deleted_still_has_its_waves(index: PostIndex, alert: Alert) -> None:
    index.delete_before(CRISIS + timedelta(days=9))
    drawn = chart(index, alert)
    assert onset(drawn, alert) is None and [one.hour for one in peaks(drawn, alert)] == [None]
    assert profile(index, alert).posts == 0


def said(number: int, text: str, *, author: str = "", platform: str = "weibo", **fields: Any) -> IndexedPost:
    made = post(CRISIS + timedelta(minutes=number), number, text=text, adverse=True, platform=platform, **fields)
    name = f"{author[:1]}***" if author else ""
    return replace(made, post=replace(made.post, author_hash=author, author_name=name))


def test_copies_of_one_text_are_one_text_and_each_author_is_counted_once() -> None:
    told = [
        said(0, "星海茶饮后厨有老鼠", author="a", heat=10),
        said(1, "星海茶饮后厨有老鼠！！ @某某 https://t.example/1", author="a", heat=20),
        said(2, "再也不喝了", author="b", heat=25),
        said(3, "记者走访星海茶饮", platform="news", kind=PostKind.ARTICLE, heat=500, risks=("quality_safety",)),
    ]
    told.append(said(4, "我的博客：再谈此事", author="c", platform="blog", kind=PostKind.ARTICLE, heat=1))
    found = profile_of(told, BRAND)
    assert (found.posts, found.texts, found.authors, found.anonymous) == (5, 4, 3, 1)
    assert [(one.name, one.posts, one.reach) for one in found.carriers] == [("a***", 2, 30), ("b***", 1, 25), ("c***", 1, 1)]
    assert (found.reach, found.media_posts, found.media_reach, found.risks) == (556, 1, 500, {"quality_safety": 1})


def test_carriers_tell_who_is_verified_and_how_many_follow() -> None:
    told = [
        said(0, "一", author="a", heat=60, author_kind=AuthorKind.VERIFIED, author_followers=1_000_000),
        said(1, "二", author="a", heat=10, author_kind=AuthorKind.VERIFIED, author_followers=1_200_000),
        said(2, "三", author="b", heat=20, author_kind=AuthorKind.MEDIA),
        said(3, "四", author="c", heat=5, author_kind=AuthorKind.PERSON, author_followers=7),
        said(4, "一篇文章", author="d", heat=5, kind=PostKind.ARTICLE, author_kind=AuthorKind.PERSON),
    ]
    found = profile_of(told, BRAND)
    assert [(one.name, one.kind, one.followers) for one in found.carriers] == [
        ("a***", "verified", 1_200_000),
        ("b***", "media", None),
        ("c***", "person", 7),
        ("d***", "person", None),
    ]
    assert (found.media_posts, found.media_reach, found.verified_posts, found.verified_reach) == (1, 20, 3, 90)


def test_platforms_stand_in_the_order_in_which_it_reached_them() -> None:
    told = [said(0, "一", platform="zhihu"), said(5, "二"), said(6, "三"), said(9, "四", platform="news")]
    assert [(one.platform, one.posts) for one in profile_of(told, BRAND).arrivals] == [("zhihu", 1), ("weibo", 2), ("news", 1)]


def test_a_profile_of_more_posts_than_are_looked_at_says_so(index: PostIndex, alert: Alert) -> None:
    assert profile(index, alert, most=5).is_partial and profile(index, alert, most=5).posts == 5
    assert not profile(index, alert).is_partial


def test_a_split_alert_s_evidence_is_of_its_own_posts(index: PostIndex, alert: Alert) -> None:
    index.write([said(40, "星海茶饮欠薪", risks=("people",))])
    index.refresh()
    alert.topic = "people"
    assert [hit.post.text for hit in evidence.top_posts(index, alert)] == ["星海茶饮欠薪"]
    assert sum(chart(index, alert).posts) == sum(evidence.splits(index, alert).platforms.values()) == 1
    alert.topic, alert.without = "", "people"
    assert "星海茶饮欠薪" not in {hit.post.text for hit in evidence.top_posts(index, alert, limit=50)}
