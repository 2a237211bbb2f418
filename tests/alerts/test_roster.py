"""Who is on duty at a moment for a level, who comes after them, and what holds when nobody is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.duty.roster import Fault, Member, Roster, Shift, StepName, Swap, Watch, next_change, on_duty, reporting_line
from alerts.hours import EVERY_DAY, Weekly, working_after
from alerts.levels import Level
from core.clock import SHANGHAI
from core.people import Role

ROUND_THE_CLOCK = Weekly(EVERY_DAY, time(0), time(0))
ALL = frozenset(Level)
NIGHTS = Weekly(frozenset({4}), time(22), time(6))
"""Friday 22:00 to Saturday 06:00."""
MEMBERS = {
    name: Member(name, name, role, (f"{name}-hook",))
    for name, role in {"wang": Role.DUTY, "li": Role.DUTY, "zhao": Role.LEAD, "admin": Role.ADMIN, "op": Role.OPERATOR}.items()
}
START = date(2026, 11, 2)


def china(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def shift(person: str = "wang", deputy: str | None = "li", hours: Weekly = ROUND_THE_CLOCK, **fields: object) -> Shift:
    return Shift(person, deputy, **{"levels": ALL, "hours": hours, "first_day": START, **fields})  # type: ignore[arg-type]


def roster(*shifts: Shift, swaps: tuple[Swap, ...] = (), members: dict[str, Member] = MEMBERS) -> Roster:
    return Roster(members, shifts, swaps)


@pytest.mark.parametrize(
    ("at", "held"),
    [(china(6, 21, 59), False), (china(6, 22), True), (china(7, 5, 59), True), (china(7, 6), False), (china(5, 23), False)],
)
def test_hours_past_midnight_belong_to_the_day_on_which_they_began(at: datetime, held: bool) -> None:
    """A Friday night's shift holds on Saturday morning, and only there; the moment may be given in any zone."""
    assert bool(on_duty(roster(shift(hours=NIGHTS)), Level.MAJOR, at.astimezone(UTC))) is held


def test_a_shift_is_of_its_levels_only() -> None:
    night = roster(shift(levels=frozenset({Level.MAJOR})))
    assert on_duty(night, Level.MAJOR, china(3, 3)) == (Watch("wang", "li"),)
    assert on_duty(night, Level.MINOR, china(3, 3)) == ()


def test_two_people_take_turns_by_the_week() -> None:
    turns = roster(shift("wang", every_weeks=2), shift("li", None, every_weeks=2, first_day=START + timedelta(days=7)))
    assert [on_duty(turns, Level.MAJOR, china(day, 9))[0].person for day in (2, 8, 9, 15, 16)] == [
        "wang", "wang", "li", "li", "wang",
    ]  # fmt: skip


def test_a_shift_holds_from_its_first_to_its_last_day() -> None:
    short = roster(shift(last_day=date(2026, 11, 3)))
    assert [bool(on_duty(short, Level.MAJOR, china(day, 12))) for day in (1, 2, 3, 4)] == [False, True, True, False]


def test_a_swap_wins_for_its_time_and_who_is_replaced_steps_back() -> None:
    swapped = roster(shift(), swaps=(Swap("zhao", "wang", ALL, china(3, 9), china(3, 18)),))
    assert on_duty(swapped, Level.MAJOR, china(3, 8, 59)) == (Watch("wang", "li"),)
    assert on_duty(swapped, Level.MAJOR, china(3, 9)) == (Watch("zhao", "li"),)
    assert on_duty(swapped, Level.MAJOR, china(3, 18)) == (Watch("wang", "li"),)


def test_a_deputy_who_swaps_in_has_the_other_as_deputy() -> None:
    swapped = roster(shift(), swaps=(Swap("li", "wang", ALL, china(3, 9), china(3, 18)),))
    assert on_duty(swapped, Level.MAJOR, china(3, 10)) == (Watch("li", "wang"),)


def test_a_swap_for_whoever_is_on_duty_fills_an_empty_roster_too() -> None:
    assert on_duty(roster(swaps=(Swap("zhao", None, ALL, china(3, 9), china(3, 18)),)), Level.MAJOR, china(3, 10)) == (
        Watch("zhao"),
    )


def test_who_left_is_replaced_by_the_deputy_and_without_one_nobody_is_on_duty() -> None:
    left = {name: member for name, member in MEMBERS.items() if name != "wang"}
    assert on_duty(roster(shift(), members=left), Level.MAJOR, china(3, 9)) == (Watch("li"),)
    assert on_duty(roster(shift(deputy=None), members=left), Level.MAJOR, china(3, 9)) == ()


