"""The command indicators, as a comms lead uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.database import Database
from core.errors import InputError
from tests.alerts.test_commands import fill_stores
from tests.alerts.world import BRAND
from tests.command_line import CommandLine


@pytest.fixture
def stores(run: CommandLine, sqlite_database: Database) -> None:
    """A brand with three calm weeks and a burst in the last hours, at the present, as the commands have it."""
    fill_stores(sqlite_database, 90)


def test_show_counts_the_days_and_gives_every_point(run: CommandLine, stores: None) -> None:
    shown = json.loads(run("indicators", "show", BRAND, "--json").stdout)
    volume = next(row for row in shown["indicators"] if row["key"] == "volume")
    assert (volume["status"], volume["points"], volume["baseline"]) == ("alarm", 20, 8)
    assert shown["status"] == "alarm" and len(volume["days"]) == 28
    assert "综合分" in run("indicators", "show", BRAND).stdout
    assert "counted: 0" in run("indicators", "count").stdout


def test_a_table_is_edited_saved_looked_back_at_and_reset(run: CommandLine, stores: None, tmp_path: Path) -> None:
    run("indicators", "set", BRAND, "volume", "weight", "35", "--reason", "新品上市")
    run("indicators", "set", BRAND, "figure:退货", "alarm", "3", "--reason", "看退货")
    table = json.loads(run("indicators", "table", BRAND).stdout)
    assert table["rows"][0]["weight"] == 35 and table["rows"][-1]["key"] == "figure:退货"
    file = tmp_path / "table.json"
    file.write_text(json.dumps({**table, "alarm": 80}), encoding="utf-8")
    assert "版本 3" in run("indicators", "load", BRAND, str(file), "--reason", "试用").stdout
    run("indicators", "reset", BRAND, "--reason", "结束")
    assert "新品上市" in run("indicators", "history", BRAND).stdout
    assert json.loads(run("indicators", "table", BRAND).stdout)["rows"][0]["weight"] == 20


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("set", BRAND, "volume", "weight", "many", "--reason", "x"), "weight"),
        (("set", BRAND, "volume", "colour", "1", "--reason", "x"), "colour"),
        (("set", BRAND, "nothing", "weight", "1", "--reason", "x"), "nothing"),
        (("set", "月汐", "volume", "weight", "1", "--reason", "x"), "月汐"),
        (("load", BRAND, "missing.json", "--reason", "x"), "missing.json"),
    ],
)
def test_what_cannot_be_saved_is_named(run: CommandLine, stores: None, arguments: tuple[str, ...], named: str) -> None:
    with pytest.raises(InputError, match=named):
        run("indicators", *arguments)


def test_figures_are_imported_listed_and_forgotten_and_a_bad_row_ends_with_1(
    run: CommandLine, stores: None, tmp_path: Path
) -> None:
    file = tmp_path / "returns.csv"
    file.write_text("日期,退货,客服来电\n2026-11-01,3,80\n坏日期,4,90\n", encoding="utf-8")
    result = run("indicators", "import", str(file), "--brand", BRAND, code=1)
    assert "returns.csv:3" in result.stderr and "added 2" in result.stdout
    assert run("indicators", "figures", BRAND).stdout.splitlines()[1].startswith("退货\t1\t2026-11-01")
    assert "1" in run("indicators", "forget", BRAND, "退货").stdout
