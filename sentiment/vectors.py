"""Words that keep the same company as points near each other, learned from texts without labels.

Two words' affinity is how much oftener they stand near each other than chance has it (positive pointwise mutual information,
shifted and smoothed as Levy, Goldberg and Dagan 2015 advise); its strongest 200 directions are kept. A model that learns
along them too knows a word that no labelled text held by the words that are used like it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.text import normalise
from sentiment.features import BITS, fold, views
from sentiment.model import Floats

DIMENSIONS = 200
VOCABULARY = 45_000
LEAST_TIMES = 8
NEAR = 5
READ = 300
"""Characters of a text that are read."""
_SHIFT = np.log(2)
_SMOOTHING = 0.75
_SEED = 20


def slot_vectors(texts: Sequence[str]) -> Floats:
    """A row a slot: the unit vector of the word of up to three characters that lies there, zeros where none does."""
    import rjieba

    sentences: list[list[str]] = [rjieba.cut(normalise(text)[:READ], True) for text in texts]
    times = Counter(word for sentence in sentences for word in sentence)
    words = [word for word, number in times.most_common(VOCABULARY) if number >= LEAST_TIMES]
    vectors = _directions(_affinity(_neighbours(sentences, words)))
    return _by_slot(words, vectors)


def _neighbours(sentences: Sequence[Sequence[str]], words: Sequence[str]) -> Any:
    """How often two words stand within NEAR places of each other, the nearer the more, as a sparse matrix."""
    from scipy import sparse

    place = {word: at for at, word in enumerate(words)}
    gap = [-1] * NEAR
    line = np.fromiter((at for sentence in sentences for at in (*(place.get(word, -1) for word in sentence), *gap)), np.int32)
    counts = sparse.csr_matrix((len(words), len(words)), dtype=np.float32)
    for distance in range(1, NEAR + 1):
        left, right = line[:-distance], line[distance:]
        known = (left >= 0) & (right >= 0)
        share = np.full(int(known.sum()), 1 / distance, dtype=np.float32)
        counts = counts + sparse.csr_matrix((share, (left[known], right[known])), shape=counts.shape)
    return counts + counts.T


def _affinity(counts: Any) -> Any:
    from scipy import sparse

    totals = np.asarray(counts.sum(axis=1)).ravel() + 1e-6
    chance = totals**_SMOOTHING / (totals**_SMOOTHING).sum()
    pairs = counts.tocoo()
    values = np.log(pairs.data / (totals[pairs.row] * chance[pairs.col])) - _SHIFT
    above = values > 0
    return sparse.csr_matrix((values[above], (pairs.row[above], pairs.col[above])), shape=counts.shape)


def _directions(affinity: Any) -> Floats:
    """Unit vectors along the strongest directions, each direction by the root of its strength."""
    from scipy.sparse.linalg import svds

    start = np.random.default_rng(_SEED).normal(size=affinity.shape[0])
    left, strengths, _ = svds(affinity, k=min(DIMENSIONS, affinity.shape[0] - 1), v0=start, tol=1e-3)
    points = left * np.sqrt(strengths)
    return np.asarray(points / (np.linalg.norm(points, axis=1, keepdims=True) + 1e-6), dtype=np.float32)


def _by_slot(words: Sequence[str], vectors: Floats) -> Floats:
    found = np.zeros((1 << BITS, vectors.shape[1]), dtype=np.float32)
    batch = fold(words)
    for view in views(batch):
        whole: NDArray[np.bool_] = (batch.lengths == view.order) & (not view.denied)
        np.add.at(found, view.slots[batch.starts[whole] + 1], vectors[whole])
    return found
