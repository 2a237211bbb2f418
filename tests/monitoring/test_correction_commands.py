"""`yushao corrections`, `yushao stance` and `yushao sentiment` on what staff corrected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.database import Database
from core.errors import InputError
from monitoring.brands import BrandRule
from monitoring.corrections import correct
from monitoring.in_force import Judgement, Verdict
from posts.index import IndexedPost
from sentiment.labelled import read_labelled
from sentiment.stance_files import read_rows
from tests.command_line import CommandLine
from tests.conftest import NOON
from tests.monitoring.conftest import MakePost, watch

SAID = (
    ("星海茶饮喝出\n异物", Judgement(Verdict.NEGATIVE, ("quality_safety", "service"))),
    ("星海茶饮\t广场的灯会", Judgement(Verdict.NOT_ABOUT)),
    ("星海茶饮真不错", Judgement(Verdict.POSITIVE)),
    ("星海茶饮太吵", Judgement(Verdict.NEGATIVE)),
)


@pytest.fixture
def corrected(sqlite_database: Database, make_post: MakePost, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A home in which staff said four things."""
    monkeypatch.setenv("YUSHAO_LANGUAGE", "en")
    watch(sqlite_database, BrandRule("星海茶饮", ("星海茶饮",)))
    with sqlite_database.writing() as session:
        for text, said in SAID:
            correct(session, IndexedPost(make_post(text)), "星海茶饮", said, models={}, actor="lin", now=NOON)
    return sqlite_database


def test_listed_with_who_what_and_when(corrected: Database, run: CommandLine) -> None:
    told = run("corrections", "list").output
    assert "lin" in told and "not_about" in told and "2026-11-02 12:00" in told and "Quality" not in told
    assert "quality_safety" in told
    assert "lin" not in run("corrections", "list", "--brand", "北岸").output


def test_both_forms_of_export_are_read_by_training(corrected: Database, run: CommandLine, tmp_path: Path) -> None:
    titles, labelled = tmp_path / "titles.tsv", tmp_path / "labelled.tsv"
    assert "4 corrections" in run("corrections", "export", str(titles)).output
    assert "3 corrections" in run("corrections", "export", str(labelled), "--form", "labelled").output
    rows = {row.subject.text: row for row in read_rows(titles)}
    assert rows["星海茶饮喝出 异物"].categories == ("quality_safety", "service")
    assert (rows["星海茶饮太吵"].categories, rows["星海茶饮 广场的灯会"].about) == (("other",), False)
    assert dict(zip(read_labelled(labelled).texts, read_labelled(labelled).labels, strict=True)) == {
        "星海茶饮喝出 异物": "neg",
        "星海茶饮真不错": "pos",
        "星海茶饮太吵": "neg",
    }
    with pytest.raises(InputError, match="cannot write"):
        run("corrections", "export", str(tmp_path / "nowhere" / "x.tsv"))


@pytest.mark.parametrize(("group", "number"), [("stance", 4), ("sentiment", 3)])
def test_too_few_corrections_are_said_to_be_so(corrected: Database, run: CommandLine, group: str, number: int) -> None:
    with pytest.raises(InputError, match=f"there are {number} corrections"):
        run(group, "train")


def test_a_candidate_from_corrections_is_kept_told_and_never_in_the_way(
    corrected: Database, run: CommandLine, make_post: MakePost
) -> None:
    with corrected.writing() as session:
        for number in range(4):
            post = IndexedPost(make_post(f"星海茶饮门店{number}"))
            correct(session, post, "星海茶饮", Judgement(Verdict.NEUTRAL), models={}, actor="lin", now=NOON)
    told = json.loads(run("stance", "train", "--name", "first", "--json").stdout)
    assert (told["name"], told["corrections"], told["promoted"]) == ("first", 8, False)
    assert told["figures"]["leads"] is False
    assert [line.split("\t")[0] for line in run("stance", "versions").stdout.splitlines()] == ["* stance-2", "  first"]
    assert "first is in use" in run("stance", "rollback", "first").stdout
    assert "* first" in run("stance", "versions").stdout
    assert "first" in run("audit", "list").output
    run("stance", "rollback", "stance-2")
