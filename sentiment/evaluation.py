"""How good and how fast a scorer is on labelled texts: the same figures for every backend."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sentiment.labelled import LABELS, Labelled
from sentiment.scorer import Scorer

Figures: TypeAlias = dict[str, Any]
BINS = 10


def evaluate(scorer: Scorer, rows: Labelled) -> Figures:
    """Figures of a scorer that works in this process, on one file; what it costs to load the model is not in the pace."""
    scorer.score(rows.texts[:1])
    began = time.process_time()
    scores = scorer.score(rows.texts)
    seconds = max(time.process_time() - began, 1e-6)
    table = np.array([(score.negative, score.neutral, score.positive) for score in scores])
    return {
        **figures(rows.labels, table),
        "posts_per_second_per_core": round(len(rows) / seconds, 1),
        "peak_mb": peak_mb(),
    }


def figures(labels: Sequence[str], probabilities: NDArray[np.floating[Any]]) -> Figures:
    """Quality alone. The binary figures leave neutral rows out and take the likelier side of negative and positive.

    `ece` is of the three classes where neutral rows exist, else of the two sides.
    """
    truth = np.array([LABELS.index(label) for label in labels])
    opinion = truth != 1
    sides = probabilities[opinion][:, [0, 2]]
    sides = sides / np.maximum(sides.sum(axis=1, keepdims=True), 1e-12)
    chosen = np.where(sides[:, 0] > sides[:, 1], 0, 2)
    wanted = truth[opinion]
    found: Figures = {
        "rows": len(truth),
        "accuracy": _share(chosen == wanted),
        "macro_f1": macro_f1(wanted, chosen, (0, 2)),
        "negative_recall": _share(chosen[wanted == 0] == 0),
        "negative_precision": _share(wanted[chosen == 0] == 0),
    }
    if opinion.all():
        return {**found, "ece": calibration_error(sides.max(axis=1), chosen == wanted)}
    three = probabilities.argmax(axis=1)
    return {
        **found,
        "three_class": {"accuracy": _share(three == truth), "macro_f1": macro_f1(truth, three, (0, 1, 2))},
        "ece": calibration_error(probabilities.max(axis=1), three == truth),
    }


def macro_f1(truth: NDArray[np.int_], chosen: NDArray[np.int_], classes: Sequence[int]) -> float | None:
    """The mean over the classes of 2·hits / (truly so + said so); None where there is nothing to judge."""
    if not len(truth):
        return None
    each = [
        2 * int(((truth == one) & (chosen == one)).sum()) / max(int((truth == one).sum() + (chosen == one).sum()), 1)
        for one in classes
    ]
    return round(sum(each) / len(each), 4)


def calibration_error(confidence: NDArray[np.floating[Any]], right: NDArray[np.bool_]) -> float | None:
    """Expected calibration error: how far confidence is from the share that was right, over ten bins by their size."""
    if not len(right):
        return None
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs(float(confidence[bins == one].sum()) - int(right[bins == one].sum())) for one in range(BINS)]
    return round(sum(gaps) / len(right), 4)


def peak_mb() -> float:
    """The most memory that this process has held so far."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


def _share(hits: NDArray[np.bool_]) -> float | None:
    return round(float(hits.mean()), 4) if len(hits) else None
