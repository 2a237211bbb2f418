"""Training: files of labelled texts in, a measured model out.

A text's own checksum decides its part, so a repost never stands on two sides, and the held-out part stays the same from one
training to the next: 10 % measure, 5 % calibrate, the rest teaches. Every file teaches with the weight of at most FULL rows,
so that a large one of reviews does not drown a small one of posts, and of one above twice as many only every n-th row is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.text import normalise
from sentiment.emoji import with_emoji, without_codes
from sentiment.evaluation import figures
from sentiment.fitting import Matrix, count_grams, fit_line, fit_logistic, rarity_of, telling, unit_rows
from sentiment.labelled import Labelled
from sentiment.model import Floats, Head, Model, batches
from sentiment.phrases import denials, phrases

Flags: TypeAlias = NDArray[np.bool_]

FULL = 4_000
STRENGTH = 3.0
LEAST_TEXTS = 3
"""An n-gram that fewer texts hold is left out: it says more about them than about the language."""
LEAST_CALIBRATING = 200
NEVER = -4.0
"""Log-odds of neutral where no file knows neutral texts."""
DENIAL = 0.3
MADE_UP = 0.1
"""Weights of a made-up denial and of any other made-up sentence."""
ALTERED = 0.5
"""Weight of a text that stands there again with its bracket codes as emoji, or without them."""


@dataclass(frozen=True)
class Row:
    """One text to learn from; `of_three`: its file tells neutral from opinion, so that the neutral head may learn from it."""

    label: str
    text: str
    weight: float
    of_three: bool


@dataclass(frozen=True)
class Trained:
    """A candidate, its figures a file on the held-out part, and those of the model it would replace."""

    model: Model
    figures: dict[str, dict[str, Any]]
    current: dict[str, dict[str, Any]]

    @property
    def better(self) -> bool:
        """Whether its mean macro-F1 over the files is above the current model's (any model is better than none)."""
        return not self.current or merit(self.figures) > merit(self.current)


def merit(found: dict[str, dict[str, Any]]) -> float:
    """The mean macro-F1 of negative against positive over the files that can tell it."""
    values = [one["macro_f1"] for one in found.values() if one["macro_f1"] is not None]
    return round(sum(values) / len(values), 4) if values else 0.0


def train(
    files: Sequence[Labelled],
    *,
    name: str,
    current: Model | None,
    build_on: Model | None,
    refit: bool = False,
    weights: Mapping[str, float] = MappingProxyType({}),
    calibrate_by: Sequence[str] = (),
    unlabelled: Sequence[str] = (),
    progress: Callable[[str], None] = lambda text: None,
) -> Trained:
    """Train a candidate and measure it beside `current`.

    `build_on`: keep what this model knows and add only what the rows say beyond it, which suits a few hundred corrections.
    `weights`: by a file's name, how many times as much as its rows would it is to weigh. `calibrate_by`: names of files like
    what will be scored; probabilities are fitted to them alone, to all if none is named. `unlabelled`: texts from which, and
    from the files' own, word vectors are learned first (`sentiment.vectors`); without any, none are.
    `refit`: once measured, train the same again with the held-out rows too; the figures stay those measured without them.
    Raises InputError where the rows cannot teach or measure: both negative and positive ones are needed.
    """
    require_enough(files)
    vectors = _vectors(files, unlabelled, progress)
    progress("fit")
    fitted = _fit([*_rows(files, _TEACHING, weights), *_made_up()], build_on, vectors)
    alike = [file for file in files if file.name in calibrate_by] or files
    fitted = _calibrated(fitted, _rows(alike, _CALIBRATING, weights))
    progress("measure")
    kept = [one for one in map(held_out, files) if len(one)]
    found = _measured(fitted.stored(), kept)
    beside = _measured(current, kept) if current else {}
    if refit:
        progress("refit")
        fitted = _with_lines(_fit([*_rows(files, _ALL, weights), *_made_up()], build_on, vectors), fitted)
    metadata = {
        "files": {file.name: len(file) for file in files},
        "held_out": found,
        "merit": merit(found),
        "refit": refit,
        "built_on": build_on.name if build_on else None,
    }
    return Trained(replace(fitted.stored(), name=name, metadata=metadata), found, beside)


def _vectors(files: Sequence[Labelled], unlabelled: Sequence[str], progress: Callable[[str], None]) -> Floats | None:
    if not unlabelled:
        return None
    from sentiment.vectors import slot_vectors

    progress("words")
    return slot_vectors([*(text for file in files for text in file.texts), *unlabelled])


_PARTS = 20
_ALL = frozenset(range(_PARTS))
_HELD_OUT = frozenset({0, 1})
_CALIBRATING = frozenset({2})
_TEACHING = _ALL - _HELD_OUT - _CALIBRATING


def part(text: str) -> int:
    """Which twentieth of all texts this one is in: texts that differ in spacing, width, codes or script share it."""
    return crc32(normalise(without_codes(text)).replace(" ", "").encode()) % _PARTS


def require_enough(files: Sequence[Labelled]) -> None:
    """Raises InputError where there are not both negative and positive rows, to learn from and to measure by."""
    for parts, zh, en in ((_TEACHING, "学习", "to learn from"), (_HELD_OUT, "检验", "to measure by")):
        seen = {label for file in files for label, text in zip(file.labels, file.texts, strict=True) if part(text) in parts}
        if missing := {"neg", "pos"} - seen:
            lacking = ", ".join(sorted(missing))
            raise InputError(
                zh=f"可供{zh}的行里没有 {lacking}：正面和负面的标注都要有，请多给一些",
                en=f"there is no row labelled {lacking} {en}: give more rows, negative and positive ones",
            )


