"""Training the stance model from labelled titles: the same files give the same weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from sentiment.fitting import Matrix, fit_logistic
from sentiment.stance import SIDES, Floats, StanceModel
from sentiment.stance_features import Subject, features
from sentiment.stance_files import Row

STRENGTH = 200.0
"""How freely weights may grow; chosen on titles of other months than those trained on."""

POSITIVE_WEIGHT = 8.0
"""Praise is rare among titles; counted singly it would hardly ever be found."""

NOT_ABOUT_WEIGHT = 2.0
"""Titles that are not about the brand are one in seven."""

ANY_BRAND = "\ufffc"
"""Stands for the brand in the rows that are made of risk words: no brand of its own is learned from them."""


def train(rows: Sequence[Row], *, name: str, risk_words: Mapping[str, str] | None = None) -> StanceModel:
    """A model from labelled rows, each title once, and from `risk_words` with their categories: each is bad news.

    Raises InputError where a question has only one answer among the rows.
    """
    words = [_said_of_a_brand(word, category) for word, category in (risk_words or {}).items()]
    distinct = list({row.subject: row for row in (*words, *rows)}.values())
    categories = tuple(sorted({row.category for row in distinct if row.negative}))
    _require_variety(distinct, categories)
    keys, matrix, rarity = _matrix(distinct)
    columns = [_fitted(matrix, *question) for question in _questions(distinct, categories)]
    weights = np.stack([weights for weights, _ in columns], axis=1)
    bias = np.array([intercept for _, intercept in columns], dtype=np.float32)
    return StanceModel(
        name,
        keys,
        rarity,
        weights,
        bias,
        categories,
        {"rows": len(distinct), "risk_words": len(words), "counts": _counts(distinct)},
    )


def _said_of_a_brand(word: str, category: str) -> Row:
    return Row(Subject(ANY_BRAND + word, (ANY_BRAND,)), about=True, side=SIDES[0], category=category)


def _matrix(rows: Sequence[Row]) -> tuple[NDArray[np.uint64], Matrix, Floats]:
    """The keys, ascending; the rows' features by rarity at unit length, as the model has them; the rarity of each key."""
    from scipy import sparse

    found = features([row.subject for row in rows])
    keys, columns = np.unique(found.keys, return_inverse=True)
    counts = sparse.csr_matrix((np.ones(len(columns), np.float32), (found.rows, columns)), shape=(len(rows), len(keys)))
    titles = np.bincount(counts.indices, minlength=len(keys))
    rarity = (np.log((1 + len(rows)) / (1 + titles)) + 1).astype(np.float16).astype(np.float32)
    # The model adds a feature's square as often as a text has it, so the length is taken from the counts.
    lengths = np.sqrt(counts @ rarity**2)
    return keys, (sparse.diags((1 / lengths).astype(np.float32)) @ counts @ sparse.diags(rarity)).tocsr(), rarity


Question = tuple[NDArray[np.bool_], NDArray[np.bool_], Floats]
"""Which rows are asked, which of all rows say yes, and how much every row counts."""


def _questions(rows: Sequence[Row], categories: Sequence[str]) -> list[Question]:
    about = np.array([row.about for row in rows])
    sides = np.array([row.side for row in rows])
    labels = np.array([row.category for row in rows])
    even = np.ones(len(rows), np.float32)
    praise = np.where(sides == SIDES[2], np.float32(POSITIVE_WEIGHT), even)
    # Risk words say nothing of which names are other words.
    from_titles = np.array([row.subject.keywords != (ANY_BRAND,) for row in rows])
    questions: list[Question] = [(from_titles, ~about, np.where(about, even, np.float32(NOT_ABOUT_WEIGHT)))]
    questions += [(about, sides == side, praise if side == SIDES[2] else even) for side in SIDES]
    questions += [(labels != "", labels == category, even) for category in categories]
    return questions


def _fitted(matrix: Matrix, asked: NDArray[np.bool_], yes: NDArray[np.bool_], weights: Floats) -> tuple[Floats, float]:
    return fit_logistic(matrix[asked], yes[asked], weights[asked], strength=STRENGTH)


def _require_variety(rows: Sequence[Row], categories: Sequence[str]) -> None:
    sides = {row.side for row in rows if row.about}
    if len({row.about for row in rows}) < 2 or len(sides) < len(SIDES) or len(categories) < 2:
        raise InputError(
            zh="标注太少，无法训练：须有与品牌无关的行，有关的行须有 neg、neu、pos，负面的行须有至少两个类别",
            en="too few labels to train from: needed are rows not about the brand, neg, neu and pos among those about it, "
            "and two categories among the negative ones",
        )


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    """How many rows are not about the brand, and how many of those about it are on each side."""
    return dict(sorted(Counter(row.side if row.about else "not_about" for row in rows).items()))
