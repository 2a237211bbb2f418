"""The audit log: append-only, each entry's hash over its content and the hash before, so that a changed past shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import JSON, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.database import Base

GENESIS = "0" * 64


class AuditEntry(Base):
    """Who did what to which thing, when. Triggers in the database refuse updates and deletions."""

    __tablename__ = "audit_entry"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(200), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of `verify`: `broken_at` is the first sequence number that does not fit, None where all do."""

    entries: int
    head: str
    broken_at: int | None = None
    reason: str = ""


def record(session: Session, *, at: datetime, actor: str, action: str, subject: str, **details: Any) -> AuditEntry:
    """Append one entry in the caller's transaction, so that the change and its record stand or fall together.

    `action` is `thing.verb` (`draft.approve`), `subject` is `thing:id`; `details` must be JSON-ready.
    """
    if session.get_bind().dialect.name == "postgresql":
        # Two writers must not read the same head; SQLite's writers are alone already.
        session.execute(text("SELECT pg_advisory_xact_lock(7957843)"))
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1)).first()
    sequence, previous = (last.sequence + 1, last.hash) if last else (1, GENESIS)
    entry = AuditEntry(
        sequence=sequence, at=at, actor=actor, action=action, subject=subject, details=details, previous_hash=previous
    )
    entry.hash = _hash(entry)
    session.add(entry)
    session.flush()
    return entry


def verify(session: Session) -> Verification:
    """Recompute the whole chain, oldest entry first, in bounded memory."""
    expected, previous = 1, GENESIS
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.sequence).execution_options(yield_per=500)):
        if entry.sequence != expected:
            return Verification(expected - 1, previous, entry.sequence, "missing entry")
        if entry.previous_hash != previous:
            return Verification(expected - 1, previous, entry.sequence, "previous hash differs")
        if entry.hash != _hash(entry):
            return Verification(expected - 1, previous, entry.sequence, "content was changed")
        expected, previous = expected + 1, entry.hash
    return Verification(expected - 1, previous)


def entries_for(session: Session, subjects: Iterable[str], limit: int = 200) -> list[AuditEntry]:
    """The newest entries about any of `subjects`, newest first."""
    query = select(AuditEntry).where(AuditEntry.subject.in_(list(subjects)))
    return list(session.scalars(query.order_by(AuditEntry.sequence.desc()).limit(limit)))


def _hash(entry: AuditEntry) -> str:
    content = [
        entry.sequence,
        entry.at.isoformat(timespec="microseconds"),
        entry.actor,
        entry.action,
        entry.subject,
        entry.details,
        entry.previous_hash,
    ]
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
