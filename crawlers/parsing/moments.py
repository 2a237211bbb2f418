"""Dates as feeds and APIs write them, made aware UTC. A date without a zone is Shanghai's, and so is `CST`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from core.clock import SHANGHAI, to_utc
from crawlers.parsing.page import ItemError
from crawlers.parsing.values import text_of

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""An older date is a zero or a default that the site never filled in."""

LONGEST_DATE = 60

_NUMBER = re.compile(r"\d{9,14}(?:\.\d{1,9})?")
_CHINESE = re.compile(r"刚刚|今天|昨天|前天|\d+\s*(?:秒|分钟|小时|天)前|\d{1,2}月\d{1,2}日")
_ABSOLUTE = re.compile(r"(\d{4})[年/.-](\d{1,2})[月/.-](\d{1,2})日?(?:[T\s]*(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_CHINA_STANDARD = re.compile(r"\b(?:CST|BJT|GMT\+8|UTC\+8)\b|(?<=[\d\s])GMT\+0?800\b")
_LAST_MILLISECOND = 10**14
_LAST_SECOND = 10**11


def moment(value: Any, *, seen_at: datetime) -> datetime | None:
    """When something was published: None where `value` is absent (None, "", 0).

    Takes epoch seconds and milliseconds, RFC 822, ISO 8601, and Chinese dates, relative ones too. What cannot be read
    raises ItemError. A date in the future is told as it stands; `read_items` knows what to make of it.

    >>> noon = datetime(2026, 11, 2, 4, tzinfo=UTC)
    >>> [moment(text, seen_at=noon).isoformat()[:16] for text in (1793500000, "Mon, 02 Nov 2026 09:30:00 CST", "3小时前")]
    ['2026-11-01T02:26', '2026-11-02T01:30', '2026-11-02T01:00']
    """
    text = text_of(value)
    if text in ("", "0"):
        return None
    read = read_moment(text, seen_at) if len(text) <= LONGEST_DATE else None
    if read is None or read < EARLIEST:
        raise ItemError(zh=f"看不懂的时间：{text[:60]!r}", en=f"a date that cannot be read: {text[:60]!r}")
    return read


def read_moment(text: str, seen_at: datetime) -> datetime | None:
    """The moment that `text` tells, None where it tells none; 3小时前 is counted from `seen_at`."""
    for reader in (_from_number, _from_iso, _from_rfc822, _from_absolute):
        try:
            found = reader(text)
            if found is not None:
                return to_utc(found)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return _from_chinese(text, seen_at)


def _from_number(text: str) -> datetime | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return datetime.fromtimestamp(number if number < _LAST_SECOND else number / 1000, UTC)


def _from_iso(text: str) -> datetime | None:
    return None if text.isdigit() else datetime.fromisoformat(text)


def _from_rfc822(text: str) -> datetime:
    """`CST` is China's zone here; the standard library holds it to be America's."""
    return parsedate_to_datetime(_CHINA_STANDARD.sub("+0800", text))


def _from_absolute(text: str) -> datetime | None:
    found = _ABSOLUTE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)


def _from_chinese(text: str, seen_at: datetime) -> datetime | None:
    if not _CHINESE.search(text):
        return None
    import dateparser

    here = seen_at.astimezone(SHANGHAI).replace(tzinfo=None)
    settings: Any = {"RELATIVE_BASE": here, "TIMEZONE": "Asia/Shanghai", "PREFER_DATES_FROM": "past"}
    try:
        found = dateparser.parse(text, languages=["zh"], settings=settings)
        return to_utc(found) if found else None
    except (ValueError, OverflowError, TypeError):
        return None
