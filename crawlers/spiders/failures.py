"""Why a page never came, in words: Scrapy's exceptions as findings."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from crawlers.findings import Finding
from crawlers.robots import RobotsDisallowed, RobotsUnreachable
from crawlers.status import SourceStatus

_NETWORK = (
    (CannotResolveHostError, "找不到主机；请核对信源地址与 DNS", "its host cannot be found; check the address and the DNS"),
    (DownloadConnectionRefusedError, "拒绝连接；请核对地址与端口", "it refuses the connection; check the address and the port"),
    (DownloadTimeoutError, "超时未答；可调大 crawl.timeout_seconds", "it did not answer in time; raise crawl.timeout_seconds"),
    (DownloadCancelledError, "页面超过 16 MB；请核对地址", "the page is larger than 16 MB; check the address"),
    (ResponseDataLossError, "传输中断，页面不完整；稍后会自动重试", "the transfer was cut; it is tried again later"),
    (IgnoreRequest, "跳转过多或解压后过大；请核对地址", "too many redirects, or too large unpacked; check the address"),
)


def of_failure(error: BaseException | None, url: str) -> Finding:
    """The finding for a page that never came, or whose reading broke: robots.txt, the network, or an error of our own."""
    if isinstance(error, RobotsDisallowed):
        return Finding(
            SourceStatus.BLOCKED,
            f"{url} 的 robots.txt 不允许抓取；请停用该信源，或取得对方同意后换用其接口",
            f"robots.txt forbids {url}; remove the source, or agree with the site on another way",
        )
    if isinstance(error, RobotsUnreachable):
        return Finding(
            SourceStatus.FAILED,
            f"读不到 {url} 的 robots.txt（{error}），因此没有抓取；稍后会自动重试",
            f"{error}, so {url} was not crawled; it is tried again later",
        )
    for kind, zh, en in _NETWORK:
        if isinstance(error, kind):
            return Finding(SourceStatus.FAILED, f"{url}：{zh}", f"{url}: {en}")
    said = f"{type(error).__name__}: {error}"[:300]
    return Finding(
        SourceStatus.FAILED,
        f"抓取 {url} 时出错：{said}；请检查网络与证书，日志在 crawls 目录",
        f"crawling {url} failed: {said}; check the network and certificates, the log is in the crawls folder",
    )
