"""Why a text has its score: the n-grams that moved the negative–positive margin most."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sentiment.features import fold, views
from sentiment.linear_scorer import speaks
from sentiment.model import Model


@dataclass(frozen=True)
class Reason:
    """What one n-gram adds to the log-odds of negative; below 0 it speaks for positive. ^ and $ are a text's two ends."""

    gram: str
    weight: float


@dataclass(frozen=True)
class Explanation:
    """`odds` is `base` plus the weights of all n-grams, of which `reasons` are the heaviest first."""

    odds: float
    base: float
    reasons: tuple[Reason, ...]


def explain(model: Model, text: str, *, limit: int | None = 12) -> Explanation:
    """The n-grams of `text` by how much they moved its score; none for a text without an opinion."""
    batch = fold([text])
    if not speaks(batch).all():
        return Explanation(0.0, 0.0, ())
    length = float(model.sums(batch)[2][0])
    moved: defaultdict[str, float] = defaultdict(float)
    for view in views(batch):
        for place in view.slots.nonzero()[0].tolist():
            weight = model.negative.slope * float(model.negative.weights[view.slots[place]]) / length
            moved[view.gram(batch, place)] += weight
    heaviest = sorted(moved.items(), key=lambda one: (-abs(one[1]), one[0]))
    reasons = tuple(Reason(gram, round(weight, 4)) for gram, weight in heaviest[:limit])
    return Explanation(model.negative.intercept + sum(moved.values()), model.negative.intercept, reasons)
