"""Why a post has its mentions: what moved mood and stance, the chances of the categories, and what staff said."""

from __future__ import annotations

from dataclasses import dataclass

from core.text import normalise
from monitoring.in_force import fingerprint
from monitoring.judging import is_about, mood_share
from monitoring.matching import Match
from monitoring.rules import Rules
from monitoring.tables import Correction
from posts.index import IndexedPost
from sentiment.explaining import Explanation, explain
from sentiment.model import Model
from sentiment.scorer import Score
from sentiment.stance import StanceModel
from sentiment.stance_explaining import StanceExplanation, explain_stance
from sentiment.stance_features import Subject

CATEGORIES = 4
"""The likeliest categories that are told."""


@dataclass(frozen=True, slots=True)
class Why:
    """Of one brand: what the models found, and the correction in force, which then decides alone."""

    brand: str
    about: float
    is_about: bool
    stance: StanceExplanation
    categories: tuple[tuple[str, float], ...]
    words: tuple[str, ...]
    """Categories of risk words in the text."""
    correction: Correction | None


@dataclass(frozen=True, slots=True)
class Reasons:
    """Of one post: its mood, how much that counts beside stance (0 to 0.5), and the brands that it matches."""

    mood: Score
    mood_why: Explanation
    mood_share: float
    brands: tuple[Why, ...]


def reasons_of(
    indexed: IndexedPost, rules: Rules, mood: Model, stances: StanceModel, corrected: dict[tuple[str, str], Correction]
) -> Reasons:
    """Everything that makes the post's mentions, by the rules and models in use."""
    text = indexed.post.full_text
    plain = normalise(text)
    ((_, probabilities),) = mood.probabilities([text])
    score = Score(*probabilities[0].astype(float).tolist())
    words = rules.lexicon.categories_normalised(plain)
    brands = (_why(match, plain, words, stances, corrected) for match in rules.matcher.match_normalised(plain))
    return Reasons(score, explain(mood, text), mood_share(plain), tuple(brands))


def _why(
    match: Match, plain: str, words: tuple[str, ...], stances: StanceModel, corrected: dict[tuple[str, str], Correction]
) -> Why:
    found = explain_stance(stances, Subject(plain, match.keywords))
    likely = sorted(found.stance.categories, key=lambda one: -one[1])[:CATEGORIES]
    standing = corrected.get((match.brand, fingerprint(plain)))
    return Why(match.brand, found.stance.about, is_about(plain, found.stance), found, tuple(likely), words, standing)
