"""Scoring in worker processes: they start with the first batch, scores come back in order, and none outlives its owner."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from itertools import chain
from threading import Thread

from core.errors import UnavailableError
from sentiment.scorer import Score, Scorer

CHUNK = 200
"""Texts a worker is given at once; fewer than this never start a second worker, which would load the model for nothing."""


class PooledScorer:
    """Scores with up to `workers` processes, each holding the scorer that `make` builds.

    A worker that dies (killed, out of memory) costs one new start; where that fails too, `score` raises UnavailableError.
    """

    def __init__(self, make: Callable[[], Scorer], *, workers: int) -> None:
        self.name = make().name
        self._make = make
        self._workers = workers
        self._executor: ProcessPoolExecutor | None = None

    def score(self, texts: Sequence[str]) -> list[Score]:
        """One score a text, in order; a text that stands there twice is scored once."""
        distinct = list(dict.fromkeys(texts))
        scores = dict(zip(distinct, self._with_second_try(distinct), strict=True))
        return [scores[text] for text in texts]

    def close(self) -> None:
        """End the workers and wait for them; a later batch starts new ones."""
        if self._executor:
            self._executor.shutdown(wait=True, cancel_futures=True)
            self._executor = None

    def _with_second_try(self, texts: Sequence[str]) -> list[Score]:
        try:
            return self._in_workers(texts)
        except BrokenProcessPool:
            self.close()
        try:
            return self._in_workers(texts)
        except BrokenProcessPool as error:
            self.close()
            raise UnavailableError(
                zh="情感评分进程两次意外退出：请检查可用内存（每个进程 450 MB），或调小 sentiment.workers",
                en="the sentiment workers died twice: check free memory (450 MB each) or lower sentiment.workers",
            ) from error

    def _in_workers(self, texts: Sequence[str]) -> list[Score]:
        if not texts:
            return []
        chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
        return list(chain.from_iterable(self._running().map(_score, [self._make] * len(chunks), chunks)))

    def _running(self) -> ProcessPoolExecutor:
        """The pool; spawned, not forked, because the caller may have threads and open databases."""
        if not self._executor:
            self._executor = ProcessPoolExecutor(
                self._workers, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare_worker
            )
        return self._executor


def _score(make: Callable[[], Scorer], texts: Sequence[str]) -> list[Score]:
    return _made(make).score(texts)


@cache
def _made(make: Callable[[], Scorer]) -> Scorer:
    """This worker's own scorer."""
    return make()


def _prepare_worker() -> None:
    """Ctrl-C is the owner's to handle; and an owner that was killed cannot end its workers, so they watch it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_owner, daemon=True).start()


def _end_with_owner() -> None:
    owner = multiprocessing.parent_process()
    if owner:
        owner.join()
        os._exit(1)
