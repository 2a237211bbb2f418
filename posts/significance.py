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
    terms = [
        Term(word, posts, background.get(word, 0), score)
        for word, posts in chosen.items()
        if posts >= FEWEST_POSTS and (score := jlh(posts, chosen_total, background.get(word, 0), background_total)) > 0
    ]
    return sorted(terms, key=lambda term: (-term.score, term.word))[:limit]


def jlh(posts: int, total: int, background: int, background_total: int) -> float:
    """(p - q) · p / q for the shares p of the chosen posts and q of the background; 0 where p is not greater than q.

    A word that the background lacks is counted as if one post there held it, as Elasticsearch does in its JLHScore.

    >>> jlh(5, 10, 5, 100)
    4.5
    """
    if not total or not background_total:
        return 0.0
    share, expected = posts / total, max(background, 1) / background_total
    return max(share - expected, 0.0) * share / expected
