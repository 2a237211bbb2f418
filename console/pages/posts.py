"""Searching the posts that were gathered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from starlette.responses import Response

from console.labels import NAMES
from console.pages.corrections import items
from console.visit import Visit
from core.clock import to_utc
from core.errors import InputError
from monitoring.brands import list_brands
from posts.index import PostFilter, Sentiment, Sort

PAGE = 20
PLATFORMS = tuple(NAMES["platform"])
SORTS: dict[str, Sort] = {"newest": "newest", "oldest": "oldest", "reach": "reach"}


def search(visit: Visit) -> Response:
    """One page of posts; every field of the form narrows."""
    sort = SORTS.get(visit.query("sort"), "newest")
    page = visit.index.search(chosen(visit), sort=sort, limit=PAGE, after=visit.query("after"))
    with visit.database.reading() as session:
        brands = [brand.name for brand in list_brands(session)]
    query = {name: visit.query(name) for name in ("text", "brand", "sentiment", "platform", "from", "to", "mentioned", "sort")}
    return visit.render(
        "posts.html", page=page, items=items(visit, page.posts), brands=brands, platforms=PLATFORMS, query=query
    )


def chosen(visit: Visit) -> PostFilter:
    """The filter that the form asks for; both days are whole days in China and included."""
    sentiment = visit.query("sentiment")
    return PostFilter(
        text=visit.query("text"),
        brands=_maybe(visit.query("brand")),
        platforms=_maybe(visit.query("platform")),
        sentiments=(Sentiment(sentiment),) if sentiment in list(Sentiment) else (),
        start=_day(visit.query("from"), "from"),
        end=_day(visit.query("to"), "to", timedelta(days=1)),
        mentioned=True if visit.query("mentioned") else None,
    )


def _maybe(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _day(text: str, field: Literal["from", "to"], later: timedelta = timedelta(0)) -> datetime | None:
    if not text:
        return None
    try:
        return to_utc(datetime.strptime(text, "%Y-%m-%d") + later)  # noqa: DTZ007 - `to_utc` gives it China's zone
    except (ValueError, OverflowError) as error:
        name = {"from": "开始日期", "to": "结束日期"}[field]
        raise InputError(
            zh=f"{name}应为 2026-11-02 的形式，得到 {text!r}", en=f"the date {field!r} must look like 2026-11-02, got {text!r}"
        ) from error
