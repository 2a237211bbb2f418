"""Alembic's entry: runs on the engine that `core.database.alembic_config` was given."""

from typing import Any, Literal

from alembic import context

from core.database import UtcDateTime


def render(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our own column types as the plain ones that they stand on: a migration must not change with the code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


engine = context.config.attributes["engine"]
metadata = context.config.attributes.get("metadata")

# One transaction under one lock: a migration that is killed leaves nothing, and two at once follow each other.
LOCKS = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(7957842)"}

with engine.connect() as connection:
    if engine.dialect.name == "sqlite":
        # Tables are changed by copying them, which must not cascade to what refers to them; only off outside a transaction.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql(LOCKS[engine.dialect.name])
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, render_item=render)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
