"""The migrations and the tables say the same."""

from __future__ import annotations

from importlib import import_module

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cli.db import ROOMS_WITH_TABLES
from core import audit
from core.clock import now
from core.database import Base, Database, migrate, open_database, require_schema
from core.errors import StateError


def test_migrating_makes_exactly_the_tables_that_the_rooms_declare(database: Database) -> None:
    for room in ROOMS_WITH_TABLES:
        import_module(room)
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert differences == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.writing() as session:
        audit.record(session, at=now(), actor="test", action="test.note", subject="test:1")
    migrate(database)
    with database.reading() as session:
        assert audit.verify(session).entries == 1


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET actor = 'another'", "DELETE FROM audit_entry"])
def test_the_database_itself_refuses_to_change_the_audit_log(database: Database, statement: str) -> None:
    with database.writing() as session:
        audit.record(session, at=now(), actor="test", action="test.note", subject="test:1")
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.execute(text(statement))
    with database.reading() as session:
        assert audit.verify(session).broken_at is None


def test_sqlite_refuses_to_replace_an_entry_of_the_audit_log(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        audit.record(session, at=now(), actor="test", action="test.note", subject="test:1")
    forged = "INSERT OR REPLACE INTO audit_entry SELECT sequence, at, 'x', action, subject, details, previous_hash, hash"
    with pytest.raises(DBAPIError, match="append-only"), sqlite_database.writing() as session:
        session.execute(text(f"{forged} FROM audit_entry"))


@pytest.mark.postgresql
def test_a_postgresql_that_is_behind_is_refused_with_the_command_to_run(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    with pytest.raises(StateError, match="yushao db upgrade"):
        require_schema(database)
    migrate(database)
    require_schema(database)
    database.close()
