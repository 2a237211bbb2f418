"""Cells of other people's files as values: moments and ids; each says clearly what it cannot read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from core.clock import SHANGHAI, to_utc
from core.errors import InputError
from crawlers.parsing.values import text_of

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Before this there was no Chinese web: an earlier time is a damaged one (epoch 0 most often)."""

_EPOCH = re.compile(r"(\d{10})(\d{3})?(\.\d+)?")
_WRITTEN = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s*(?:T|,)?\s*(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2})秒?)?分?)?"
)
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
        value = value.strip()
        read = _epoch(value) or _iso(value) or _written(value) or _relative(value, self._written_at)
        if read is None:
            raise InputError(zh=f"看不懂的时间 {value!r}", en=f"{value!r} is no time that can be read")
        if not EARLIEST <= read <= self._latest:
            raise InputError(
                zh=f"时间 {value!r} 不可信（读作 {read:%Y-%m-%d %H:%M} UTC）",
                en=f"the time {value!r} cannot be right (it reads as {read:%Y-%m-%d %H:%M} UTC)",
            )
        return read


def _epoch(value: str) -> datetime | None:
    match = _EPOCH.fullmatch(value)
    if match is None:
        return None
    seconds, milliseconds, _ = match.groups()
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(milliseconds=int(milliseconds or 0))


def _iso(value: str) -> datetime | None:
    if value.isdigit() and len(value) != 8:
        return None  # `fromisoformat` takes any digit for the sign between date and time
    try:
        return to_utc(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        return None


def _written(value: str) -> datetime | None:
    match = _WRITTEN.fullmatch(value)
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        return to_utc(datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI))
    except (ValueError, OverflowError):
        return None


def _relative(value: str, written_at: datetime) -> datetime | None:
    """3小时前, 昨天 12:30: the last resort, as it takes long and guesses."""
    if not value or value.isdigit():
        return None
    import dateparser

    base = written_at.astimezone(SHANGHAI).replace(tzinfo=None)
    read = dateparser.parse(
        value,
        languages=["zh", "en"],
        settings={
            "RELATIVE_BASE": base,
            "TIMEZONE": "Asia/Shanghai",
            "RETURN_AS_TIMEZONE_AWARE": True,
            "PREFER_DATES_FROM": "past",
        },
    )
    return None if read is None else to_utc(read)


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
