"""Texts that are copies of each other, and texts that tell of the same matter, by shared runs of characters (shingles).

Broder 1997, "On the resemblance and containment of documents": two texts resemble each other as much as the runs that both
hold are many among those that either holds.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from core.text import normalise

COPY = 0.7
"""Resemblance from which two texts are copies: one was changed in a few places at most."""
RUN = 3
"""Characters of a run."""
Shingles = frozenset[str]


def shingles(text: str, leave_out: Iterable[str] = ()) -> Shingles:
    """The runs of letters and digits in a text, with the words in `leave_out` (a brand's name) taken out."""
    plain = normalise(text)
    for word in leave_out:
        plain = plain.replace(normalise(word), "")
    letters = "".join(filter(str.isalnum, plain))
    return frozenset(letters[place : place + RUN] for place in range(max(1, len(letters) - RUN + 1)))


def resemblance(one: Shingles, other: Shingles) -> float:
    """From 0 (nothing in common) to 1 (the same)."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if one or other else 1.0


def groups(runs: Sequence[Shingles], least: float) -> list[int]:
    """For each text the number of its group, counted from 0: the first earlier group whose first text resembles it enough.

    Two texts that resemble each other so much share one of their rarest runs (prefix filtering: Chaudhuri, Ganti & Kaushik
    2006, "A primitive operator for similarity joins"), so that only groups that share one are looked at.
    """
    often = Counter(run for text in runs for run in text)
    firsts: list[Shingles] = []
    holding: dict[str, list[int]] = defaultdict(list)
    found = []
    for text in runs:
        rarest = _rarest(text, least, often)
        likely = sorted({group for run in rarest for group in holding[run]})
        group = next((group for group in likely if resemblance(firsts[group], text) >= least), None)
        if group is None:
            group = len(firsts)
            firsts.append(text)
            for run in rarest:
                holding[run].append(group)
        found.append(group)
    return found


def _rarest(text: Shingles, least: float, often: Mapping[str, int]) -> list[str]:
    """So many of a text's runs, the rarest first, that what is left is too little to resemble another text by alone."""
    shared = math.ceil(least * len(text) - 1e-9)
    return sorted(text, key=lambda run: (often[run], run))[: len(text) - shared + 1]
