"""What a spider makes of each answer, and of none, without a network: answers are built by hand."""

from __future__ import annotations

import pytest
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from core.post import Post
from core.settings import Settings, SourceSettings
from crawlers.job import Job
from crawlers.parsing.page import Origin
from crawlers.robots import RobotsDisallowed, RobotsUnreachable
from crawlers.spiders.base import SourceSpider
from crawlers.spiders.failures import of_failure
from crawlers.spiders.feed import FeedSpider
from crawlers.spiders.sina_roll import SinaRollSpider
from crawlers.spiders.weibo_hot import WeiboHotSpider
from crawlers.status import SourceStatus
from posts.quarantine import Quarantined
from tests.crawlers.conftest import AFTERNOON, fixture

URL = "https://news.example.cn/rss.xml"


def spider_of(kind: type[SourceSpider], settings: Settings, url: str = URL) -> SourceSpider:
    spider = kind()
    source = SourceSettings.model_validate({"name": "s", "kind": kind.name, "url": url})
    spider.job = Job("run", source, settings, Origin("s", "news", b"k"), "", "", AFTERNOON)
    spider.findings = []
    return spider


def answer(body: bytes = b"", status: int = 200, url: str = URL, **headers: str) -> Response:
    return Response(url, status=status, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_page_is_asked_for_again_unconditionally_if_it_came_damaged(settings: Settings) -> None:
    """Its ETag would else keep the missing part away for ever."""
    whole, cut = spider_of(FeedSpider, settings), spider_of(FeedSpider, settings)
    list(whole.read(answer(fixture("rss2.xml"), ETag='"1"')))
    kept = list(
        cut.read(answer(fixture("rss2.xml").replace(b"</item>", b"</item><item><title>x</title></item>")[:-20], ETag='"1"'))
    )
    assert whole.conclusion().etag == '"1"'
    assert (cut.conclusion().status, cut.conclusion().etag) == (SourceStatus.OK, "")
    assert [type(item) for item in kept] == [Post, Quarantined]


def test_the_reserve_s_etag_is_not_the_first_address_s(settings: Settings) -> None:
    spider = spider_of(WeiboHotSpider, settings, "https://weibo.com/ajax/side/hotSearch")
    (reserve,) = spider.read(answer(status=403))
    assert isinstance(reserve, Request) and reserve.url == "https://weibo.com/ajax/statuses/hot_band"
    list(spider.read(answer(b'{"data":{"band_list":[{"word":"x"}]}}', ETag='"b"')))
    assert (spider.conclusion().status, spider.conclusion().etag) == (SourceStatus.OK, "")


def test_the_reserve_is_asked_once_and_only_of_the_known_address(settings: Settings) -> None:
    spider = spider_of(WeiboHotSpider, settings, "https://weibo.com/ajax/side/hotSearch")
    assert len(list(spider.read(answer(b"{}")))) == 2  # the page for quarantine, and the reserve
    assert len(list(spider.read(answer(b"{}")))) == 1
    assert list(spider_of(WeiboHotSpider, settings, "https://mirror.example.cn/hot").read(answer(status=403))) == []


def test_the_roll_is_paged_no_further_than_ten_pages(settings: Settings) -> None:
    spider = spider_of(SinaRollSpider, settings, "https://sina.example.cn/roll?page=1")
    body = b'{"result":{"data":[{"docid":"1","title":"x"}]}}'
    page = "https://sina.example.cn/roll?page={}"
    following = [[r for r in spider.read(answer(body, url=page.format(n))) if isinstance(r, Request)] for n in (1, 9, 10)]
    assert [[request.url for request in requests] for requests in following] == [[page.format(2)], [page.format(10)], []]


def test_an_error_of_our_own_keeps_the_page_and_is_reported(settings: Settings) -> None:
    spider = spider_of(FeedSpider, settings)
    kept = spider.broken(Failure(ZeroDivisionError("in the parser")), answer(b"<rss/>"))
    assert kept is not None and kept.page == b"<rss/>"
    finding = spider.conclusion()
    assert finding.status is SourceStatus.FAILED
    assert "ZeroDivisionError: in the parser" in finding.zh and "ZeroDivisionError" in finding.en


def test_a_page_that_never_came_is_reported_with_its_address(settings: Settings) -> None:
    spider = spider_of(FeedSpider, settings)
    failure = Failure(DownloadTimeoutError())
    failure.request = Request(URL + "?page=2")
    spider.lost(failure)
    assert URL + "?page=2" in spider.conclusion().zh


@pytest.mark.parametrize(
    ("error", "status", "word"),
    [
        (RobotsDisallowed("x"), SourceStatus.BLOCKED, "robots.txt"),
        (RobotsUnreachable("robots.txt of x answered HTTP 503"), SourceStatus.FAILED, "503"),
        (CannotResolveHostError(), SourceStatus.FAILED, "DNS"),
        (DownloadConnectionRefusedError(), SourceStatus.FAILED, "port"),
        (DownloadTimeoutError(), SourceStatus.FAILED, "crawl.timeout_seconds"),
        (DownloadCancelledError(), SourceStatus.FAILED, "16 MB"),
        (ResponseDataLossError(), SourceStatus.FAILED, "cut"),
        (IgnoreRequest(), SourceStatus.FAILED, "redirects"),
        (DownloadFailedError("certificate verify failed"), SourceStatus.FAILED, "certificate verify failed"),
        (None, SourceStatus.FAILED, "NoneType"),
    ],
)
def test_every_way_to_get_nothing_has_its_words(error: BaseException | None, status: SourceStatus, word: str) -> None:
    finding = of_failure(error, URL)
    assert finding.status is status
    assert word in finding.en
    assert URL in finding.zh and URL in finding.en
