"""What RSS, Atom and JSON Feed items have in common, and how one becomes a post."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.post import Post
from crawlers.parsing.identity import address_id, bounded, text_id
from crawlers.parsing.markup import text_of_html
from crawlers.parsing.moments import moment
from crawlers.parsing.page import ItemError, Origin, Page, Parsed, excerpt, read_items


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item as its feed writes it: `title` and `body` may be HTML, `link` is absolute or empty, dates are unread."""

    guid: str = ""
    link: str = ""
    title: str = ""
    body: str = ""
    author: str = ""
    account: str = ""
    published: str = ""
    updated: str = ""

    def __str__(self) -> str:
        return excerpt({name: getattr(self, name) for name in self.__slots__})


def feed_posts(items: Sequence[FeedItem], page: Page, origin: Origin, home: str = "") -> Parsed:
    """The items as posts. `home` is the site's own page, which some feeds give as every item's link.

    An item's identity is its link, as generators change guids more often than articles move. A link that several items of
    the page share, or that is the site's home, names no item: then it is the guid, and without one the words. An item that
    the page holds twice in the same words is one.
    """
    different = {(item.link, item.title, item.body) for item in items if item.link}
    links = Counter(address_id(link) for link, _, _ in different)
    shared = {link for link, times in links.items() if times > 1} | {address_id(home)}
    return read_items(items, lambda item: _post(item, shared, page, origin))


def _post(item: FeedItem, shared: set[str], page: Page, origin: Origin) -> Post:
    title, text = _without_author(text_of_html(item.title), item.author), text_of_html(item.body)
    if not title and not text:
        raise ItemError(zh="条目既无标题又无正文", en="an item with neither title nor text")
    author, shown_name = origin.author(item.author, item.account)
    return Post(
        platform=origin.platform,
        native_id=_identity(item, shared),
        kind=origin.kind,
        title=title,
        text=text or title,
        url=item.link,
        published_at=_published(item, page.fetched_at),
        seen_at=page.fetched_at,
        source=origin.source,
        author_hash=author,
        author_name=shown_name,
        author_kind=origin.author_kind_of(origin.kind, item.link),
    )


def _identity(item: FeedItem, shared: set[str]) -> str:
    link = address_id(item.link) if item.link else ""
    if link and link not in shared:
        return link
    if item.guid:
        return address_id(item.guid) if item.guid.startswith(("http://", "https://")) else bounded(item.guid)
    return text_id(item.title, item.body)


def _published(item: FeedItem, seen_at: datetime) -> datetime:
    """The date of publication; missing, or unreadable beside a readable one: that of the last change; else the first sight."""
    try:
        published = moment(item.published, seen_at=seen_at)
    except ItemError:
        published = moment(item.updated, seen_at=seen_at)
        if published is None:
            raise
    return published or moment(item.updated, seen_at=seen_at) or seen_at


def _without_author(title: str, author: str) -> str:
    """RSSHub puts `name: ` before the text of a Weibo post; an author's name is kept only masked."""
    for colon in (":", "："):
        if author and title.startswith(author + colon):
            return title.removeprefix(author + colon).strip()
    return title
