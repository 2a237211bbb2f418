"""The commands: cases from alert to export, people, audit, as typed at a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cli import base
from core.database import Database
from core.errors import ForbiddenError, InputError, StateError
from tests.casework.world import add_alert, fill
from tests.command_line import CommandLine
from tests.forging import drop_guards
from tests.statements import desk

Run = Callable[..., str]

SHEET = desk.SHEET | {
    "company_name": "星海茶饮有限公司",
    "contact": "400-000-0000",
    "next_update_at": "2099-11-02 18:00",
}


@pytest.fixture
def run(run: CommandLine) -> Run:
    """Run a command and give what it printed."""
    return lambda *arguments, **how: run(*arguments, **how).output


@pytest.fixture
def alert(run: Run, sqlite_database: Database, make_post: Any) -> str:
    """The number of an alert with its posts, and the people duty and lead."""
    for name, role in (("duty", "duty"), ("lead", "lead")):
        run("people", "add", name, "--role", role, "--generate")
    with base.index() as index:
        fill(index, [make_post("喝出异物")])
    with sqlite_database.writing() as session:
        return add_alert(session).number


def holding(run: Run, case: str) -> str:
    """The id of the case's holding statement in simplified characters."""
    line = next(line for line in run("cases", "drafts", "list", case).splitlines() if "情况说明·简体" in line)
    return line.split("│")[1].strip()


def shown_hash(run: Run, draft: str) -> str:
    return run("cases", "drafts", "show", draft).splitlines()[-1]


def test_the_whole_road_at_the_terminal(run: Run, alert: str, tmp_path: Path) -> None:
    """Open, set and confirm the facts, submit, approve by a second person, publish, export; the log is whole."""
    case = run("cases", "open", alert, "--as", "duty").strip()
    for name, value in SHEET.items():
        run("cases", "fact", "set", case, name, value, "--source", "门店", "--as", "duty")
    run("cases", "fact", "confirm", case, "brand", *SHEET, "--as", "lead")
    draft = holding(run, case)
    run("cases", "submit", draft, "--as", "duty")
    run("cases", "approve", draft, "--as", "lead", "--hash", shown_hash(run, draft))
    run("cases", "publish", draft, "--as", "lead")
    for format in ("md", "txt", "html"):
        target = tmp_path / run("cases", "export", draft, "--format", format).strip()
        assert "星海市城东店" in target.read_text(encoding="utf-8")
    assert "批准人: lead" in run("cases", "export", draft, "--out", "-")
    told = run("cases", "show", case)
    assert "确认事实“发生地点”" in told and "批准“情况说明·简体" in told and "喝出异物" in told
    assert "已发布" in run("cases", "drafts", "list", case)
    assert "✓" in run("audit", "verify")
    assert '"via":"cli"' in run("audit", "list", "--subject", f"draft:{draft}")


def test_approval_needs_the_hash_of_what_was_read(run: Run, alert: str) -> None:
    """Another hash than the text's is refused; so is the author's own approval, and a role that may not."""
    case = run("cases", "open", alert, "--as", "duty").strip()
    draft = holding(run, case)
    run("cases", "edit", draft, "--file", "-", "--as", "duty", typed="一切以官方通报为准。\n")
    read = shown_hash(run, draft)
    run("cases", "submit", draft, "--as", "duty")
    with pytest.raises(StateError, match="改动"):
        run("cases", "approve", draft, "--as", "lead", "--hash", "0" * 64)
    with pytest.raises(ForbiddenError, match="负责人"):
        run("cases", "approve", draft, "--as", "duty", "--hash", read)
    run("cases", "send-back", draft, "--reason", "太短", "--as", "lead")
    assert "已退回" in run("cases", "drafts", "list", case)


