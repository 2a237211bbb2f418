"""Training the stance model from labelled titles: the same files give the same weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from sentiment.fitting import Matrix, fit_logistic
from sentiment.stance import SIDES, Floats, StanceModel
from sentiment.stance_features import Features, Keys, features
from sentiment.stance_files import Row
from sentiment.stance_phrases import ANY_BRAND, said_of_a_brand

STRENGTH = 200.0
"""How freely weights may grow; chosen on titles of other months than those trained on."""

POSITIVE_WEIGHT = 10.0
"""Praise is rare among titles; counted singly it would hardly ever be found."""

NOT_ABOUT_WEIGHT = 2.0
"""Titles that are not about the brand are one in seven."""

PRAISE_LEAD = 0.8
"""Added to the log-odds of praise: being rare, it is seldom the likeliest side even where it is right."""

LEANING = 0.5
"""How much more freely the weight of a feature may grow that stands far oftener with one answer than with the other."""

SURENESS = 0.7
"""Log-odds are brought down to this share: how sure a model may be of titles later than those that taught it."""

_PRAISE = 1 + SIDES.index("pos")
"""Its place among the questions."""


def train(
    rows: Sequence[Row],
    *,
    name: str,
    risk_words: Mapping[str, str] | None = None,
    build_on: StanceModel | None = None,
) -> StanceModel:
    """A model from labelled rows, each subject once (the last row of it), and from `risk_words` with their categories.

    `build_on`: keep what this model knows and how frequent it takes every answer to be, and add only what the rows say beyond
    it, which suits a few hundred corrections; its categories stay the only ones.
    Raises InputError where a question has only one answer among the rows and nothing is built on, or for a category that
    `build_on` does not know.
    """
    words = [said_of_a_brand(word, category) for word, category in (risk_words or {}).items()]
    distinct = list({row.subject: row for row in (*words, *rows)}.values())
    categories = _categories(distinct, build_on)
    metadata: dict[str, Any] = {"rows": len(distinct), "risk_words": len(words), "counts": _counts(distinct)}
    found = features([row.subject for row in distinct])
    if build_on:
        known = _widened(build_on, found)
        metadata |= {"rows": len(distinct) + _taught(build_on), "built_on": build_on.name}
    else:
        known = _untaught(found, categories)
    matrix, start = _matrix(known, found), known.margins(found) / SURENESS
    questions = _questions(distinct, categories)
    columns = [_fitted(matrix, question, start[:, place], build_on is None) for place, question in enumerate(questions)]
    weights = SURENESS * np.stack([weights for weights, _ in columns], axis=1)
    bias = np.array([intercept for _, intercept in columns], dtype=np.float32)
    if build_on is None:
        bias[_PRAISE] += PRAISE_LEAD
    return replace(known, name=name, weights=known.weights + weights, bias=known.bias + SURENESS * bias, metadata=metadata)


def _categories(rows: Sequence[Row], build_on: StanceModel | None) -> tuple[str, ...]:
    found = tuple(sorted({category for row in rows for category in row.categories}))
    if build_on is None:
        _require_variety(rows, found)
        return found
    if unknown := set(found) - set(build_on.categories):
        names, known = ", ".join(sorted(unknown)), ", ".join(build_on.categories)
        raise InputError(
            zh=f"模型 {build_on.name} 没有类别 {names}：可用 {known}",
            en=f"the model {build_on.name} has no category {names}: choose of {known}",
        )
    return build_on.categories


def _untaught(found: Features, categories: Sequence[str]) -> StanceModel:
    """A model that knows every feature found, and how rare it is, but has no opinion."""
    keys, titles = _occurrences(found)
    questions = 1 + len(SIDES) + len(categories)
    nothing, zero = np.zeros((len(keys), questions), np.float32), np.zeros(questions, np.float32)
    return StanceModel("untaught", keys, _rarity(titles, found.subjects), nothing, zero, tuple(categories))


def _widened(model: StanceModel, found: Features) -> StanceModel:
    """The model with the features found besides its own; of these it has no opinion yet."""
    keys, titles = _occurrences(found)
    fresh = ~np.isin(keys, model.keys, assume_unique=True)
    subjects = found.subjects + _taught(model)
    order = np.argsort(all_keys := np.concatenate([model.keys, keys[fresh]]))
    nothing = np.zeros((int(fresh.sum()), model.weights.shape[1]), np.float32)
    return replace(
        model,
        keys=all_keys[order],
        rarity=np.concatenate([model.rarity, _rarity(titles[fresh], subjects)])[order],
        weights=np.concatenate([model.weights, nothing])[order],
    )


def _taught(model: StanceModel) -> int:
    return int(model.metadata.get("rows", 0))


def _occurrences(found: Features) -> tuple[Keys, NDArray[np.intp]]:
    """The keys, ascending, and how many subjects have each."""
    keys, columns = np.unique(found.keys, return_inverse=True)
    once = np.unique(np.stack([found.rows, columns]), axis=1)
    return keys, np.bincount(once[1], minlength=len(keys))


def _rarity(titles: NDArray[np.intp], subjects: int) -> Floats:
    return np.asarray(np.log((1 + subjects) / (1 + titles)) + 1, np.float16).astype(np.float32)


def _matrix(model: StanceModel, found: Features) -> Matrix:
    """The rows' features by rarity at unit length, as the model has them."""
    from scipy import sparse

    places, rows = model.known(found)
    shape = (found.subjects, len(model.keys))
    counts = sparse.csr_matrix((np.ones(len(places), np.float32), (rows, places)), shape=shape)
    # The model adds a feature's square as often as a text has it, so the length is taken from the counts.
    lengths = np.sqrt(counts @ model.rarity**2)
    return (sparse.diags((1 / lengths).astype(np.float32)) @ counts @ sparse.diags(model.rarity)).tocsr()


