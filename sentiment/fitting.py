"""Logistic regression over hashed n-grams, by L-BFGS: the same rows give the same weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sentiment.features import BITS, ORDERS, fold, grams
from sentiment.model import Floats

Matrix: TypeAlias = Any
"""A scipy CSR matrix: one row a text, one column an n-gram slot."""

CHUNK = 4096
ROUNDS = 60
TOLERANCE = 2e-5
"""Rounds end where one lowers the loss by less than this share: what follows moves no figure's third place."""


def count_grams(texts: Sequence[str]) -> Matrix:
    """How often every slot occurs in every text."""
    from scipy import sparse

    parts = []
    for start in range(0, len(texts), CHUNK):
        batch = fold(texts[start : start + CHUNK])
        rows = np.repeat(np.arange(len(batch.starts)), batch.lengths + 1)
        found = [(rows[inside], slots[inside]) for slots, inside in (grams(batch, order + 1) for order in range(ORDERS))]
        row, column = (np.concatenate(side) for side in zip(*found, strict=True))
        ones = np.ones(len(row), dtype=np.float32)
        counts = sparse.csr_matrix((ones, (row, column.astype(np.int32))), shape=(len(batch.starts), 1 << BITS))
        counts.sum_duplicates()
        parts.append(counts)
    return sparse.vstack(parts, format="csr")


def rarity_of(counts: Matrix, *, least: int) -> Floats:
    """Inverse document frequency of every slot; 0, which leaves a slot out, where fewer than `least` texts hold it."""
    documents = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log((1 + counts.shape[0]) / (1 + documents)) + 1
    return np.asarray(np.where(documents >= least, rarity, 0), dtype=np.float32)


def unit_rows(counts: Matrix, rarity: Floats) -> Matrix:
    """Every text's n-grams by their rarity, brought to unit length exactly as the model does it."""
    from scipy import sparse

    lengths = np.sqrt(counts @ rarity**2 + 1e-6)
    return (sparse.diags((1 / lengths).astype(np.float32)) @ counts @ sparse.diags(rarity)).tocsr()


def fit_logistic(
    rows: Matrix,
    wanted: NDArray[np.bool_],
    weights: Floats,
    *,
    strength: float,
    start: Floats | None = None,
    intercept: bool = True,
) -> tuple[Floats, float]:
    """Weights and intercept with the least weighted log-loss plus `strength`⁻¹ · |weights|² / 2 (the intercept is free).

    `start`: margins that a model before already gives; what is fitted then is only what has to be added to it.
    Without `intercept` it stays 0, as suits rows that say nothing of how frequent an answer is.
    """
    from scipy.optimize import minimize

    sign = np.where(wanted, 1.0, -1.0)
    before = np.zeros(len(sign)) if start is None else start
    turned = rows.T.tocsr()

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = sign * (rows @ point[:-1].astype(np.float32) + point[-1] + before)
        pull = -sign * weights * 0.5 * (1 - np.tanh(margins / 2))
        gradient = np.empty_like(point)
        gradient[:-1] = turned @ pull.astype(np.float32) + point[:-1] / strength
        gradient[-1] = pull.sum() if intercept else 0.0
        return float((weights * np.logaddexp(0, -margins)).sum() + point[:-1] @ point[:-1] / (2 * strength)), gradient

    found = minimize(
        loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxcor": 6, "ftol": 2e-5}
    )
    return found.x[:-1].astype(np.float32), float(found.x[-1])


def fit_line(sums: Floats, wanted: NDArray[np.bool_], weights: Floats) -> tuple[float, float]:
    """Slope and intercept that make sums calibrated log-odds of `wanted` (Platt's scaling)."""
    from scipy.optimize import minimize

    sign = np.where(wanted, 1.0, -1.0)

    def loss(line: NDArray[np.float64]) -> float:
        return float((weights * np.logaddexp(0, -sign * (line[0] * sums + line[1]))).mean())

    slope, intercept = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B").x
    return float(slope), float(intercept)
