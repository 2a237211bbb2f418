"""The risk matrix: likelihood (how it spreads) by impact (how much it can hurt), every point shown with its why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from alerts.levels import UNKNOWN_SEVERITY, Level, category_zh
from alerts.policies.policy import DEFAULT, Policy

UNKNOWN_USUAL = 1 / 60
"""Adverse hot-search entries of a usual day for a brand of which no past is known: one in two months."""
FAVOURABLE = 0.2
"""Where less than this share of the posts is adverse, the crowd does not talk against the brand."""
TITLES_AGAINST = 0.5
"""From this share on the titles on hot-search lists, each counted by P(negative), are against the brand."""
GAVE_IN = 2
"""The `answer` of a company that apologised, paid or withdrew: then there was something to give in to."""
GRAVE = 4
"""The severity from which a category gives points: what is milder must show its weight in the other rows."""
FEWEST_FOR_SHARE = 10
"""Posts from which the adverse share says something."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the matrix judges of one brand at one moment; counts are of the last 24 hours where not said otherwise.

    `ratio` is observed to expected of the strongest spike, 0 where no spike rule fired; `growth` the last two hours to the
    two before; `hours_above` the hours over their threshold. `hot_entries` are the distinct titles on hot-search lists,
    each counted by P(negative) and mere answers for less; `hot_titles` all of them; `hot_against` the share of them that is
    against the brand; `exposed` those, and articles, that tell of an exposure; `hot_grave` the adverse ones of a grave
    category; `hot_usual` the adverse ones of a usual day of this brand. `category` is the gravest risk category that is not
    a lone voice; `pickup` the hot-search entries and articles that tell of a step by an authority or national medium,
    and the authorities and media that speak against the brand; `answer` is 1 where the company answered, 2 where it gave in;
    `past_alerts` the brand's alerts of moderate or above in the 90 days before; `campaign` whether the adverse posts look like
    the work of few hands.
    """

    ratio: float
    growth: float
    platforms: int
    hours_above: int
    hot_entries: float
    category: str
    reach: int
    posts: int
    adverse: int
    hot_titles: int = 0
    hot_grave: int = 0
    hot_usual: float = UNKNOWN_USUAL
    pickup: int = 0
    answer: int = 0
    past_alerts: int = 0
    campaign: bool = False
    hot_against: float = 1.0
    exposed: int = 0

    @property
    def surprise(self) -> float:
        """How many of its usual days the brand has had in one, by hot-search entries."""
        return self.hot_entries / self.hot_usual

    @property
    def adverse_share(self) -> float:
        return self.adverse / self.posts if self.posts else 0.0

    @property
    def is_favourable(self) -> bool:
        """Whether many talk, and few against the brand: by the titles on hot-search lists, and by the posts where there are
        clearly more of them than titles. Nobody gives in to praise."""
        if self.answer >= GAVE_IN or (self.hot_entries and self.hot_against >= TITLES_AGAINST):
            return False
        only_titles = self.hot_titles > 0 and self.posts <= 3 * self.hot_titles
        return only_titles or self.adverse_share < FAVOURABLE


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the matrix: what was measured, the points it gave of at most `most`, and the steps that give them."""

    axis: str
    key: str
    zh: str
    en: str
    value: str
    points: int
    most: int
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Cap:
    """Why the level is held at `level` though the cell says more."""

    level: Level
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """The situation judged, all rows, their sums by axis, the band of each sum, the level of the cell, the cells of
    the policy that it was judged by, and what held the level down."""

    situation: Situation
    rows: tuple[Row, ...]
    likelihood: int
    impact: int
    bands: tuple[str, str]
    level: Level
    cells: Mapping[str, Level]
    caps: tuple[Cap, ...] = ()

    @property
    def points(self) -> int:
        return self.likelihood + self.impact

    def to_json(self) -> dict[str, Any]:
        """JSON-ready; `Situation(**matrix["situation"])` is the situation again."""
        plain = asdict(self)
        return {
            **plain,
            "rows": list(plain["rows"]),
            "bands": list(self.bands),
            "level": str(self.level),
            "cells": {cell: str(level) for cell, level in self.cells.items()},
            "caps": [{**cap, "level": str(cap["level"])} for cap in plain["caps"]],
        }


