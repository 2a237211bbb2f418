"""The risk matrix: every point is shown, and the level is the cell's."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.matrix import Situation, assess, severity
from alerts.levels import SEVERITIES, Level
from alerts.policies.policy import CELLS
from monitoring.risk import RiskCategory

CALM = Situation(ratio=0, growth=0, platforms=1, hours_above=0, hot_entries=0, category="", reach=0, posts=3, adverse=0)
SITUATIONS = st.builds(
    Situation,
    ratio=st.floats(0, 50),
    growth=st.floats(0, 20),
    platforms=st.integers(0, 6),
    hours_above=st.integers(0, 24),
    hot_entries=st.integers(0, 20),
    category=st.sampled_from(["", *SEVERITIES, "我们自己的类别"]),
    reach=st.integers(0, 10**9),
    posts=st.integers(0, 1000),
    adverse=st.integers(0, 1000),
)


@given(SITUATIONS)
def test_the_sums_are_those_of_the_rows_shown(situation: Situation) -> None:
    """No point is hidden: each axis is the sum of its rows, no row gives more than it may, and the level is the cell's."""
    matrix = assess(situation)
    for axis, total in (("likelihood", matrix.likelihood), ("impact", matrix.impact)):
        assert total == sum(row.points for row in matrix.rows if row.axis == axis)
    assert all(0 <= row.points <= row.most for row in matrix.rows)
    cell = CELLS["/".join(matrix.bands)]
    assert matrix.level == min((cell, *(cap.level for cap in matrix.caps)), key=lambda level: level.rank)
    assert Situation(**matrix.to_json()["situation"]) == situation


@given(SITUATIONS)
def test_a_larger_spread_never_lowers_the_level(situation: Situation) -> None:
    wider = replace(
        situation, ratio=situation.ratio * 2, platforms=situation.platforms + 1, hot_entries=situation.hot_entries + 1
    )
    assert assess(wider).level.rank >= assess(situation).level.rank


def test_quiet_is_minor_and_a_deadly_accident_on_every_list_is_major() -> None:
    assert assess(CALM).level == Level.MINOR
    worst = replace(
        CALM, ratio=30, growth=5, platforms=4, hours_above=9, hot_entries=6, hot_grave=6, category="accident", reach=10**8
    )
    assert assess(worst).level == Level.MAJOR


def test_a_crowd_without_harm_stays_minor() -> None:
    """However many talk, where nothing is adverse the impact stays low and so does the level."""
    crowd = replace(CALM, ratio=40, growth=6, platforms=4, hours_above=20, posts=5000)
    assert assess(crowd).level == Level.MINOR


def test_every_risk_category_of_monitoring_has_the_same_name_and_severity_here() -> None:
    assert {category.value: (category.severity, category.zh) for category in RiskCategory} == {
        name: (grade.value, grade.zh) for name, grade in SEVERITIES.items()
    }
    assert severity("我们自己的类别") == 2


def test_nobody_gives_in_to_praise() -> None:
    """A crowd of which few are adverse is held at minor, unless the company apologised or withdrew."""
    crowd = replace(
        CALM, ratio=30, growth=5, platforms=3, hours_above=9, posts=40, adverse=4, hot_entries=4, hot_titles=20, hot_against=0.2
    )
    severe = replace(crowd, category="quality_safety")
    assert assess(severe).level == Level.MINOR
    assert assess(severe).caps
    assert assess(replace(severe, answer=2)).level.rank > Level.MINOR.rank


def test_what_is_exposed_or_unheard_of_for_the_brand_weighs_more() -> None:
    listed = replace(CALM, hot_entries=2, hot_titles=2, hot_usual=0.1)
    impact = assess(listed).impact
    assert assess(replace(listed, exposed=1)).impact == impact + 1
    assert assess(replace(listed, hot_usual=1 / 100)).impact == impact + 1
