"""What the stance model reads of a title: hashed n-grams with the brand masked, and what stands at the brand's borders.

All texts of a batch are one array of code points, so that a title costs microseconds.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.text import normalise

Keys: TypeAlias = NDArray[np.uint64]
Rows: TypeAlias = NDArray[np.int64]

MASK = "\ue000"
"""Stands for the brand, so that what is learned of one brand holds for all; private use, so no text needs it."""

BEFORE, AFTER = 30, 50
"""Of a longer text the model reads this much before and after the brand's first place: together about as long as titles are."""

_OPEN, _CLOSE = "\ue001", "\ue002"
_PADDING = 2
_ORDERS = (1, 2, 3, 4)
_SHAPES = ((-1,), (1,), (-2, -1), (1, 2), (-1, 1))
"""Places beside the brand that are read together: 1 is the character right after it."""


class Subject(NamedTuple):
    """A text and the brand's keywords that were found in it; the first is the name that the model knows the brand by."""

    text: str
    keywords: tuple[str, ...]


class Features(NamedTuple):
    """Every feature of a batch, in no order: its key, and the row of the subject that has it."""

    keys: Keys
    rows: Rows
    subjects: int


def masked(subject: Subject) -> str:
    """The text normalised, each keyword in it replaced by MASK, cut to the surroundings of the first.

    >>> masked(Subject("某茶饮被约谈", ("某茶饮",))) == MASK + "被约谈"
    True
    """
    plain = normalise(subject.text).translate({ord(mark): None for mark in (MASK, _OPEN, _CLOSE)})
    for keyword in sorted({normalise(word) for word in subject.keywords} - {""}, key=len, reverse=True):
        plain = plain.replace(keyword, MASK)
    first = max(plain.find(MASK), 0)
    return plain[max(first - BEFORE, 0) : first + AFTER]


def features(subjects: Sequence[Subject]) -> Features:
    """N-grams of 1 to 4 characters; the characters beside the brand, for all brands and for this one; the brand itself."""
    texts = [f"{_OPEN * _PADDING}{masked(subject)}{_CLOSE * _PADDING}" for subject in subjects]
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32).astype(np.uint64)
    rows = np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), np.int64, len(texts)))
    brands = np.fromiter(map(_brand_key, subjects), np.uint64, len(subjects))
    views = [*_grams(codes, rows), *_borders(codes, rows, brands), _characters(codes, rows, brands)]
    views.append((_hashed(80, brands), np.arange(len(subjects))))
    keys, places = (np.concatenate(side) for side in zip(*views, strict=True))
    return Features(keys, places, len(subjects))


def _brand_key(subject: Subject) -> int:
    return zlib.crc32(normalise(subject.keywords[0]).encode()) if subject.keywords else 0


def _grams(codes: Keys, rows: Rows) -> Iterator[tuple[Keys, Rows]]:
    """Runs of characters within one text, its beginning and its end being a character each."""
    outer = (codes >= ord(_OPEN)) & (_ends(rows) | _begins(rows))
    codes, rows = codes[~outer], rows[~outer]
    for order in _ORDERS:
        size = max(len(codes) - order + 1, 0)
        inside = rows[:size] == rows[len(rows) - size :]
        yield _hashed(order, *(codes[step : step + size][inside] for step in range(order))), rows[:size][inside]


def _begins(rows: Rows) -> NDArray[np.bool_]:
    """Where a text's first character stands."""
    return np.asarray(np.diff(rows, prepend=-1) != 0)


def _ends(rows: Rows) -> NDArray[np.bool_]:
    """Where a text's last character stands."""
    return np.asarray(np.diff(rows, append=-1) != 0)


def _borders(codes: Keys, rows: Rows, brands: Keys) -> Iterator[tuple[Keys, Rows]]:
    """The characters beside every place of the brand: 国航 between 中 and 天 is another word."""
    at = np.flatnonzero(codes == ord(MASK))
    where = rows[at]
    for number, shape in enumerate(_SHAPES):
        beside = [codes[at + step] for step in shape]
        yield _hashed(20 + number, *beside), where
        yield _hashed(40 + number, brands[where], *beside), where


def _characters(codes: Keys, rows: Rows, brands: Keys) -> tuple[Keys, Rows]:
    """Each character together with the brand: what a name is about when it is this company's."""
    inside = codes < ord(MASK)
    return _hashed(60, brands[rows[inside]], codes[inside]), rows[inside]


def _hashed(kind: int, *parts: Keys) -> Keys:
    """64-bit keys of columns of equal length; `kind` keeps views apart. The arithmetic is meant to wrap."""
    key = np.full(parts[0].shape, kind, np.uint64)
    for part in parts:
        key = (key * np.uint64(0x9E3779B97F4A7C15)) ^ part
        key ^= key >> np.uint64(29)
        key *= np.uint64(0xBF58476D1CE4E5B9)
    return key ^ (key >> np.uint64(32))
