"""The two models as students of corrections: how each is taught, what it answers, and its made-up sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sentiment import stance_training
from sentiment.fitting import count_grams, fit_logistic, unit_rows
from sentiment.labelled import LABELS, read_labelled
from sentiment.model import Head, Model
from sentiment.stance import SIDES, Stance, StanceModel
from sentiment.stance_features import Subject
from sentiment.stance_files import Row as StanceRow
from sentiment.stance_files import read_rows
from sentiment.training import STRENGTH
from sentiment.training import Row as MoodRow

GUARD = Path(__file__).parent / "guard"
NOT_ABOUT = "not_about"

MOOD_WEIGHT = 3.0
"""A correction turns the answer on its own text, and hardly those on others."""
STANCE_WEIGHT = 0.02
"""The same for stance, whose weights are freer."""
KEPT = 0.5
"""What an uncorrected post counts beside a correction."""
LIKELY = 0.5


class MoodStudent:
    """The mood model: negative against positive among opinions, neutral against opinion."""

    def example(self, text: str, label: str) -> MoodRow:
        return MoodRow(label, text, MOOD_WEIGHT, True)

    def kept(self, model: Model, texts: Sequence[str]) -> list[MoodRow]:
        """Uncorrected texts, labelled as the model has them."""
        rows = [self.example(text, "neu") for text in texts]
        return [
            replace(row, label=label, weight=MOOD_WEIGHT * KEPT)
            for row, label in zip(rows, self.answers(model, rows), strict=True)
        ]

    def guard(self) -> list[MoodRow]:
        rows = read_labelled(GUARD / "mood.tsv")
        return [self.example(text, label) for label, text in zip(rows.labels, rows.texts, strict=True)]

    def taught(self, model: Model, examples: Sequence[MoodRow], *, name: str) -> Model:
        """The model with what the examples say beyond it; how frequent it takes every answer to be stays."""
        units = unit_rows(count_grams([row.text for row in examples]), model.rarity)
        labels = np.array([row.label for row in examples])
        weights = np.array([row.weight for row in examples], np.float32)
        scale = np.divide(1, model.rarity, out=np.zeros_like(model.rarity), where=model.rarity > 0)

        def added_to(head: Head, asked: NDArray[np.bool_], label: str) -> Head:
            if not asked.any():
                return head
            rows = units[np.flatnonzero(asked)]
            start = head.odds(rows @ (head.weights * scale))
            added, _ = fit_logistic(
                rows, labels[asked] == label, weights[asked], strength=STRENGTH, start=start, intercept=False
            )
            return replace(head, weights=head.weights + added * model.rarity / head.slope)

        taught = replace(
            model,
            name=name,
            negative=added_to(model.negative, labels != "neu", "neg"),
            neutral=added_to(model.neutral, labels != "", "neu"),
        )
        return replace(taught.stored(), name=name, metadata={})

    def answers(self, model: Model, examples: Sequence[MoodRow]) -> list[str]:
        tables = [rows for _, rows in model.probabilities([row.text for row in examples])]
        return [LABELS[place] for table in tables for place in table.argmax(axis=1).tolist()]

    def wanted(self, example: MoodRow) -> str:
        return example.label

    def text(self, example: MoodRow) -> str:
        return example.text


class StanceStudent:
    """The stance model: about the brand or not, the side, and the categories of what is negative."""

    def example(self, subject: Subject, side: str, categories: Sequence[str]) -> StanceRow:
        """`side` is one of SIDES or NOT_ABOUT."""
        negative = tuple(categories) if side == SIDES[0] else ()
        return StanceRow(subject, side != NOT_ABOUT, side if side in SIDES else SIDES[1], negative, STANCE_WEIGHT)

    def kept(self, model: StanceModel, subjects: Sequence[Subject]) -> list[StanceRow]:
        """Uncorrected mentions, labelled as the model has them."""
        judged = zip(subjects, model.judge(subjects), strict=True)
        rows = [self.example(subject, _side(stance), stance.risks(LIKELY)) for subject, stance in judged]
        return [replace(row, weight=STANCE_WEIGHT * KEPT) for row in rows]

    def guard(self) -> list[StanceRow]:
        return read_rows(GUARD / "stance.tsv")

    def taught(self, model: StanceModel, examples: Sequence[StanceRow], *, name: str) -> StanceModel:
        return stance_training.train(examples, name=name, build_on=model)

    def answers(self, model: StanceModel, examples: Sequence[StanceRow]) -> list[str]:
        return [_side(stance) for stance in model.judge([row.subject for row in examples])]

    def wanted(self, example: StanceRow) -> str:
        return example.side if example.about else NOT_ABOUT

    def text(self, example: StanceRow) -> str:
        return example.subject.text


def _side(stance: Stance) -> str:
    return SIDES[stance.side] if stance.is_about else NOT_ABOUT
