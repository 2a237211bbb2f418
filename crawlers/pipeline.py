"""From spider to inbox: posts are deposited as they come, and the crawl is reported together with the last of them."""

from __future__ import annotations

from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from core import clock
from core.database import open_database
from core.post import Post
from crawlers.findings import INTERRUPTED
from crawlers.robots import RecordedRobots
from crawlers.runs import Tally, count_up, finish_run
from crawlers.spiders.base import SourceSpider
from posts import inbox, quarantine
from posts.quarantine import Quarantined

REPORTED = "yushao/reported"
"""The statistic that tells the process that the crawl's report is in the database."""


class InboxPipeline:
    """Holds at most a batch of posts; whatever is deposited stays, whatever happens to the process."""

    def __init__(self, crawler: Crawler, spider: SourceSpider) -> None:
        self.crawler, self.spider = crawler, spider
        self.database = open_database(spider.job.settings.database_url)
        self.posts: list[Post] = []
        self.quarantined: list[Quarantined] = []
        self.delivered = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert isinstance(crawler.spider, SourceSpider)
        pipeline = cls(crawler, crawler.spider)
        crawler.signals.connect(pipeline.keep_broken_page, signals.spider_error)
        crawler.signals.connect(pipeline.report, signals.spider_closed)
        return pipeline

    def process_item(self, item: Post | Quarantined) -> Any:
        if isinstance(item, Quarantined):
            self.quarantined.append(item)
            return item
        self.posts.append(item)
        if len(self.posts) >= inbox.LARGEST_BATCH:
            self._flush()
        return item

    def keep_broken_page(self, failure: Failure, response: Response | None) -> None:
        kept = self.spider.broken(failure, response)
        if kept is not None:
            self.quarantined.append(kept)

    def report(self, reason: str) -> None:
        """The rest of the posts, the quarantine, the run and the source's new state: all in one transaction, or none."""
        job, now = self.spider.job, clock.now()
        finding = self.spider.conclusion() if reason == "finished" else INTERRUPTED
        tally = Tally(self.delivered + len(self.posts), len(self.quarantined), self._robots())
        with self.database.writing() as session:
            inbox.deposit(session, self.posts, source=job.source.name, now=now)
            quarantine.add(session, self.quarantined, now=now)
            finish_run(session, job.run_id, finding, tally, lists_history=self.spider.lists_history, now=now)
        self.database.close()
        self.crawler.stats.set_value(REPORTED, True)

    def _flush(self) -> None:
        job = self.spider.job
        with self.database.writing() as session:
            inbox.deposit(session, self.posts, source=job.source.name, now=clock.now())
            count_up(session, job.run_id, len(self.posts))
        self.delivered += len(self.posts)
        self.posts.clear()

    def _robots(self) -> str:
        middleware = self.crawler.get_downloader_middleware(RecordedRobots)
        return middleware.record if middleware else ""
