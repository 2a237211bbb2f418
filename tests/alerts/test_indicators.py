"""Indicators: the table, what a day comes to, the trend, the points, the figures that the company brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.indicators.measure import Counted, count, day_start
from alerts.indicators.score import HISTORY, Observed, read
from alerts.indicators.table import DEFAULT, Direction, Indicator, IndicatorTable, Measure, Status, of_figure
from alerts.indicators.trend import Trend, slope
from core.coverage import Coverage, SourceCoverage
from core.errors import InputError
from core.post import Post, PostKind
from posts.index import IndexedPost, Mention, Sentiment
from tests.alerts.world import BRAND, START, index_of, post

TODAY = date(2026, 11, 2)
VOLUME = Indicator("volume", 30, 2, 3, 5)


def observed(current: Mapping[str, float | None], past: float | None = 10, *, days: int = HISTORY, **more: Any) -> Observed:
    """`past` on each of the last `days` days, for every indicator of the default table."""
    series = {TODAY - timedelta(days=back): past for back in range(1, days + 1)} if past is not None else {}
    return Observed(TODAY, current, {row.key: series for row in DEFAULT.rows}, {}, **more)


def one(row: Indicator, seen: Observed) -> Any:
    return read(IndicatorTable((row,)), seen).readings[0]


@pytest.mark.parametrize(
    ("value", "status", "points"), [(19, "calm", 0), (20, "watch", 10), (30, "warn", 20), (50, "alarm", 30), (500, "alarm", 30)]
)
def test_an_indicator_gives_a_third_of_its_weight_for_each_step(value: float, status: str, points: float) -> None:
    reading = one(VOLUME, observed({"volume": value}))
    assert (reading.status, reading.points, reading.baseline) == (status, points, 10)


def test_a_figure_for_which_falling_is_bad_alarms_when_it_falls() -> None:
    sales = of_figure("门店销售额")
    assert sales.direction is Direction.DOWN
    days = {TODAY - timedelta(days=back): 100.0 for back in range(1, 20)} | {TODAY: 60.0}
    seen = Observed(TODAY, {}, {}, {sales.key: days})
    assert [(reading.status, reading.as_of) for reading in read(IndicatorTable(()), seen).readings] == [("warn", TODAY)]


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (observed({"volume": None}), "没有可用的数据"),
        (observed({"volume": 0}, is_watched=False), "没有信源送达"),
        (observed({"volume": 5}, days=6), "历史只有 6 天"),
    ],
)
def test_what_is_not_known_is_missing_with_the_reason_and_never_calm(seen: Observed, why: str) -> None:
    reading = one(VOLUME, seen)
    assert (reading.status, reading.points) == (Status.MISSING, 0) and why in reading.why_zh
    assert read(IndicatorTable((VOLUME,)), seen).score is None


def test_a_missing_indicator_takes_no_part_in_the_score() -> None:
    table = IndicatorTable((VOLUME, Indicator("authors", 70, 2, 3, 5)))
    card = read(table, observed({"volume": 50, "authors": None}))
    assert (card.score, card.weight, card.points, card.status) == (100, 30, 30, Status.ALARM)
    assert [reading.indicator.key for reading in card.missing] == ["authors"]


def test_of_the_complaints_only_the_gravest_line_counts() -> None:
    """A crisis is of one kind: what is calm beside it neither lowers the score nor, if it is loud too, raises it."""
    grave, light = Indicator("complaints:quality_safety", 25, 3, 6, 12), Indicator("complaints:service", 10, 3, 6, 12)
    table = IndicatorTable((VOLUME, grave, light))
    for services in (0, 40):
        card = read(table, observed({"volume": 10.0, grave.key: 12.0, light.key: services}, past=0.0))
        assert (card.points, card.weight) == (25 + card.readings[0].points, 25 + VOLUME.weight)
    only_light = read(table, observed({"volume": 0.0, grave.key: 0.0, light.key: 40.0}, past=0.0))
    assert (only_light.points, only_light.weight) == (10, 25 + VOLUME.weight)


def test_a_figure_that_is_a_week_old_says_nothing_of_today() -> None:
    days = {TODAY - timedelta(days=back): 100.0 for back in range(8, 40)}
    reading = one(of_figure("退货"), Observed(TODAY, {}, {}, {"figure:退货": days}))
    assert reading.status is Status.MISSING and "已过 8 天" in reading.why_zh


def test_an_expectation_under_one_counts_as_one() -> None:
    assert one(VOLUME, observed({"volume": 3}, past=0)).measured == 3


def test_where_replies_are_told_on_other_days_a_day_without_questions_has_none_open() -> None:
    row = Indicator("unanswered", 10, 2, 4, 8)
    assert one(row, observed({"unanswered": None})).status is Status.CALM
    assert one(row, observed({"unanswered": None}, past=None)).status is Status.MISSING


@pytest.mark.parametrize(
    ("values", "trend"),
    [
        ([1, 2, 3, 4, 5, 6, 7], Trend.RISING),
        ([7, 6, 5, 4, 3, 2, 1], Trend.FALLING),
        ([4, 4, 4, 4, 4, 4, 400], Trend.STEADY),  # one wild day is no trend
        ([3, 5, 4, 3, 5, 4, 3], Trend.STEADY),
        ([1, None, None, 2, None, None, 3], Trend.UNKNOWN),
        ([0, 0, 0, 0, 0, 0, 0], Trend.STEADY),
    ],
)
def test_a_trend_is_a_slope_that_is_no_accident(values: list[float | None], trend: Trend) -> None:
    assert slope(values).trend is trend


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=30))
def test_a_trend_turned_round_is_its_opposite(values: list[float | None]) -> None:
    opposite = {Trend.RISING: Trend.FALLING, Trend.FALLING: Trend.RISING}
    there, back = slope(values).trend, slope(values[::-1]).trend
    assert back is opposite.get(there, there)


numbers = st.floats(-1000, 1000).map(lambda number: round(number, 3))


@st.composite
def tables(draw: st.DrawFn) -> IndicatorTable:
    keys = draw(st.lists(st.sampled_from([*(row.key for row in DEFAULT.rows), "figure:退货"]), unique=True, max_size=8))
    rows = []
    for key in keys:
        direction = draw(st.sampled_from(Direction))
        steps = sorted((draw(numbers), draw(numbers), draw(numbers)), reverse=direction is Direction.DOWN)
        rows.append(Indicator(key, draw(st.integers(0, 100)), *steps, draw(st.sampled_from(Measure)), direction))
    return IndicatorTable(tuple(rows), *sorted(draw(st.integers(1, 100)) for _ in range(3)))


@given(tables())
def test_a_table_comes_back_from_json_as_it_was(table: IndicatorTable) -> None:
    assert IndicatorTable.from_json(table.to_json()) == table


@given(tables(), st.dictionaries(st.sampled_from(["volume", "authors", "media"]), st.floats(0, 1e5)), st.floats(0, 100))
def test_a_score_is_between_0_and_100_and_its_points_add_up(table: IndicatorTable, current: Any, past: float) -> None:
    card = read(table, observed(current, past))
    assert card.score is None or (0 <= card.score <= 100 and abs(card.score * card.weight - 100 * card.points) < 1e-6)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"rows": [{"key": "volume", "weight": 10, "watch": 3, "warn": 2, "alarm": 5}]}, "watch/warn/alarm"),
        ({"rows": [{"key": "volume", "weight": "x", "watch": 1, "warn": 2, "alarm": 5}]}, "weight"),
        ({"rows": [{"key": "volume", "weight": 101, "watch": 1, "warn": 2, "alarm": 5}]}, "weight"),
        ({"rows": [{"key": "nonsense", "weight": 1, "watch": 1, "warn": 2, "alarm": 5}]}, "nonsense"),
        ({"rows": [{"key": "volume", "weight": 1, "watch": 1, "warn": 2, "alarm": 5, "color": 1}]}, "color"),
        ({"rows": [{"key": "volume", "weight": 1, "watch": 1, "warn": 2, "alarm": float("nan")}]}, "alarm"),
        ({"rows": [DEFAULT.to_json()["rows"][0]] * 2}, "重复"),
        ({"rows": "all"}, "rows"),
        ({"alarm": 10}, "综合分"),
        ({"alert": 10}, "alert"),
    ],
)
def test_a_wrong_table_is_refused_by_the_name_of_the_field(change: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError) as caught:
        IndicatorTable.from_json({**DEFAULT.to_json(), **change})
    assert named in caught.value.zh


def question(number: int, *, comments: int | None, parent: str = "", kind: PostKind = PostKind.QUESTION) -> IndexedPost:
    made = Post(
        platform="zhihu",
        native_id=str(number),
        kind=kind,
        text="怎么退款？",
        published_at=START + timedelta(hours=1),
        seen_at=START + timedelta(hours=1),
        source="test",
        author_hash="a" * 32,
        comments=comments,
        parent_id=parent,
    )
    return IndexedPost(made, (Mention(BRAND, Sentiment.NEUTRAL, 0.2, (), (BRAND,)),))


def counted(tmp_path: Path, *posts: IndexedPost) -> Counted:
    index = index_of(tmp_path, posts)
    found = count(index, [BRAND], start=START, end=START + timedelta(days=1))
    index.close()
    return found[BRAND]


def test_a_question_is_open_where_replies_are_told_and_none_is_there(tmp_path: Path) -> None:
    reply = question(4, comments=None, parent="3", kind=PostKind.COMMENT)
    asked = [question(1, comments=0), question(2, comments=7), question(3, comments=0), question(5, comments=None), reply]
    found = counted(tmp_path, *asked)
    assert (found.answerable, found.unanswered, found.authors) == (3, 1, 1)


def test_sources_that_tell_no_replies_leave_the_open_questions_unknown(tmp_path: Path) -> None:
    assert counted(tmp_path, question(1, comments=None)).value("unanswered") is None


def test_posts_without_authors_leave_their_number_unknown_and_few_posts_the_share(tmp_path: Path) -> None:
    found = counted(tmp_path, post(START, 1, adverse=True, risks=("service",)), post(START, 2, kind=PostKind.ARTICLE))
    values = [found.value(key) for key in ("volume", "negative_share", "authors", "media", "complaints:service")]
    assert values == [2, None, None, 1, 1]


def test_a_brand_without_posts_was_quiet(tmp_path: Path) -> None:
    assert [counted(tmp_path).value(key) for key in ("volume", "authors", "media", "complaints:accident")] == [0, 0, 0, 0]


def test_a_day_is_chinas(tmp_path: Path) -> None:
    assert day_start(TODAY).isoformat() == "2026-11-01T16:00:00+00:00"


def test_steps_that_are_equal_skip_one() -> None:
    row = replace(VOLUME, watch=3.0, warn=3.0)
    assert [row.status(value) for value in (2.9, 3.0)] == [Status.CALM, Status.WARN]


def test_a_window_is_blind_only_where_sources_are_and_none_delivered() -> None:
    def coverage(*shares: float) -> Coverage:
        return Coverage(START, START, tuple(SourceCoverage(str(share), "news", share) for share in shares))

    assert [coverage(*shares).is_blind for shares in ((), (0.0, 0.0), (0.0, 0.1))] == [False, True, False]
