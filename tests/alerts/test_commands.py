"""The commands detect, backtest and alerts, as an operator uses them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from cli import base
from core.clock import now
from core.database import Database
from core.errors import ForbiddenError, InputError
from core.people import Role, add_person
from monitoring.brands import BrandRule, save_brand
from tests.alerts.world import BRAND, CRISIS, burst, hot, post, quiet
from tests.command_line import CommandLine


def fill_stores(database: Database, adverse: int) -> None:
    """A brand with three calm weeks and so many adverse posts in the last hours, in the stores that the commands open."""
    at = now()
    with database.writing() as session:
        save_brand(session, BrandRule(BRAND, (BRAND,)), actor="test", now=at)
    with base.index() as index:
        index.write([*quiet(days=21, start=at - timedelta(days=21)), *burst(at - timedelta(hours=3), adverse)])


@pytest.fixture
def crisis(run: CommandLine, sqlite_database: Database) -> None:
    """One brand, one duty person, and a hot-search entry after calm days."""
    with sqlite_database.writing() as session:
        save_brand(session, BrandRule(BRAND, (BRAND,)), actor="test", now=CRISIS)
        for name, role in {"li": Role.DUTY, "chen": Role.LEAD}.items():
            add_person(session, username=name, display_name=name, role=role, password="correct-horse", actor="test", now=CRISIS)
    with base.index() as index:
        index.write([*quiet(), hot(CRISIS, "星海茶饮回应喝出异物")])


def detected(run: CommandLine) -> str:
    """Detect at the crisis; the number of the alert."""
    run("detect", "--as-of", (CRISIS + timedelta(minutes=1)).isoformat())
    [alert] = json.loads(run("alerts", "list", "--json").stdout)
    return str(alert["number"])


@pytest.mark.usefixtures("crisis")
def test_detect_tells_what_it_did_and_that_nothing_was_watched(run: CommandLine) -> None:
    """Without sources a quiet window is not called calm; a second run changes nothing."""
    output = run("detect", "--as-of", (CRISIS + timedelta(minutes=1)).isoformat()).output
    assert "opened 1" in output and "没有在监测的信源" in output
    assert "opened 0" in run("detect", "--as-of", (CRISIS + timedelta(minutes=1)).isoformat()).output


@pytest.mark.usefixtures("crisis")
def test_an_alert_is_listed_shown_taken_and_dismissed(run: CommandLine) -> None:
    number = detected(run)
    assert number in run("alerts", "list").output
    shown = run("alerts", "show", number).output
    assert "星海茶饮回应喝出异物" in shown and "风险矩阵" in shown and "opened" in shown
    assert "已确认" in run("alerts", "ack", number, "--as", "li").output
    assert "已忽略" in run("alerts", "dismiss", number, "--as", "li", "--reason", "同名").output
    assert number not in run("alerts", "list").output
    assert number in run("alerts", "list", "--all").output


@pytest.mark.usefixtures("crisis")
def test_the_whole_road_at_the_terminal(run: CommandLine) -> None:
    """Raised by duty staff, resolved, reviewed by a lead; the table says who has it and that a person set the level."""
    number = detected(run)
    run("alerts", "ack", number, "--as", "li")
    assert "重大（人工）" in run("alerts", "level", number, "major", "--as", "li", "--reason", "监管来电").output
    with pytest.raises(ForbiddenError):
        run("alerts", "level", number, "minor", "--as", "li", "--reason", "没事")
    with pytest.raises(InputError, match="worst"):
        run("alerts", "level", number, "worst", "--as", "li", "--reason", "x")
    run("alerts", "note", number, "--as", "li", "--text", "已联系门店")
    run("alerts", "resolve", number, "--as", "li", "--reason", "已澄清")
    run("alerts", "reopen", number, "--as", "li", "--reason", "又有新帖")
    run("alerts", "resolve", number, "--as", "li")
    with pytest.raises(ForbiddenError):
        run("alerts", "review", number, "--as", "li", "--note", "培训不足")
    assert "已复盘" in run("alerts", "review", number, "--as", "chen", "--note", "培训不足").output
    shown = run("alerts", "show", number).output
    assert "人工调为重大：监管来电（li）" in shown and "培训不足" in shown


@pytest.mark.usefixtures("crisis")
def test_alerts_are_printed_as_json(run: CommandLine) -> None:
    number = detected(run)
    [listed] = json.loads(run("alerts", "list", "--json", "--level", "minor").stdout)
    shown = json.loads(run("alerts", "show", number, "--json").stdout)
    assert listed["number"] == number and listed["waves"][0]["number"] == 1
    assert {name: shown[name] for name in listed} == listed
    assert [event["kind"] for event in shown["events"]] == ["opened"]
    assert json.loads(run("alerts", "list", "--json", "--level", "major").stdout) == []


@pytest.mark.usefixtures("crisis")
def test_alerts_are_split_and_merged_at_the_terminal(run: CommandLine) -> None:
    number = detected(run)
    unpaid = [post(CRISIS + timedelta(minutes=place), place, adverse=True, risks=("people",)) for place in range(3)]
    with base.index() as index:
        index.write([*unpaid, post(CRISIS + timedelta(minutes=9), 9)])
    run("alerts", "split", number, "--as", "li", "--category", "people")
    listed = json.loads(run("alerts", "list", "--json").stdout)
    [made] = [one for one in listed if one["topic"] == "people"]
    assert "只看类别：people" in run("alerts", "show", made["number"]).output
    assert number in run("alerts", "merge", made["number"], "--into", number, "--as", "li").output
    assert "已并入" in run("alerts", "show", made["number"]).output
    assert [one["number"] for one in json.loads(run("alerts", "list", "--json").stdout)] == [number]


@pytest.mark.usefixtures("crisis")
def test_a_stranger_may_not_act(run: CommandLine) -> None:
    with pytest.raises(InputError, match="nobody"):
        run("alerts", "resolve", detected(run), "--as", "nobody")


@pytest.mark.usefixtures("crisis")
def test_backtest_prints_the_alert_with_its_posts_and_as_json(run: CommandLine) -> None:
    day = CRISIS.date().isoformat()
    output = run("backtest", "--brand", BRAND, "--from", day, "--to", day).output
    assert "星海茶饮回应喝出异物" in output and "1 alerts" in output
    told = json.loads(run("backtest", "--from", day, "--to", day, "--json").stdout)
    assert told["brands"] == [BRAND]
    assert datetime.fromisoformat(told["alerts"][0]["opened_at"]) - CRISIS <= timedelta(minutes=1)


@pytest.mark.usefixtures("crisis")
def test_backtest_can_keep_its_alerts(run: CommandLine) -> None:
    day = CRISIS.date().isoformat()
    run("backtest", "--from", day, "--to", day, "--record")
    assert "回放" in run("alerts", "list").output


@pytest.mark.usefixtures("crisis")
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--from", "2026-10-02", "--to", "2026-10-01"), "--to"),
        (("--from", "yesterday", "--to", "2026-10-01"), "yesterday"),
        (("--from", "2026-10-01", "--to", "2026-10-02", "--brand", "月河茶饮"), "月河茶饮"),
    ],
)
def test_wrong_times_and_unknown_brands_are_named(run: CommandLine, arguments: tuple[str, ...], named: str) -> None:
    with pytest.raises(InputError, match=named):
        run("backtest", *arguments)
