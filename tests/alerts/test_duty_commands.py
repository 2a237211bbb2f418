"""`yushao roster`: the roster made and rehearsed from the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli.base
from core.clock import now
from core.people import add_person
from tests.alerts.duty_room import PEOPLE


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YUSHAO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("YUSHAO_ALERTS_CONTACTS", '{"wang-hook": "json://127.0.0.1:9/top-secret-token"}')
    cli.base.settings.cache_clear()
    with cli.base.state() as database, database.writing() as session:
        for name, role in PEOPLE.items():
            add_person(session, username=name, display_name=name, role=role, password="long-enough-1", actor="test", now=now())
    yield CliRunner()
    cli.base.settings.cache_clear()


def run(terminal: CliRunner, group: str, *arguments: str) -> str:
    result = terminal.invoke(import_module(f"cli.{group}").app, list(arguments))
    return result.output if result.exit_code == 0 else str(result.exception)


def test_the_roster_is_made_and_rehearsed(terminal: CliRunner) -> None:
    """`who` prints the steps in order with their times; no address is ever printed."""
    run(terminal, "roster", "add", "wang", "--deputy", "li", "--first-day", "2026-11-02", "--as", "zhao")
    run(terminal, "roster", "contacts", "add", "wang", "wang-hook", "--as", "zhao")
    told = run(terminal, "roster", "who", "--level", "major", "--at", "2026-11-03T03:00")
    places = [told.index(part) for part in ("03:00", "wang-hook", "03:15", "li", "03:30", "zhao", "03:45", "admin")]
    assert places == sorted(places)
    assert "⚠" not in told and "secret" not in told + run(terminal, "roster", "contacts", "list")


def test_an_empty_roster_is_said_to_be_a_fault(terminal: CliRunner) -> None:
    assert "值班表此刻无人" in run(terminal, "roster", "who")


def test_a_swap_shows_and_is_taken_back(terminal: CliRunner) -> None:
    swap = run(terminal, "roster", "swap", "li", "--from", "2099-01-01", "--to", "2099-01-02", "--as", "wang").strip()
    assert swap in run(terminal, "roster", "list")
    run(terminal, "roster", "remove", swap, "--as", "wang")
    assert swap not in run(terminal, "roster", "list")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "wang", "--as", "li"), "负责人"),  # the roster is a lead's
        (("add", "nobody", "--as", "zhao"), "没有用户 nobody"),
        (("add", "wang", "--deputy", "wang", "--as", "zhao"), "不能是同一个人"),
        (("add", "wang", "--days", "x", "--as", "zhao"), "看不懂星期几"),
        (("add", "wang", "--days", "7", "--as", "zhao"), "请至少选一个星期几"),
        (("add", "wang", "--start", "25:00", "--as", "zhao"), "看不懂时刻"),
        (("add", "wang", "--levels", "huge", "--as", "zhao"), "没有级别 huge"),
        (("contacts", "add", "li", "li-hook", "--as", "zhao"), "alerts.contacts 中没有 li-hook"),
        (("remove", "nothing", "--as", "zhao"), "值班表里没有 nothing"),
    ],
)
def test_what_is_wrong_is_named(terminal: CliRunner, arguments: tuple[str, ...], said: str) -> None:
    assert said in run(terminal, "roster", *arguments)


def test_a_channel_is_tested_from_the_terminal_without_showing_its_address(terminal: CliRunner) -> None:
    result = terminal.invoke(import_module("cli.notify").app, ["test"])
    assert result.exit_code == 1 and "✗ wang-hook" in result.output and "secret" not in result.output
    assert "没有通道 none" in run(terminal, "notify", "test", "--channel", "none")


def test_a_silence_is_made_listed_and_ended(terminal: CliRunner) -> None:
    until = (now() + timedelta(hours=2)).isoformat()
    told = run(terminal, "silences", "add", "--brand", "甲", "--reason", "演练", "--until", until, "--as", "wang").strip()
    assert told in run(terminal, "silences", "list")
    assert "已结束" in run(terminal, "silences", "end", told, "--as", "wang")
    assert "没有进行中的免打扰" in run(terminal, "silences", "end", told, "--as", "wang")


def test_the_log_starts_empty_and_only_what_failed_is_retried(terminal: CliRunner) -> None:
    run(terminal, "notify", "log")
    assert "不是失败状态" in run(terminal, "notify", "retry", "nothing")
