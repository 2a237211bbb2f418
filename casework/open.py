"""Where alerts meet cases: a case opened from an alert, and every waiting alert given its case and its drafts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.database import Database
from core.settings import Settings
from posts.index import PostIndex


@dataclass(frozen=True, slots=True)
class DraftReport:
    """What one pass of drafting did: cases proposed now, cases looked at, and draft versions made."""

    proposed: tuple[str, ...] = ()
    cases: int = 0
    drafts: int = 0


def open_from_alert(
    database: Database, index: PostIndex, alert_id: str, *, actor: str, now: datetime, settings: Settings
) -> str:
    """The id of the alert's case: opened from what the alert says now, drafted and linked to the alert; or the one it has.

    A person who asks for a proposed case takes it. Raises InputError for an unknown alert, ForbiddenError for a wrong role.
    """
    raise NotImplementedError


def draft_waiting(database: Database, index: PostIndex, *, now: datetime, settings: Settings) -> DraftReport:
    """Propose a case for every unsettled alert at moderate or above that has none, and draft every case that is not closed.

    Each case is one transaction; run again, it changes nothing that the facts did not change.
    """
    raise NotImplementedError
