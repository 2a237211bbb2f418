"""A PostFilter as an Elasticsearch query. Everything is a yes-or-no filter: nothing is ranked by text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from posts.index import PostFilter
from posts.limits import EARLIEST, LATEST
from posts.tokens import phrases

Query = dict[str, Any]


def query(chosen: PostFilter) -> Query:
    """The whole filter, as a query for posts."""
    filters: list[Query] = [{"match_phrase": {"characters": phrase}} for phrase in phrases(chosen.text)]
    asked = {"platform": chosen.platforms, "kind": chosen.kinds, "source": chosen.sources, "author_hash": chosen.authors}
    for field, values in asked.items():
        if values:
            filters.append({"terms": {field: list(values)}})
    filters += _between("published_at", chosen.start, chosen.end)
    filters += _between("seen_at", None, chosen.seen_before)
    asked_of_mention = _mention_filters(chosen)
    if chosen.mentioned or asked_of_mention:
        filters.append(_nested({"bool": {"filter": asked_of_mention}}))
    without = [_nested({"match_all": {}})] if chosen.mentioned is False else []
    return {"bool": {"filter": filters, "must_not": without}}


def mention_query(chosen: PostFilter) -> Query:
    """What is asked of one and the same mention, as a query for the nested documents."""
    return {"bool": {"filter": _mention_filters(chosen)}}


def _mention_filters(chosen: PostFilter) -> list[Query]:
    filters: list[Query] = []
    if chosen.brands:
        filters.append({"terms": {"mentions.brand": list(chosen.brands)}})
    if chosen.sentiments:
        filters.append({"terms": {"mentions.sentiment": list(chosen.sentiments)}})
    if "*" in chosen.risks:
        filters.append({"exists": {"field": "mentions.risks"}})
    elif chosen.risks:
        filters.append({"terms": {"mentions.risks": list(chosen.risks)}})
    if chosen.without_risks:
        filters.append({"bool": {"must_not": [{"terms": {"mentions.risks": list(chosen.without_risks)}}]}})
    return filters


def _nested(inner: Query) -> Query:
    return {"nested": {"path": "mentions", "query": inner}}


def _between(field: str, start: datetime | None, end: datetime | None) -> list[Query]:
    bounds = {sign: _held(moment).isoformat() for sign, moment in (("gte", start), ("lt", end)) if moment is not None}
    return [{"range": {field: bounds}}] if bounds else []


def _held(moment: datetime) -> datetime:
    """The moment, or the end of the span that posts are held of: date_nanos fails on others, even in a query."""
    return min(max(moment, EARLIEST), LATEST)
