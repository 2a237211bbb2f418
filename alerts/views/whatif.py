"""What-if (假设推演) and sensitivity: the risk matrix of a supposed situation, by the same `assess` that set the level."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from alerts.detection.matrix import FAVOURABLE, FEWEST_FOR_SHARE, Matrix, Row, Situation, assess, severity
from alerts.levels import Level, category_zh
from alerts.life.tables import Alert
from alerts.policies.policy import DEFAULT, Policy
from core.errors import InputError, StateError

DAY_HOURS = 24
"""Hours above threshold are counted in the last 24."""
OFFICIAL = "legal_regulatory"
"""The category that an authority's step brings."""


@dataclass(frozen=True, slots=True)
class Supposition:
    """What might come: `traffic` times as much (1 or more), a national medium, an authority, a hot-search entry, further
    platforms, further hours, another risk category.
    """

    traffic: float = 1.0
    national_media: bool = False
    official: bool = False
    hot_search: int = 0
    platforms: int = 0
    hours: int = 0
    category: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.traffic <= 1000:
            raise InputError(
                zh=f"声量倍数须在 1–1000 之间，得到 {self.traffic:g}", en=f"traffic must be 1–1000, got {self.traffic:g}"
            )
        if not all(0 <= count <= 1000 for count in (self.hot_search, self.platforms, self.hours)):
            raise InputError(
                zh="热搜条数、平台数、小时数须在 0–1000 之间", en="hot-search entries, platforms and hours must be 0–1000"
            )


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The matrix as it is and as it would be, both by the policy in force."""

    before: Matrix
    after: Matrix

    @property
    def changed(self) -> list[tuple[Row, Row]]:
        """The rows whose value or points change."""
        pairs = zip(self.before.rows, self.after.rows, strict=True)
        return [(old, new) for old, new in pairs if (old.value, old.points) != (new.value, new.points)]


@dataclass(frozen=True, slots=True)
class Turn:
    """A single change that would give another level: its row, the change in words, and the level."""

    key: str
    zh: str
    en: str
    level: Level


def situation_of(alert: Alert) -> Situation:
    """The situation that the alert's matrix was judged from; raises StateError for an alert of an earlier version."""
    stored = alert.matrix.get("situation")
    if stored is None:
        raise StateError(
            zh=f"预警 {alert.number} 由旧版本判定，没有保存当时的情况，不能推演",
            en=f"alert {alert.number} was judged by an earlier version that kept no situation: nothing to suppose from",
        )
    return Situation(**stored)


def what_if(situation: Situation, supposed: Supposition, policy: Policy = DEFAULT) -> WhatIf:
    """The matrix now and under the supposition. More traffic never lowers the level."""
    return WhatIf(assess(situation, policy), assess(suppose(situation, supposed, policy), policy))


def suppose(situation: Situation, supposed: Supposition, policy: Policy = DEFAULT) -> Situation:
    """The situation with what is supposed.

    Traffic multiplies the volume against baseline and the reach, and makes the last two hours at least so many times the two
    before; the adverse share stays. A medium or an authority is one pickup more; an authority makes it a legal matter at least.
    """
    titles = situation.hot_titles + supposed.hot_search
    friendly = situation.hot_titles * (1 - situation.hot_against)
    whole = math.ceil(supposed.traffic)  # a whole multiple, so that rounding leaves the adverse share as it is
    category = supposed.category or situation.category
    if supposed.official and severity(OFFICIAL, policy) > severity(category, policy):
        category = OFFICIAL
    return replace(
        situation,
        ratio=situation.ratio * supposed.traffic,
        growth=max(situation.growth, supposed.traffic) if supposed.traffic > 1 else situation.growth,
        reach=int(situation.reach * supposed.traffic),
        posts=situation.posts * whole,
        adverse=situation.adverse * whole,
        hot_entries=situation.hot_entries + supposed.hot_search,
        hot_titles=titles,
        hot_against=1 - friendly / titles if supposed.hot_search else situation.hot_against,
        platforms=situation.platforms + supposed.platforms,
        hours_above=max(situation.hours_above, min(DAY_HOURS, situation.hours_above + supposed.hours)),
        pickup=situation.pickup + supposed.national_media + supposed.official,
        category=category,
    )


def sensitivity(situation: Situation, policy: Policy = DEFAULT) -> tuple[list[Turn], list[Turn]]:
    """The single changes that would raise the level and those that would lower it: for each row the smallest that does."""
    level = assess(situation, policy).level
    raising: dict[str, Turn] = {}
    lowering: dict[str, Turn] = {}
    for key, changed, zh, en in _candidates(situation, policy):
        reached = assess(changed, policy).level
        if reached.rank > level.rank:
            raising.setdefault(key, Turn(key, zh, en, reached))
        elif reached.rank < level.rank:
            lowering.setdefault(key, Turn(key, zh, en, reached))
    return list(raising.values()), list(lowering.values())


