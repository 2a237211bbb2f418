"""Surges of hourly counts: each brand is held against its own hours, weeks and bursts, and no crisis teaches it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from alerts.detection.rules import Gathered, Observed, Signal, judge
from alerts.detection.series import BrandSeries, series
from alerts.detection.spikes import baseline
from alerts.detection.triggers import RuleName, Trigger
from alerts.policies.policy import DEFAULT, Policy
from core.clock import SHANGHAI
from tests.alerts.world import BRAND, HOUR, START, last_moment, poisson, tally_of

DAY, WEEK = 24, 168
MONTH = 28 * DAY
CHINA = 8
"""START is midnight in UTC: the hour of the day in China is 8 more."""


def judged(adverse: list[int], *, policy: Policy = DEFAULT, blind: frozenset[int] = frozenset()) -> Signal | None:
    """The signal in the last hour of adverse posts, judged by four weeks."""
    seen = Observed(hours(adverse, blind=blind))
    return judge(seen, at=last_moment(adverse), gather=lambda started_at, facet: Gathered(), policy=policy)


def hours(adverse: list[int], *, blind: frozenset[int] = frozenset()) -> BrandSeries:
    gone = frozenset(START + place * HOUR for place in blind)
    tally = tally_of(adverse, adverse)
    return series(BRAND, tally, at=last_moment(adverse), baseline_days=28, known_since=START, blind_hours=gone)


def surge(adverse: list[int], **more: frozenset[int]) -> Trigger | None:
    """The surge of adverse posts in the last hour, if it is one."""
    signal = judged(adverse, **more)  # type: ignore[arg-type]
    return next((trigger for trigger in signal.triggers if trigger.rule == RuleName.ADVERSE), None) if signal else None


def usual_day(adverse: list[int]) -> float:
    """What is expected of the last day together."""
    return float(baseline(hours(adverse), RuleName.ADVERSE, DEFAULT.adverse).known.expected[-DAY:].sum())


def with_bursts(counts: list[int], places: range, size: int) -> list[int]:
    """`counts` with a burst at each of the places, none alike."""
    draw = np.random.default_rng(2)
    raised = list(counts)
    for place in places:
        raised[place] += int(draw.poisson(size * draw.gamma(30, 1 / 30)))
    return raised


def test_a_burst_of_every_evening_is_no_surge_and_three_times_as_much_is() -> None:
    """A brand whose fans post at 20:00 every day is told only of what is more than that."""
    evening = 20 - CHINA
    counts = with_bursts(poisson(2, MONTH + evening + 1, 5), range(evening, MONTH + evening, DAY), 30)
    quiet = [surge([*counts[:place], counts[place]]) for place in range(14 * DAY + evening, MONTH, DAY)]
    assert not any(quiet)
    assert surge([*counts[:-1], 2 + 30]) is None
    assert surge([*counts[:-1], 2 + 3 * 30])


def test_bursts_at_any_hour_make_a_brand_s_own_line_higher_than_the_policy_s() -> None:
    """Days that all have a wild hour, each another one: the hour of the day cannot tell, the days' heights do."""
    draw = np.random.default_rng(8)
    counts = poisson(1, MONTH, 6)
    for day in range(28):
        counts[day * DAY + int(draw.integers(24))] += int(draw.integers(15, 30))
    learnt = baseline(hours(counts), RuleName.ADVERSE, DEFAULT.adverse)
    assert learnt.threshold()[-1] == learnt.ordinary()[-1] > 30 > 3 * learnt.floor()[-1] / 2
    assert surge([*counts, 1, 1, 1, 1, 25]) is None
    assert surge([*counts, 1, 1, 1, 1, 90])


def test_what_holds_on_is_a_surge_even_where_single_hours_are_wild() -> None:
    """Bursts of 30 and a wave of ten an hour: no hour is out of the ordinary, four of them are."""
    morning = MONTH + 10 - CHINA
    counts = with_bursts(poisson(1, morning, 5), range(20 - CHINA, MONTH, DAY), 30)
    draw = np.random.default_rng(1)
    for day in range(28):
        counts[day * DAY + int(draw.integers(24))] += 25
    held = surge([*counts, 10, 10, 10, 10])
    assert held and (held.end - held.start, held.observed >= 40) == (timedelta(hours=4) - timedelta(minutes=1), True)
    assert surge([*counts, 0, 0, 25, 1]) is None


