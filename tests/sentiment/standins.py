"""Scorers that workers can build, each showing one thing that a worker may do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sentiment.scorer import Score, Scorer


class Lengths:
    """Scores a text by its length and the process that it is in, so that order and place can be seen."""

    name = "lengths"

    def score(self, texts: Sequence[str]) -> list[Score]:
        return [Score(len(text), os.getpid(), 0) for text in texts]

    def close(self) -> None: ...


class Forgetful(Lengths):
    name = "forgetful"

    def score(self, texts: Sequence[str]) -> list[Score]:
        return super().score(texts)[1:]


@dataclass(frozen=True)
class Dying:
    """Builds a scorer in whose worker `deaths` processes die before one lives; each leaves a mark in `folder`."""

    folder: Path
    deaths: int

    def __call__(self) -> Scorer:
        return _Dying(self)


class _Dying(Lengths):
    def __init__(self, plan: Dying) -> None:
        self._plan = plan

    def score(self, texts: Sequence[str]) -> list[Score]:
        if len(list(self._plan.folder.iterdir())) < self._plan.deaths:
            (self._plan.folder / str(os.getpid())).touch()
            os._exit(1)
        return super().score(texts)
