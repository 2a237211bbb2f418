"""What-if and sensitivity: by the same matrix that set the level."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.matrix import Situation, assess
from alerts.levels import Level
from alerts.policies.kept import with_fields
from alerts.policies.policy import DEFAULT
from alerts.views.whatif import Supposition, Turn, sensitivity, suppose, what_if
from core.errors import InputError

MODERATE = Situation(
    ratio=7, growth=1, platforms=1, hours_above=3, hot_entries=0, category="quality_safety", reach=500, posts=60, adverse=30
)

situations = st.builds(
    Situation,
    ratio=st.floats(0, 100),
    growth=st.floats(0, 20),
    platforms=st.integers(0, 8),
    hours_above=st.integers(0, 24),
    hot_entries=st.integers(0, 5),
    category=st.sampled_from(["", *DEFAULT.matrix.severities]),
    reach=st.integers(0, 10**8),
    posts=st.integers(0, 5000),
    adverse=st.just(0),
    pickup=st.integers(0, 4),
    past_alerts=st.integers(0, 4),
    campaign=st.booleans(),
).flatmap(lambda one: st.integers(0, one.posts).map(lambda adverse: replace(one, adverse=adverse)))


@given(situations, st.floats(1, 50), st.floats(1, 50))
def test_more_traffic_never_lowers_the_level(situation: Situation, one: float, other: float) -> None:
    less, more = sorted((one, other))
    levels = [what_if(situation, Supposition(traffic=factor)).after.level.rank for factor in (1, less, more)]
    assert levels == sorted(levels)


@given(situations)
def test_nothing_supposed_changes_nothing(situation: Situation) -> None:
    found = what_if(situation, Supposition())
    assert found.after == found.before and found.changed == []


@given(
    situations,
    st.sampled_from([{"national_media": True}, {"official": True}, {"hot_search": 1}, {"platforms": 2}, {"hours": 24}]),
)
def test_nothing_that_may_come_makes_it_harmless(situation: Situation, supposed: dict[str, Any]) -> None:
    found = what_if(situation, Supposition(**supposed))
    assert found.after.level.rank >= found.before.level.rank


def test_an_authority_makes_it_a_legal_matter_unless_it_is_graver_already() -> None:
    assert suppose(replace(MODERATE, category="service"), Supposition(official=True)).category == "legal_regulatory"
    assert suppose(replace(MODERATE, category="accident"), Supposition(official=True)).category == "accident"


def test_only_the_rows_that_change_are_shown_with_their_points() -> None:
    found = what_if(MODERATE, Supposition(traffic=2))
    assert [(old.key, old.points, new.points) for old, new in found.changed] == [
        ("volume", 2, 3),
        ("velocity", 0, 1),
        ("reach", 0, 0),
    ]
    assert (found.before.level, found.after.level) == (Level.MODERATE, Level.MODERATE)


def test_the_brands_own_policy_counts() -> None:
    policy = with_fields(DEFAULT, {"matrix.cells.middle/middle": "major"})
    assert what_if(MODERATE, Supposition(), policy).after.level is Level.MAJOR


@pytest.mark.parametrize("wrong", [{"traffic": 0.5}, {"traffic": float("nan")}, {"hours": -1}, {"platforms": 5000}])
def test_a_supposition_that_says_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Supposition(**wrong)


def test_the_smallest_change_of_each_row_that_turns_the_level_is_told_in_words() -> None:
    minor = replace(MODERATE, category="service", adverse=26, ratio=3, hours_above=0)
    raising, lowering = sensitivity(minor)
    assert lowering == []
    assert Turn("hot_search", "再多 2 条负面热搜", "2 more hot-search entries", Level.MODERATE) in raising
    assert "severity" not in {turn.key for turn in raising}  # a graver category alone would not do
    raising, lowering = sensitivity(MODERATE)
    assert [turn.zh for turn in lowering] == [
        "声量回落到 6 倍以下",
        "少 1 小时在预警线上",
        "负面占比降到 40% 以下",
        "只是「虚假宣传与价格」",
    ]


@given(situations)
def test_each_change_told_does_turn_the_level(situation: Situation) -> None:
    level = assess(situation).level
    raising, lowering = sensitivity(situation)
    assert all(turn.level.rank > level.rank for turn in raising)
    assert all(turn.level.rank < level.rank for turn in lowering)
    assert len({turn.key for turn in raising}) == len(raising)


@given(situations)
def test_where_traffic_alone_can_raise_the_level_by_volume_it_is_told(situation: Situation) -> None:
    loud = replace(situation, ratio=1000.0)
    told = {turn.key for turn in sensitivity(situation)[0]}
    assert ("volume" in told) == (assess(loud).level.rank > assess(situation).level.rank)
