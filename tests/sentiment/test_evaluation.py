"""The figures of an evaluation, by hand, and the command that prints them."""

from __future__ import annotations

import lzma
from pathlib import Path

import numpy as np
import orjson
import pytest
from typer.testing import CliRunner

from cli.sentiment import app
from core.errors import InputError
from core.settings import Settings
from sentiment.evaluation import calibration_error, figures
from sentiment.labelled import read_labelled

ROWS = "neg\t难喝，太差了\nneu\t今天营业到九点\npos\t很好喝，喜欢\nneg\t恶心，再也不来\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test's own for the commands."""
    monkeypatch.setattr("cli.base.settings", lambda: Settings(home=tmp_path / "home"))
    monkeypatch.setattr("cli.sentiment.settings", lambda: Settings(home=tmp_path / "home"))
    monkeypatch.setattr("cli.sentiment_base.settings", lambda: Settings(home=tmp_path / "home"))
    return tmp_path


def test_the_side_is_the_likelier_of_negative_and_positive_and_neutral_rows_are_left_out() -> None:
    labels = ["neg", "neg", "pos", "neu"]
    table = np.array([[0.3, 0.6, 0.1], [0.1, 0.5, 0.4], [0.2, 0.0, 0.8], [0.9, 0.1, 0.0]])
    found = figures(labels, table)
    assert (found["rows"], found["accuracy"]) == (4, pytest.approx(2 / 3, abs=1e-4))
    assert (found["negative_recall"], found["negative_precision"]) == (0.5, 1.0)
    assert found["three_class"]["accuracy"] == 0.25


def test_without_neutral_rows_there_are_no_three_classes() -> None:
    assert "three_class" not in figures(["neg", "pos"], np.array([[0.9, 0.1, 0.0], [0.1, 0.1, 0.8]]))


def test_a_file_of_one_class_or_of_neutral_rows_only_has_figures_too() -> None:
    assert figures(["neg"], np.array([[0.2, 0.2, 0.6]]))["negative_precision"] is None
    assert figures(["neu"], np.array([[0.2, 0.6, 0.2]]))["accuracy"] is None


def test_confidence_of_seven_tenths_that_is_right_seven_times_in_ten_is_calibrated() -> None:
    right = np.array([True] * 7 + [False] * 3)
    assert calibration_error(np.full(10, 0.7), right) == pytest.approx(0, abs=1e-4)
    assert calibration_error(np.full(10, 0.9), right) == pytest.approx(0.2, abs=1e-4)


@pytest.mark.parametrize("backend", ["yushao", "snownlp"])
def test_the_command_prints_every_figure_of_every_file(home: Path, backend: str) -> None:
    plain, packed = home / "a.tsv", home / "b.tsv.xz"
    plain.write_text(ROWS, encoding="utf-8")
    packed.write_bytes(lzma.compress(ROWS.encode()))
    done = CliRunner().invoke(app, ["evaluate", str(plain), str(packed), "--backend", backend, "--json"])
    found = orjson.loads(done.stdout)
    assert list(found) == [str(plain), str(packed)]
    for one in found.values():
        assert one["rows"] == 4 and one["accuracy"] == 1.0
        assert one["posts_per_second_per_core"] > 0 and one["peak_mb"] > 0
        assert one.keys() >= {"macro_f1", "negative_recall", "negative_precision", "three_class", "ece"}


def test_a_table_with_a_stance_is_read_as_labels(tmp_path: Path) -> None:
    file = tmp_path / "titles.tsv"
    file.write_text("id\tbrand\ttitle\tabout\tstance\tcategory\n0\t星海\t星海致歉\t1\tneg\tother\n", encoding="utf-8")
    rows = read_labelled(file)
    assert (rows.labels, rows.texts) == (("neg",), ("星海致歉",))


@pytest.mark.parametrize(
    ("content", "names"),
    [(b"neg\tbad\nhm\ttext\n", "line 2"), (b"neg\n", "line 1"), (b"\n", "no labelled row"), (b"neg\t\xff\n", "UTF-8")],
)
def test_a_malformed_file_is_refused_with_its_place(tmp_path: Path, content: bytes, names: str) -> None:
    file = tmp_path / "bad.tsv"
    file.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_labelled(file)
    assert names in error.value.en and str(file) in error.value.zh


@pytest.mark.parametrize("content", [b"", b"not xz"])
def test_a_broken_archive_and_a_missing_file_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.tsv.xz"
    file.write_bytes(content)
    for path in (file, tmp_path / "gone.tsv"):
        with pytest.raises(InputError, match=str(path.name)):
            read_labelled(path)
