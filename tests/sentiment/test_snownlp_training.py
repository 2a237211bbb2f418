"""SnowNLP trained anew: its own file, read back by the scorer in this process and in workers, and measured."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from core.errors import InputError
from core.settings import Settings
from sentiment.scorer import open_scorer
from sentiment.snownlp_scorer import SnowNlpScorer
from sentiment.snownlp_training import Retrained, train
from tests.sentiment.test_training import made_up

pytestmark = pytest.mark.training


@pytest.fixture(scope="module")
def retrained(tmp_path_factory: pytest.TempPathFactory) -> Retrained:
    return train([made_up()], tmp_path_factory.mktemp("models"), name="made-up")


def test_it_knows_the_words_that_it_was_taught(retrained: Retrained) -> None:
    assert retrained.figures["made-up"]["accuracy"] == 1.0
    assert retrained.library["made-up"]["accuracy"] < 0.9


def test_the_settings_choose_the_file_for_workers_too(retrained: Retrained, settings: Settings) -> None:
    chosen = settings.model_copy(update={"sentiment": settings.sentiment.model_copy(update={"snownlp": retrained.file})})
    with closing(open_scorer(chosen, "snownlp")) as scorer:
        bad, good = scorer.score(["奶茶咕噜噜", "奶茶叽喳喳"])
    assert scorer.name == "snownlp-0.12:made-up.marshal"
    assert bad.negative > 0.5 and good.positive > 0.5


@pytest.mark.parametrize("content", [None, b"", b"no model"])
def test_a_file_that_holds_no_model_is_named(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "broken.marshal.3"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=r"broken\.marshal\.3"):
        SnowNlpScorer(file).score(["好"])
