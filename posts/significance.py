"""Which words make the chosen posts differ: the JLH score, computed by us from counts, so that both engines mean the same."""

from __future__ import annotations

from collections.abc import Mapping

from posts.index import Term

FEWEST_POSTS = 2


def significant(
    chosen: Mapping[str, int], chosen_total: int, background: Mapping[str, int], background_total: int, *, limit: int
) -> list[Term]:
    """The words of greatest JLH score, ties by word; `chosen` and `background` say how many posts hold each word.

    Words that fewer than two posts hold, or that are no commoner than in the background, are left out.
    """
    terms = (
        _term(word, posts, chosen_total, background.get(word, 0), background_total)
        for word, posts in chosen.items()
        if posts >= FEWEST_POSTS
    )
    return sorted((term for term in terms if term.lift > 1), key=lambda term: (-term.score, term.word))[:limit]


def _term(word: str, posts: int, total: int, background: int, background_total: int) -> Term:
    counts = posts, total, background, background_total
    return Term(word, posts, background, lift(*counts), jlh(*counts))


def lift(posts: int, total: int, background: int, background_total: int) -> float:
    """p / q for the shares p of the chosen posts and q of the background; 0 where there are none on either side.

    A word that the background lacks is counted as if one post there held it, as Elasticsearch does in its JLHScore.

    >>> lift(5, 10, 0, 100)
    50.0
    """
    return posts / total / (max(background, 1) / background_total) if total and background_total else 0.0


def jlh(posts: int, total: int, background: int, background_total: int) -> float:
    """(p - q) · p / q, for the shares p of the chosen posts and q of the background that `lift` has; 0 where p is the smaller.

    >>> jlh(5, 10, 5, 100)
    4.5
    """
    return max(lift(posts, total, background, background_total) - 1, 0.0) * posts / max(total, 1)
