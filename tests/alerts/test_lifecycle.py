"""The life of an alert, step by step, without database or index."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.gather import gather_among
from alerts.detection.hot_search import HotList, distinct
from alerts.detection.rules import Observed, Signal, judge
from alerts.levels import Level
from alerts.life.lifecycle import RELAPSE, Standing, Step, advance, fingerprint, next_step
from alerts.life.override import Override
from alerts.life.tables import AlertState
from alerts.life.waves import Wave
from tests.alerts.world import BRAND, CRISIS, HOUR, counted, hot, seen

QUIET = timedelta(hours=24)


def signal(at: datetime, titles: int = 1, risk: str = "quality_safety") -> Signal:
    """A signal of that many hot-search entries in the last minutes before `at`."""
    entries = [
        seen(hot(at - timedelta(minutes=2), f"星海茶饮 {at.isoformat()} {place}", risks=(risk,))) for place in range(titles)
    ]
    found = judge(Observed(counted([0], [0]), HotList(distinct(entries, at))), at=at, gather=gather_among(entries, at))
    assert found
    return found


MINOR = {"titles": 1}
MODERATE = {"titles": 2}


def step(alert: Standing | None, found: Signal | None, at: datetime, *, covered: bool = True) -> tuple[Step, Standing | None]:
    taken = next_step(alert, found, at=at, covered=covered)
    return taken, advance(alert, found, taken, at=at)


def opened(at: datetime = CRISIS, **kind: object) -> Standing:
    taken, alert = step(None, signal(at, **(kind or MINOR)), at)  # type: ignore[arg-type]
    assert taken == Step.OPENED and alert
    return alert


def closed(alert: Standing, state: AlertState, at: datetime) -> Standing:
    return replace(alert, state=state, closed_at=at)


def test_a_signal_opens_one_alert_and_the_same_signal_again_does_nothing() -> None:
    alert = opened()
    assert alert.fingerprint == fingerprint(BRAND, alert.started_at)
    assert step(alert, signal(CRISIS), CRISIS) == (Step.NOTHING, alert)


def test_a_higher_signal_raises_a_lower_one_does_not_lower() -> None:
    """The level never falls while the alert is open."""
    later = CRISIS + HOUR
    taken, raised = step(opened(), signal(later, **MODERATE), later)  # type: ignore[arg-type]
    assert taken == Step.RAISED and raised and raised.level == Level.MODERATE
    taken, after = step(raised, signal(later + HOUR), later + HOUR)
    assert taken == Step.UPDATED and after and after.level == Level.MODERATE
    assert after.matrix == raised.matrix


def test_quiet_resolves_only_when_all_sources_delivered() -> None:
    """A window with missing sources is never called calm."""
    alert, later = opened(), CRISIS + QUIET + HOUR
    assert step(alert, None, CRISIS + timedelta(hours=20)) == (Step.NOTHING, alert)
    assert step(alert, None, later, covered=False) == (Step.HELD, alert)
    taken, after = step(alert, None, later)
    assert taken == Step.RESOLVED and after and (after.state, after.closed_at) == (AlertState.RESOLVED, later)


@pytest.mark.parametrize("state", [AlertState.DISMISSED, AlertState.RESOLVED])
def test_a_closed_alert_absorbs_its_own_episode(state: AlertState) -> None:
    """What goes on after a person closed the alert is silent, and keeps the episode alive."""
    alert = closed(opened(), state, CRISIS + HOUR)
    at = CRISIS + 20 * HOUR
    taken, after = step(alert, signal(at), at)
    assert taken == Step.ABSORBED and after and after.state == state and after.last_signal_at > alert.last_signal_at
    much_later = CRISIS + 40 * HOUR
    assert step(after, signal(much_later), much_later)[0] == Step.ABSORBED


def test_a_rise_above_the_dismissed_level_reopens() -> None:
    alert = closed(opened(), AlertState.DISMISSED, CRISIS + HOUR)
    at = CRISIS + 2 * HOUR
    taken, after = step(alert, signal(at, **MODERATE), at)  # type: ignore[arg-type]
    assert taken == Step.REOPENED and after
    assert (after.state, after.level, after.fingerprint) == (AlertState.OPEN, Level.MODERATE, alert.fingerprint)


def test_after_a_quiet_day_a_dismissed_alert_stays_and_another_opens() -> None:
    alert = closed(opened(), AlertState.DISMISSED, CRISIS + HOUR)
    at = CRISIS + 26 * HOUR
    taken, after = step(alert, signal(at), at)
    assert taken == Step.OPENED and after and after.fingerprint != alert.fingerprint


def test_a_relapse_within_a_week_reopens_the_resolved_alert_and_a_later_one_opens_another() -> None:
    alert = closed(opened(), AlertState.RESOLVED, CRISIS + QUIET)
    soon, late = CRISIS + timedelta(days=5), CRISIS + QUIET + RELAPSE + HOUR
    taken, after = step(alert, signal(soon), soon)
    assert taken == Step.RELAPSED and after and after.started_at == alert.started_at and after.wave_at == soon
    assert step(alert, signal(late), late)[0] == Step.OPENED


@pytest.mark.parametrize("state", [AlertState.RESOLVED, AlertState.REVIEWED])
def test_a_relapse_is_a_second_wave_with_a_start_and_height_of_its_own(state: AlertState) -> None:
    """The first wave keeps its height and ends with its last sign; the alert keeps its fingerprint."""
    alert = closed(opened(**MODERATE), state, CRISIS + QUIET)
    at = CRISIS + timedelta(days=3)
    _, after = step(alert, signal(at), at)
    assert after and after.fingerprint == alert.fingerprint
    first, second = after.waves
    assert (first.level, first.ended_at) == (Level.MODERATE, alert.last_signal_at)
    assert (second.number, second.level, second.opened_at, second.ended_at) == (2, Level.MINOR, at, None)
    assert second.started_at == signal(at).started_at


def test_worse_within_the_episode_is_the_same_wave() -> None:
    alert = closed(opened(), AlertState.DISMISSED, CRISIS + HOUR)
    at = CRISIS + 2 * HOUR
    _, after = step(alert, signal(at, **MODERATE), at)  # type: ignore[arg-type]
    assert after and [(wave.number, wave.level) for wave in after.waves] == [(1, Level.MODERATE)]


def lowered(alert: Standing, to: Level) -> Standing:
    """As a lead leaves it who lowers the level by hand."""
    by_hand = Override(to, alert.level, Level(alert.matrix["level"]), alert.points, "只是玩笑", "lead", alert.last_signal_at)
    return replace(alert, level=to, override=by_hand)


def test_after_a_lowering_the_matrix_must_exceed_what_it_was_to_raise_again() -> None:
    alert = lowered(opened(**MODERATE), Level.MINOR)
    again, worse = CRISIS + HOUR, CRISIS + 2 * HOUR
    taken, same = step(alert, signal(again, **MODERATE), again)  # type: ignore[arg-type]
    assert taken != Step.RAISED and same and (same.level, same.override) == (Level.MINOR, alert.override)
    assert alert.override is not None
    eased = replace(alert, override=replace(alert.override, matrix_points=alert.points - 1))
    taken, raised = step(eased, signal(worse, **MODERATE), worse)  # type: ignore[arg-type]
    assert taken == Step.RAISED and raised and (raised.level, raised.override) == (Level.MODERATE, None)


def test_a_level_raised_by_hand_is_not_lowered_by_the_detector() -> None:
    alert = opened()
    by_hand = Override(Level.MAJOR, Level.MINOR, Level.MINOR, alert.points, "监管来电", "duty", CRISIS)
    at = CRISIS + HOUR
    _, after = step(replace(alert, level=Level.MAJOR, override=by_hand), signal(at, **MODERATE), at)  # type: ignore[arg-type]
    assert after and (after.level, after.override) == (Level.MAJOR, by_hand)
    assert after.matrix["level"] == Level.MODERATE


def test_an_alert_reopened_by_hand_is_quiet_anew_from_then() -> None:
    alert = replace(opened(), wave_at=CRISIS + 2 * QUIET)
    assert step(alert, None, CRISIS + 2 * QUIET + HOUR)[0] == Step.NOTHING
    assert step(alert, None, CRISIS + 3 * QUIET)[0] == Step.RESOLVED


@given(st.builds(Wave, st.integers(1, 30), st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)),
                 st.sampled_from(Level), st.integers(0, 30), st.none() | st.datetimes(timezones=st.just(UTC))))  # fmt: skip
def test_a_wave_is_stored_and_read_as_it_was(wave: Wave) -> None:
    assert Wave.from_json(json.loads(json.dumps(wave.to_json()))) == wave


def test_an_override_is_stored_and_read_as_it_was() -> None:
    override = lowered(opened(**MODERATE), Level.MINOR).override
    assert override and Override.from_json(json.loads(json.dumps(override.to_json()))) == override


def test_a_topic_of_its_own_has_a_fingerprint_of_its_own() -> None:
    assert fingerprint(BRAND, CRISIS) != fingerprint(BRAND, CRISIS, "people")
    assert fingerprint(BRAND, CRISIS + timedelta(minutes=59), "people") == fingerprint(BRAND, CRISIS, "people")


def test_a_reopened_alert_keeps_the_posts_of_its_first_wave() -> None:
    alert = closed(opened(), AlertState.RESOLVED, CRISIS + QUIET)
    at = CRISIS + timedelta(days=3)
    _, after = step(alert, signal(at), at)
    assert after and len(after.explanation["evidence"]) == 2
    assert after.explanation["first_post"] == alert.explanation["first_post"]


Happening = st.tuples(st.integers(1, 40), st.sampled_from(["minor", "moderate", "none", "dismiss", "resolve"]), st.booleans())


@given(st.lists(Happening, max_size=12))
def test_every_step_may_be_repeated_and_levels_only_rise_within_a_wave(happenings: list[tuple[int, str, bool]]) -> None:
    """Whatever happens, doing a pass again at its own moment or doing an older one changes nothing."""
    alert: Standing | None = None
    at = CRISIS
    done: list[tuple[Signal | None, datetime, bool]] = []
    for hours, what, covered in happenings:
        at += hours * HOUR
        if what in ("dismiss", "resolve"):
            if alert and alert.state.is_active:
                alert = closed(alert, AlertState.DISMISSED if what == "dismiss" else AlertState.RESOLVED, at)
            continue
        found = None if what == "none" else signal(at, **(MODERATE if what == "moderate" else MINOR))  # type: ignore[arg-type]
        before = alert
        taken, alert = step(alert, found, at, covered=covered)
        if before and alert and before.wave_at == alert.wave_at:
            assert alert.level.rank >= before.level.rank
        done.append((found, at, covered))
        for old, moment, was_covered in done if taken != Step.HELD else ():
            again, same = step(alert, old, moment, covered=was_covered)
            assert again in (Step.NOTHING, Step.HELD)
            assert same == alert
