"""What every spider does: ask politely for its source's page, hand it to a parser, and note what was found."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, ClassVar, Self

import scrapy
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from core import clock
from core.ids import new_id
from core.post import Post
from crawlers import findings
from crawlers.addon import product_settings
from crawlers.findings import Finding
from crawlers.job import Job, open_job
from crawlers.parsing.page import Page, PageError, Parsed
from crawlers.spiders.failures import of_failure
from posts.quarantine import Quarantined

Yield = Post | Quarantined | Request


class SourceSpider(scrapy.Spider):
    """Crawls one configured source: `scrapy crawl KIND -a source=NAME`, or `python -m crawlers NAME`."""

    lists_history: ClassVar[bool] = True
    """Whether a page lists past items too, or only what is the case now."""

    job: Job
    findings: list[Finding]

    @classmethod
    def from_crawler(cls, crawler: Crawler, source: str = "", run: str = "", **arguments: Any) -> Self:
        spider = super().from_crawler(crawler, **arguments)
        spider.job = open_job(product_settings(crawler.settings), source, run or new_id())
        spider.findings = []
        return spider

    def parse_page(self, page: Page) -> Parsed:
        """The posts and problems of one page; raises PageError. Every spider has its own."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[Request]:
        """The source's own page, asked for only if it has changed."""
        headers = {"If-None-Match": self.job.etag, "If-Modified-Since": self.job.last_modified}
        yield self.request(self.job.source.url, headers={name: value for name, value in headers.items() if value})

    def request(self, url: str, **arguments: Any) -> Request:
        return Request(url, callback=self.read, errback=self.lost, dont_filter=True, **arguments)

    def read(self, response: Response) -> Iterator[Yield]:
        """One answer: its posts, what could not be read, the next page where there is one; the finding is noted."""
        if response.status == 304:
            self.findings.append(findings.UNCHANGED)
            return
        if response.status != 200:
            self.findings.append(self._refused(response))
        else:
            yield from self._parsed(_page(response), response)
        yield from self.following(response)

    def following(self, response: Response) -> Iterator[Request]:
        """The requests that follow from the answer just noted; none by default."""
        yield from ()

    def lost(self, failure: Failure) -> None:
        """A page that never came."""
        request = getattr(failure, "request", None)
        self.findings.append(of_failure(failure.value, request.url if request is not None else self.job.source.url))

    def broken(self, failure: Failure, response: Response | None) -> Quarantined | None:
        """An error of our own while reading a page: the page is kept for whoever mends it."""
        url = response.url if response is not None else self.job.source.url
        finding = of_failure(failure.value, url)
        self.findings.append(finding)
        return None if response is None else self._quarantined("page", finding.zh, finding.en, _page(response))

    def conclusion(self) -> Finding:
        """What the whole crawl came to: its pages are one list, so the first that failed decides."""
        return findings.worst(self.findings)

    def _parsed(self, page: Page, response: Response) -> Iterator[Yield]:
        try:
            parsed = self.parse_page(page)
        except PageError as error:
            self.findings.append(findings.of_page_error(error))
            yield self._quarantined("page", error.zh, error.en, page)
            return
        finding = findings.of_parsed(parsed, page.url)
        if not parsed.is_damaged:
            # A page that came cut must come again, whatever its ETag.
            finding = findings.with_validators(finding, _header(response, "ETag"), _header(response, "Last-Modified"))
        self.findings.append(finding)
        yield from parsed.posts
        for problem in parsed.problems:
            yield self._quarantined(problem.kind, problem.zh, problem.en, page, problem.excerpt)

    def _refused(self, response: Response) -> Finding:
        wait = findings.retry_after(_header(response, "Retry-After"), clock.now())
        return findings.of_http_status(response.status, response.url, wait)

    def _quarantined(self, kind: Any, zh: str, en: str, page: Page, item: str = "") -> Quarantined:
        return Quarantined(self.job.source.name, kind, zh, en, self.job.source.url, item, page.body, page.url)


def _page(response: Response) -> Page:
    return Page(response.body, response.url, clock.now(), _header(response, "Content-Type"))


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")
