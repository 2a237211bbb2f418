"""What a source can be found to be, in one word. Blocked is not quiet: only `ok` says that a source delivered."""

from __future__ import annotations

from enum import StrEnum


class SourceStatus(StrEnum):
    NEVER = "never"  # not crawled yet
    OK = "ok"  # read, or unchanged since it was last read
    EMPTY = "empty"  # well-formed, but lists nothing
    BLOCKED = "blocked"  # the site or its robots.txt refuses us, or shows a login or captcha page
    STALE = "stale"  # read, but its newest item is old
    CHANGED = "changed"  # not the page that the spider knows
    FAILED = "failed"  # network, server error, time limit, crash

    @property
    def zh(self) -> str:
        """The word in Chinese."""
        return _CHINESE[self]


_CHINESE = {
    SourceStatus.NEVER: "未抓取",
    SourceStatus.OK: "正常",
    SourceStatus.EMPTY: "无内容",
    SourceStatus.BLOCKED: "被拒",
    SourceStatus.STALE: "陈旧",
    SourceStatus.CHANGED: "页面已变",
    SourceStatus.FAILED: "失败",
}
