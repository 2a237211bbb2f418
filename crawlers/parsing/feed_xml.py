"""RSS 2.0, RSS 1.0 and Atom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from crawlers.parsing.feed_items import FeedItem
from crawlers.parsing.markup import text_of_html
from crawlers.parsing.page import Page, PageChanged
from crawlers.parsing.values import text_of, web_address
from crawlers.parsing.walls import wall_in
from crawlers.parsing.xml_page import xml_document

_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"


def read_xml_feed(text: str, page: Page) -> tuple[list[FeedItem], str, str]:
    """The feed's items, the site's home page, and the damage ("" for a whole document).

    Of a damaged document the last item is left away, as it may be cut in the middle. Raises PageBlocked or PageChanged.
    """
    document = xml_document(text, page.url)
    if document is None or _name(document.root) not in ("rss", "RDF", "feed"):
        raise wall_in(text, page) or PageChanged(
            zh=f"{page.url} 不是 RSS、Atom 或 JSON Feed；请在浏览器中核对该地址",
            en=f"{page.url} is neither RSS, Atom nor JSON Feed; check the address in a browser",
        )
    root = document.root
    is_atom = _name(root) == "feed"
    elements = list(_children(root, "entry") if is_atom else _rss_items(root))
    if document.damage:
        elements = elements[:-1]
    home = _atom_link(root) if is_atom else _rss_home(root, page)
    items = [_atom_item(element, root) if is_atom else _rss_item(element, home or page.url) for element in elements]
    return items, home, document.damage


def _rss_items(root: Any) -> Iterator[Any]:
    """Items stand in the channel in RSS 2.0 and beside it in RSS 1.0."""
    return (element for element in root.iter() if _name(element) == "item")


def _rss_home(root: Any, page: Page) -> str:
    channel = next((element for element in root if _name(element) == "channel"), None)
    return "" if channel is None else web_address(_text(channel, "link"), page.url)


def _rss_item(item: Any, base: str) -> FeedItem:
    guid = _text(item, "guid")
    return FeedItem(
        guid=guid,
        link=web_address(_text(item, "link"), base) or web_address(guid),
        title=_text(item, "title"),
        body=_text(item, "encoded", _CONTENT) or _text(item, "description"),
        author=_text(item, "creator", _DUBLIN_CORE) or _text(item, "author"),
        published=_text(item, "pubDate") or _text(item, "date", _DUBLIN_CORE),
        updated=_text(item, "updated"),
    )


def _atom_item(entry: Any, feed: Any) -> FeedItem:
    """An entry without an author has that of its feed."""
    author = next(_children(entry, "author"), None)
    if author is None:
        author = next(_children(feed, "author"), entry)
    return FeedItem(
        guid=_text(entry, "id"),
        link=_atom_link(entry),
        title=_text(entry, "title"),
        body=_text(entry, "content") or _text(entry, "summary"),
        author=_text(author, "name"),
        account=_text(author, "uri"),
        published=_text(entry, "published"),
        updated=_text(entry, "updated"),
    )


def _atom_link(element: Any) -> str:
    """The address of rel `alternate`, which a link without rel is too, made absolute on its xml:base."""
    links = [link for link in _children(element, "link") if link.get("rel", "alternate") == "alternate"]
    return next((address for link in links if (address := web_address(link.get("href"), link.base or ""))), "")


def _children(element: Any, name: str, namespace: str | None = None) -> Iterator[Any]:
    """The child elements of that name, in the parent's own namespace unless another is given: `media:title` is no title."""
    wanted = _namespace(element) if namespace is None else namespace
    return (child for child in element if _name(child) == name and _namespace(child) == wanted)


def _text(element: Any, name: str, namespace: str | None = None) -> str:
    """The text of the first such child, all of its CDATA blocks together; markup inside it (Atom's xhtml) made text."""
    child = next(_children(element, name, namespace), None)
    if child is None:
        return ""
    if len(child):
        return text_of_html(text_of(etree.tostring(child, encoding="unicode", with_tail=False)))
    return text_of(child.text or "")


def _name(element: Any) -> str:
    """The name without its namespace; "" for a comment or processing instruction."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _namespace(element: Any) -> str:
    return element.tag.rpartition("}")[0].removeprefix("{") if isinstance(element.tag, str) else ""
