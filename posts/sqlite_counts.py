"""Counting in the embedded index: mentions over time, and how many posts hold each word."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta

import orjson

from posts.index import Bucket, PostFilter, Sentiment, Split, Term
from posts.moments import from_micros, interval_micros
from posts.significance import significant
from posts.sqlite_filter import conditions_on_mentions, conditions_on_posts

_Row = tuple[int, str, str, str, int, int, int]
"""Start in widths since 1970, brand, what is told apart, sentiment, and three counts."""
_TOLD_APART = {"platform": "mention.platform", "risk": "mention.risks", None: "''"}


def histogram(connection: sqlite3.Connection, chosen: PostFilter, interval: timedelta, by: Split | None) -> list[Bucket]:
    """Every bucket that holds a mention, by start, brand, what is told apart, and sentiment."""
    tables, conditions = conditions_on_mentions(chosen)
    query = f"""
        SELECT mention.published_at / ?, mention.brand, {_TOLD_APART[by]}, mention.sentiment,
            count(*), sum(mention.risks != '[]'), sum(mention.reach)
        FROM {tables} WHERE {conditions} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    """
    width = interval_micros(interval)
    rows: Iterable[_Row] = connection.execute(query, (width, *conditions.values))
    return [_bucket(row, width, by) for row in (_by_category(rows) if by == "risk" else rows)]


def _bucket(row: _Row, width: int, by: Split | None) -> Bucket:
    start, brand, apart, sentiment, posts, risky, reach = row
    platform, risk = ("", apart) if by == "risk" else (apart, "")
    return Bucket(from_micros(start * width), brand, platform, Sentiment(sentiment), posts, risky, reach, risk)


def _by_category(rows: Iterable[_Row]) -> list[_Row]:
    """Rows of whole lists of categories, as they are stored, as rows of single ones: there are few different lists."""
    added: dict[tuple[int, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for start, brand, risks, sentiment, *counts in rows:
        for risk in orjson.loads(risks) or ("",):
            key = (start, brand, risk, sentiment)
            added[key] = [one + more for one, more in zip(added[key], counts, strict=True)]
    return [(*key, posts, risky, reach) for key, (posts, risky, reach) in sorted(added.items())]


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
