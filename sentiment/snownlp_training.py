"""SnowNLP retrained by its own `train` and `save`, and measured on the same held-out tenth as our own model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sentiment.evaluation import figures
from sentiment.labelled import Labelled
from sentiment.scorer import Scorer
from sentiment.snownlp_scorer import SUFFIX, SnowNlpScorer, readable
from sentiment.training import held_out, require_enough, teaching


@dataclass(frozen=True)
class Retrained:
    """The file to name in `sentiment.snownlp`, its figures a labelled file, and those of the library's own model."""

    file: Path
    figures: dict[str, dict[str, Any]]
    library: dict[str, dict[str, Any]]


def train(files: Sequence[Labelled], folder: Path, *, name: str) -> Retrained:
    """Train on the negative and positive rows, some 5 ms a row, save into `folder`, and measure.

    Raises InputError where the rows cannot teach or measure: both negative and positive ones are needed.
    """
    from snownlp import sentiment

    require_enough(files)
    rows = [row for file in files for row in teaching(file)]
    model = sentiment.Sentiment()
    model.train(*([readable(text) for label, text in rows if label == side] for side in ("neg", "pos")))
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{name}.marshal"
    model.save(str(place))
    file = place.with_name(place.name + SUFFIX)
    kept = [one for one in map(held_out, files) if len(one)]
    return Retrained(file, _measured(SnowNlpScorer(file), kept), _measured(SnowNlpScorer(), kept))


def _measured(scorer: Scorer, files: Sequence[Labelled]) -> dict[str, dict[str, Any]]:
    found = {}
    for file in files:
        table = np.array([(score.negative, score.neutral, score.positive) for score in scorer.score(file.texts)])
        found[file.name] = figures(file.labels, table)
    return found
