"""The life of an alert, step by step, without database or index."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.gather import gather_among
from alerts.levels import Level
from alerts.lifecycle import RELAPSE, Standing, Step, advance, fingerprint, next_step
from alerts.rules import Signal, judge, recent
from alerts.tables import AlertState
from tests.alerts.world import BRAND, CRISIS, HOUR, counted, hot, seen

QUIET = timedelta(hours=24)


def signal(at: datetime, titles: int = 1, risk: str = "quality_safety") -> Signal:
    """A signal of that many hot-search entries in the last minutes before `at`."""
    entries = [
        seen(hot(at - timedelta(minutes=2), f"星海茶饮 {at.isoformat()} {place}", risks=(risk,))) for place in range(titles)
    ]
    found = judge(counted([0], [0]), recent(entries, at), at=at, gather=gather_among(entries, at))
    assert found
    return found


MINOR = {"titles": 1}
MODERATE = {"titles": 5, "risk": "accident"}


def step(alert: Standing | None, found: Signal | None, at: datetime, *, covered: bool = True) -> tuple[Step, Standing | None]:
    taken = next_step(alert, found, at=at, quiet=QUIET, covered=covered)
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
    assert taken == Step.REOPENED and after and after.started_at == alert.started_at and after.wave_at == soon
    assert step(alert, signal(late), late)[0] == Step.OPENED


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
