"""Indicators as they are kept: versions of the table, counted days, the company's figures; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from alerts.indicators import measure as indicators_measure
from alerts.indicators.figures import figures, import_figures, remove_figure
from alerts.indicators.measure import day_of
from alerts.indicators.score import Scorecard
from alerts.indicators.store import is_due, keep_days, load_tables, save_table, scorecard, table_version
from alerts.indicators.table import DEFAULT, IndicatorTable, Status
from alerts.policies import versions as configuration
from alerts.policies.tables import IndicatorDay
from alerts.policies.versions import Kind
from core.audit import entries_for
from core.database import Database
from core.errors import InputError, StateError
from posts.sqlite import SqliteIndex
from tests.alerts.world import BRAND, CRISIS, START, burst, index_of, quiet

NOW = CRISIS + timedelta(hours=2)
DAYS = [day_of(NOW) - timedelta(days=back) for back in range(28, 0, -1)]
TABLE = IndicatorTable(DEFAULT.rows[:3], 10, 20, 30)


@pytest.fixture
def index(tmp_path: Path) -> SqliteIndex:
    return index_of(tmp_path, quiet())


def save(database: Database, table: IndicatorTable | None, brand: str = BRAND, reason: str = "试用", **more: int) -> None:
    with database.writing() as session:
        save_table(session, brand, table, actor="fayan", reason=reason, now=NOW, **more)


def table_of(database: Database, brand: str = BRAND) -> IndicatorTable:
    with database.reading() as session:
        return load_tables(session, [brand])[brand]


def test_a_brand_has_its_own_table_else_the_default_else_what_ships(database: Database) -> None:
    assert table_of(database) == DEFAULT
    save(database, TABLE, brand="")
    assert table_of(database) == TABLE
    save(database, IndicatorTable(DEFAULT.rows[:1]))
    assert len(table_of(database).rows) == 1
    save(database, None)
    assert table_of(database) == TABLE


def test_every_version_is_kept_with_author_time_and_reason_and_audited(database: Database) -> None:
    save(database, TABLE, reason="门店开业")
    save(database, TABLE)
    save(database, None, reason="活动结束")
    with database.reading() as session:
        kept = configuration.history(session, Kind.INDICATORS, BRAND)
        audited = entries_for(session, [f"brand:{BRAND}"])
    assert [(row.version, row.author, row.reason, row.content is None) for row in kept] == [
        (2, "fayan", "活动结束", True),
        (1, "fayan", "门店开业", False),
    ]
    assert [entry.action for entry in audited] == ["indicators.reset", "indicators.save"]


def test_a_change_without_a_reason_is_refused(database: Database) -> None:
    with pytest.raises(InputError, match="理由"):
        save(database, TABLE, reason=" ")


def test_a_change_based_on_an_older_version_is_refused(database: Database) -> None:
    with database.reading() as session:
        seen = table_version(session, BRAND)
    save(database, TABLE, based_on=seen)
    with pytest.raises(StateError, match="fayan"):
        save(database, DEFAULT, based_on=seen)


def keep(database: Database, index: SqliteIndex, at: datetime = NOW, shares: dict[date, float | None] | None = None) -> int:
    return keep_days(database, index, [BRAND], at=at, shares=shares or {})


def card(database: Database, index: SqliteIndex, at: datetime = NOW) -> Scorecard:
    with database.reading() as session:
        return scorecard(session, index, BRAND, at=at)


def test_days_are_counted_once_and_again_only_where_the_posts_changed(database: Database, index: SqliteIndex) -> None:
    assert keep(database, index) == 16  # from the first post on: what was before it is unknown, not calm
    assert keep(database, index) == 0
    index.write(burst(START + timedelta(days=3), 5))
    assert keep(database, index) == 1


def test_a_day_of_which_nothing_was_delivered_is_missing_not_zero(database: Database, tmp_path: Path) -> None:
    index = index_of(tmp_path, [*quiet(days=10), *quiet(days=2, start=START + timedelta(days=14))])
    keep(database, index, shares=dict.fromkeys(DAYS, 0.0))
    with database.reading() as session:
        kept = {row.day.day for row in session.query(IndicatorDay)}
    assert kept == {*range(1, 12), 15, 16}


def test_a_crisis_raises_the_indicators_against_the_kept_days(database: Database, index: SqliteIndex) -> None:
    keep(database, index)
    calm = card(database, index)
    index.write(burst(CRISIS, 120))
    loud = card(database, index, NOW + timedelta(hours=1))
    readings = {reading.indicator.key: reading for reading in loud.readings}
    assert calm.score == 0 and calm.status is Status.CALM
    assert readings["volume"].status is readings["complaints:quality_safety"].status is Status.ALARM
    assert readings["volume"].baseline == 8 and loud.status is Status.ALARM


def test_a_very_busy_day_is_counted_without_reading_it_and_only_its_authors_stay_untold(
    index: SqliteIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.write(burst(CRISIS, 40))
    window = {"start": NOW - timedelta(days=1), "end": NOW}
    read = indicators_measure.count(index, [BRAND], **window)[BRAND]
    monkeypatch.setattr(indicators_measure, "MOST_READ", read.posts - 1)
    assert read.complaints and read.negative
    assert indicators_measure.count_quickly(index, [BRAND], **window)[BRAND] == replace(read, authors=None)


def test_the_days_are_due_after_an_hour_and_after_midnight(database: Database, index: SqliteIndex) -> None:
    with database.reading() as session:
        assert is_due(session, NOW)
    keep(database, index)
    with database.reading() as session:
        assert not is_due(session, NOW + timedelta(minutes=59)) and is_due(session, NOW + timedelta(hours=1))


def brought(database: Database, text: str | bytes) -> object:
    content = text if isinstance(text, bytes) else text.encode()
    with database.writing() as session:
        return import_figures(session, BRAND, content, name="figures.csv", actor="fayan", now=NOW)


LONG = 'date,indicator,value\n2026-10-15,退货,12\n2026-10-16,退货,"1,014"\n'


def test_figures_come_long_or_wide_and_a_day_given_again_is_updated(database: Database) -> None:
    first = brought(database, LONG)
    again = brought(database, "日期,退货,客服来电\n2026/10/16,1015,8\n2026年10月17日,,9\n2026-10-15,12,7\n")
    assert (first.added, first.changed, first.unchanged, first.names) == (2, 0, 0, ("退货",))
    assert (again.added, again.changed, again.unchanged, again.names) == (3, 1, 1, ("客服来电", "退货"))
    with database.reading() as session:
        assert [(row.name, row.days) for row in figures(session, BRAND)] == [("客服来电", 3), ("退货", 2)]
        assert [entry.action for entry in entries_for(session, [f"brand:{BRAND}"])] == ["figures.import"] * 2


def test_bad_rows_are_told_by_their_line_and_the_others_are_taken(database: Database) -> None:
    text = "date,indicator,value\n昨天,退货,1\n2026-10-15,退货,很多\n2026-10-16,,3\n2026-10-17,退货,4,5\n2026-10-18,退货,6\n"
    report = brought(database, text)
    assert [problem.line for problem in report.problems] == [2, 3, 4, 5] and report.added == 1
    assert "昨天" in report.problems[0].zh and "很多" in report.problems[1].zh


def test_a_file_in_gb18030_is_read(database: Database) -> None:
    assert brought(database, LONG.encode("gb18030")).names == ("退货",)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "date\n2026-10-15\n", "date,indicator\n2026-10-15,x\n", 'date,x\n"2026'])
def test_a_file_that_is_no_table_of_figures_is_refused_with_what_it_should_be(database: Database, text: str) -> None:
    with pytest.raises(InputError, match=r"figures\.csv"):
        brought(database, text)


def test_a_figure_joins_the_scorecard_by_itself(database: Database, index: SqliteIndex) -> None:
    days = [f"2026-10-{day:02},{40 if day == 17 else 10}" for day in range(1, 18)]
    brought(database, "\n".join(["日期,退货", *days]))
    reading = next(one for one in card(database, index).readings if one.indicator.is_figure)
    assert (reading.status, reading.value, reading.baseline) == (Status.ALARM, 40, 10)


def test_a_figure_is_removed_with_its_days(database: Database) -> None:
    brought(database, LONG)
    with database.writing() as session:
        assert remove_figure(session, BRAND, "退货", actor="fayan", now=NOW) == 2
    with database.writing() as session, pytest.raises(InputError, match="退货"):
        remove_figure(session, BRAND, "退货", actor="fayan", now=NOW)
