"""Moments as whole microseconds since 1970: what the embedded index stores, exact where a float is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """
    >>> to_micros(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    return (moment - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """
    >>> from_micros(1_000_000).isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    return EPOCH + timedelta(microseconds=micros)


def interval_micros(interval: timedelta) -> int:
    """The width of a histogram's buckets; at least a millisecond, the finest that every engine knows."""
    if interval < timedelta(milliseconds=1):
        raise ValueError(f"a histogram's interval must be a millisecond or more, got {interval}")
    return interval // _MICROSECOND
