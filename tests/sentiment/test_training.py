"""Training on made-up rows: reproducible, promoted only when better, every version kept, and the way back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.clock import now
from core.errors import InputError
from sentiment.labelled import Labelled
from sentiment.linear_scorer import LinearScorer
from sentiment.model import SHIPPED, Model
from sentiment.training import Trained, part, train
from sentiment.versions import Versions

pytestmark = pytest.mark.training

NOUNS = "奶茶 果茶 杯子 门店 店员 外卖 包装 吸管 珍珠 椰果 冰块 会员 优惠券 排队 小程序 座位".split()


def made_up(*, turned: bool = False) -> Labelled:
    """Rows whose words are of no language, so that no model knows them before."""
    sides = ("pos", "neg") if turned else ("neg", "pos")
    rows = [
        (label, f"{noun}{word}{more}")
        for label, word in zip(sides, ("咕噜噜", "叽喳喳"), strict=True)
        for noun in NOUNS
        for more in NOUNS
    ]
    labels, texts = zip(*rows, strict=True)
    return Labelled("made-up", labels, texts)


@pytest.fixture(scope="module")
def shipped() -> Model:
    return Model.load(SHIPPED)


@pytest.fixture(scope="module")
def trained(shipped: Model) -> Trained:
    return train([made_up()], name="made-up-1", current=shipped, build_on=shipped)


def test_a_model_that_learned_new_words_is_better(trained: Trained) -> None:
    assert trained.better
    assert trained.figures["made-up"]["accuracy"] > trained.current["made-up"]["accuracy"]


def test_what_the_model_knew_before_stays(trained: Trained, tmp_path: Path) -> None:
    Versions(tmp_path).keep(trained.model)
    complaint, praise = LinearScorer(tmp_path / "made-up-1").score(["服务太差了，垃圾", "味道很好，非常满意"])
    assert complaint.negative > 0.5 and praise.positive > 0.5


def test_the_same_rows_give_the_same_weights(trained: Trained, shipped: Model) -> None:
    again = train([made_up()], name="again", current=shipped, build_on=shipped)
    assert np.array_equal(again.model.negative.weights, trained.model.negative.weights)


def test_a_model_taught_falsehoods_is_not_better(trained: Trained) -> None:
    """Its rows say the contrary of those it is measured by."""
    rows = made_up()
    false = made_up(turned=True)
    labels = [
        right if part(text) in (0, 1) else wrong
        for right, wrong, text in zip(rows.labels, false.labels, rows.texts, strict=True)
    ]
    found = train([Labelled("made-up", tuple(labels), rows.texts)], name="false", current=trained.model, build_on=None)
    assert not found.better


def test_rows_that_cannot_teach_are_refused() -> None:
    with pytest.raises(InputError, match="pos"):
        train([Labelled("one-sided", ("neg",) * 100, tuple(map(str, range(100))))], name="x", current=None, build_on=None)


def test_texts_that_differ_in_spacing_width_codes_or_script_share_a_part() -> None:
    assert part("難喝， ＯＫ[怒]") == part("难喝,OK")


def test_versions_are_kept_put_in_use_and_rolled_back(trained: Trained, tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    assert versions.in_use() == SHIPPED
    versions.keep(trained.model)
    versions.use("made-up-1")
    assert versions.in_use() == tmp_path / "made-up-1"
    assert [(one.name, one.in_use) for one in versions.list()] == [(SHIPPED.name, False), ("made-up-1", True)]
    assert versions.list()[1].metadata["held_out"]["made-up"]["accuracy"] == trained.figures["made-up"]["accuracy"]
    versions.use(SHIPPED.name)
    assert versions.in_use() == SHIPPED


def test_a_kept_model_reads_back_as_it_was_measured(trained: Trained, tmp_path: Path) -> None:
    back = Model.load(Versions(tmp_path).keep(trained.model))
    assert np.allclose(back.negative.weights, trained.model.negative.weights, atol=1e-6)
    assert back.neutral.slope == trained.model.neutral.slope


@pytest.mark.parametrize("name", ["gone", "../made-up-1", "", "/"])
def test_an_unknown_version_is_not_put_in_use(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        Versions(tmp_path).use(name)


def test_a_broken_version_is_not_put_in_use(trained: Trained, tmp_path: Path) -> None:
    (Versions(tmp_path).keep(trained.model) / "weights.npz").write_bytes(b"half")
    with pytest.raises(InputError, match="made-up-1"):
        Versions(tmp_path).use("made-up-1")


def test_a_taken_or_malformed_name_is_refused(trained: Trained, tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    versions.keep(trained.model)
    for name in ("made-up-1", SHIPPED.name, "a/b", "A"):
        with pytest.raises(InputError):
            versions.free_name(name, now())


def test_probabilities_are_fitted_to_the_files_named_for_it() -> None:
    """A lighter file contradicts a heavier one: by its rows the model is less sure of itself."""

    def many(name: str, turned: bool) -> Labelled:
        rows = made_up(turned=turned)
        return Labelled(name, rows.labels * 12, tuple(f"{text}{number}" for number in range(12) for text in rows.texts))

    files, weights = [many("heavy", False), many("light", True)], {"heavy": 3.0}
    by_heavy, by_light = (
        train(files, name="x", current=None, build_on=None, weights=weights, calibrate_by=[name]).figures
        for name in ("heavy", "light")
    )
    assert by_heavy["heavy"]["ece"] < by_light["heavy"]["ece"]
    assert by_light["light"]["ece"] < by_heavy["light"]["ece"]


def test_a_file_that_weighs_more_has_its_way() -> None:
    """Two files that contradict each other: the heavier one decides."""
    right, wrong = made_up(), Labelled("false", made_up(turned=True).labels, made_up().texts)
    for heavy, better in (("made-up", True), ("false", False)):
        found = train([right, wrong], name="x", current=None, build_on=None, weights={heavy: 20.0}).figures
        assert (found["made-up"]["accuracy"] > found["false"]["accuracy"]) is better
