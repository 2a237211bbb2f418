"""Kinds of text that mislead a model, a small file each, kept apart from training: what the shipped model gets right today."""

from __future__ import annotations

from pathlib import Path

import pytest

from sentiment.evaluation import evaluate
from sentiment.labelled import read_labelled
from sentiment.linear_scorer import LinearScorer
from sentiment.model import SHIPPED

FOLDER = Path(__file__).parent / "challenges"
FLOORS = {
    "brackets": 1.0,
    "crisis": 1.0,
    "emoji": 0.92,
    "negation": 0.68,
    "negation-2": 0.62,
    "rhetorical": 1.0,
    "sarcasm": 0.87,
    "sarcasm-2": 0.70,
    "traditional": 1.0,
}
"""The share of each file whose side must be right; a floor that was reached is never lowered to let a model pass."""


@pytest.mark.parametrize(("kind", "floor"), FLOORS.items())
def test_the_shipped_model_keeps_its_floor(kind: str, floor: float) -> None:
    assert evaluate(LinearScorer(SHIPPED), read_labelled(FOLDER / f"{kind}.tsv"))["accuracy"] >= floor


def test_every_challenge_has_a_floor() -> None:
    assert {file.stem for file in FOLDER.glob("*.tsv")} == FLOORS.keys()
