"""What only somebody with the database's own password can do to the audit log."""

from __future__ import annotations

from sqlalchemy import Connection, text


def drop_guards(connection: Connection) -> None:
    """Take off the triggers that make the audit log append-only; on PostgreSQL to the end of the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    query = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
    for name in connection.execute(query).scalars().all():
        connection.execute(text(f'DROP TRIGGER "{name}"'))
