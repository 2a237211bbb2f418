"""Texts that are copies of each other, and texts that tell of the same matter, by shared runs of characters (shingles).

Broder 1997, "On the resemblance and containment of documents": two texts resemble each other as much as the runs that both
hold are many among those that either holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

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
    return len(one & other) / len(one | other) if one or other else 1.0


def groups(runs: Sequence[Shingles], least: float) -> list[int]:
    """For each text the number of its group, counted from 0: the first earlier group whose first text resembles it enough.

    Only groups that share a run are looked at, so that the time grows with what is alike, not with the square of all.
    """
    firsts: list[Shingles] = []
    holding: dict[str, list[int]] = defaultdict(list)
    found = []
    for text in runs:
        likely = sorted({group for run in text for group in holding[run]})
        group = next((group for group in likely if resemblance(firsts[group], text) >= least), None)
        if group is None:
            group = len(firsts)
            firsts.append(text)
            for run in text:
                holding[run].append(group)
        found.append(group)
    return found
