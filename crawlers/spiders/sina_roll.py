from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from scrapy.http import Request, Response
from w3lib.url import add_or_replace_parameter

from crawlers.parsing.page import Page, Parsed
from crawlers.parsing.sina_roll import parse_sina_roll
from crawlers.spiders.base import SourceSpider
from crawlers.status import SourceStatus

LAST_PAGE = 10


class SinaRollSpider(SourceSpider):
    """Sina's rolling news. It pages back, up to ten pages, to the newest article of the last crawl."""

    name = "sina_roll"

    def parse_page(self, page: Page) -> Parsed:
        return parse_sina_roll(page, self.job.origin)

    def following(self, response: Response) -> Iterator[Request]:
        noted, read_until = self.findings[-1], self.job.read_until
        if noted.status is not SourceStatus.OK or read_until is None or min(noted.moments) <= read_until:
            return
        page = _page_number(response.url) + 1
        if page <= LAST_PAGE:
            yield self.request(add_or_replace_parameter(self.job.source.url, "page", str(page)))


def _page_number(url: str) -> int:
    given = parse_qs(urlsplit(url).query).get("page", ["1"])[0]
    return int(given) if given.isdecimal() else 1
