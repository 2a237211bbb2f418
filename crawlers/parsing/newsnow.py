"""Hot lists of newsnow (`items`) and DailyHotApi (`data`), which gather many sites' lists behind one address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.post import Post, PostKind
from crawlers.parsing.identity import bounded, hot_search_id
from crawlers.parsing.json_page import json_value, unexpected
from crawlers.parsing.markup import text_of_html
from crawlers.parsing.moments import moment
from crawlers.parsing.page import ItemError, Origin, Page, Parsed, read_items
from crawlers.parsing.values import count_of, mapping, text_of, web_address

_DELIVERED = ("success", "cache")


def parse_newsnow(page: Page, origin: Origin) -> Parsed:
    """Every entry of the list. One whose id is its own title is a word and is identified by word and day, others by id.

    An entry without a date of its own has that of the list, which tells a stale cache. Raises PageBlocked or PageChanged.
    """
    value = json_value(page)
    answer = mapping(value)
    entries = _entries(answer)
    if entries is None:
        raise unexpected(value, page, "items / data")
    listed_at = _listed_at(answer, page)
    return read_items(entries, lambda entry: _entry(mapping(entry), listed_at, page, origin))


def _entries(answer: dict[str, Any]) -> list[Any] | None:
    if answer.get("status") in _DELIVERED and isinstance(answer.get("items"), list):
        return list(answer["items"])
    if answer.get("code") == 200 and isinstance(answer.get("data"), list):
        return list(answer["data"])
    return None


def _listed_at(answer: dict[str, Any], page: Page) -> datetime:
    try:
        told = moment(answer.get("updatedTime") or answer.get("updateTime"), seen_at=page.fetched_at)
    except ItemError:
        return page.fetched_at
    return told or page.fetched_at


def _entry(entry: dict[str, Any], listed_at: datetime, page: Page, origin: Origin) -> Post:
    title = text_of_html(text_of(entry.get("title")))
    if not title:
        raise ItemError(zh="榜单条目没有标题", en="a list entry without a title")
    extra = mapping(entry.get("extra"))
    published = _published(entry, extra, page) or listed_at
    about = text_of_html(text_of(entry.get("desc")) or text_of(extra.get("hover")))
    heat = count_of(entry.get("hot"))
    author, shown_name = origin.author(text_of(entry.get("author")))
    return Post(
        platform=origin.platform,
        native_id=_identity(entry, title, published),
        kind=PostKind.HOT_SEARCH,
        title=title if about and about != title else "",
        text=about or title,
        url=web_address(entry.get("url"), page.url) or web_address(entry.get("mobileUrl"), page.url),
        published_at=published,
        seen_at=page.fetched_at,
        source=origin.source,
        heat=count_of(extra.get("info")) if heat is None else heat,
        author_hash=author,
        author_name=shown_name,
    )


def _identity(entry: dict[str, Any], title: str, published: datetime) -> str:
    identity = text_of(entry.get("id"))
    return hot_search_id(title, published) if identity in ("", title, f"#{title}#") else bounded(identity)


def _published(entry: dict[str, Any], extra: dict[str, Any], page: Page) -> datetime | None:
    dates = (entry.get("pubDate"), entry.get("timestamp"), extra.get("date"))
    given = next((date for date in dates if text_of(date) not in ("", "0")), None)
    return moment(given, seen_at=page.fetched_at)
