"""The commands brands, ingest and search, as an operator uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.database import Database
from core.errors import InputError
from sentiment.scorer import Scorer
from tests.command_line import CommandLine
from tests.monitoring.conftest import MakePost, Recording, deposit


@pytest.fixture(autouse=True)
def one_scorer(monkeypatch: pytest.MonkeyPatch, scorer: Scorer) -> None:
    """Every command scores with the run's one scorer."""
    monkeypatch.setattr("sentiment.scorer.open_scorer", lambda settings, backend="": Recording(scorer))


@pytest.fixture
def past(run: CommandLine, sqlite_database: Database, make_post: MakePost) -> None:
    """Three posts in the index, before any brand is watched."""
    deposit(sqlite_database, [make_post(text, native_id=text) for text in ("星海喝出异物[怒]", "星海广场", "北岸")])
    assert "posts 3" in run("ingest").output


@pytest.mark.usefixtures("past")
def test_a_brand_that_is_added_finds_its_past_posts_at_once(run: CommandLine) -> None:
    output = run("brands", "add", "星海茶饮", "--keywords", "星海|StarSea", "--exclusions", "星海广场").output
    assert "scanned 2" in output and "gained 1" in output
    assert "星海喝出异物[怒]" in run("search", "--brand", "星海茶饮").output
    assert "1 of 1" in run("search", "--brand", "星海茶饮").output


@pytest.mark.usefixtures("past")
def test_with_later_the_next_ingest_does_it(run: CommandLine) -> None:
    assert "next ingest" in run("brands", "add", "星海", "--later").output
    assert "0 of 0" in run("search", "--brand", "星海").output
    assert "gained 2" in run("ingest").output
    assert "past posts" not in run("ingest").output


@pytest.mark.usefixtures("past")
def test_words_that_are_not_given_stay_as_they_are(run: CommandLine) -> None:
    run("brands", "add", "星海茶饮", "--keywords", "星海", "--exclusions", "星海广场")
    run("brands", "add", "星海茶饮", "--aliases", "SeaTea")
    output = run("brands", "show", "星海茶饮").output
    assert "keywords: 星海\n" in output and "aliases: SeaTea\n" in output and "exclusions: 星海广场\n" in output


@pytest.mark.usefixtures("past")
def test_a_removed_brand_loses_its_mentions_and_is_listed_only_when_asked(run: CommandLine) -> None:
    run("brands", "add", "北岸")
    assert "lost 1" in run("brands", "remove", "北岸").output
    assert "北岸" not in run("brands", "list").output
    assert "inactive" in run("brands", "list", "--all").output


def test_a_file_of_brands_is_imported_and_its_wrong_lines_end_in_code_1(run: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "brands.csv"
    file.write_text("name,keywords\n星海茶饮,星海\n,x\n", encoding="utf-8")
    result = run("brands", "import", str(file), code=1)
    assert "added 1" in result.output and f"{file}:3:" in result.stderr
    file.write_text("name,keywords\n星海茶饮,星海\n", encoding="utf-8")
    assert "unchanged 1" in run("brands", "import", str(file)).output


@pytest.mark.usefixtures("past")
def test_a_risk_word_changes_past_mentions(run: CommandLine) -> None:
    run("brands", "add", "北岸")
    run("brands", "risk-terms", "add", "北岸", "other")
    (found,) = map(json.loads, run("search", "--brand", "北岸", "--json").output.splitlines())
    assert found["mentions"][0]["risks"] == ["other"]
    assert "北岸\tother\t" in run("brands", "risk-terms", "list", "other").output
    run("brands", "risk-terms", "remove", "北岸")
    assert "北岸" not in run("brands", "risk-terms", "list").output


@pytest.mark.usefixtures("past")
def test_search_takes_text_times_platform_and_sentiment(run: CommandLine) -> None:
    run("brands", "add", "星海")
    assert "2 of 2" in run("search", "星海", "--platform", "weibo").output
    assert "0 of 0" in run("search", "星海", "--platform", "zhihu").output
    assert "2 of 2" in run("search", "星海", "--from", "2026-11-02", "--to", "2026-11-03").output
    assert "0 of 0" in run("search", "星海", "--to", "2026-11-02T12:00").output
    everyone = [
        run("search", "--brand", "星海", "--sentiment", feeling).output for feeling in ("negative", "neutral", "positive")
    ]
    assert sum(int(output.split(" of ")[-1]) for output in everyone) == 2
    assert "1 of 3" in run("search", "--limit", "1", "--sort", "oldest").output


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("search", "--from", "yesterday"), "yesterday"),
        (("search", "--sentiment", "angry"), "--sentiment"),
        (("search", "--sort", "best"), "--sort"),
        (("brands", "show", "没有"), "没有"),
        (("brands", "remove", "没有"), "没有"),
        (("brands", "import", "none.csv"), "none.csv"),
        (("brands", "risk-terms", "add", "词", "无"), "quality_safety"),
        (("score", "none.txt"), "none.txt"),
    ],
)
def test_what_is_wrong_is_named(run: CommandLine, arguments: tuple[str, ...], named: str) -> None:
    with pytest.raises(InputError, match=named):
        run(*arguments)


def test_score_prints_one_line_a_text(run: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "texts.txt"
    file.write_text("服务太差了，垃圾\n\n好[doge]", encoding="utf-8")
    labels = [line.split("\t")[0] for line in run("score", str(file)).output.splitlines()]
    assert labels[:2] == ["negative", "neutral"] and len(labels) == 3
    (first, *_) = map(json.loads, run("score", str(file), "--json").output.splitlines())
    assert first["label"] == "negative" and sum(first["score"].values()) == pytest.approx(1)
