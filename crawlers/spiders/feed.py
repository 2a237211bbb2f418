from __future__ import annotations

from crawlers.parsing.feed import parse_feed
from crawlers.parsing.page import Page, Parsed
from crawlers.spiders.base import SourceSpider


class FeedSpider(SourceSpider):
    """RSS, Atom and JSON Feed, RSSHub's among them."""

    name = "feed"

    def parse_page(self, page: Page) -> Parsed:
        return parse_feed(page, self.job.origin)
