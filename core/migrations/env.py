"""Alembic's entry: runs on the engine that `core.database.alembic_config` was given."""

from alembic import context

engine = context.config.attributes["engine"]
metadata = context.config.attributes.get("metadata")

with engine.connect() as connection:
    # The scripts change tables by copying them on SQLite, which cannot alter most things in place.
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transaction_per_migration=True)
    with context.begin_transaction():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7957842)")
        context.run_migrations()
    connection.commit()
