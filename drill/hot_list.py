"""The hot-search list of the drill at any moment: everyday titles that come and go, and the crisis climbing through them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from drill import crisis_texts, quiet_texts
from drill.phrases import Phrases

STAY = timedelta(hours=9)
"""How long an everyday title stays on the list."""


@dataclass(frozen=True, slots=True)
class HotEntry:
    """One title: since when it is listed, its heat (the site's own figure), and whether it is an advertisement."""

    title: str
    onboard: datetime
    heat: int
    is_ad: bool = False

    def label(self, moment: datetime) -> str:
        if self.is_ad:
            return "商"
        for mark, heat in (("爆", 2_400_000), ("沸", 1_200_000), ("热", 700_000)):
            if self.heat >= heat:
                return mark
        return "新" if moment - self.onboard < timedelta(hours=1) else ""


def hot_list(started: datetime, moment: datetime) -> list[HotEntry]:
    """The list at `moment` (to the minute, as the site refreshes once a minute), greatest heat first."""
    minute = moment.replace(second=0, microsecond=0)
    entries = [_everyday(number, minute) for number in range(len(quiet_texts.HOT))]
    entries += [HotEntry("山月茶坊秋日上新", minute.replace(hour=0, minute=0), 500_000, is_ad=True)]
    for after, title, greatest in crisis_texts.HOT:
        onboard = started + timedelta(minutes=after)
        if onboard <= moment:
            entries.append(HotEntry(title, onboard, _climbing(greatest, moment - onboard)))
    return sorted(entries, key=lambda entry: -entry.heat)


def _everyday(number: int, minute: datetime) -> HotEntry:
    """The everyday title of this place: each place has its own rhythm, rises for half of its stay and falls again."""
    shift = number * STAY / len(quiet_texts.HOT)
    turn, age = divmod(minute - datetime(2026, 1, 1, tzinfo=UTC) + shift, STAY)
    rng = random.Random(turn * 100 + number)
    title = Phrases(quiet_texts.PARTS, rng)(quiet_texts.HOT[number])
    height = rng.randrange(300_000, 1_500_000)
    return HotEntry(title, minute - age, int(height * (1.2 - abs(2 * (age / STAY) - 1))))


def _climbing(greatest: int, age: timedelta) -> int:
    """From a tenth of the greatest heat to all of it in an hour; after six hours it fades."""
    hours = age / timedelta(hours=1)
    faded = 0.5 ** max(0.0, (hours - 6) / 3)
    return int(greatest * min(1.0, 0.1 + 0.9 * hours) * faded) // 10 * 10
