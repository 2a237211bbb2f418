"""Searching the posts that were gathered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from starlette.responses import Response

from alerts.life.topics import parted
from console.labels import NAMES
from console.pages.corrections import items
from console.visit import Visit
from core.clock import to_utc
from core.errors import InputError
from monitoring.brands import list_brands
from posts.index import PostFilter, Sentiment, Sort

PAGE = 20
PLATFORMS = tuple(NAMES["platform"])
FIELDS = ("text", "brand", "sentiment", "risk", "without", "platform", "author", "from", "to", "mentioned", "sort")
SORTS: dict[str, Sort] = {"newest": "newest", "oldest": "oldest", "reach": "reach"}


def search(visit: Visit) -> Response:
    """One page of posts; every field of the form narrows."""
    sort = SORTS.get(visit.query("sort"), "newest")
    page = visit.index.search(chosen(visit), sort=sort, limit=PAGE, after=visit.query("after"))
    with visit.database.reading() as session:
        brands = [brand.name for brand in list_brands(session)]
    query = {name: visit.query(name) for name in FIELDS}
    return visit.render(
        "posts.html", page=page, items=items(visit, page.posts), brands=brands, platforms=PLATFORMS, query=query
    )


def chosen(visit: Visit) -> PostFilter:
    """The filter that the form asks for; both days are whole days in China and included, a `to` with a time of day is not."""
    sentiment = visit.query("sentiment")
    return PostFilter(
        text=visit.query("text"),
        brands=_maybe(visit.query("brand")),
        platforms=_maybe(visit.query("platform")),
        sentiments=(Sentiment(sentiment),) if sentiment in list(Sentiment) else (),
        risks=parted(visit.query("risk")),
        without_risks=parted(visit.query("without")),
        authors=_maybe(visit.query("author")),
        start=_day(visit.query("from"), "from"),
        end=end_of(visit.query("to")),
        mentioned=True if visit.query("mentioned") else None,
    )


def end_of(text: str) -> datetime | None:
    """The end of the day that a form names, or the very moment where it names a time of day; None for nothing."""
    return _day(text, "to", timedelta(days=1))


def _maybe(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _day(text: str, field: Literal["from", "to"], later: timedelta = timedelta(0)) -> datetime | None:
    if not text:
        return None
    try:
        # DTZ007: `to_utc` gives them China's zone
        if "T" in text:
            return to_utc(datetime.strptime(text, "%Y-%m-%dT%H:%M"))  # noqa: DTZ007
        return to_utc(datetime.strptime(text, "%Y-%m-%d") + later)  # noqa: DTZ007
    except (ValueError, OverflowError) as error:
        name = {"from": "开始日期", "to": "结束日期"}[field]
        raise InputError(
            zh=f"{name}应为 2026-11-02 或 2026-11-02T14:00 的形式，得到 {text!r}",
            en=f"the date {field!r} must look like 2026-11-02 or 2026-11-02T14:00, got {text!r}",
        ) from error
