"""Made-up titles about any brand, good news and bad of every category: what labelled titles hold too few wordings of.

Each line of `stance_phrases.tsv` is a label (`pos`, `neu` or a category of bad news) and a pattern: X is the brand, and of
`{a|b}` every choice makes a title.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from sentiment.stance import SIDES
from sentiment.stance_features import Subject
from sentiment.stance_files import Row

PATTERNS = Path(__file__).with_name("stance_phrases.tsv")

ANY_BRAND = "\ufffc"
"""Stands for the brand in rows that are made up: no brand of its own is learned from them."""

WEIGHT = 0.5
"""A made-up title counts as half a labelled one; chosen on titles of other months than those trained on."""


def phrases() -> Iterator[Row]:
    """The made-up titles as rows to learn from, the same ones in the same order every time."""
    with PATTERNS.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            for title in titles(line["pattern"]):
                yield said_of_a_brand(title, line["label"], WEIGHT)


def titles(pattern: str) -> list[str]:
    """Every title that a pattern makes.

    >>> titles("X{致歉|回应争议}")
    ['\\ufffc致歉', '\\ufffc回应争议']
    """
    pieces = re.split(r"\{([^}]*)\}", pattern.replace("X", ANY_BRAND))
    return ["".join(chosen) for chosen in product(*(piece.split("|") if n % 2 else [piece] for n, piece in enumerate(pieces)))]


def said_of_a_brand(title: str, label: str, weight: float = 1.0) -> Row:
    """A row about any brand; a label that is no side is a category of bad news."""
    side, categories = (label, ()) if label in SIDES else (SIDES[0], (label,))
    return Row(Subject(title, (ANY_BRAND,)), about=True, side=side, categories=categories, weight=weight)
