"""Counting in the embedded index: mentions over time, and how many posts hold each word."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection
from datetime import timedelta

from posts.index import Bucket, PostFilter, Sentiment, Term
from posts.moments import from_micros, interval_micros
from posts.significance import significant
from posts.sqlite_filter import conditions_on_mentions, conditions_on_posts


def histogram(connection: sqlite3.Connection, chosen: PostFilter, interval: timedelta, by_platform: bool) -> list[Bucket]:
    """Every bucket that holds a mention, by start, brand, platform (if asked) and sentiment."""
    tables, conditions = conditions_on_mentions(chosen)
    query = f"""
        SELECT mention.published_at / ?, mention.brand, {"mention.platform" if by_platform else "''"}, mention.sentiment,
            count(*), sum(mention.risks != '[]'), sum(mention.reach)
        FROM {tables} WHERE {conditions} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    """
    width = interval_micros(interval)
    return [
        Bucket(from_micros(start * width), brand, platform, Sentiment(sentiment), posts, risky, reach)
        for start, brand, platform, sentiment, posts, risky, reach in connection.execute(query, (width, *conditions.values))
    ]


def significant_terms(connection: sqlite3.Connection, chosen: PostFilter, background: PostFilter, limit: int) -> list[Term]:
    """The words of greatest JLH score among those of the posts chosen."""
    chosen_total, found = _word_counts(connection, chosen)
    candidates = {word for word, posts in found.items() if posts > 1}
    background_total, expected = _word_counts(connection, background, candidates)
    return significant(found, chosen_total, expected, background_total, limit=limit)


def _word_counts(
    connection: sqlite3.Connection, chosen: PostFilter, only: Collection[str] | None = None
) -> tuple[int, Counter[str]]:
    """How many posts are chosen, and how many of them hold each word (of `only`, where given)."""
    conditions = conditions_on_posts(chosen)
    total, counts = 0, Counter[str]()
    wanted = None if only is None else frozenset(only)
    for (words,) in connection.execute(f"SELECT post.words FROM post WHERE {conditions}", conditions.values):
        total += 1
        counts.update(words.split(" ") if wanted is None else wanted.intersection(words.split(" ")))
    counts.pop("", None)
    return total, counts
