"""How well a stance model does on labelled titles, and how fast."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sentiment.evaluation import calibration_error
from sentiment.stance import SIDES, StanceModel
from sentiment.stance_files import Row

SPEED_SAMPLE = 20_000
"""Titles that speed is measured on: a smaller file is judged several times over."""


@dataclass(frozen=True, slots=True)
class StanceReport:
    """Sides are counted on the rows about the brand, categories on the negative ones among them; shares are in [0, 1].

    The expected calibration errors are of P(about), of P(negative), and of every category's own probability.
    """

    rows: int
    about_accuracy: float
    not_about_f1: float
    stance_macro_f1: float
    negative_precision: float
    negative_recall: float
    negative_f1: float
    category_accuracy: float
    category_macro_f1: float
    about_ece: float
    negative_ece: float
    category_ece: float
    posts_per_second_per_core: float


@dataclass(frozen=True, slots=True)
class _Hits:
    """How often a class was given, was right, and was both; a share of nothing is 0."""

    given: int
    wanted: int
    both: int

    @property
    def precision(self) -> float:
        return self.both / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        return self.both / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.both / (self.given + self.wanted) if self.given + self.wanted else 0.0


def evaluate(model: StanceModel, rows: Sequence[Row]) -> StanceReport:
    """The model's answers beside the labels. Speed is measured in processor time of this process."""
    judged = list(zip(rows, model.judge([row.subject for row in rows]), strict=True))
    about = [(row.about, stance.is_about) for row, stance in judged]
    sides = [(row.side, SIDES[stance.side]) for row, stance in judged if row.about]
    categories = [(row.category, stance.category) for row, stance in judged if row.negative]
    negative = _hits(sides, SIDES[0])
    return StanceReport(
        rows=len(rows),
        about_accuracy=_accuracy(about),
        not_about_f1=_hits(about, False).f1,
        stance_macro_f1=_macro_f1(sides),
        negative_precision=negative.precision,
        negative_recall=negative.recall,
        negative_f1=negative.f1,
        category_accuracy=_accuracy(categories),
        category_macro_f1=_macro_f1(categories),
        about_ece=_calibration([(stance.about, row.about) for row, stance in judged]),
        negative_ece=_calibration([(stance.score.negative, row.negative) for row, stance in judged if row.about]),
        category_ece=_calibration(
            [(chance, name in row.categories) for row, stance in judged if row.negative for name, chance in stance.categories]
        ),
        posts_per_second_per_core=_speed(model, rows),
    )


def _calibration(pairs: Sequence[tuple[float, bool]]) -> float:
    chances, true = (np.array(side) for side in zip(*pairs, strict=True)) if pairs else (np.zeros(0), np.zeros(0, bool))
    return calibration_error(chances, true) or 0.0


def _accuracy(pairs: Sequence[tuple[object, object]]) -> float:
    return sum(wanted == given for wanted, given in pairs) / len(pairs) if pairs else 0.0


def _macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """The mean over the classes that are wanted or given somewhere."""
    classes = {name for pair in pairs for name in pair}
    return sum(_hits(pairs, name).f1 for name in classes) / len(classes) if classes else 0.0


def _hits(pairs: Sequence[tuple[object, object]], name: object) -> _Hits:
    return _Hits(
        given=sum(given == name for _, given in pairs),
        wanted=sum(wanted == name for wanted, _ in pairs),
        both=sum(wanted == given == name for wanted, given in pairs),
    )


def _speed(model: StanceModel, rows: Sequence[Row]) -> float:
    subjects = [row.subject for row in rows] * -(-SPEED_SAMPLE // len(rows))
    began = time.process_time()
    model.judge(subjects)
    return len(subjects) / max(time.process_time() - began, 1e-9)
