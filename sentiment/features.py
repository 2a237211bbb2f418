"""Texts as hashed character n-grams, a whole batch at once in numpy: a model's weights are then one gather and one sum.

A batch is one array of code points with a boundary before every text. Folding (width, case, traditional to simplified,
invisible characters) is a table look-up; only web addresses, mark-up and entities are looked for text by text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.text import TAG, normalise

Codes: TypeAlias = NDArray[np.uint32]
Places: TypeAlias = NDArray[np.intp]

BITS = 20
ORDERS = 3
OPENING = 800
ENDING = 400
BOUNDARY = 1
"""The code that stands before every text and after the last: no text holds it, as control characters are folded away."""

_SPACE = 32
_TABLE = 0x10000
_MULTIPLIER = np.uint32(0x01000193)
_SPREAD = np.uint32(0x9E3779B1)
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Batch:
    """Folded code points of all texts one after the other, and the place of the boundary before each text."""

    codes: Codes
    starts: Places

    @property
    def lengths(self) -> Places:
        """Characters of every text after folding."""
        return np.diff(self.starts, append=len(self.codes) - 1) - 1

    def row_sums(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """One sum a text of values that stand one a place."""
        return np.add.reduceat(values, self.starts)


def fold(texts: Sequence[str]) -> Batch:
    """The texts (at least one) as the model reads them. Any string is accepted, broken surrogates too."""
    plain = [_plain(text) for text in texts]
    joined = "\x01" + "\x01".join(plain) + "\x01"
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter(map(len, plain), dtype=np.intp, count=len(plain))
    boundary = np.zeros(len(raw), dtype=bool)
    boundary[np.concatenate(([0], np.cumsum(lengths + 1)))] = True
    codes = np.where(raw < _TABLE, folding()[np.minimum(raw, _TABLE - 1)], raw)
    codes[boundary] = BOUNDARY
    kept = _trimmed(codes[codes != 0])
    return Batch(kept, np.flatnonzero(kept == BOUNDARY)[:-1])


def _trimmed(codes: Codes) -> Codes:
    """Runs of white space as one space, and none at either end of a text."""
    blank = (codes == _SPACE) | (codes == BOUNDARY)
    codes = codes[~((codes == _SPACE) & np.roll(blank, 1))]
    last: NDArray[np.bool_] = (codes == _SPACE) & (np.roll(codes, -1) == BOUNDARY)
    return np.compress(~last, codes)


def grams(batch: Batch, order: int) -> tuple[Places, NDArray[np.bool_]]:
    """For every place the slot of the n-gram that begins there, and whether that n-gram lies within one text.

    A boundary may be an n-gram's first or last character, so that openings and endings count; the last boundary begins none.
    """
    size = len(batch.codes) - 1
    padded = np.concatenate((batch.codes, np.full(order, BOUNDARY, dtype=np.uint32)))
    ends = padded == BOUNDARY
    hashed = padded[:size] + np.uint32(order * 0x51ED27)
    inside = np.ones(size, dtype=bool) if order > 1 else ~ends[:size]
    for step in range(1, order):
        hashed = hashed * _MULTIPLIER ^ padded[step : step + size]
        if step < order - 1:
            inside &= ~ends[step : step + size]
    slots = (hashed ^ hashed >> np.uint32(15)) * _SPREAD >> np.uint32(32 - BITS)
    return slots.astype(np.intp), inside


def gram_text(batch: Batch, place: int, order: int) -> str:
    """The n-gram that begins at `place`, with ^ and $ for a text's beginning and end."""
    codes = batch.codes[place : place + order]
    marks = ["^" if at == 0 else "$" for at in range(len(codes))]
    return "".join(mark if code == BOUNDARY else chr(code) for mark, code in zip(marks, codes.tolist(), strict=True))


@cache
def folding() -> Codes:
    """What every character of the basic plane is read as: 0 is left out, a white space becomes a space."""
    letters = [chr(code) for code in range(_TABLE)]
    return np.array([_folded(letter) for letter in letters], dtype=np.uint32)


def _folded(letter: str) -> int:
    if letter.isspace():
        return _SPACE
    plain = normalise(letter)
    return ord(plain[0]) if plain and plain != "\ufe0f" else 0


def _plain(text: str) -> str:
    """Without addresses, mark-up and entities; of a long text the opening and the ending, where writers say what they think."""
    if len(text) > 4 * (OPENING + ENDING):
        text = f"{text[: 2 * OPENING]} {text[-2 * ENDING :]}"
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = TAG.sub("", text)
    if "://" in text or "www." in text.lower():
        text = _ADDRESS.sub(" ", text)
    return text if len(text) <= OPENING + ENDING else f"{text[:OPENING]} {text[-ENDING:]}"