def test_an_edit_from_a_file_and_a_fresh_start(run: Run, alert: str, tmp_path: Path) -> None:
    """A missing or GBK file is named; `redo` starts again from the facts."""
    case = run("cases", "open", alert, "--as", "duty").strip()
    draft = holding(run, case)
    (tmp_path / "gbk.md").write_bytes("关于情况".encode("gbk"))
    for file in ("gbk.md", "missing.md"):
        with pytest.raises(InputError, match=file):
            run("cases", "edit", draft, "--file", file, "--as", "duty")
    (tmp_path / "good.md").write_text("我们的话。", encoding="utf-8")
    assert "（已修改）" in run("cases", "edit", draft, "--file", "good.md", "--as", "duty")
    assert "v2" in run("cases", "drafts", "redo", draft, "--as", "duty")
    assert "已被新版取代" in run("cases", "drafts", "list", case, "--all")


def test_facts_at_the_terminal(run: Run, alert: str) -> None:
    """An unknown name lists the known ones, a fact never set says so, withdrawing needs a reason."""
    case = run("cases", "open", alert, "--as", "duty").strip()
    with pytest.raises(InputError, match="headline"):
        run("cases", "fact", "set", case, "weather", "晴", "--source", "窗外", "--as", "duty")
    with pytest.raises(InputError, match="place"):
        run("cases", "fact", "confirm", case, "place", "--as", "lead")
    run("cases", "fact", "confirm", case, "brand", "--as", "lead")
    run("cases", "fact", "withdraw", case, "brand", "--reason", "写错了", "--as", "duty")
    assert re.search(r"brand.*已撤回", run("cases", "fact", "list", case))
    assert "下次通报时间" in run("cases", "fact", "names")


def test_nobody_acts_under_an_unknown_or_former_name(run: Run, alert: str) -> None:
    """`--as` must be an active person."""
    with pytest.raises(InputError, match="ghost"):
        run("cases", "open", alert, "--as", "ghost")
    run("people", "deactivate", "duty")
    with pytest.raises(ForbiddenError, match="停用"):
        run("cases", "open", alert, "--as", "duty")


def test_a_case_is_listed_taken_and_closed(run: Run, alert: str) -> None:
    """A closed case leaves the list, and stays under --all."""
    case = run("cases", "open", alert, "--as", "duty").strip()
    assert case in run("cases", "list")
    run("cases", "close", case, "--reason", "误报", "--as", "duty")
    assert case not in run("cases", "list") and case in run("cases", "list", "--all")
    with pytest.raises(StateError, match="已结案"):
        run("cases", "take", case, "--as", "lead")


@pytest.mark.filterwarnings("ignore::getpass.GetPassWarning")  # no terminal to hide the typing on
def test_people_are_added_listed_and_given_passwords(run: Run) -> None:
    """A generated password is shown once; a typed one is asked for twice; a wrong name is named."""
    assert re.search(r"密码.*: \S{19}", run("people", "add", "fang", "--role", "lead", "--name", "方负责", "--generate"))
    run("people", "password", "fang", typed="correct-horse\ncorrect-horse\n")
    assert "方负责" in run("people", "list")
    with pytest.raises(InputError, match="ghost"):
        run("people", "password", "ghost", "--generate")
    with pytest.raises(InputError, match="10"):
        run("people", "password", "fang", typed="short\nshort\n")


def test_a_broken_log_is_an_exit_code(run: Run, sqlite_database: Database) -> None:
    """`verify` names the entry and exits with 1; a head noted elsewhere shows a cut end."""
    for name in ("fang", "wang"):
        run("people", "add", name, "--role", "lead", "--generate")
    head = re.search(r"[0-9a-f]{64}", run("audit", "verify"))
    assert head is not None
    assert "✓" in run("audit", "verify", "--head", head.group())
    with sqlite_database.engine.begin() as connection:
        drop_guards(connection)
        connection.execute(text("DELETE FROM audit_entry WHERE sequence = 2"))
    assert "✓" in run("audit", "verify")
    assert "第 2 条" in run("audit", "verify", "--head", head.group(), code=1)
