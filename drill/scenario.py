"""The made-up tea chain 星海茶饮's story: fourteen quiet days, then a food-safety crisis that rises while it is watched.

Everything is a pure function of `started` and the moment asked for, so that two fetches, or two runs, tell the same story.
`started` is the moment of the first look; the crisis began two hours before it.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from core.clock import SHANGHAI
from drill import crisis_texts, quiet_texts
from drill.phrases import Phrases

BRAND = "星海茶饮"
QUIET = timedelta(days=14)
LAST = timedelta(days=14)
"""How long after `started` people go on talking; then the story is over and the sources fall still."""
ARCHIVED = timedelta(hours=3)
"""Posts older than this at `started` stand in the archive page, which never changes again."""
CRISIS_BEGINS, CRISIS_PEAKS, CRISIS_ENDS = -120.0, 60.0, 720.0

# Mentions an hour, by the hour of the day in Shanghai: people drink tea after lunch and in the evening.
# fmt: off
_RHYTHM = (
    0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.3, 0.6, 0.9, 1.0, 1.3, 1.6, 1.6, 1.5, 1.8, 2.0, 1.6, 1.4, 1.5, 1.8, 2.0, 1.7, 1.1, 0.6,
)
# fmt: on
_WEEKEND = 1.25
BUSIEST = max(_RHYTHM) * _WEEKEND
EVERYDAY = 7.0
"""Everyday posts an hour on Weibo, two thirds of them about the brand: so many that at the first look the outcry is not yet
most of the day's talk, and the alert opens below its highest level."""
_STAGES: Sequence[tuple[float, dict[str, float]]] = (
    (-120, {"found": 7, "spread": 2, "calm": 1}),
    (-60, {"found": 4, "spread": 4, "calm": 2}),
    (4, {"found": 3, "spread": 5, "hospital": 3, "calm": 0.5}),
    (8, {"found": 2, "spread": 3, "hospital": 3, "regulator": 4, "calm": 0.5}),
    (13, {"found": 1, "spread": 3, "hospital": 3, "regulator": 4, "closed": 4, "calm": 0.5}),
    (25, {"found": 1, "spread": 3, "hospital": 2, "regulator": 3, "closed": 5, "calm": 1}),
)
"""What people talk about: from this minute after `started` on, the weight of each stage's texts."""


class Channel(StrEnum):
    WEIBO = "weibo"
    NEWS = "news"
    ROLL = "roll"
    BLOG = "blog"
    QUESTIONS = "questions"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that somebody published; `at` is UTC. Articles have a title and a lead, posts only a text."""

    channel: Channel
    id: str
    at: datetime
    text: str
    title: str = ""
    author: str = ""


def items(started: datetime, moment: datetime, channel: Channel) -> list[Item]:
    """What `channel` has published by `moment`, newest first."""
    return [item for item in reversed(_story(started)) if item.channel is channel and item.at <= moment]


def find(started: datetime, moment: datetime, id: str) -> Item | None:
    """The item of this id, if it is published by `moment`."""
    return next((item for item in _story(started) if item.id == id and item.at <= moment), None)


@cache
def _story(started: datetime) -> tuple[Item, ...]:
    """Every item of the whole story, oldest first, each with an id of its own."""
    rng = random.Random(20261102)
    drafts = [
        *_talk(started, rng),
        *_crisis(started, rng),
        *_reposts(started, rng),
        *_press(started, rng),
        *_columns(started, rng),
    ]
    drafts.sort(key=lambda item: item.at)
    return tuple(_numbered(item, started, number) for number, item in enumerate(drafts))


def _talk(started: datetime, rng: random.Random) -> Iterator[Item]:
    """Everyday posts: about the brand, its rivals, other things called 星海, and nothing at all."""
    say = Phrases(quiet_texts.PARTS, rng)
    about = (
        (quiet_texts.PLEASED, 50), (quiet_texts.NEUTRAL, 34), (quiet_texts.GRUMBLES, 7),
        (quiet_texts.RIVALS, 14), (quiet_texts.ELSEWHERE, 7), (quiet_texts.NOISE, 18),
    )  # fmt: skip
    groups, weights = zip(*about, strict=True)
    for at in _arrivals(rng, started - QUIET, started + LAST, _everyday(EVERYDAY), EVERYDAY * BUSIEST):
        yield _post(at, say(rng.choice(rng.choices(groups, weights)[0])), rng)


def _crisis(started: datetime, rng: random.Random) -> Iterator[Item]:
    """The public's outcry, as `outcry` tells."""
    say = Phrases(crisis_texts.PARTS, rng)
    first, last = (started + timedelta(minutes=minute) for minute in (CRISIS_BEGINS, CRISIS_ENDS))
    for at in _arrivals(rng, first, last, lambda at: 60 * outcry(_minutes(at - started)), 60 * outcry(CRISIS_PEAKS)):
        stages = [weights for minute, weights in _STAGES if minute <= _minutes(at - started)][-1]
        stage = rng.choices(list(stages), list(stages.values()))[0]
        yield _post(at, say(rng.choice(crisis_texts.STAGES[stage])), rng)


