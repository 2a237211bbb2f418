"""The audit log: append-only, each entry's hash over its content and the hash before, so that a changed past shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.database import Base

GENESIS = "0" * 64

via: ContextVar[str] = ContextVar("via", default="")
"""By which door a change came (`cli`, `console`, `flow`), set at the process's edge and kept in each entry's details."""


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
    last = session.execute(select(AuditEntry.sequence, AuditEntry.hash).order_by(AuditEntry.sequence.desc()).limit(1)).first()
    sequence, previous = (last.sequence + 1, last.hash) if last else (1, GENESIS)
    kept = _as_stored({"via": door, **details} if (door := via.get()) else details)
    entry = AuditEntry(
        sequence=sequence, at=at, actor=actor, action=action, subject=subject, details=kept, previous_hash=previous
    )
    entry.hash = _hash(sequence, at, actor, action, subject, kept, previous)
    session.add(entry)
    session.flush()
    return entry


def verify(session: Session, *, noted: str = "") -> Verification:
    """Recompute the whole chain from what is stored, oldest entry first, in bounded memory.

    A chain cut at its end is whole in itself; a head that was `noted` elsewhere earlier shows it, for then no entry has it.
    """
    columns = select(*AuditEntry.__table__.columns).order_by(AuditEntry.sequence)
    expected, previous, met = 1, GENESIS, noted in ("", GENESIS)
    for row in session.execute(columns.execution_options(yield_per=500)):
        if row.sequence != expected:
            return Verification(expected - 1, previous, expected, "missing entry")
        if row.previous_hash != previous:
            return Verification(expected - 1, previous, expected, "previous hash differs")
        if row.hash != _hash(row.sequence, row.at, row.actor, row.action, row.subject, row.details, row.previous_hash):
            return Verification(expected - 1, previous, expected, "content was changed")
        expected, previous, met = expected + 1, row.hash, met or row.hash == noted
    return Verification(expected - 1, previous, None if met else expected, "" if met else "noted head is not in the chain")


def entries_for(session: Session, subjects: Iterable[str], limit: int = 200) -> list[AuditEntry]:
    """The newest entries about any of `subjects`, newest first."""
    query = select(AuditEntry).where(AuditEntry.subject.in_(list(subjects)))
    return list(session.scalars(query.order_by(AuditEntry.sequence.desc()).limit(limit)))


def recent(session: Session, limit: int = 50) -> list[AuditEntry]:
    """The newest entries of all, newest first."""
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(limit)))


def _as_stored(details: dict[str, Any]) -> dict[str, Any]:
    """`details` as a JSON column gives them back, so that the hash is over what will be read."""
    kept: dict[str, Any] = json.loads(json.dumps(details, allow_nan=False))
    return kept


def _hash(*content: Any) -> str:
    """SHA-256 over the fields in order; a moment counts in UTC to the microsecond, as both databases keep it."""
    plain = [
        part.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(part, datetime) else part for part in content
    ]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=True).encode("ascii")).hexdigest()
