"""What only somebody with the database's own password can do to the audit log."""

from __future__ import annotations

from sqlalchemy import Connection, text


def drop_guards(connection: Connection) -> None:
    """Take off the triggers that make the audit log append-only."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        return
    query = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
    for name in connection.execute(query).scalars().all():
        connection.execute(text(f'DROP TRIGGER "{name}"'))
