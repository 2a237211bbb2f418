"""What a crawl found, page by page and as a whole: pure judgements, each with its words for people in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from core.clock import HOUR, shown
from crawlers.parsing.page import PageError, Parsed
from crawlers.status import SourceStatus

REFUSALS = frozenset({401, 403, 412, 418, 429, 432, 451})
"""HTTP status codes by which Chinese sites turn crawlers away (412 Bilibili's, 418 Douban's, 432 Weibo's)."""

LONGEST_WAIT = timedelta(days=7)
"""A Retry-After is obeyed up to this; what asks for more is a mistake."""

HISTORY_GAP = timedelta(days=3)
"""Items further apart than this are no unbroken list: a pinned item of last year says nothing of the months between."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one page, or a whole crawl, came to. `moments` are the posts' times; `unchanged` is a 304.

    `etag` and `last_modified` are what the page is asked for with the next time.
    """

    status: SourceStatus
    zh: str
    en: str
    moments: tuple[datetime, ...] = ()
    unchanged: bool = False
    etag: str = ""
    last_modified: str = ""
    retry_after: datetime | None = None

    @property
    def newest(self) -> datetime | None:
        return max(self.moments, default=None)


UNCHANGED = Finding(SourceStatus.OK, "自上次以来没有变化", "unchanged since the last crawl", unchanged=True)
INTERRUPTED = Finding(
    SourceStatus.FAILED,
    "抓取中途被终止；已读到的帖子都已保存，下一次会重新抓取",
    "the crawl was stopped half-way; what it had read is kept, and the next one reads it again",
)


def of_parsed(parsed: Parsed, url: str) -> Finding:
    """A page that was read: ok; empty where it lists nothing; changed where none of its items could be read."""
    unread = sum(problem.kind == "item" for problem in parsed.problems)
    if parsed.posts:
        return Finding(SourceStatus.OK, *_counted(parsed, unread), moments=tuple(post.published_at for post in parsed.posts))
    if parsed.problems:
        first = parsed.problems[0]
        return Finding(
            SourceStatus.CHANGED,
            f"{url} 的条目都读不出来（{first.zh}）；页面可能已改版，原页在隔离区",
            f"no item of {url} could be read ({first.en}); the page may have changed, it is kept in quarantine",
        )
    return Finding(
        SourceStatus.EMPTY,
        f"{url} 是正常的页面，但一条内容也没有；若不应为空，请在浏览器中核对",
        f"{url} is well-formed but lists nothing; if it should, check it in a browser",
    )


def of_page_error(error: PageError) -> Finding:
    return Finding(error.status, error.zh, error.en)


def with_validators(finding: Finding, etag: str, last_modified: str) -> Finding:
    """The finding of a page that was read whole, with what it can be asked for conditionally the next time."""
    return replace(finding, etag=etag, last_modified=last_modified)


def of_http_status(code: int, url: str, retry_after: datetime | None) -> Finding:
    """A page that came with an HTTP error: refused, gone, or the server's own failure."""
    if code in REFUSALS:
        wait = f"，要求 {shown(retry_after)} 之前不要再来" if retry_after else ""
        waiting = f" and asks not to be visited before {shown(retry_after)} (Shanghai)" if retry_after else ""
        return Finding(
            SourceStatus.BLOCKED,
            f"{url} 拒绝了我们（HTTP {code}）{wait}；请加大间隔，或换用开放的信源",
            f"{url} refuses us (HTTP {code}){waiting}; crawl it more rarely, or use an open source instead",
            retry_after=retry_after,
        )
    if code >= 500:
        return Finding(
            SourceStatus.FAILED,
            f"{url} 的服务器出错（HTTP {code}）；稍后会自动重试",
            f"the server of {url} fails (HTTP {code}); it is tried again later",
            retry_after=retry_after,
        )
    return Finding(
        SourceStatus.CHANGED,
        f"{url} 不再提供该页面（HTTP {code}）；请核对信源地址",
        f"{url} no longer gives this page (HTTP {code}); check the source's address",
    )


def worst(findings: Sequence[Finding]) -> Finding:
    """The crawl of a source whose pages are one list: the first page that failed decides, else all are read as one."""
    if not findings:
        return INTERRUPTED
    bad = next((finding for finding in findings if finding.status is not SourceStatus.OK), None)
    if bad is not None and not (bad.status is SourceStatus.EMPTY and bad is not findings[0]):
        return bad
    if len(findings) == 1:
        return findings[0]
    return replace(
        findings[0],
        zh=f"读了 {len(findings)} 页；第一页{findings[0].zh}",
        en=f"{len(findings)} pages read; the first: {findings[0].en}",
        moments=tuple(moment for finding in findings for moment in finding.moments),
    )


def best(findings: Sequence[Finding]) -> Finding:
    """The crawl of a source with a second address in reserve: the first page that was read counts, and why it was needed.

    The reserve's ETag says nothing of the first address, which is asked first the next time too; so it is not kept.
    """
    if not findings:
        return INTERRUPTED
    read = next((finding for finding in findings if finding.status is SourceStatus.OK), findings[0])
    if read is findings[0]:
        return read
    zh, en = findings[0].zh, findings[0].en
    zh, en = f"{read.zh}；用了备用地址，因为 {zh}", f"{read.en}; by the reserve address, as {en}"
    return replace(read, zh=zh, en=en, etag="", last_modified="")


def history_start(moments: Iterable[datetime]) -> datetime | None:
    """Back to when a page lists its items without a gap of more than three days, from the newest one on."""
    ordered = sorted(moments, reverse=True)
    reached = ordered[0] if ordered else None
    for moment in ordered[1:]:
        if reached is None or reached - moment > HISTORY_GAP:
            break
        reached = moment
    return reached


def retry_after(header: str, now: datetime) -> datetime | None:
    """The moment that a Retry-After header names, in seconds or as a date; None for none, one gone by or nonsense."""
    header = header.strip()
    try:
        until = now + timedelta(seconds=int(header)) if header.isdigit() else parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        return min(now + LONGEST_WAIT, datetime.max.replace(tzinfo=UTC)) if header.isdigit() else None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(until, now + LONGEST_WAIT) if until > now else None


def _counted(parsed: Parsed, unread: int) -> tuple[str, str]:
    newest = shown(max(post.published_at for post in parsed.posts))
    zh, en = [f"读到 {len(parsed.posts)} 条，最新 {newest}"], [f"posts read: {len(parsed.posts)}, the newest of {newest}"]
    if parsed.left_out:
        zh.append(f"略去广告 {parsed.left_out} 条")
        en.append(f"advertisements left out: {parsed.left_out}")
    if unread:
        zh.append(f"{unread} 条读不出来，已进隔离区")
        en.append(f"unreadable and in quarantine: {unread}")
    if parsed.ahead:
        hours = max(parsed.ahead) / HOUR
        zh.append(f"{len(parsed.ahead)} 条的时间在未来（最多超前 {hours:.1f} 小时），按读到的时刻计；请核对该站的时钟与时区")
        en.append(
            f"dated in the future by up to {hours:.1f} h and taken as of now: {len(parsed.ahead)}; check the site's clock"
        )
    damaged = next((problem for problem in parsed.problems if problem.kind == "page"), None)
    if damaged:
        zh.append(damaged.zh)
        en.append(damaged.en)
    return "；".join(zh), "; ".join(en)
