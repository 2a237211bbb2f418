"""`yushao score` and `yushao sentiment`: reasons, training, versions, and what is refused."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from typer import Typer
from typer.testing import CliRunner

from cli import score, sentiment
from core.errors import InputError
from core.settings import Settings
from sentiment.model import SHIPPED
from tests.sentiment.test_training import made_up


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test's own."""
    for module in ("cli.base", "cli.model_versions", "cli.score", "cli.sentiment", "cli.sentiment_base"):
        monkeypatch.setattr(f"{module}.settings", lambda: Settings(home=tmp_path / "home"))
    return tmp_path


def printed(app: Typer, *words: str, given: str = "") -> str:
    done = CliRunner().invoke(app, list(words), input=given, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_every_line_is_scored_and_its_reasons_named() -> None:
    lines = printed(score.app, "--explain", "--json", given="太难喝了\n\nhello\n").splitlines()
    first, empty, latin = map(orjson.loads, lines)
    assert first["label"] == "negative" and first["why"]["reasons"][0]["weight"] > 0
    assert (empty["why"]["reasons"], latin["why"]["reasons"]) == ([], [])


def test_without_json_the_reasons_stand_below_the_line() -> None:
    line, reasons = printed(score.app, "--explain", given="太难喝了\n").splitlines()
    assert line.startswith("negative\t") and "难" in reasons


def test_the_stance_towards_a_brand_and_its_reasons_are_told_on_request() -> None:
    line, mood, stance, reasons = printed(
        score.app, "--explain", "--brand", "星海茶饮", given="星海茶饮被立案调查\n"
    ).splitlines()
    assert line.endswith("被立案调查") and stance.startswith("\tstance\t0.9") and "立案" in reasons and mood != reasons
    (told,) = map(orjson.loads, printed(score.app, "--json", "--brand", "国航", given="中国航天员\n").splitlines())
    assert told["stance"]["stance"]["about"] < 0.5 and "why" not in told


def test_snownlp_cannot_be_explained_and_unknown_backends_are_refused() -> None:
    for words in (["--explain", "--backend", "snownlp"], ["--backend", "oracle"]):
        with pytest.raises(InputError) as error:
            printed(score.app, *words, given="好\n")
        assert "yushao" in error.value.zh and "yushao" in error.value.en


@pytest.mark.training
def test_a_better_model_is_put_in_use_and_can_be_rolled_back(home: Path) -> None:
    rows, file, models = made_up(), home / "rows.tsv", home / "elsewhere"
    file.write_text(
        "".join(f"{label}\t{text}\n" for label, text in zip(rows.labels, rows.texts, strict=True)), encoding="utf-8"
    )
    told = orjson.loads(printed(sentiment.app, "train", str(file), "--out", str(models), "--name", "first", "--json"))
    assert told["promoted"] and told["held_out"]["rows"]["accuracy"] > told["current"]["rows"]["accuracy"]
    assert "* first" in printed(sentiment.app, "versions", "--out", str(models))
    printed(sentiment.app, "rollback", SHIPPED.name, "--out", str(models))
    kept = orjson.loads(printed(sentiment.app, "versions", "--out", str(models), "--json"))
    assert [(one["name"], one["in_use"]) for one in kept] == [(SHIPPED.name, True), ("first", False)]


def test_a_weight_that_is_no_number_is_refused_before_anything_is_trained(home: Path) -> None:
    file = home / "rows.tsv"
    file.write_text("neg\t难喝\npos\t好喝\n", encoding="utf-8")
    with pytest.raises(InputError, match="posts=2"):
        printed(sentiment.app, "train", str(file), "--weight", "rows")


def test_a_file_to_calibrate_by_must_be_one_of_those_trained_on(home: Path) -> None:
    file = home / "rows.tsv"
    file.write_text("neg\t难喝\npos\t好喝\n", encoding="utf-8")
    with pytest.raises(InputError, match="rows"):
        printed(sentiment.app, "train", str(file), "--calibrate", "posts")


@pytest.mark.training
def test_snownlp_is_trained_by_the_same_command(home: Path) -> None:
    rows, file = made_up(), home / "rows.tsv"
    file.write_text(
        "".join(f"{label}\t{text}\n" for label, text in zip(rows.labels, rows.texts, strict=True)), encoding="utf-8"
    )
    words = ["train", str(file), "--backend", "snownlp", "--name", "anew", "--out", str(home / "m"), "--json"]
    told = orjson.loads(printed(sentiment.app, *words))
    assert Path(told["file"]).is_file() and told["held_out"]["rows"]["accuracy"] == 1.0
