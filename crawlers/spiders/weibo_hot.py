from __future__ import annotations

from collections.abc import Iterator

from scrapy.http import Request, Response

from crawlers import findings
from crawlers.findings import Finding
from crawlers.parsing.page import Page, Parsed
from crawlers.parsing.weibo_hot import parse_weibo_hot
from crawlers.spiders.base import SourceSpider
from crawlers.status import SourceStatus

FIRST, RESERVE = "/ajax/side/hotSearch", "/ajax/statuses/hot_band"


class WeiboHotSpider(SourceSpider):
    """Weibo's hot search. Where `hotSearch` cannot be read, the same list is asked for once at `hot_band`.

    Not so where the site asked for patience (429, Retry-After): then no address of it is asked.
    """

    name = "weibo_hot"
    lists_history = False

    def parse_page(self, page: Page) -> Parsed:
        return parse_weibo_hot(page, self.job.origin)

    def following(self, response: Response) -> Iterator[Request]:
        noted = self.findings[-1]
        asked_for_patience = response.status == 429 or noted.retry_after is not None
        address = self.job.source.url.partition("?")[0].rstrip("/")
        is_first = len(self.findings) == 1 and address.endswith(FIRST)
        if is_first and noted.status is not SourceStatus.OK and not asked_for_patience:
            yield self.request(address.removesuffix(FIRST) + RESERVE)

    def conclusion(self) -> Finding:
        return findings.best(self.findings)