def outcry(minute: float) -> float:
    """Posts a minute about the crisis: doubling every 26 minutes until the peak, then halving every 90."""
    return 0.9 * math.exp2(min(minute, CRISIS_PEAKS) / 26 - max(0.0, minute - CRISIS_PEAKS) / 90)


def _reposts(started: datetime, rng: random.Random) -> Iterator[Item]:
    """One text that a dozen accounts repeat, nearly word for word."""
    say = Phrases(crisis_texts.PARTS, rng)
    for number, mark in enumerate(crisis_texts.REPOST_MARKS):
        minute = 4 + number * 5 + rng.uniform(0, 3)
        yield _post(started + timedelta(minutes=minute), say(mark) + crisis_texts.REPOST, rng)


def _press(started: datetime, rng: random.Random) -> Iterator[Item]:
    """News of any day, and what the press writes of the crisis: the paper first, the news site's roll a minute later."""
    say = Phrases(quiet_texts.PARTS, rng)
    for channel, day_rate in ((Channel.NEWS, 6), (Channel.ROLL, 9)):
        for at in _arrivals(rng, started - QUIET, started + LAST, _everyday(day_rate / 24), day_rate / 24 * BUSIEST):
            title, lead = rng.choice(quiet_texts.BRAND_NEWS if rng.random() < 0.12 else quiet_texts.NEWS)
            yield Item(channel, "", at, say(lead), say(title), "测试记者")
        for minute, title, lead in crisis_texts.NEWS:
            at = started + timedelta(minutes=minute + (channel is Channel.ROLL))
            yield Item(channel, "", at, lead, title, "测试记者")


def _columns(started: datetime, rng: random.Random) -> Iterator[Item]:
    """A blog's essays and the questions people ask."""
    say = Phrases(quiet_texts.PARTS, rng)
    for at in _arrivals(rng, started - QUIET, started + LAST, _everyday(0.04), 0.04 * BUSIEST):
        title, text = rng.choice(quiet_texts.BLOG)
        yield Item(Channel.BLOG, "", at, say(text), say(title), "测试作者")
    for minute, title, text in crisis_texts.BLOG:
        yield Item(Channel.BLOG, "", started + timedelta(minutes=minute), text, title, "测试作者")
    for minute, title in crisis_texts.QUESTIONS:
        yield Item(Channel.QUESTIONS, "", started + timedelta(minutes=minute), "", title)


def _post(at: datetime, text: str, rng: random.Random) -> Item:
    return Item(Channel.WEIBO, "", at, text, author=f"测试用户{rng.randrange(10_000):04d}")


def _numbered(item: Item, started: datetime, number: int) -> Item:
    """Ids hold the start, so that a drill begun anew is not taken for the old one."""
    digest = hashlib.blake2b(f"{started.isoformat()} {number}".encode(), digest_size=5).hexdigest()
    return Item(item.channel, f"Q{digest}", item.at.replace(microsecond=0), item.text, item.title, item.author)


def _everyday(an_hour: float) -> Callable[[datetime], float]:
    """The rate of arrivals an hour that follows the day's and the week's rhythm."""

    def rate(at: datetime) -> float:
        local = at.astimezone(SHANGHAI)
        return an_hour * _RHYTHM[local.hour] * (_WEEKEND if local.weekday() >= 5 else 1.0)

    return rate


def _arrivals(
    rng: random.Random, start: datetime, end: datetime, rate: Callable[[datetime], float], highest: float
) -> Iterator[datetime]:
    """Moments of a Poisson process whose `rate` an hour varies below `highest` (thinning; Lewis and Shedler 1979)."""
    at = start
    while (at := at + timedelta(hours=rng.expovariate(highest))) < end:
        if rng.random() * highest < rate(at):
            yield at


def _minutes(span: timedelta) -> float:
    return span.total_seconds() / 60
