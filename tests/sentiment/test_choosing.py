"""A chosen model that cannot be read never stops the scoring: the shipped one judges, and the log names the remedy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from structlog.testing import capture_logs

from core.errors import InputError
from core.settings import Settings
from sentiment.model import Model
from sentiment.scorer import open_scorer
from sentiment.stance import in_use, shipped
from sentiment.versions import MOOD, STANCE, Kind, Versions


def older_format(folder: Path) -> None:
    about = folder / "metadata.json"
    about.write_bytes(orjson.dumps({**orjson.loads(about.read_bytes()), "format": 0}))


def half_written(folder: Path) -> None:
    weights = folder / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:5000])


def without_weights(folder: Path) -> None:
    (folder / "weights.npz").unlink()


def no_metadata(folder: Path) -> None:
    (folder / "metadata.json").write_text("[]")


FAULTS = (older_format, half_written, without_weights, no_metadata, shutil.rmtree)


def chosen(folder: Path, kind: Kind) -> Versions:
    """A folder of versions with one of its own, which is chosen."""
    versions = Versions(folder, kind)
    shutil.copytree(kind.shipped, folder / "ours")
    versions.use("ours")
    return versions


@pytest.mark.parametrize("kind", [MOOD, STANCE], ids=["mood", "stance"])
@pytest.mark.parametrize("spoil", FAULTS)
def test_a_chosen_model_that_cannot_be_read_gives_way_to_the_shipped_one(
    spoil: Callable[[Path], None], kind: Kind, tmp_path: Path
) -> None:
    versions = chosen(tmp_path, kind)
    assert versions.choice().folder == tmp_path / "ours" and versions.choice().unread is None
    spoil(tmp_path / "ours")
    with capture_logs() as logs:
        found = versions.choice()
        versions.choice()
    assert (found.folder, found.unread) == (kind.shipped, tmp_path / "ours")
    (warning,) = logs
    assert f"yushao {kind.command} train" in warning["event"] and f"rollback {kind.shipped.name}" in warning["event"]


def test_posts_are_scored_and_judged_by_the_shipped_models_meanwhile(settings: Settings) -> None:
    for folder, kind in ((settings.models_path, MOOD), (settings.stance_models_path, STANCE)):
        chosen(folder, kind)
        older_format(folder / "ours")
    scorer = open_scorer(settings)
    assert scorer.name == f"yushao:{MOOD.shipped.name}" and scorer.score(["太难喝了"])[0].label == "negative"
    assert in_use(settings.stance_models_path) is shipped()


def test_going_back_to_the_shipped_model_ends_the_fault(tmp_path: Path) -> None:
    versions = chosen(tmp_path, MOOD)
    older_format(tmp_path / "ours")
    assert [(one.name, one.in_use) for one in versions.list()] == [(MOOD.shipped.name, True), ("ours", False)]
    with pytest.raises(InputError, match="yushao sentiment rollback"):
        versions.use("ours")
    versions.use(MOOD.shipped.name)
    assert versions.choice().unread is None


def test_weights_of_another_format_are_refused_by_name_and_with_the_remedy(tmp_path: Path) -> None:
    chosen(tmp_path, MOOD)
    older_format(tmp_path / "ours")
    with pytest.raises(InputError, match="yushao sentiment rollback") as error:
        Model.load(tmp_path / "ours")
    assert str(tmp_path / "ours") in error.value.zh