def assess(situation: Situation, policy: Policy = DEFAULT) -> Matrix:
    """The matrix of a situation under a policy."""
    rows = (*_likelihood(situation, policy), *_impact(situation, policy))
    likelihood = sum(row.points for row in rows if row.axis == "likelihood")
    impact = sum(row.points for row in rows if row.axis == "impact")
    bands = (policy.matrix.likelihood.of(likelihood), policy.matrix.impact.of(impact))
    cell = policy.matrix.cells["/".join(bands)]
    caps = tuple(cap for cap in _caps(situation) if cap.level.rank < cell.rank)
    level = min((cell, *(cap.level for cap in caps)), key=lambda level: level.rank)
    return Matrix(situation, rows, likelihood, impact, bands, level, policy.matrix.cells, caps)


def severity(category: str, policy: Policy = DEFAULT) -> int:
    """1 to 5; 0 for no category."""
    return policy.matrix.severities.get(category, UNKNOWN_SEVERITY) if category else 0


def _likelihood(situation: Situation, policy: Policy) -> tuple[Row, ...]:
    return (
        _stepped("likelihood", "volume", situation.ratio, policy, "×"),
        _stepped("likelihood", "velocity", situation.growth, policy, "×"),
        _stepped("likelihood", "platforms", situation.platforms, policy),
        _stepped("likelihood", "persistence", situation.hours_above, policy),
        _stepped("likelihood", "hot_search", situation.hot_entries, policy),
        _stepped("likelihood", "surprise", situation.surprise, policy, "×"),
    )


def _impact(situation: Situation, policy: Policy) -> tuple[Row, ...]:
    category = Row(
        axis="impact",
        key="severity",
        zh="风险类别",
        en="risk category",
        value=category_zh(situation.category) or "无",
        points=_of_severity(severity(situation.category, policy)),
        most=_of_severity(5),
        why_zh="严重度 4 得 2 分，5 得 3 分",
        why_en="severity 4 gives 2, 5 gives 3",
    )
    share = situation.adverse_share if situation.posts >= FEWEST_FOR_SHARE else 0.0
    return (
        category,
        _reach(situation, policy),
        _stepped("impact", "grave", situation.hot_grave, policy),
        _stepped("impact", "exceptional", situation.surprise, policy, "×"),
        _stepped("impact", "exposed", situation.exposed, policy),
        _stepped("impact", "pickup", situation.pickup, policy),
        _stepped("impact", "answer", situation.answer, policy),
        _stepped("impact", "adverse_share", share, policy),
        _stepped("impact", "history", situation.past_alerts, policy),
    )


def _of_severity(grade: int) -> int:
    return grade - 2 if grade >= GRAVE else 0


def _reach(situation: Situation, policy: Policy) -> Row:
    row = _stepped("impact", "reach", situation.reach, policy)
    if not situation.hot_entries or row.points:
        return row
    why_zh, why_en = "登上全国热搜，至少 1 分", "on a national hot-search list: 1 at least"
    return replace(row, points=min(1, row.most), why_zh=why_zh, why_en=why_en)


def _caps(situation: Situation) -> Sequence[Cap]:
    caps = []
    if situation.is_favourable:
        zh, en = "声量突增，非负面：最高为轻微", "many talk, few against the brand: minor at most"
        caps.append(Cap(Level.MINOR, zh, en))
    if situation.campaign and not (situation.hot_entries or situation.pickup):
        caps.append(Cap(Level.MINOR, "疑似水军：单凭雷同内容最高为轻微", "a suspected campaign alone: minor at most"))
    return caps


def _stepped(axis: str, key: str, value: float, policy: Policy, unit: str = "") -> Row:
    """One point for each step that the value reaches."""
    steps: tuple[float, ...] = getattr(policy.matrix.steps, key)
    names = type(policy.matrix.steps).model_fields[key].json_schema_extra
    assert isinstance(names, dict)
    told = "、".join(f"≥{step:,.10g}{unit}" for step in dict.fromkeys(steps))
    given = "/".join(str(sum(step <= top for step in steps)) for top in dict.fromkeys(steps))
    return Row(
        axis=axis,
        key=key,
        zh=str(names["zh"]),
        en=str(names["en"]),
        value=f"{value:.2g}{unit}" if isinstance(value, float) and value < 10 else f"{value:,.0f}{unit}",
        points=sum(value >= step for step in steps),
        most=len(steps),
        why_zh=f"{told} 得 {given} 分",
        why_en=f"{told.replace('、', ', ')} give {given}",
    )
