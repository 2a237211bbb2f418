"""Feeds: RSS 2.0, RSS 1.0, Atom and JSON Feed behind one function, told apart by what the page is, not by its header."""

from __future__ import annotations

from dataclasses import replace

from crawlers.parsing.decoding import page_text
from crawlers.parsing.feed_items import feed_posts
from crawlers.parsing.feed_json import read_json_feed
from crawlers.parsing.feed_xml import read_xml_feed
from crawlers.parsing.page import Origin, Page, Parsed, Problem
from crawlers.parsing.walls import html_instead


def parse_feed(page: Page, origin: Origin) -> Parsed:
    """Every item of the feed as a post. Raises PageBlocked for a login or captcha page, PageChanged for what is no feed.

    A damaged XML page gives what can be read of it, and itself as a problem.
    """
    text = page_text(page)
    if text.lstrip().startswith(("{", "[")):
        items, home = read_json_feed(text, page)
        return feed_posts(items, page, origin, home)
    if error := html_instead(text, page):
        raise error
    items, home, damage = read_xml_feed(text, page)
    parsed = feed_posts(items, page, origin, home)
    return replace(parsed, problems=(*parsed.problems, _damaged(page, len(items), damage))) if damage else parsed


def _damaged(page: Page, items: int, damage: str) -> Problem:
    return Problem(
        "page",
        zh=f"{page.url} 的 XML 有错（{damage}）：读出了前面完整的 {items} 条，其余未读；传输被截断或对方有误",
        en=f"the XML of {page.url} is damaged ({damage}): {items} items before the damage were read, the rest was not; "
        "the transfer was cut, or the site is at fault",
    )
