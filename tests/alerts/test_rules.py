"""The rules: what is a signal, and what is only chance."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.detection.baseline import floor
from alerts.detection.facets import Facet
from alerts.detection.gather import gather_among
from alerts.detection.hot_search import HotList, HotPast, distinct
from alerts.detection.rules import Gathered, Observed, Signal, judge
from alerts.detection.series import BrandSeries, Sighting, series
from alerts.detection.triggers import RuleName
from alerts.levels import Level
from alerts.policies.policy import Spike
from tests.alerts.world import BRAND, CRISIS, HOUR, START, counted, hot, last_moment, poisson, seen, tally_of

HISTORY = 15 * 24


def nothing(started_at: datetime, facet: Facet | None = None) -> Gathered:
    return Gathered()


def judged(posts: list[int], adverse: list[int], *, known_since: datetime | None = START) -> Signal | None:
    return judge(Observed(counted(posts, adverse, known_since=known_since)), at=last_moment(posts), gather=nothing)


def rules_of(signal: Signal | None) -> set[str]:
    return {trigger.rule for trigger in signal.triggers} if signal else set()


@given(rate=st.floats(0, 60), share=st.floats(0, 1), seed=st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_chance_alone_is_no_signal(rate: float, share: float, seed: int) -> None:
    """Posts that come at a steady rate, however small or large, fire no rule."""
    adverse = poisson(rate * share, HISTORY, seed)
    other = poisson(rate * (1 - share), HISTORY, seed + 1)
    assert judged([bad + good for bad, good in zip(adverse, other, strict=True)], adverse) is None


def test_a_month_of_brands_with_steady_rates_is_nearly_silent() -> None:
    """Judged at every hour of the day for two weeks, ten brands of rates 0.05 to 40 an hour give no signal at all."""
    rates = np.geomspace(0.05, 40, 10)
    fired = 0
    for number, rate in enumerate(rates):
        counts = poisson(float(rate), HISTORY + 14 * 24, number)
        fired += sum(judged(counts[: HISTORY + hour], counts[: HISTORY + hour]) is not None for hour in range(1, 14 * 24, 5))
    assert fired == 0


def test_a_daily_cycle_is_no_signal() -> None:
    """Busy evenings after quiet mornings are usual where they come every day."""
    day = [0, 0, 0, 0, 0, 1, 2, 4, 6, 8, 10, 10, 8, 6, 6, 6, 8, 12, 20, 40, 40, 25, 10, 2]
    rates = np.array(day * 16)
    counts = [int(count) for count in np.random.default_rng(5).poisson(rates)]
    assert all(judged(counts[: HISTORY + hour], counts[: HISTORY + hour]) is None for hour in range(24))


@pytest.mark.parametrize(("rate", "step"), [(0.0, 7), (0.2, 8), (2.0, 14), (10.0, 50), (50.0, 150)])
def test_a_step_fires_within_its_first_hour(rate: float, step: int) -> None:
    """A jump of adverse posts beyond chance is a signal within the hour; for larger brands a smaller factor is enough."""
    counts = poisson(rate, HISTORY, 7)
    assert RuleName.ADVERSE in rules_of(judged([*counts, step], [*counts, step]))


def test_a_slow_rise_is_seen_over_three_hours() -> None:
    """Four adverse posts an hour are no signal in one hour, and are one after three hours of them."""
    calm = [0] * HISTORY
    assert judged([*calm, 4], [*calm, 4]) is None
    assert RuleName.ADVERSE in rules_of(judged([*calm, 4, 4, 4], [*calm, 4, 4, 4]))


def test_nothing_against_nothing_is_no_signal() -> None:
    """0 > 0, 1 > 0 and 3 > 0 are not crises."""
    calm = [0] * HISTORY
    for count in (0, 1, 3):
        assert judged([*calm, count], [*calm, count]) is None


def test_a_benign_crowd_fires_on_volume_only_and_stays_minor() -> None:
    calm = poisson(2, HISTORY, 3)
    signal = judged([*calm, 80], [*([0] * HISTORY), 0])
    assert signal and rules_of(signal) == {RuleName.VOLUME}
    assert signal.matrix.level == Level.MINOR


def test_an_hour_that_came_in_by_another_way_is_not_missing() -> None:
    """An import fills what no crawl delivered."""
    tally = tally_of([5, 0], [0, 0])
    blind = frozenset({START, START + HOUR})
    counted_ = series(BRAND, tally, at=last_moment([5, 0]), baseline_days=1, known_since=START, blind_hours=blind)
    assert list(counted_.missing[-2:]) == [False, True]


def test_the_first_hour_of_the_rise_is_the_start() -> None:
    """A signal seen in a window of three hours starts with the first hour above what is usual."""
    calm = [0] * HISTORY
    signal = judged([*calm, 0, 5, 9], [*calm, 0, 5, 9])
    assert signal and signal.started_at == START + (HISTORY + 1) * timedelta(hours=1)


def test_with_little_history_the_rule_is_careful_and_says_so() -> None:
    """With six hours of history ten adverse posts are not yet a signal; forty are, with the weakness named."""
    few = [0] * 10
    since = START
    assert judged([*few, 10], [*few, 10], known_since=since) is None
    signal = judged([*few, 40], [*few, 40], known_since=since)
    assert signal and all(trigger.is_cold for trigger in signal.triggers)


def test_without_any_post_there_is_no_signal() -> None:
    assert judged([0], [0], known_since=None) is None


def test_the_policy_s_line_grows_with_what_is_usual_and_never_falls_below_the_least() -> None:
    lines = list(floor(Spike(deviations=4, ratio=2, least=6), np.array([0, 0.5, 1, 5, 20, 100, 1000])))
    assert lines == sorted(lines)
    assert lines[0] >= 6
    assert lines[-1] >= 2000


def hot_signal(entries: list[Sighting], at: datetime) -> Signal | None:
    empty: BrandSeries = counted([0] * HISTORY, [0] * HISTORY)
    seen_then = Observed(empty, HotList(distinct(entries, at), HotPast(90, 0, 0)))
    return judge(seen_then, at=at, gather=gather_among(entries, at))


def test_one_adverse_hot_search_entry_is_a_signal_by_itself() -> None:
    """A national hot list's reach is the crisis: one entry with a risk category fires, with itself as first post."""
    entry = seen(hot(CRISIS, "星海茶饮回应喝出异物"))
    signal = hot_signal([entry], CRISIS + timedelta(minutes=1))
    assert signal and rules_of(signal) == {RuleName.HOT_SEARCH}
    assert signal.gathered.first == entry
    assert signal.started_at == CRISIS


