"""The outbox of notifications: written with the event that causes them, sent by Apprise until the service says it has them.

A process killed between the service's answer and our record of it sends that one message again; both carry the same
number (编号), so that the reader can tell. Nothing else is ever sent twice, and nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.database import Database
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class NotifyReport:
    """`sent` and `failed` count this call's attempts; `pending` is what waits for a later one."""

    sent: int = 0
    failed: int = 0
    pending: int = 0


def send_pending(database: Database, *, settings: Settings, now: datetime) -> NotifyReport:
    """Send every message that is due at `now`; a channel's failure is recorded and tried again later, never raised."""
    raise NotImplementedError
