"""`yushao roster`: the roster made and rehearsed from the terminal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import now
from core.database import Database
from core.errors import InputError, YushaoError
from tests.alerts.duty_room import staff
from tests.command_line import CommandLine


@pytest.fixture
def run(run: CommandLine, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Commands in an office of four people, of whom wang can be reached."""
    monkeypatch.setenv("YUSHAO_ALERTS_CONTACTS", '{"wang-hook": "json://127.0.0.1:9/top-secret-token"}')
    staff(sqlite_database)
    return run


def test_the_roster_is_made_and_rehearsed(run: CommandLine) -> None:
    """`who` prints the steps in order with their times; no address is ever printed."""
    run("roster", "add", "wang", "--deputy", "li", "--first-day", "2026-11-02", "--as", "zhao")
    run("roster", "contacts", "add", "wang", "wang-hook", "--as", "zhao")
    told = run("roster", "who", "--level", "major", "--at", "2026-11-03T03:00").output
    places = [told.index(part) for part in ("03:00", "wang-hook", "03:15", "li", "03:30", "zhao", "03:45", "admin")]
    assert places == sorted(places)
    assert "⚠" not in told and "secret" not in told + run("roster", "contacts", "list").output


def test_an_empty_roster_is_said_to_be_a_fault(run: CommandLine) -> None:
    assert "值班表此刻无人" in run("roster", "who").output


def test_a_swap_shows_and_is_taken_back(run: CommandLine) -> None:
    swap = run("roster", "swap", "li", "--from", "2099-01-01", "--to", "2099-01-02", "--as", "wang").output.strip()
    assert swap in run("roster", "list").output
    run("roster", "remove", swap, "--as", "wang")
    assert swap not in run("roster", "list").output


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
def test_what_is_wrong_is_named(run: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(YushaoError, match=said):
        run("roster", *arguments)


def test_a_channel_is_tested_from_the_terminal_without_showing_its_address(run: CommandLine) -> None:
    told = run("notify", "test", code=1).output
    assert "✗ wang-hook" in told and "secret" not in told
    with pytest.raises(InputError, match="没有通道 none"):
        run("notify", "test", "--channel", "none")


def test_a_silence_is_made_listed_and_ended(run: CommandLine) -> None:
    until = (now() + timedelta(hours=2)).isoformat()
    told = run("silences", "add", "--brand", "甲", "--reason", "演练", "--until", until, "--as", "wang").output.strip()
    assert told in run("silences", "list").output
    assert "已结束" in run("silences", "end", told, "--as", "wang").output
    with pytest.raises(InputError, match="没有进行中的免打扰"):
        run("silences", "end", told, "--as", "wang")


def test_the_log_starts_empty_and_only_what_failed_is_retried(run: CommandLine) -> None:
    run("notify", "log")
    with pytest.raises(YushaoError, match="不是失败状态"):
        run("notify", "retry", "nothing")
