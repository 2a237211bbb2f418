"""Posts of 80 to 120 characters about made-up brands, kept apart from training: what titles taught holds for posts too."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.text import normalise
from monitoring.judging import Found, judge
from monitoring.matching import Match
from monitoring.risk import RiskLexicon, shipped_terms
from posts.index import Mention, Sentiment
from sentiment.linear_scorer import LinearScorer
from sentiment.model import SHIPPED
from sentiment.stance_files import Row, read_rows

ROWS = read_rows(Path(__file__).parent / "challenges" / "posts.tsv")
SIDES = {"neg": Sentiment.NEGATIVE, "neu": Sentiment.NEUTRAL, "pos": Sentiment.POSITIVE}
FLOORS = {"neg": 0.7, "neu": 0.75, "pos": 0.75}
"""The share of each side that must be right; a floor that was reached is never lowered to let a model pass."""
CATEGORY_FLOOR = 0.8


@pytest.fixture(scope="module")
def mentions() -> list[tuple[Row, Mention | None]]:
    lexicon = RiskLexicon(shipped_terms())
    found = [_found(row, lexicon) for row in ROWS]
    judged = judge(found, [row.subject.text for row in ROWS], LinearScorer(SHIPPED))
    return [(row, one[0] if one else None) for row, one in zip(ROWS, judged, strict=True)]


def _found(row: Row, lexicon: RiskLexicon) -> Found:
    text = normalise(row.subject.text)
    return Found(text, (Match(row.subject.keywords[0], row.subject.keywords),), lexicon.categories_normalised(text))


def test_no_complaint_is_taken_for_news_of_a_namesake(mentions: list[tuple[Row, Mention | None]]) -> None:
    assert [row.subject.text for row, mention in mentions if row.negative and mention is None] == []


@pytest.mark.parametrize(("side", "floor"), FLOORS.items())
def test_each_side_keeps_its_floor(mentions: list[tuple[Row, Mention | None]], side: str, floor: float) -> None:
    right = [mention is not None and mention.sentiment is SIDES[side] for row, mention in mentions if row.side == side]
    assert sum(right) / len(right) >= floor


def test_the_category_is_among_the_risks_of_a_complaint(mentions: list[tuple[Row, Mention | None]]) -> None:
    right = [mention is not None and row.category in mention.risks for row, mention in mentions if row.negative]
    assert sum(right) / len(right) >= CATEGORY_FLOOR
