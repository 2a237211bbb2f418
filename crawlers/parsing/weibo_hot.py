"""Weibo's hot search: `/ajax/side/hotSearch` (data.realtime) and, in its stead, `/ajax/statuses/hot_band` (data.band_list)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from core.post import Post, PostKind
from crawlers.parsing.identity import hot_search_id
from crawlers.parsing.json_page import json_value, unexpected
from crawlers.parsing.moments import moment
from crawlers.parsing.page import ItemError, Origin, Page, Parsed, read_items
from crawlers.parsing.values import count_of, mapping, text_of

_LISTS = ("realtime", "band_list")
_ADVERTISEMENT = "商"


def parse_weibo_hot(page: Page, origin: Origin) -> Parsed:
    """Every entry as a hot-search post, identified by its word and day; advertisements are left out.

    Raises PageBlocked for a login or captcha answer, PageChanged for another shape.
    """
    value = json_value(page)
    data = mapping(mapping(value).get("data"))
    entries = next((data[name] for name in _LISTS if isinstance(data.get(name), list)), None)
    if entries is None:
        raise unexpected(value, page, "data.realtime / data.band_list")
    return read_items(entries, lambda entry: _entry(mapping(entry), page, origin))


def _entry(entry: dict[str, Any], page: Page, origin: Origin) -> Post | None:
    if count_of(entry.get("is_ad")) or text_of(entry.get("label_name")) == _ADVERTISEMENT:
        return None
    word = text_of(entry.get("word")) or text_of(entry.get("note"))
    if not word:
        raise ItemError(zh="热搜条目没有 word", en="a hot-search entry without a word")
    on_board = moment(entry.get("onboard_time"), seen_at=page.fetched_at) or page.fetched_at
    topic = text_of(entry.get("word_scheme")) or f"#{word}#"
    heat = count_of(entry.get("num"))
    return Post(
        platform=origin.platform,
        native_id=hot_search_id(word, on_board),
        kind=PostKind.HOT_SEARCH,
        text=word,
        url=f"https://s.weibo.com/weibo?q={quote(topic)}",
        published_at=on_board,
        seen_at=page.fetched_at,
        source=origin.source,
        heat=count_of(entry.get("raw_hot")) if heat is None else heat,
    )
