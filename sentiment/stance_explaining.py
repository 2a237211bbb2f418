"""Why a text stands as it does towards a brand: how the odds of negative change when a word is left out.

Leaving out asks the model itself, whatever it is made of, and speaks in words that a person can read. Source of the method:
Li, Monroe, Jurafsky, "Understanding Neural Networks through Representation Erasure" (2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from core.text import normalise, words
from sentiment.explaining import Reason
from sentiment.stance import Stance, StanceModel
from sentiment.stance_features import Subject

MOST_WORDS = 200
LEAST = 0.01
"""A word that changes the log-odds by less is no reason."""
_NEVER = 1e-6


@dataclass(frozen=True, slots=True)
class StanceExplanation:
    """The stance, the log-odds of negative, and by how much each word raised them, heaviest first."""

    stance: Stance
    odds: float
    reasons: tuple[Reason, ...]


def explain_stance(model: StanceModel, subject: Subject, *, limit: int = 12) -> StanceExplanation:
    """What moved the stance of this text towards this brand; the brand's own words are never left out."""
    plain = normalise(subject.text)
    brand = [normalise(keyword) for keyword in subject.keywords]
    kept = [word for word in dict.fromkeys(words(plain)) if not any(word in keyword for keyword in brand)][:MOST_WORDS]
    stance, *without = model.judge([subject, *(Subject(plain.replace(word, ""), subject.keywords) for word in kept)])
    moved = [Reason(word, round(_odds(stance) - _odds(less), 4)) for word, less in zip(kept, without, strict=True)]
    heaviest = sorted((one for one in moved if abs(one.weight) >= LEAST), key=lambda one: (-abs(one.weight), one.gram))
    return StanceExplanation(stance, _odds(stance), tuple(heaviest[:limit]))


def _odds(stance: Stance) -> float:
    negative = min(max(stance.score.negative, _NEVER), 1 - _NEVER)
    return log(negative / (1 - negative))