def test_a_harmless_hot_search_entry_is_none() -> None:
    entry = seen(hot(CRISIS, "星海茶饮推出秋天的新口味", risks=(), adverse=False))
    assert hot_signal([entry], CRISIS + timedelta(minutes=1)) is None


def test_an_entry_from_days_ago_opens_nothing() -> None:
    """A hot-search entry that is imported late is history, not a signal."""
    entry = seen(hot(CRISIS - timedelta(days=3), "星海茶饮回应喝出异物"))
    assert hot_signal([entry], CRISIS + timedelta(minutes=1)) is None


def test_an_entry_listed_again_counts_once() -> None:
    """The same title seen again after midnight does not make the crisis larger."""
    first, again = (seen(hot(CRISIS + timedelta(hours=hours), "星海茶饮致歉")) for hours in (0, 3))
    signal = hot_signal([first, again], CRISIS + timedelta(hours=4))
    assert signal and [entry.id for entry in signal.hot] == [first.id]


def test_more_entries_and_graver_categories_raise_the_level() -> None:
    one = hot_signal([seen(hot(CRISIS, "星海茶饮喝出异物"))], CRISIS + timedelta(minutes=1))
    titles = ("星海茶饮喝出异物", "星海茶饮致歉", "市监局介入星海茶饮", "星海茶饮多店被查", "星海茶饮顾客送医")
    five = hot_signal([seen(hot(CRISIS, title, risks=("accident",))) for title in titles], CRISIS + timedelta(minutes=1))
    assert one and five
    assert (one.matrix.level, five.matrix.level) == (Level.MODERATE, Level.MAJOR)
    assert five.matrix.points > one.matrix.points


def test_a_mere_answer_counts_for_less_than_the_matter() -> None:
    """Trifles are answered too; that the company gave in is told in full."""
    matter, answer, apology = (
        HotList((seen(hot(CRISIS, title)),)) for title in ("星海茶饮喝出异物", "星海茶饮回应能否开车", "星海茶饮致歉")
    )
    assert answer.weight < matter.weight == apology.weight


def test_among_many_titles_mere_answers_do_not_say_that_the_lists_are_against_the_brand() -> None:
    praise = [seen(hot(CRISIS, f"星海茶饮新品{name}", risks=(), adverse=False)) for name in "一二三四"]
    answers = [seen(hot(CRISIS, f"星海茶饮回应{name}")) for name in "五六七八九"]
    assert HotList((*praise, *answers)).against < 0.5 < HotList(tuple(answers)).against
    assert HotList((praise[0], *answers[:2])).against > 0.5  # so few titles leave nothing out
