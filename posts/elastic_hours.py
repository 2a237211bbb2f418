"""Counting by hour in Elasticsearch: weeks of many brands, every document looked at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from core.clock import HOUR
from posts.elastic_filter import Query, mention_query, query
from posts.elastic_read import Reader
from posts.hours import ADVERSE, NEGATIVE, POSTS, RISKY, Hours, blank, span_of
from posts.index import PostFilter
from posts.moments import interval_micros, to_micros

_MOST_BUCKETS = 60_000
"""Under the 65,536 that Elasticsearch makes for one answer (`search.max_buckets`)."""
_NEGATIVE: Query = {"term": {"mentions.sentiment": "negative"}}
_RISKY: Query = {"exists": {"field": "mentions.risks"}}
_TROUBLED: Query = {"bool": {"filter": [_RISKY, {"term": {"mentions.sentiment": "neutral"}}]}}
_ROWS: dict[int, Query] = {
    POSTS: {"match_all": {}},
    ADVERSE: {"bool": {"should": [_NEGATIVE, _TROUBLED], "minimum_should_match": 1}},
    NEGATIVE: _NEGATIVE,
    RISKY: _RISKY,
}
_WIDTH = interval_micros(HOUR) // 1000
_BY_HOUR = {
    "date_histogram": {"field": "mentions.published_at", "fixed_interval": f"{_WIDTH}ms", "min_doc_count": 1},
}


def hourly(reader: Reader, chosen: PostFilter) -> dict[str, Hours]:
    """The mentions of each of `chosen.brands` by hour."""
    counts = blank(chosen)
    places = {brand: place for place, brand in enumerate(chosen.brands)}
    begin = to_micros(span_of(chosen)[0]) // 1000
    for part in _parts(chosen):
        for row, brand, buckets in _answers(reader, part):
            hours = np.array([(bucket["key"] - begin) // _WIDTH for bucket in buckets], dtype=np.int64)
            counts[places[brand], row, hours] = [bucket["doc_count"] for bucket in buckets]
    return dict(zip(chosen.brands, counts, strict=True))


def _parts(chosen: PostFilter) -> Iterator[PostFilter]:
    """The question in parts of which each has an answer that Elasticsearch gives."""
    start, end = span_of(chosen)
    longest = _MOST_BUCKETS // len(_ROWS) // 2
    while start < end:
        until = min(end, start + longest * HOUR)
        at_once = _MOST_BUCKETS // len(_ROWS) // ((until - start) // HOUR + 1)
        for first in range(0, len(chosen.brands), at_once):
            yield replace(chosen, brands=chosen.brands[first : first + at_once], start=start, end=until)
        start = until


def _answers(reader: Reader, chosen: PostFilter) -> Iterator[tuple[int, str, list[dict[str, int]]]]:
    """(Row, brand, its hours) for every brand that a row counts any mention of."""
    brands = {"terms": {"field": "mentions.brand", "size": len(chosen.brands)}, "aggregations": {"hours": _BY_HOUR}}
    rows = {str(row): {"filter": which, "aggregations": {"brands": brands}} for row, which in _ROWS.items()}
    kept = {"filter": mention_query(chosen), "aggregations": rows}
    mentions: dict[str, Any] = {"mentions": {"nested": {"path": "mentions"}, "aggregations": {"kept": kept}}}
    answer, _ = reader.aggregations(query(chosen), mentions, only=("key", "doc_count"))
    for row in _ROWS if answer else ():
        for brand in answer["mentions"]["kept"][str(row)].get("brands", {}).get("buckets", ()):
            yield row, brand["key"], brand["hours"]["buckets"]
