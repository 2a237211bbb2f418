"""Stance: whether a text is about a brand, how it stands towards it, and which kind of trouble it speaks of.

Mood is another question: "某品牌被立案调查" has no angry word, and is bad news for the brand. A linear model over the features
of `sentiment.stance_features`: every feature has one weight a question, a rare feature counts more than a common one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import BadZipFile

import numpy as np
import orjson
from numpy.typing import NDArray

from core.errors import InputError
from sentiment.choosing import choice
from sentiment.scorer import Score
from sentiment.stance_features import Features, Keys, Subject, features

Floats: TypeAlias = NDArray[np.float32]

SHIPPED = Path(__file__).parent / "models" / "stance-2"
FORMAT = 1
BATCH = 1024
SIDES = ("neg", "neu", "pos")


@dataclass(frozen=True, slots=True)
class Stance:
    """P(about the brand); the stance towards it; and P(category) of every category, given that it is negative."""

    about: float
    score: Score
    categories: tuple[tuple[str, float], ...]

    @property
    def is_about(self) -> bool:
        """Rather about the brand than not."""
        return self.about >= 0.5

    @property
    def side(self) -> int:
        """The likeliest side, as its place in SIDES."""
        chances = (self.score.negative, self.score.neutral, self.score.positive)
        return chances.index(max(chances))

    @property
    def category(self) -> str:
        """The likeliest category."""
        return max(self.categories, key=lambda found: found[1])[0]

    def risks(self, least: float) -> tuple[str, ...]:
        """The categories whose probability is `least` or more."""
        return tuple(name for name, probability in self.categories if probability >= least)


@dataclass(frozen=True)
class StanceModel:
    """Weights a feature and question: not about the brand, the three sides, then `categories`. `keys` ascend."""

    name: str
    keys: Keys
    rarity: Floats
    weights: Floats
    bias: Floats
    categories: tuple[str, ...]
    metadata: dict[str, Any] = field(default_factory=dict)

    def judge(self, subjects: Sequence[Subject]) -> list[Stance]:
        """One stance a subject, in order; any text has one, however odd."""
        return [
            stance
            for start in range(0, len(subjects), BATCH)
            for stance in self._stances(sigmoid(self.margins(features(subjects[start : start + BATCH]))))
        ]

    def margins(self, found: Features) -> Floats:
        """Log-odds of every question, a row a subject, from its known features brought to unit length."""
        places, rows = self.known(found)
        order = np.argsort(rows, kind="stable")
        places, rows = places[order], rows[order]
        values = self.rarity[places]
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        margins = np.tile(self.bias, (found.subjects, 1))
        if len(starts):
            lengths = np.sqrt(np.add.reduceat(values**2, starts))
            sums = np.add.reduceat(values[:, None] * self.weights[places], starts)
            margins[rows[starts]] += sums / lengths[:, None]
        return margins

    def known(self, found: Features) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """The place among `keys` and the row of every feature that the model knows."""
        places = np.minimum(np.searchsorted(self.keys, found.keys), len(self.keys) - 1)
        there = self.keys[places] == found.keys
        return places[there], found.rows[there]

    def _stances(self, chances: Floats) -> Iterator[Stance]:
        sides = chances[:, 1:4] / chances[:, 1:4].sum(axis=1, keepdims=True)
        for not_about, score, categories in zip(chances[:, 0].tolist(), sides.tolist(), chances[:, 4:].tolist(), strict=True):
            yield Stance(1 - not_about, Score(*score), tuple(zip(self.categories, categories, strict=True)))

    def save(self, folder: Path) -> None:
        """Write `weights.npz` and `metadata.json`; half precision is kept, which no decision needs more than."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            folder / "weights.npz",
            keys=self.keys,
            rarity=self.rarity.astype(np.float16),
            weights=self.weights.astype(np.float16),
            bias=self.bias,
        )
        about = {"name": self.name, "format": FORMAT, "categories": self.categories, **self.metadata}
        (folder / "metadata.json").write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> StanceModel:
        """The model in `folder`. Raises InputError where there is none that this version can read."""
        try:
            about = orjson.loads((folder / "metadata.json").read_bytes())
            with np.load(folder / "weights.npz") as stored:
                keys, bias = stored["keys"], stored["bias"]
                rarity, weights = (stored[name].astype(np.float32) for name in ("rarity", "weights"))
            name, version, categories = about.pop("name"), about.pop("format"), tuple(about.pop("categories"))
        except (OSError, ValueError, KeyError, AttributeError, TypeError, EOFError, BadZipFile) as error:
            raise _unreadable(folder) from error
        if version != FORMAT or weights.shape != (len(keys), 1 + len(SIDES) + len(categories)):
            raise _unreadable(folder)
        return cls(name, keys, rarity, weights, bias, categories, about)


@cache
def shipped() -> StanceModel:
    """The model that comes with the product, loaded once a process."""
    return StanceModel.load()


def in_use(folder: Path) -> StanceModel:
    """The model chosen in `folder`, or the shipped one (`sentiment.choosing`); each is loaded once a process."""
    chosen = choice(folder, SHIPPED, format=FORMAT, command="stance").folder
    return shipped() if chosen == SHIPPED else _loaded(chosen)


@cache
def _loaded(folder: Path) -> StanceModel:
    return StanceModel.load(folder)


def sigmoid(margins: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(margins / 2)), dtype=np.float32)


def _unreadable(folder: Path) -> InputError:
    return InputError(
        zh=f"{folder} 里没有本版本能读的立场模型：请重新安装，或用 yushao stance train 重新训练",
        en=f"{folder} holds no stance model that this version can read: install again, or train one by yushao stance train",
    )