Flags: TypeAlias = NDArray[np.bool_]


class Question(NamedTuple):
    """Which rows are asked, which of all rows say yes, how much every row counts, and how far the features' leaning does."""

    asked: Flags
    yes: Flags
    weights: Floats
    leaning: float = LEANING


def _questions(rows: Sequence[Row], categories: Sequence[str]) -> list[Question]:
    about = np.array([row.about for row in rows], bool)
    sides = np.array([row.side for row in rows])
    counted = np.array([row.weight for row in rows], np.float32)
    praise = counted * np.where(sides == SIDES[2], np.float32(POSITIVE_WEIGHT), np.float32(1))
    # Made-up rows say nothing of which names are other words.
    from_titles = np.array([row.subject.keywords != (ANY_BRAND,) for row in rows], bool)
    negative = np.array([row.negative for row in rows], bool)
    questions = [Question(from_titles, ~about, np.where(about, counted, counted * np.float32(NOT_ABOUT_WEIGHT)), 0.0)]
    questions += [Question(about, sides == side, counted) for side in SIDES[:2]]
    # There are too few rows of praise for their leaning to be more than chance.
    questions.append(Question(about, sides == SIDES[2], praise, 0.0))
    questions += [Question(negative, np.array([one in row.categories for row in rows], bool), counted) for one in categories]
    return questions


def _fitted(matrix: Matrix, question: Question, start: Floats, intercept: bool) -> tuple[Floats, float]:
    """What is to be added to the weights and to the bias; nothing where no row is asked."""
    from scipy import sparse

    asked, yes, weights, leaning = question
    if not asked.any():
        return np.zeros(matrix.shape[1], np.float32), 0.0
    rows, yes = matrix[asked], yes[asked]
    room = 1 - leaning + leaning * _leaning(rows, yes)
    rows = (rows @ sparse.diags(room)).tocsr()
    found, bias = fit_logistic(rows, yes, weights[asked], strength=STRENGTH, start=start[asked], intercept=intercept)
    return room * found, bias


def _leaning(rows: Matrix, yes: Flags) -> Floats:
    """How far each feature leans to one answer: the log-count ratio of Wang and Manning (2012), without its sign."""
    there = (rows > 0).astype(np.float32)
    sides = [np.asarray(there[side].sum(axis=0)).ravel() + 1 for side in (yes, ~yes)]
    return np.asarray(np.abs(np.log((sides[0] / sides[0].sum()) / (sides[1] / sides[1].sum()))), np.float32)


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
