"""Sentences from templates: each `{part}` becomes one of its variants, `{n}` a number."""

from __future__ import annotations

import random
from collections.abc import Mapping


class Phrases:
    """Fill templates from `parts`, choosing with `rng`; a part named twice is chosen twice.

    >>> Phrases({"drink": ("茶",)}, random.Random(1))("来一杯{drink}")
    '来一杯茶'
    """

    def __init__(self, parts: Mapping[str, tuple[str, ...]], rng: random.Random) -> None:
        self._parts = parts
        self._rng = rng

    def __call__(self, template: str) -> str:
        return template.format_map(self)

    def __getitem__(self, part: str) -> str:
        return str(self._rng.randint(2, 60)) if part == "n" else self._rng.choice(self._parts[part])