def _rows(files: Sequence[Labelled], parts: Set[int], weights: Mapping[str, float]) -> list[Row]:
    return [replace(row, weight=row.weight * weights.get(file.name, 1.0)) for file in files for row in _file_rows(file, parts)]


def _made_up() -> list[Row]:
    made = ((DENIAL, denials()), (MADE_UP, phrases()))
    return [Row(label, text, weight, False) for weight, rows in made for label, text in rows]


def _file_rows(file: Labelled, parts: Set[int]) -> Iterator[Row]:
    """A file's rows of these parts, and again with codes as emoji and without codes, where they have codes."""
    step = max(1, len(file) // (2 * FULL))
    weight = min(1.0, FULL * step / len(file))
    neutral = "neu" in file.labels
    for place, (label, text) in enumerate(zip(file.labels, file.texts, strict=True)):
        if part(text) not in parts or place % step:
            continue
        yield Row(label, text, weight, neutral)
        if altered := with_emoji(text, place):
            yield Row(label, altered, weight * ALTERED, neutral)
            yield Row(label, without_codes(text), weight * ALTERED, neutral)


def teaching(file: Labelled) -> Iterator[tuple[str, str]]:
    """`(label, text)` of the rows that a training may learn from."""
    return ((label, text) for label, text in zip(file.labels, file.texts, strict=True) if part(text) not in _HELD_OUT)


def held_out(file: Labelled) -> Labelled:
    """The rows that no training learns from before it is measured."""
    kept = [(label, text) for label, text in zip(file.labels, file.texts, strict=True) if part(text) in _HELD_OUT]
    labels, texts = zip(*kept, strict=True) if kept else ((), ())
    return Labelled(file.name, labels, texts)


def _fit(rows: list[Row], build_on: Model | None, vectors: Floats | None) -> Model:
    counts = count_grams([row.text for row in rows])
    known = np.zeros(counts.shape[1], dtype=bool) if vectors is None else np.asarray(vectors.any(axis=1))
    rarity = build_on.rarity if build_on else rarity_of(counts, least=LEAST_TEXTS, known=known)
    units = unit_rows(counts, rarity)
    opinion = np.array([row.label != "neu" for row in rows])
    told = np.array([row.of_three for row in rows])
    return Model(
        "candidate",
        rarity,
        _head(units, rarity, rows, opinion, "neg", build_on.negative if build_on else None, vectors),
        _head(units, rarity, rows, told, "neu", build_on.neutral if build_on else None, vectors),
    )


def _head(
    units: Matrix, rarity: Floats, rows: list[Row], chosen: Flags, label: str, before: Head | None, vectors: Floats | None
) -> Head:
    """Rows that are `chosen` teach one head to tell `label` from the others; what was known before is added to."""
    known = before or Head(np.zeros(len(rarity), dtype=np.float32), 1.0, 0.0)
    if not chosen.any():
        return known if before else replace(known, intercept=NEVER)
    taught = units[np.flatnonzero(chosen)]
    wanted = np.array([row.label == label for row in rows])[chosen]
    weights = np.array([row.weight for row in rows], dtype=np.float32)[chosen]
    start = known.odds(taught @ np.divide(known.weights, rarity, out=np.zeros_like(rarity), where=rarity > 0))
    added, intercept = fit_logistic(
        taught, wanted, weights, strength=STRENGTH, start=start, freedom=telling(taught, wanted), vectors=vectors
    )
    return Head(known.slope * known.weights + added * rarity, 1.0, known.intercept + intercept)


def _calibrated(model: Model, rows: list[Row]) -> Model:
    """The model with its lines fitted on rows that taught it nothing; as it is where they are too few to tell."""
    sums = [side for batch in batches([row.text for row in rows]) for side in zip(*model.sums(batch)[:2], strict=True)]
    table = np.array(sums, dtype=np.float32).reshape(-1, 2)
    opinion = np.array([row.label != "neu" for row in rows], dtype=bool)
    told = np.array([row.of_three for row in rows], dtype=bool)
    return replace(
        model,
        negative=_lined(model.negative, table[:, 0], rows, opinion, "neg"),
        neutral=_lined(model.neutral, table[:, 1], rows, told, "neu"),
    )


def _lined(head: Head, sums: Floats, rows: list[Row], chosen: Flags, label: str) -> Head:
    if chosen.sum() < LEAST_CALIBRATING:
        return head
    wanted = np.array([row.label == label for row in rows])[chosen]
    slope, intercept = fit_line(sums[chosen], wanted, np.array([row.weight for row in rows], dtype=np.float32)[chosen])
    return replace(head, slope=slope, intercept=intercept)


def _with_lines(model: Model, other: Model) -> Model:
    def lined(head: Head, line: Head) -> Head:
        return replace(head, slope=line.slope, intercept=line.intercept)

    return replace(model, negative=lined(model.negative, other.negative), neutral=lined(model.neutral, other.neutral))


def _measured(model: Model, files: Sequence[Labelled]) -> dict[str, dict[str, Any]]:
    return {file.name: figures(file.labels, _probabilities(model, file.texts)) for file in files}


def _probabilities(model: Model, texts: Sequence[str]) -> Floats:
    return np.concatenate([rows for _, rows in model.probabilities(texts)])
