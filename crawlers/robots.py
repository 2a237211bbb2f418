"""robots.txt, obeyed and recorded: what it said stands in the source's state."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.robotstxt import RobotParser


class RobotsDisallowed(IgnoreRequest):
    """The site's robots.txt forbids this address to us."""


class RobotsUnreachable(IgnoreRequest):
    """The site has a robots.txt that it fails to give, which RFC 9309 (2.3.1.4) holds to forbid everything."""


class RecordedRobots(RobotsTxtMiddleware):
    """Scrapy's robots.txt middleware, which also tells what each site's robots.txt said and keeps to its Crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.statuses: dict[str, int] = {}
        self.records: dict[str, str] = {}
        crawler.signals.connect(self._remember, signals.response_received)

    @property
    def record(self) -> str:
        """What was met, one part a site."""
        return "; ".join(f"{site}: {said}" for site, said in self.records.items())

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        site = urlsplit(request.url).netloc
        status = self.statuses.get(site)
        if status is not None and (status >= 500 or status == 429):
            self.records[site] = f"HTTP {status}, unreachable"
            raise RobotsUnreachable(f"robots.txt of {site} answered HTTP {status}")
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as refusal:
            self.records[site] = f"HTTP {status}, disallows {urlsplit(request.url).path or '/'}"
            raise RobotsDisallowed(str(refusal)) from refusal
        self.records[site] = "no answer" if status is None else f"HTTP {status}, allows {urlsplit(request.url).path or '/'}"
        self._slow_down(rp, site)

    def _slow_down(self, rp: RobotParser | None, site: str) -> None:
        delay = rp.crawl_delay(self._default_useragent) if rp is not None else None
        throttle = self.crawler.get_extension(AutoThrottle)
        if delay and throttle:
            throttle.mindelay = max(throttle.mindelay, delay)
            self.records[site] += f", crawl-delay {delay:g} s"

    def _remember(self, response: Response, request: Request) -> None:
        if request.meta.get("dont_obey_robotstxt"):
            self.statuses[urlsplit(request.url).netloc] = response.status
