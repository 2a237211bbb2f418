"""Sina's rolling news, `/api/roll/get`, as JSON or JSONP: result.data is the list, newest first."""

from __future__ import annotations

from typing import Any

from core.post import AuthorKind, Post, PostKind
from crawlers.parsing.identity import address_id, bounded
from crawlers.parsing.json_page import json_value, unexpected
from crawlers.parsing.markup import text_of_html
from crawlers.parsing.moments import moment
from crawlers.parsing.page import ItemError, Origin, Page, Parsed, read_items
from crawlers.parsing.values import mapping, text_of, web_address


def parse_sina_roll(page: Page, origin: Origin) -> Parsed:
    """Every article, identified by its docid. Raises PageBlocked or PageChanged where there is no list."""
    value = json_value(page)
    result = mapping(mapping(value).get("result"))
    articles = result.get("data")
    if not isinstance(articles, list):
        raise unexpected(result.get("status") or value, page, "result.data")
    return read_items(articles, lambda article: _article(mapping(article), page, origin))


def _article(article: dict[str, Any], page: Page, origin: Origin) -> Post:
    title, intro = text_of_html(text_of(article.get("title"))), text_of_html(text_of(article.get("intro")))
    url = web_address(article.get("url"), page.url) or web_address(article.get("wapurl"), page.url)
    identity = bounded(text_of(article.get("docid"))) or (address_id(url) if url else "")
    if not title or not identity:
        raise ItemError(zh="文章缺标题，或既无 docid 又无网址", en="an article without a title, or with neither docid nor url")
    published = moment(article.get("ctime"), seen_at=page.fetched_at) or moment(article.get("mtime"), seen_at=page.fetched_at)
    author, shown_name = origin.author(text_of(article.get("media_name")))
    return Post(
        platform=origin.platform,
        native_id=identity,
        kind=PostKind.ARTICLE,
        title=title,
        text=intro,
        url=url,
        published_at=published or page.fetched_at,
        seen_at=page.fetched_at,
        source=origin.source,
        author_hash=author,
        author_name=shown_name,
        author_kind=origin.author_kind_of(PostKind.ARTICLE, url) or AuthorKind.MEDIA,
    )
