"""Time: stored as UTC with zone, shown in Asia/Shanghai. Only process edges call `now`; the rest is given its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def to_utc(moment: datetime, *, assume: ZoneInfo = SHANGHAI) -> datetime:
    """`moment` in UTC; a naive one is taken as `assume`, the zone in which Chinese sites write.

    >>> to_utc(datetime(2026, 11, 2, 8, 0)).isoformat()
    '2026-11-02T00:00:00+00:00'
    """
    return (moment.replace(tzinfo=assume) if moment.tzinfo is None else moment).astimezone(UTC)


def floor_hour(moment: datetime) -> datetime:
    """The start of the hour that holds `moment`."""
    return moment.replace(minute=0, second=0, microsecond=0)


def shown(moment: datetime, pattern: str = "%Y-%m-%d %H:%M") -> str:
    """`moment` as people in China read it.

    >>> shown(datetime(2026, 11, 2, 6, 30, tzinfo=UTC))
    '2026-11-02 14:30'
    """
    return moment.astimezone(SHANGHAI).strftime(pattern)
