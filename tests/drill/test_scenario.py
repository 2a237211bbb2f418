"""The drill's story: the same each time, quiet before, and rising when it is first looked at."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from core.clock import floor_hour
from drill import quiet_texts
from drill.hot_list import hot_list
from drill.phrases import Phrases
from drill.prepare import RULE
from drill.scenario import ARCHIVED, BRAND, CRISIS_BEGINS, QUIET, Channel, Item, items
from monitoring.matching import Matcher

STARTED = datetime(2026, 11, 2, 6, 13, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAMES = (BRAND, "星海茶飲", "星海奶茶", "Xinghai")


def about_brand(moment: datetime, started: datetime = STARTED) -> list[Item]:
    return [item for item in items(started, moment, Channel.WEIBO) if any(name in item.text for name in NAMES)]


def hourly(posts: list[Item]) -> Counter[datetime]:
    return Counter(floor_hour(post.at) for post in posts)


def test_the_story_is_the_same_each_time_it_is_told() -> None:
    later = STARTED + 2 * HOUR
    for channel in Channel:
        before, after = items(STARTED, STARTED, channel), items(STARTED, later, channel)
        assert after[len(after) - len(before) :] == before, "what was published stays, under its id"
    assert hot_list(STARTED, later) == hot_list(STARTED, later)


def test_every_item_has_an_id_of_its_own_and_another_drill_has_others() -> None:
    def ids(started: datetime) -> list[str]:
        return [item.id for channel in Channel for item in items(started, started + HOUR, channel)]

    assert len(set(ids(STARTED))) == len(ids(STARTED))
    assert not set(ids(STARTED)) & set(ids(STARTED + HOUR))


def test_fourteen_quiet_days_carry_a_baseline_with_a_rhythm() -> None:
    quiet = [post for post in about_brand(STARTED) if post.at < STARTED + timedelta(minutes=CRISIS_BEGINS)]
    assert min(post.at for post in quiet) - (STARTED - QUIET) < timedelta(days=1)
    assert len(quiet) > 600
    assert max(hourly(quiet).values()) < 20
    night = sum(1 for post in quiet if post.at.hour in (18, 19, 20))  # two to five in the morning in Shanghai
    afternoon = sum(1 for post in quiet if post.at.hour in (6, 7, 8))
    assert afternoon > 5 * night


def test_quiet_days_hold_few_complaints_and_no_food_scare() -> None:
    texts = [post.text for post in about_brand(STARTED) if post.at < STARTED - ARCHIVED]
    assert not [text for text in texts if "异物" in text or "就医" in text or "市场监管" in text]
    complaints = [
        text for text in texts if any(word in text for word in ("无语", "太差", "难喝", "涨价", "很差", "投诉", "太坑"))
    ]
    assert 0 < len(complaints) < 0.15 * len(texts)


@pytest.mark.parametrize("minute", [0, 2, 13, 30, 58])
def test_the_crisis_stands_out_at_the_first_look_whatever_the_minute(minute: int) -> None:
    """The hour under way, or the last whole one, is many times what quiet hours know."""
    started = STARTED.replace(minute=minute)
    posts = about_brand(started, started)
    mean = sum(post.at < started - ARCHIVED for post in posts) / (QUIET / HOUR)
    last = hourly(posts)
    assert max(last[floor_hour(started)], last[floor_hour(started) - HOUR]) > 3 * mean
    assert sum(post.at > started - 2 * HOUR for post in posts) >= 25


def test_the_crisis_goes_on_rising_for_an_hour() -> None:
    counts = [len(about_brand(STARTED + step * timedelta(minutes=20))) for step in range(4)]
    rises = [after - before for before, after in pairwise(counts)]
    assert rises == sorted(rises) and rises[0] > 10


def test_the_story_turns_from_foreign_bodies_to_hospital_regulator_and_closed_shops() -> None:
    def first(word: str) -> datetime:
        return min(item.at for item in items(STARTED, STARTED + HOUR, Channel.NEWS) if word in item.title)

    assert first("喝出异物") < STARTED < first("就医") < first("市场监管部门介入") < first("停业") < first("立案调查")


def test_the_hot_list_shows_the_crisis_at_once_and_then_higher() -> None:
    def place(moment: datetime) -> tuple[int, int]:
        titles = [entry.title for entry in hot_list(STARTED, moment)]
        place = titles.index("星海茶饮喝出异物")
        return place, hot_list(STARTED, moment)[place].heat

    (_, heat), (rank_later, heat_later) = place(STARTED), place(STARTED + HOUR)
    assert heat_later > heat and rank_later == 0
    assert not [entry for entry in hot_list(STARTED, STARTED - 2 * HOUR) if BRAND in entry.title]


def test_texts_are_varied_and_hold_what_real_ones_hold() -> None:
    posts = items(STARTED, STARTED + HOUR, Channel.WEIBO)
    crisis = [post.text for post in posts if post.at > STARTED - 2 * HOUR]
    assert len(crisis) > 100 and len(set(crisis)) > 0.8 * len(crisis)
    everything = "\n".join(post.text for post in posts)
    for sign in ("星海茶飲", "[怒]", "😡", "#星海茶饮喝出异物#", "星海小区", "星海号", "一片星海", "山月茶坊"):
        assert sign in everything
    assert sum("碎玻璃渣，孩子嘴里划破流血" in post.text for post in posts) >= 8, "one text, repeated by many"


def test_the_brands_exclusions_veto_every_other_sense_of_its_name() -> None:
    matcher = Matcher([RULE])
    others = [Phrases(quiet_texts.PARTS, random.Random(1))(template) for template in quiet_texts.ELSEWHERE]
    assert [text for text in others if matcher.match(text)] == []
    spoken = [text for group in (quiet_texts.PLEASED, quiet_texts.NEUTRAL, quiet_texts.GRUMBLES) for text in group]
    assert [text for text in spoken if not matcher.match(Phrases(quiet_texts.PARTS, random.Random(1))(text))] == []
