from __future__ import annotations

from crawlers.parsing.newsnow import parse_newsnow
from crawlers.parsing.page import Page, Parsed
from crawlers.spiders.base import SourceSpider


class NewsnowSpider(SourceSpider):
    """Hot lists of a newsnow or DailyHotApi server."""

    name = "newsnow"
    lists_history = False

    def parse_page(self, page: Page) -> Parsed:
        return parse_newsnow(page, self.job.origin)
