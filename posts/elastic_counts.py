"""Counting in Elasticsearch: mentions over time, and how many posts hold each word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from posts.elastic_filter import mention_query, query
from posts.elastic_read import Reader
from posts.index import Bucket, PostFilter, Sentiment, Split, Term
from posts.moments import from_micros, interval_micros
from posts.significance import FEWEST_POSTS, significant

_BUCKETS_A_PAGE = 10_000
_BRANDS_AT_ONCE = 50
_BUCKETS_A_BRAND = 4
"""How many buckets a brand has at one start, as a rule: its platforms and sentiments."""
MOST_WORDS = 10_000
_FIELDS: dict[str, dict[str, Any]] = {
    **{name: {"field": f"mentions.{name}"} for name in ("brand", "platform", "sentiment")},
    "risk": {"field": "mentions.risks", "missing_bucket": True},
}


def histogram(reader: Reader, chosen: PostFilter, interval: timedelta, by: Split | None) -> list[Bucket]:
    """Every bucket that holds a mention, by start, brand, what is told apart, and sentiment.

    Every page of buckets counts all its documents again, so many brands are asked for in groups that fill few pages.
    """
    keys = ("brand", by, "sentiment") if by else ("brand", "sentiment")
    at_once = _brands_at_once(chosen, interval)
    groups = [chosen.brands[first : first + at_once] for first in range(0, len(chosen.brands), at_once)]
    found = [
        _bucket(bucket)
        for brands in groups or [()]
        for bucket in _composite_buckets(reader, replace(chosen, brands=brands), interval_micros(interval) // 1000, keys)
    ]
    return sorted(found, key=lambda bucket: (bucket.start, bucket.brand, bucket.platform, bucket.risk, bucket.sentiment))


def _brands_at_once(chosen: PostFilter, interval: timedelta) -> int:
    """As many brands as should fill one page; in a long or open window each fills several, and 50 are asked for together."""
    if chosen.start is None or chosen.end is None:
        return _BRANDS_AT_ONCE
    starts = (chosen.end - chosen.start) // interval + 2
    return max(_BRANDS_AT_ONCE, _BUCKETS_A_PAGE // (_BUCKETS_A_BRAND * starts))


def earliest(reader: Reader) -> datetime | None:
    """The publication of the oldest post, to the millisecond: Lucene keeps the least value of each segment at hand."""
    answer, _ = reader.aggregations({"match_all": {}}, {"earliest": {"min": {"field": "published_at"}}})
    milliseconds = answer.get("earliest", {}).get("value")
    return None if milliseconds is None else from_micros(int(milliseconds) * 1000)


def significant_terms(reader: Reader, chosen: PostFilter, background: PostFilter, limit: int) -> list[Term]:
    """The words of greatest JLH score among the ten thousand that most of the posts chosen hold.

    Two plain counts, scored by us: Elasticsearch's own `significant_terms` scores each shard by itself, and our shards are
    months, so the same posts would score otherwise than in the embedded index.
    """
    found, chosen_total = _word_counts(reader, chosen, {"size": MOST_WORDS})
    candidates = [word for word, posts in found.items() if posts >= FEWEST_POSTS]
    if not candidates:
        return []
    expected, background_total = _word_counts(reader, background, {"size": len(candidates), "include": candidates})
    return significant(found, chosen_total, expected, background_total, limit=limit)


def _word_counts(reader: Reader, chosen: PostFilter, which: dict[str, Any]) -> tuple[dict[str, int], int]:
    answer, total = reader.aggregations(query(chosen), {"words": {"terms": {"field": "words", **which}}})
    return {bucket["key"]: bucket["doc_count"] for bucket in answer.get("words", {}).get("buckets", ())}, total


def _composite_buckets(reader: Reader, chosen: PostFilter, milliseconds: int, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    sources: Sequence[dict[str, Any]] = [
        {"start": {"date_histogram": {"field": "mentions.published_at", "fixed_interval": f"{milliseconds}ms"}}},
        *({name: {"terms": _FIELDS[name]}} for name in keys),
    ]
    composite: dict[str, Any] = {"size": _BUCKETS_A_PAGE, "sources": sources}
    sums = {"reach": {"sum": {"field": "mentions.reach"}}, "risky": {"filter": {"exists": {"field": "mentions.risks"}}}}
    buckets = {"composite": composite, "aggregations": sums}
    kept = {"filter": mention_query(chosen), "aggregations": {"buckets": buckets}}
    while True:
        answer, _ = reader.aggregations(
            query(chosen), {"mentions": {"nested": {"path": "mentions"}, "aggregations": {"kept": kept}}}
        )
        found = answer["mentions"]["kept"]["buckets"] if answer else {"buckets": []}
        yield from found["buckets"]
        if "after_key" not in found:
            return
        composite["after"] = found["after_key"]


def _bucket(bucket: dict[str, Any]) -> Bucket:
    key = bucket["key"]
    return Bucket(
        from_micros(key["start"] * 1000),
        key["brand"],
        key.get("platform", ""),
        Sentiment(key["sentiment"]),
        bucket["doc_count"],
        bucket["risky"]["doc_count"],
        round(bucket["reach"]["value"]),
        key.get("risk") or "",
    )
