"""The linear model: one weight an n-gram slot towards negative, one towards neutral, and how rare the slot is.

An n-gram counts by its rarity (inverse document frequency), the text is brought to unit length, and two calibrated margins
come out: negative against positive, and neutral against opinion. Weights are kept as signed square roots in 8 bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import BadZipFile

import numpy as np
import orjson
from numpy.typing import NDArray

from core.errors import InputError
from sentiment.features import BITS, Batch, fold, views

Floats: TypeAlias = NDArray[np.float32]

SHIPPED = Path(__file__).parent / "models" / "yushao-2"
FORMAT = 2
BATCH = 1024
_STEPS = 127


@dataclass(frozen=True)
class Head:
    """One question: the weight of each slot (rarity folded in), and the line that makes a margin a calibrated log-odds."""

    weights: Floats
    slope: float
    intercept: float

    def odds(self, sums: Floats) -> Floats:
        """Calibrated log-odds from the sums of weights of texts of unit length."""
        return np.asarray(self.slope * sums + self.intercept, dtype=np.float32)


@dataclass(frozen=True)
class Model:
    """Two heads over the same slots. `metadata` says how it came to be: name, files, metrics."""

    name: str
    rarity: Floats
    negative: Head
    neutral: Head
    metadata: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def _table(self) -> NDArray[np.complex64]:
        """Both heads' weights as the two parts of one number: fetching them from memory is what scoring spends its time on."""
        return (self.negative.weights + 1j * self.neutral.weights).astype(np.complex64)

    @cached_property
    def _squares(self) -> Floats:
        return self.rarity**2

    def sums(self, batch: Batch) -> tuple[Floats, Floats, Floats]:
        """Of each text: the sum of weights towards negative, towards neutral, and the text's length as n-grams have it."""
        weights = np.zeros(len(batch.codes) - 1, dtype=np.complex64)
        squares = np.zeros(len(batch.codes) - 1, dtype=np.float32)
        for view in views(batch):
            weights += self._table[view.slots]
            squares += self._squares[view.slots]
        length = np.sqrt(np.add.reduceat(squares, batch.starts) + 1e-6)
        sums = (np.add.reduceat(weights, batch.starts) / length).astype(np.complex64)
        return sums.real, sums.imag, length

    def probabilities(self, texts: Sequence[str]) -> Iterator[tuple[Batch, Floats]]:
        """Batch by batch, a row a text: P(negative), P(neutral), P(positive)."""
        for batch in batches(texts):
            negative, neutral, _ = self.sums(batch)
            yield batch, combine(self.negative.odds(negative), self.neutral.odds(neutral))

    def save(self, folder: Path) -> None:
        """Write `weights.npz` and `metadata.json` into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        negative, negative_top = _packed(self.negative.weights)
        neutral, neutral_top = _packed(self.neutral.weights)
        rarity, rarity_top = _packed(self.rarity)
        lines = [self.negative.slope, self.negative.intercept, self.neutral.slope, self.neutral.intercept]
        np.savez_compressed(
            folder / "weights.npz",
            negative=negative,
            neutral=neutral,
            rarity=rarity,
            tops=np.array([negative_top, neutral_top, rarity_top]),
            lines=np.array(lines),
        )
        about = {"name": self.name, "format": FORMAT, **self.metadata}
        (folder / "metadata.json").write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2))

    @classmethod
    def load(cls, folder: Path) -> Model:
        """The model saved in `folder`. Raises InputError where the folder holds none that this version can read."""
        try:
            about = orjson.loads((folder / "metadata.json").read_bytes())
            with np.load(folder / "weights.npz") as stored:
                arrays = {key: stored[key] for key in ("negative", "neutral", "rarity", "tops", "lines")}
            name, version = about.pop("name"), about.pop("format")
        except (OSError, ValueError, KeyError, AttributeError, EOFError, BadZipFile) as error:
            raise _unreadable(folder) from error
        if version != FORMAT or arrays["negative"].shape != (1 << BITS,):
            raise _unreadable(folder)
        tops, lines = arrays["tops"].tolist(), arrays["lines"].tolist()
        return cls(
            name,
            _unpacked(arrays["rarity"], tops[2]),
            Head(_unpacked(arrays["negative"], tops[0]), *lines[:2]),
            Head(_unpacked(arrays["neutral"], tops[1]), *lines[2:]),
            about,
        )

    def stored(self) -> Model:
        """This model with its weights as they will be read back, so that what is measured is what is kept."""
        heads = [Head(_unpacked(*_packed(head.weights)), head.slope, head.intercept) for head in (self.negative, self.neutral)]
        return Model(self.name, _unpacked(*_packed(self.rarity)), heads[0], heads[1], self.metadata)


def batches(texts: Sequence[str]) -> Iterator[Batch]:
    """The texts in folded batches, small enough for the processor's cache."""
    for start in range(0, len(texts), BATCH):
        yield fold(texts[start : start + BATCH])


def combine(negative: Floats, neutral: Floats) -> Floats:
    """Three probabilities from the log-odds of negative against positive, and of neutral against having an opinion."""
    has_opinion = sigmoid(-neutral)
    sides = sigmoid(negative)
    return np.stack([has_opinion * sides, 1 - has_opinion, has_opinion * (1 - sides)], axis=1)


def sigmoid(odds: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(odds / 2)), dtype=np.float32)


def _packed(values: Floats) -> tuple[NDArray[np.int8], float]:
    top = float(np.abs(values).max()) or 1.0
    return np.round(np.sign(values) * np.sqrt(np.abs(values) / top) * _STEPS).astype(np.int8), top


def _unpacked(packed: NDArray[np.int8], top: float) -> Floats:
    roots = packed.astype(np.float32) / _STEPS
    return np.asarray(np.sign(roots) * roots**2 * top, dtype=np.float32)


def _unreadable(folder: Path) -> InputError:
    return InputError(
        zh=f"{folder} 里没有本版本能读的情感模型：请用 yushao sentiment rollback 换一个版本，或重新训练",
        en=f"{folder} holds no sentiment model that this version can read: choose another by yushao sentiment rollback, "
        "or train again",
    )
