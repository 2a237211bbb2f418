"""Our own model as a Scorer, in this process: a hundred thousand posts take a second or two, so no worker is needed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sentiment.features import Batch
from sentiment.model import Floats, Model
from sentiment.scorer import NO_OPINION, Score


class LinearScorer:
    """Scores with the model in `folder`, which is loaded at the first batch and kept by the process."""

    def __init__(self, folder: Path) -> None:
        self.name = f"yushao:{folder.name}"
        self._folder = folder

    def score(self, texts: Sequence[str]) -> list[Score]:
        """One score a text, in order; no opinion where there is neither a Chinese character nor an emoji."""
        scores: list[Score] = []
        for batch, rows in loaded(self._folder).probabilities(texts):
            scores += map(_score, rows.astype(float).tolist(), speaks(batch).tolist())
        return scores

    def close(self) -> None:
        """Nothing to give back: the model's 24 MB stay with the process."""


@cache
def loaded(folder: Path) -> Model:
    return Model.load(folder)


def speaks(batch: Batch) -> NDArray[np.bool_]:
    """Whether each text holds a Chinese character or an emoji: the model was taught by nothing else."""
    codes = batch.codes[:-1]
    chinese = (codes >= 0x3400) & (codes < 0xA000) | (codes >= 0x20000) & (codes < 0x40000)
    emoji = (codes >= 0x2600) & (codes < 0x2800) | (codes >= 0x1F000) & (codes < 0x20000)
    found: Floats = (chinese | emoji).astype(np.float32)
    return batch.row_sums(found) > 0


def _score(row: list[float], speaks: bool) -> Score:
    return Score(*row) if speaks else NO_OPINION
