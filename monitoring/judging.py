"""From a match to a mention: the stance towards the brand decides, together with the mood where a text is more than a title."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitoring.in_force import NONE, InForce
from monitoring.matching import Match
from monitoring.risk import RiskCategory
from posts.index import Mention, Sentiment
from sentiment import stance
from sentiment.scorer import Score, Scorer
from sentiment.stance import Stance, StanceModel
from sentiment.stance_features import Subject

TITLE = 40
"""Characters of a normalised text that the stance model alone decides: titles are what it learned from."""

POST = 140
"""From this length on mood counts as much as stance; between TITLE and POST its share grows evenly."""

SURELY_NOT = 0.05
"""A post is a mention from this probability on: losing a complaint costs more than reading of a namesake."""

LIKELY = 0.5
"""A negative mention has the categories that the model gives this probability or more, besides those of its risk words."""


class Found(NamedTuple):
    """A normalised text with the brands that it matches, and the categories of the risk words in it."""

    text: str
    matches: tuple[Match, ...]
    risks: tuple[str, ...]


def judge(
    found: Sequence[Found],
    originals: Sequence[str],
    scorer: Scorer,
    in_force: InForce = NONE,
    stances: StanceModel | None = None,
) -> list[tuple[Mention, ...]]:
    """The mentions of each text, which `scorer` is given as it was written: none for a brand that it is not about.

    Where staff corrected a text for a brand, `in_force` says so, and that holds instead. `stances`: else the shipped model.

    Raises UnavailableError where the scorer cannot be used.
    """
    moods = scorer.score(originals)
    towards = iter(stances_of(found, stances))
    judged = [tuple(_mentions(one, mood, towards)) for one, mood in zip(found, moods, strict=True)]
    return [in_force.applied(one.text, one.matches, mentions) for one, mentions in zip(found, judged, strict=True)]


def stances_of(found: Sequence[Found], stances: StanceModel | None = None) -> list[Stance]:
    """One stance a match, text by text."""
    return (stances or stance.shipped()).judge([Subject(one.text, match.keywords) for one in found for match in one.matches])


def is_about(text: str, towards: Stance) -> bool:
    """Whether a match is a mention. A longer text, which the model knows less of, is given up only when it is far surer.

    From TITLE to POST the probability that is asked for falls from 0.5, ever more slowly, to SURELY_NOT.
    """
    return towards.about >= max(0.5 * (1 - 2 * mood_share(text)) ** 2, SURELY_NOT)


def mood_share(text: str) -> float:
    """How much mood counts beside stance for a normalised text, from 0 (a title) to 0.5 (a post).

    >>> mood_share("某茶饮被约谈"), mood_share("长" * 90), mood_share("长" * 1000)
    (0.0, 0.25, 0.5)
    """
    return 0.5 * min(max((len(text) - TITLE) / (POST - TITLE), 0.0), 1.0)


def with_likely(risks: tuple[str, ...], sentiment: Sentiment, towards: Stance) -> tuple[str, ...]:
    """The categories of a mention: those of its risk words, and if it is negative those that the model finds likely too."""
    likely = towards.risks(LIKELY) if sentiment is Sentiment.NEGATIVE else ()
    return tuple(category.value for category in RiskCategory if category in risks or category in likely)


def _mentions(found: Found, mood: Score, stances: Iterator[Stance]) -> Iterator[Mention]:
    for match in found.matches:
        towards = next(stances)
        if is_about(found.text, towards):
            score = _blended(towards.score, mood, mood_share(found.text))
            risks = with_likely(found.risks, score.label, towards)
            yield Mention(match.brand, score.label, score.negative, risks, match.keywords)


def _blended(towards: Score, mood: Score, share: float) -> Score:
    return Score(
        negative=(1 - share) * towards.negative + share * mood.negative,
        neutral=(1 - share) * towards.neutral + share * mood.neutral,
        positive=(1 - share) * towards.positive + share * mood.positive,
    )
