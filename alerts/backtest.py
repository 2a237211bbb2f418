"""Replay of history as it arrived: the alerts that the live rules and lifecycle would have raised, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.database import Database
from core.settings import Settings
from posts.index import PostIndex


@dataclass(frozen=True, slots=True)
class Backtest:
    """The replay of `brands` from `start` to `end` and its alerts, by opening time."""

    start: datetime
    end: datetime
    brands: tuple[str, ...]
    alerts: tuple[Any, ...]

    def to_json(self) -> dict[str, Any]:
        """JSON-ready, in the archive's own clock (Asia/Shanghai): from, to, brands, alerts with every level people were told."""
        raise NotImplementedError


def backtest(index: PostIndex, *, brands: Sequence[str], start: datetime, end: datetime, settings: Settings) -> Backtest:
    """Replay [start, end) by `seen_at` in hourly ticks, with a tick in the minute after a hot-search entry arrives."""
    raise NotImplementedError


def record(database: Database, replay: Backtest, *, actor: str, now: datetime) -> list[str]:
    """Keep a replay's alerts as open alerts marked as replayed, so that a case can be opened from one; nobody is notified."""
    raise NotImplementedError
