"""JSON Feed 1.0 and 1.1, which RSSHub gives for every route with `?format=json`."""

from __future__ import annotations

from typing import Any

from crawlers.parsing.feed_items import FeedItem
from crawlers.parsing.json_page import json_of_text, unexpected
from crawlers.parsing.page import Page
from crawlers.parsing.values import mapping, text_of, web_address


def read_json_feed(text: str, page: Page) -> tuple[list[FeedItem], str]:
    """The feed's items, and the site's home page. Raises PageBlocked or PageChanged for other JSON."""
    value = json_of_text(text, page)
    feed = mapping(value)
    items = feed.get("items")
    if not isinstance(items, list) or "jsonfeed.org" not in text_of(feed.get("version")):
        raise unexpected(value, page, "JSON Feed (version, items)")
    return [_item(mapping(item), page) for item in items], web_address(feed.get("home_page_url"), page.url)


def _item(item: dict[str, Any], page: Page) -> FeedItem:
    author = _author(item)
    guid = text_of(item.get("id"))
    return FeedItem(
        guid=guid,
        link=web_address(item.get("url"), page.url) or web_address(item.get("external_url"), page.url) or web_address(guid),
        title=text_of(item.get("title")),
        body=text_of(item.get("content_html")) or text_of(item.get("content_text")) or text_of(item.get("summary")),
        author=text_of(author.get("name")),
        account=text_of(author.get("url")),
        published=text_of(item.get("date_published")),
        updated=text_of(item.get("date_modified")),
    )


def _author(item: dict[str, Any]) -> dict[str, Any]:
    """The first of `authors` (1.1), or `author` (1.0)."""
    authors = item.get("authors")
    return mapping(authors[0]) if isinstance(authors, list) and authors else mapping(item.get("author"))