def test_a_promotion_of_every_friday_is_no_surge_from_the_fourth_on() -> None:
    evening = (4 - START.astimezone(SHANGHAI).weekday()) % 7 * DAY + 18 - CHINA
    counts = poisson(2, MONTH + 4 * DAY, 9)
    for friday in range(evening, len(counts) - 4, WEEK):
        counts[friday : friday + 4] = [25, 40, 40, 20]
    found = [any(surge(counts[: friday + hour + 1]) for hour in range(4)) for friday in range(evening, len(counts) - 4, WEEK)]
    assert found[:2] == [True, True] and not any(found[3:]) and len(found) >= 5
    assert surge([*counts[: friday_of(found, evening)], 120])


def friday_of(found: list[bool], evening: int) -> int:
    return evening + (len(found) - 1) * WEEK


def test_a_brand_that_is_quiet_at_weekends_is_judged_by_its_weekends() -> None:
    """The same count is usual on a Wednesday and a surge on a Sunday."""
    monday = -START.astimezone(SHANGHAI).weekday() * DAY
    day_of_week = (np.arange(MONTH + WEEK) + CHINA - monday) // DAY % 7
    rates = np.where(day_of_week < 5, 12.0, 1.5)
    counts = [int(count) for count in np.random.default_rng(3).poisson(rates)]
    wednesday, sunday = (
        next(place for place in range(MONTH, len(counts)) if day_of_week[place] == day and (place + CHINA) % DAY == 12)
        for day in (2, 6)
    )
    assert surge([*counts[:wednesday], 20]) is None
    assert surge([*counts[:sunday], 20])


def test_two_days_of_crisis_hardly_move_what_is_expected_the_next_day() -> None:
    calm = poisson(3, MONTH, 11)
    crisis = [*calm[: -3 * DAY], *poisson(90, 2 * DAY, 12), *calm[-DAY:]]
    assert usual_day(crisis) < 1.5 * usual_day(calm)
    assert surge([*crisis, 30])


def test_a_crisis_is_still_a_surge_in_its_second_day() -> None:
    crisis = [*poisson(3, MONTH, 11), *poisson(60, 2 * DAY, 12)]
    assert surge(crisis)


def test_days_without_a_crawl_are_missing_and_do_not_make_what_is_usual_look_loud() -> None:
    """Nine days of 28 were not crawled: as zeros they would lower what is usual."""
    gone = frozenset(range(17 * DAY, 26 * DAY))
    counts = [0 if place in gone else count for place, count in enumerate(poisson(30, MONTH, 1))]
    known, fooled = (
        baseline(hours(counts, blind=blind), RuleName.ADVERSE, DEFAULT.adverse).known.expected[-DAY:].mean()
        for blind in (gone, frozenset[int]())
    )
    assert known == pytest.approx(30, rel=0.1)
    assert fooled < 20
    assert surge([*counts, 40, 40], blind=gone) is None


@pytest.mark.parametrize("last", [[6], [3, 3, 3], [0, 7]])
def test_a_quiet_brand_s_first_adverse_posts_are_a_surge(last: list[int]) -> None:
    counts = [0] * MONTH
    counts[100] = counts[400] = 1
    assert surge([*counts, 0, 0, 0, *last])


def test_the_policy_s_numbers_are_a_floor_that_people_can_raise() -> None:
    counts = [*poisson(2, MONTH, 4), 40]
    raised = DEFAULT.adverse.model_copy(update={"least": 50})
    assert judged(counts) and not judged(counts, policy=DEFAULT.model_copy(update={"adverse": raised, "volume": raised}))


def test_every_pass_of_a_day_sees_the_same_lines() -> None:
    """What was said of an hour is said again by the next passes of that day: days are those of China."""
    counts = poisson(5, MONTH + 40, 2)
    noon = MONTH + 4 + CHINA
    lines = set()
    for length in range(noon, noon + 4):
        learnt = baseline(hours(counts[:length]), RuleName.ADVERSE, DEFAULT.adverse)
        lines.add(round(float(learnt.threshold()[noon - length - 1]), 9))
    assert len(lines) == 1


@pytest.mark.parametrize("first", range(24))
def test_the_very_first_hours_of_a_brand_can_be_judged_at_any_hour_of_the_day(first: int) -> None:
    counts = [0] * first + [60, 60, 60, 60]
    seen = Observed(
        series(BRAND, tally_of(counts, counts), at=last_moment(counts), baseline_days=28, known_since=START + first * HOUR)
    )
    assert judge(seen, at=last_moment(counts), gather=lambda started_at, facet: Gathered())