Candidate = tuple[str, Situation, str, str]


def _candidates(situation: Situation, policy: Policy) -> Iterator[Candidate]:
    """(row, situation, the change in words), by row, the smallest change first, upwards and downwards."""
    steps = policy.matrix.steps
    yield from _floats(situation, "volume", "ratio", steps.volume, "声量", "volume")
    yield from _floats(situation, "velocity", "growth", steps.velocity, "两小时增速", "growth in two hours")
    yield from _counts(situation, "platforms", "platforms", steps.platforms, ("个平台", "platforms"))
    yield from _counts(situation, "persistence", "hours_above", steps.persistence, ("小时在预警线上", "hours above threshold"))
    yield from _counts(situation, "hot_search", "hot_entries", (1, *steps.hot_search), ("条负面热搜", "hot-search entries"))
    yield from _counts(situation, "pickup", "pickup", (1, *steps.pickup), ("条官方或媒体介入", "posts of authorities or media"))
    yield from _reach(situation, steps.reach)
    yield from _share(situation, (FAVOURABLE, *steps.adverse_share))
    yield from _category(situation, policy)
    if situation.campaign:
        yield "campaign", replace(situation, campaign=False), "查明不是水军", "it turns out to be no campaign"


def _floats(situation: Situation, key: str, name: str, steps: tuple[float, ...], zh: str, en: str) -> Iterator[Candidate]:
    value: float = getattr(situation, name)
    for step in sorted(step for step in set(steps) if step > value):
        yield key, _with(situation, name, step), f"{zh}升到 {step:g} 倍", f"{en} reaches {step:g} times"
    for step in sorted((step for step in set(steps) if step <= value), reverse=True):
        below = math.nextafter(step, 0)
        yield key, _with(situation, name, below), f"{zh}回落到 {step:g} 倍以下", f"{en} falls under {step:g} times"


def _counts(situation: Situation, key: str, name: str, steps: tuple[float, ...], words: tuple[str, str]) -> Iterator[Candidate]:
    value: int = getattr(situation, name)
    for step in sorted({math.ceil(step) for step in steps if step > value}):
        more = step - value
        yield key, _with(situation, name, step), f"再多 {more} {words[0]}", f"{more} more {words[1]}"
    for step in sorted({math.ceil(step) for step in steps if 0 < step <= value}, reverse=True):
        fewer = value - step + 1
        yield key, _with(situation, name, step - 1), f"少 {fewer} {words[0]}", f"{fewer} fewer {words[1]}"


def _with(situation: Situation, name: str, value: Any) -> Situation:
    return replace(situation, **{name: value})


def _reach(situation: Situation, steps: tuple[float, ...]) -> Iterator[Candidate]:
    for step in sorted({math.ceil(step) for step in steps if step > situation.reach}):
        yield "reach", replace(situation, reach=step), f"影响人次达到 {step:,}", f"reach comes to {step:,}"
    for step in sorted({math.ceil(step) for step in steps if step <= situation.reach}, reverse=True):
        yield "reach", replace(situation, reach=step - 1), f"影响人次少于 {step:,}", f"reach is under {step:,}"


def _share(situation: Situation, steps: tuple[float, ...]) -> Iterator[Candidate]:
    posts = situation.posts
    needed = sorted((least, step) for step in set(steps) if (least := math.ceil(step * posts)) <= posts)
    for least, step in needed if posts >= FEWEST_FOR_SHARE else ():
        if least > situation.adverse:
            yield "adverse_share", replace(situation, adverse=least), f"负面占比升到 {step:.0%}", f"adverse share of {step:.0%}"
    for least, step in reversed(needed) if posts >= FEWEST_FOR_SHARE else ():
        if 0 < least <= situation.adverse:
            words = f"负面占比降到 {step:.0%} 以下", f"adverse share under {step:.0%}"
            yield "adverse_share", replace(situation, adverse=least - 1), *words


def _category(situation: Situation, policy: Policy) -> Iterator[Candidate]:
    grave = severity(situation.category, policy)
    by_distance = sorted(policy.matrix.severities, key=lambda name: (abs(severity(name, policy) - grave), name))
    for name in by_distance:
        if severity(name, policy) == grave:
            continue
        more = severity(name, policy) > grave
        zh = f"{'升为' if more else '只是'}「{category_zh(name)}」"
        yield "severity", replace(situation, category=name), zh, f"it is a matter of {name.replace('_', ' ')}"
