"""Training from tables and measuring on them, by command, and what is said of tables that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from cli.stance import app
from core.errors import InputError
from monitoring.risk import RiskCategory
from posts.index import Sentiment
from sentiment.stance import SIDES, StanceModel, in_use, shipped
from sentiment.stance_evaluation import StanceReport
from sentiment.stance_features import Subject
from sentiment.stance_files import Row, read_rows
from sentiment.stance_phrases import ANY_BRAND, phrases, titles
from tests.sentiment.stance_titles import BRANDS, HEADER, lines, write

pytestmark = pytest.mark.training


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with made-up titles and a model trained on them, which takes its time; nobody changes it."""
    place = tmp_path_factory.mktemp("stance")
    command = ["train", str(write(place / "titles.tsv")), "--out", str(place / "model")]
    assert CliRunner().invoke(app, command, catch_exceptions=False).exit_code == 0
    return place


@pytest.fixture
def trained(tmp_path: Path, learned: Path) -> Path:
    """The folder of the model in a copy of its own, the titles beside it."""
    copytree(learned, tmp_path, dirs_exist_ok=True)
    return tmp_path / "model"


def test_what_is_learned_of_some_brands_holds_for_another(trained: Path) -> None:
    (stance,) = StanceModel.load(trained).judge([Subject("远山面馆喝出异物", ("远山面馆",))])
    assert (stance.is_about, stance.score.label, stance.category) == (True, Sentiment.NEGATIVE, "quality_safety")


def test_the_same_rows_give_the_same_model(trained: Path, tmp_path: Path) -> None:
    again = tmp_path / "again" / "model"
    CliRunner().invoke(app, ["train", str(tmp_path / "titles.tsv"), "--out", str(again)], catch_exceptions=False)
    first, second = StanceModel.load(trained), StanceModel.load(again)
    assert (first.keys == second.keys).all() and (first.weights == second.weights).all()


def corrected(title: str, side: str, *categories: str, about: bool = True) -> Row:
    return Row(Subject(title, (BRANDS[0],)), about=about, side=side, categories=categories)


def test_what_is_built_on_a_model_keeps_its_knowledge_and_adds_corrections(trained: Path) -> None:
    from sentiment.stance_training import train

    base = StanceModel.load(trained)
    wrong = Subject(f"{BRANDS[0]}罕见字样", (BRANDS[0],))
    assert base.judge([wrong])[0].score.label is not Sentiment.POSITIVE
    rows = [corrected(wrong.text, "pos"), corrected(f"{BRANDS[0]}大道通车", "neu", about=False)]
    model = train(rows, name="corrected", build_on=base)
    learned, street, known = model.judge([wrong, rows[1].subject, Subject("远山面馆喝出异物", ("远山面馆",))])
    assert (learned.score.label, street.is_about) == (Sentiment.POSITIVE, False)
    assert (known.score.label, known.category) == (Sentiment.NEGATIVE, "quality_safety")
    assert model.metadata["built_on"] == base.name


def test_a_category_that_the_model_does_not_know_cannot_be_built_on_it(trained: Path) -> None:
    from sentiment.stance_training import train

    with pytest.raises(InputError, match="weather"):
        train([corrected("下雨", "neg", "weather")], name="m", build_on=StanceModel.load(trained))


def test_a_row_may_have_several_categories(tmp_path: Path) -> None:
    (row,) = read_rows(write(tmp_path / "t.tsv", HEADER, "0\t星海\t星海喝出虫子被罚\t1\tneg\tquality_safety|legal_regulatory"))
    assert (row.category, row.categories) == ("quality_safety", ("quality_safety", "legal_regulatory"))


def test_made_up_titles_teach_every_category_and_side_and_no_brand_of_its_own() -> None:
    rows = list(phrases())
    assert {row.category for row in rows if row.negative} == set(RiskCategory)
    assert {row.side for row in rows} == set(SIDES)
    assert all(row.about and row.subject.text.count(ANY_BRAND) == 1 for row in rows)
    assert len({row.subject.text for row in rows}) == len(rows)


def test_a_pattern_makes_a_title_of_every_choice() -> None:
    assert titles("{吃|喝}X{出虫|后腹泻}") == [f"{a}{ANY_BRAND}{b}" for a in "吃喝" for b in ("出虫", "后腹泻")]


def test_the_model_in_use_is_the_one_named_or_else_the_shipped_one(tmp_path: Path, trained: Path) -> None:
    assert in_use(tmp_path) is shipped()
    (tmp_path / "current").write_text(f"{trained.name}\n")
    assert in_use(tmp_path).name == trained.name


def test_evaluate_prints_every_figure_as_json(tmp_path: Path, trained: Path) -> None:
    command = ["evaluate", str(tmp_path / "titles.tsv"), "--model", str(trained), "--json"]
    report = json.loads(CliRunner().invoke(app, command, catch_exceptions=False).output)
    assert list(report) == list(StanceReport.__dataclass_fields__)
    assert report["rows"] == len(lines()) - 1
    assert report["posts_per_second_per_core"] > 0
    shares = {name: value for name, value in report.items() if name not in ("rows", "posts_per_second_per_core")}
    assert all(value < 0.3 if name.endswith("_ece") else value > 0.95 for name, value in shares.items())


def test_a_file_without_rows_about_the_brand_has_figures_still(tmp_path: Path) -> None:
    table = write(tmp_path / "t.tsv", HEADER, "0\t星海\t天气好\t0\tneu\t-")
    report = json.loads(CliRunner().invoke(app, ["evaluate", str(table), "--json"], catch_exceptions=False).output)
    assert (report["rows"], report["negative_f1"], report["category_accuracy"]) == (1, 0.0, 0.0)


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        (["id\ttitle", "0\t星海"], "id brand title"),
        ([HEADER], "t.tsv"),
        ([HEADER, "0\t星海\t星海好\t1\tneu\t-", "1\t星海\t星海好"], " 3 "),
        ([HEADER, "0\t星海\t星海好\t2\tneu\t-"], " 2 "),
        ([HEADER, "0\t星海\t星海好\t1\tbad\t-"], " 2 "),
        ([HEADER, "0\t星海\t星海好\t1\tneg\t-"], " 2 "),
        ([HEADER, "0\t\t星海好\t1\tneu\t-"], " 2 "),
    ],
)
def test_a_table_that_cannot_be_read_is_named_with_the_line(tmp_path: Path, rows: list[str], place: str) -> None:
    with pytest.raises(InputError) as caught:
        read_rows(write(tmp_path / "t.tsv", *rows))
    assert place in caught.value.zh and place in caught.value.en


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_is_missing_or_not_utf8_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "t.tsv"
    if content:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"t\.tsv"):
        read_rows(path)


def test_labels_of_one_kind_only_are_too_few_to_train_from(tmp_path: Path) -> None:
    from sentiment.stance_training import train

    with pytest.raises(InputError) as caught:
        train(read_rows(write(tmp_path / "t.tsv", HEADER, "0\t星海\t星海好\t1\tpos\t-")), name="m")
    assert "neg" in caught.value.en
