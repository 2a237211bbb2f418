"""Texts as hashed character n-grams, a whole batch at once in numpy: a model's weights are then one gather and one sum.

A batch is one array of code points with a boundary before every text. Folding (width, case, traditional to simplified,
invisible characters) is a table look-up; only web addresses, mark-up and entities are looked for text by text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.text import TAG, normalise

Codes: TypeAlias = NDArray[np.uint32]
Places: TypeAlias = NDArray[np.intp]
Slots: TypeAlias = NDArray[np.int32]

BITS = 20
ORDERS = 3
OPENING = 800
ENDING = 400
NEGATORS = "不没非无别未莫勿"
SCOPE = 8
"""How many characters after its negator a pair of characters counts as denied."""
DENIED_ORDER = 2
REPEAT = 6
"""As long as the longest of Weibo's common bracket codes."""
NOTHING = 0
"""The slot of no n-gram at all: it has no weight."""
BOUNDARY = 1
"""The code that stands before every text and after the last: no text holds it, as control characters are folded away."""

_SPACE = 32
_TABLE = 0x10000
_MULTIPLIER = np.uint32(0x01000193)
_SPREAD = np.uint32(0x9E3779B1)
_DENIED_SALT = np.int32(0x5A5A5)
_NEGATES, _STOPS = 1, 2
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


@dataclass(frozen=True, slots=True)
class View:
    """One way to read a batch: for every place the slot of the n-gram of `order` characters that begins there, or NOTHING.

    `denied`: those n-grams alone that a negator stands before, in slots of their own.
    """

    order: int
    denied: bool
    slots: Slots

    def gram(self, batch: Batch, place: int) -> str:
        """The n-gram that begins at `place`, with ^ and $ for a text's beginning and end, and 不… before a denied one."""
        codes = batch.codes[place : place + self.order]
        marks = ["^" if at == 0 else "$" for at in range(len(codes))]
        letters = (mark if code == BOUNDARY else chr(code) for mark, code in zip(marks, codes.tolist(), strict=True))
        return ("不…" if self.denied else "") + "".join(letters)


def views(batch: Batch) -> Iterator[View]:
    """Every n-gram of up to ORDERS characters, and the denied pairs.

    A boundary may be an n-gram's first or last character, so that openings and endings count; the last boundary begins none.
    One that stood there up to REPEAT characters before is left out: 哈哈哈哈 and [泪][泪][泪] say little more than once.
    """
    texts = np.repeat(np.arange(len(batch.starts), dtype=np.int32), batch.lengths + 1) << np.int32(BITS)
    denied = _denied(batch.codes[:-1])
    for order in range(1, ORDERS + 1):
        slots = _grams(batch, order)
        slots *= ~_repeated(slots | texts)
        yield View(order, False, slots)
        if order == DENIED_ORDER:
            yield View(order, True, (slots ^ _DENIED_SALT) * (denied & (slots > NOTHING)))


def _grams(batch: Batch, order: int) -> Slots:
    """For every place the slot of the n-gram that begins there; NOTHING where it would not lie within one text."""
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
    return np.where(inside, slots, NOTHING).astype(np.int32)


def _repeated(keys: Slots) -> NDArray[np.bool_]:
    """Whether the same key stands up to REPEAT places before."""
    found = np.zeros(len(keys), dtype=bool)
    for distance in range(1, REPEAT + 1):
        found[distance:] |= keys[distance:] == keys[:-distance]
    return found


def _denied(codes: Codes) -> NDArray[np.bool_]:
    """Whether a negator stands up to SCOPE characters before, with no punctuation and no end of a text in between."""
    kind = _kinds()[np.minimum(codes, _TABLE - 1)]
    places = np.arange(len(codes))
    negator = np.maximum.accumulate(np.where(kind == _NEGATES, places, -SCOPE - 1))
    stop = np.maximum.accumulate(np.where(kind == _STOPS, places, -1))
    found: NDArray[np.bool_] = np.zeros(len(codes), dtype=bool)
    found[1:] = (negator[:-1] > stop[1:]) & (places[1:] - negator[:-1] <= SCOPE)
    return found


@cache
def _kinds() -> NDArray[np.uint8]:
    """What every character does to a denial: begins one, ends one, or neither."""
    letters = [chr(code) for code in range(_TABLE)]
    stops = [code == BOUNDARY or unicodedata.category(letter)[0] in "PS" for code, letter in enumerate(letters)]
    kinds = np.where(stops, _STOPS, 0).astype(np.uint8)
    kinds[[ord(letter) for letter in NEGATORS]] = _NEGATES
    return kinds


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
