"""Logistic regression over hashed n-grams, by L-BFGS: the same rows give the same weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sentiment.features import BITS, NOTHING, fold, views
from sentiment.model import Floats

Matrix: TypeAlias = Any
"""A scipy CSR matrix: one row a text, one column an n-gram slot."""

CHUNK = 4096
ROUNDS = 80
TOLERANCE = 1e-5
"""Rounds end where one lowers the loss by less than this share: what follows moves no figure's third place."""


def count_grams(texts: Sequence[str]) -> Matrix:
    """How often every slot occurs in every text."""
    from scipy import sparse

    parts = []
    for start in range(0, len(texts), CHUNK):
        batch = fold(texts[start : start + CHUNK])
        rows = np.repeat(np.arange(len(batch.starts)), batch.lengths + 1)
        found = [(rows[held], view.slots[held]) for view in views(batch) for held in [view.slots > NOTHING]]
        row, column = (np.concatenate(side) for side in zip(*found, strict=True))
        ones = np.ones(len(row), dtype=np.float32)
        counts = sparse.csr_matrix((ones, (row, column.astype(np.int32))), shape=(len(batch.starts), 1 << BITS))
        counts.sum_duplicates()
        parts.append(counts)
    return sparse.vstack(parts, format="csr")


def rarity_of(counts: Matrix, *, least: int, known: NDArray[np.bool_]) -> Floats:
    """Inverse document frequency of every slot; 0, which leaves it out, for one in fewer than `least` and not `known`."""
    documents = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log((1 + counts.shape[0]) / (1 + documents)) + 1
    return np.asarray(np.where((documents >= least) | known, rarity, 0), dtype=np.float32)


def unit_rows(counts: Matrix, rarity: Floats) -> Matrix:
    """Every text's n-grams by their rarity, brought to unit length exactly as the model does it."""
    from scipy import sparse

    lengths = np.sqrt(counts @ rarity**2 + 1e-6)
    return (sparse.diags((1 / lengths).astype(np.float32)) @ counts @ sparse.diags(rarity)).tocsr()


def telling(rows: Matrix, wanted: NDArray[np.bool_]) -> Floats:
    """How freely each slot may learn: the root of how much oftener it stands on one side than on the other.

    The log-count ratio of Wang and Manning's NB-SVM (2012), its root taken, as a slot's whole ratio trusts rare ones too much.
    """
    held = rows > 0
    with_it = np.asarray(held[np.flatnonzero(wanted)].sum(axis=0)).ravel() + 0.5
    without = np.asarray(held[np.flatnonzero(~wanted)].sum(axis=0)).ravel() + 0.5
    ratio = np.abs(np.log(with_it / with_it.sum()) - np.log(without / without.sum()))
    return np.asarray(np.sqrt(ratio + 0.1), dtype=np.float32)


def fit_logistic(
    rows: Matrix,
    wanted: NDArray[np.bool_],
    weights: Floats,
    *,
    strength: float,
    start: Floats | None = None,
    intercept: bool = True,
    freedom: Floats | None = None,
    vectors: Floats | None = None,
) -> tuple[Floats, float]:
    """What every slot and the intercept get so that log-odds of `wanted` have the least weighted log-loss.

    `start`: log-odds that a model before already gives; what is fitted then is only what has to be added to it.
    `freedom`: how freely each slot may learn. `vectors`: a row a slot; slots with like vectors then learn together besides.
    All but the intercept is held small by `strength`⁻¹ · |weights|² / 2. Without `intercept` it stays 0, as suits rows that say
    nothing of how frequent an answer is.
    """
    # A slot that no row holds learns nothing by itself: corrections hold a few thousand of a million.
    held = np.flatnonzero(np.bincount(rows.indices, minlength=rows.shape[1]))
    free = np.float32(1) if freedom is None else freedom[held]
    own = rows[:, held].multiply(free).tocsr()
    shared, scale = _along(rows, vectors)
    before = np.zeros(len(wanted), dtype=np.float32) if start is None else start
    found = _least_loss(own, shared, wanted, weights, strength=strength, before=before, intercept=intercept)
    added = np.zeros(rows.shape[1], dtype=np.float32)
    added[held] = free * found[: len(held)]
    if vectors is not None:
        added += vectors @ found[len(held) : -1] * scale
    return added, float(found[-1])


def _along(rows: Matrix, vectors: Floats | None) -> tuple[Floats, float]:
    """Where the texts lie along the vectors, at unit length on average, and what they were multiplied by for that."""
    if vectors is None:
        return np.zeros((rows.shape[0], 0), dtype=np.float32), 1.0
    shared = np.asarray(rows @ vectors)
    scale = 1 / max(float(np.sqrt((shared**2).sum(axis=1).mean())), 1e-6)
    return shared * np.float32(scale), scale


def _least_loss(
    own: Matrix,
    shared: Floats,
    wanted: NDArray[np.bool_],
    weights: Floats,
    *,
    strength: float,
    before: Floats,
    intercept: bool,
) -> Floats:
    """One weight a column of `own`, then one a column of `shared`, then the intercept."""
    from scipy.optimize import minimize

    sign = np.where(wanted, 1.0, -1.0)
    turned = own.T.tocsr()
    slots = own.shape[1]

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        single = point.astype(np.float32)
        margins = sign * (own @ single[:slots] + shared @ single[slots:-1] + point[-1] + before)
        pull = -sign * weights * 0.5 * (1 - np.tanh(margins / 2))
        push = pull.astype(np.float32)
        gradient = point / strength
        gradient[:slots] += turned @ push
        gradient[slots:-1] += shared.T @ push
        gradient[-1] = pull.sum() if intercept else 0.0
        return float((weights * np.logaddexp(0, -margins)).sum() + point[:-1] @ point[:-1] / (2 * strength)), gradient

    begin = np.zeros(slots + shared.shape[1] + 1)
    options = {"maxiter": ROUNDS, "maxcor": 6, "ftol": TOLERANCE}
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options=options)
    return np.asarray(found.x, dtype=np.float32)


def fit_line(sums: Floats, wanted: NDArray[np.bool_], weights: Floats) -> tuple[float, float]:
    """Slope and intercept that make sums calibrated log-odds of `wanted` (Platt's scaling)."""
    from scipy.optimize import minimize

    sign = np.where(wanted, 1.0, -1.0)

    def loss(line: NDArray[np.float64]) -> float:
        return float((weights * np.logaddexp(0, -sign * (line[0] * sums + line[1]))).mean())

    slope, intercept = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B").x
    return float(slope), float(intercept)
