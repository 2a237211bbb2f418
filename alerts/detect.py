"""The live pass: what the index holds at a moment becomes signals, and signals become alerts, events and notifications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.coverage import Coverage
from core.database import Database
from core.settings import Settings
from posts.index import PostIndex


@dataclass(frozen=True, slots=True)
class DetectReport:
    """What one pass did: counts of brands looked at, of brands with a signal, and of alerts changed."""

    brands: int
    signals: int
    opened: int = 0
    raised: int = 0
    updated: int = 0
    resolved: int = 0
    reopened: int = 0


def coverage_window(settings: Settings, at: datetime) -> tuple[datetime, datetime]:
    """The window whose coverage a pass at `at` needs: as long as an alert must be quiet to be resolved."""
    return at - timedelta(hours=settings.alerts.resolve_hours), at


def detect(
    database: Database, index: PostIndex, *, at: datetime, brands: Sequence[str], coverage: Coverage, settings: Settings
) -> DetectReport:
    """Judge every brand by what had been seen before `at`; a second pass at the same moment changes nothing.

    `coverage` is of `coverage_window`. Each brand's changes are one transaction. Raises UnavailableError where the index
    cannot be reached; nothing is changed then.
    """
    raise NotImplementedError
