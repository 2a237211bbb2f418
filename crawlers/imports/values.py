"""Cells of other people's files as values: moments and ids; each says clearly what it cannot read."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from core.errors import InputError
from crawlers.parsing.moments import EARLIEST, LONGEST_DATE, read_moment
from crawlers.parsing.values import text_of

_SPREADSHEET_NUMBER = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_WHOLE_FLOAT = re.compile(r"(?<=\d)\.0$")


class Clock:
    """Reads the times of one file: epoch seconds or milliseconds, ISO 8601, Chinese dates; Asia/Shanghai without a zone.

    `written_at` is when the file was written: 3小时前 is meant from there, so that a second import reads the same. `now` is
    when it is imported: what lies a day or more after it is no time at which anything was published.
    """

    def __init__(self, written_at: datetime, now: datetime) -> None:
        self._written_at = written_at if EARLIEST < written_at < now else now
        self._latest = now + timedelta(days=1)
        self.moment = lru_cache(maxsize=4096)(self._moment)

    def _moment(self, value: str) -> datetime:
        """The moment in UTC; raises InputError for what is no time, and for one that cannot be right."""
        read = read_moment(value.strip(), self._written_at) if len(value) <= LONGEST_DATE else None
        if read is None:
            raise InputError(zh=f"看不懂的时间 {value[:60]!r}", en=f"{value[:60]!r} is no time that can be read")
        if not EARLIEST <= read <= self._latest:
            raise InputError(
                zh=f"时间 {value!r} 不可信（读作 {read:%Y-%m-%d %H:%M} UTC）",
                en=f"the time {value!r} cannot be right (it reads as {read:%Y-%m-%d %H:%M} UTC)",
            )
        return read


def identity(value: Any) -> str:
    """An item's own id as text; raises InputError for one that a spreadsheet has rounded, for then it is nobody's any more.

    >>> identity(" 4890123456789012 "), identity(4890123456789012), identity("4890123456789012.0"), identity(None)
    ('4890123456789012', '4890123456789012', '4890123456789012', '')
    """
    written = _WHOLE_FLOAT.sub("", text_of(value))
    if _SPREADSHEET_NUMBER.fullmatch(written):
        raise InputError(
            zh=f"编号 {written} 已被电子表格改坏（长数字变成科学计数法），无法还原：请用未经 Excel 打开过的原文件",
            en=f"the id {written} was damaged by a spreadsheet (a long number in scientific notation) and cannot be restored: "
            "use the original file, never opened in Excel",
        )
    return written
