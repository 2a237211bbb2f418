"""One writer a brand at a time, on every database."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session


def lock_brand(session: Session, brand: str) -> None:
    """Two passes must not both find that a brand has no alert; SQLite's writers are alone already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"alerts:{brand}"})