def test_the_line_goes_from_duty_to_deputy_to_leads_to_administrators() -> None:
    line = reporting_line(roster(shift()), Level.MAJOR, china(3, 9), shared=True)
    assert [(name, [one.username for one in people]) for name, people in line.steps] == [
        (StepName.ON_DUTY, ["wang"]),
        (StepName.DEPUTIES, ["li"]),
        (StepName.LEADS, ["zhao"]),
        (StepName.ADMINS, ["admin"]),
    ]
    assert line.faults == ()


def test_with_nobody_on_duty_leads_and_administrators_are_told_at_once_and_it_is_a_fault() -> None:
    line = reporting_line(roster(), Level.MINOR, china(3, 9), shared=True)
    assert [(name, [one.username for one in people]) for name, people in line.steps] == [(StepName.ON_DUTY, ["zhao", "admin"])]
    assert line.faults == (Fault.NOBODY,)


def test_people_without_a_contact_are_a_fault_and_worse_without_shared_channels() -> None:
    mute = {name: Member(name, name, member.role) for name, member in MEMBERS.items()}
    assert reporting_line(roster(shift(), members=mute), Level.MAJOR, china(3, 9), shared=True).faults == (Fault.UNREACHABLE,)
    assert reporting_line(roster(members={}), Level.MAJOR, china(3, 9), shared=False).faults == (Fault.NOBODY, Fault.NO_CHANNEL)


moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
weeklies = st.builds(Weekly, st.frozensets(st.integers(0, 6), min_size=1), st.times(), st.times())
names = st.sampled_from(sorted(MEMBERS))
rosters = st.builds(
    Roster,
    st.just(MEMBERS),
    st.lists(st.builds(Shift, names, st.none() | names, st.just(ALL), weeklies, st.just(START)), max_size=5),
    st.lists(st.builds(Swap, names, st.none() | names, st.just(ALL), moments, moments), max_size=4),
)


@given(rosters, moments, st.sampled_from(list(Level)))
def test_nobody_stands_in_a_line_twice_and_someone_always_stands_in_it(chosen: Roster, at: datetime, level: Level) -> None:
    line = reporting_line(chosen, level, at, shared=True)
    people = [one.username for _, step in line.steps for one in step]
    assert len(people) == len(set(people)) and {"zhao", "admin"} <= set(people)
    assert (Fault.NOBODY in line.faults) is (on_duty(chosen, level, at) == ())


@given(weeklies, moments)
def test_a_window_holds_its_moment_and_ends_within_a_day_of_its_start(hours: Weekly, at: datetime) -> None:
    window = hours.window(at)
    if window:
        assert window[0] <= at < window[1] <= window[0] + timedelta(days=1)
        assert at < (hours.ends_after(at) or at)
    else:
        assert hours.ends_after(at) is None


OFFICE = Weekly(frozenset(range(5)), time(9), time(18))


@pytest.mark.parametrize(
    ("told", "minutes", "due"),
    [
        (china(2, 9), 60, china(2, 10)),
        (china(2, 3), 60, china(2, 10)),  # told at night: from the next working hour
        (china(2, 17, 30), 60, china(3, 9, 30)),
        (china(6, 17, 30), 60, china(9, 9, 30)),  # Friday evening: over the week-end
        (china(7, 12), 30, china(9, 9, 30)),
    ],
)
def test_minor_deadlines_count_working_time(told: datetime, minutes: int, due: datetime) -> None:
    assert working_after(told, timedelta(minutes=minutes), OFFICE) == due


@given(moments, st.integers(1, 3000), weeklies)
def test_a_working_deadline_is_never_before_the_same_plain_one(told: datetime, minutes: int, work: Weekly) -> None:
    assert working_after(told, timedelta(minutes=minutes), work) >= told + timedelta(minutes=minutes)


def test_the_next_change_of_duty_is_found_to_the_quarter() -> None:
    day = roster(
        shift("wang", hours=Weekly(EVERY_DAY, time(9), time(18))), shift("li", hours=Weekly(EVERY_DAY, time(18), time(9)))
    )
    assert next_change(day, Level.MAJOR, china(3, 12, 7)) == china(3, 18)
    assert next_change(roster(shift()), Level.MAJOR, china(3, 12)) is None
