"""Logistic regression over n-grams: what it learns does not depend on the slots that nobody uses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from sentiment.fitting import fit_logistic

HELD, EMPTY = 40, 960


@pytest.mark.parametrize("guided", [False, True])
def test_slots_that_no_row_holds_learn_nothing_and_change_nothing(guided: bool) -> None:
    """Spread among a thousand, forty slots learn what they learn alone; `guided`: some are freer, and alike by vectors."""
    random = np.random.default_rng(7)
    rows = sparse.random(200, HELD, 0.1, format="csr", dtype=np.float32, random_state=random)
    wanted = np.asarray(rows @ np.linspace(-1, 1, HELD) > 0)
    weights = np.ones(200, np.float32)
    places = np.sort(random.choice(HELD + EMPTY, HELD, replace=False))
    wide = sparse.csr_matrix((rows.data, places[rows.indices], rows.indptr), (200, HELD + EMPTY))
    freedom, vectors = random.random(HELD + EMPTY).astype(np.float32), random.random((HELD + EMPTY, 3)).astype(np.float32)
    narrow_guides = {"freedom": freedom[places], "vectors": vectors[places]} if guided else {}
    wide_guides = {"freedom": freedom, "vectors": vectors} if guided else {}
    alone, at_rest = fit_logistic(rows, wanted, weights, strength=3.0, **narrow_guides)
    spread, intercept = fit_logistic(wide, wanted, weights, strength=3.0, **wide_guides)
    assert np.abs(alone).max() > 0.1
    np.testing.assert_allclose(spread[places], alone, atol=1e-4)
    assert intercept == pytest.approx(at_rest, abs=1e-4)
    assert guided or not np.delete(spread, places).any()
