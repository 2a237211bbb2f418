"""The state database: transactions, moments with zone, errors that name the address."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select

from core.clock import SHANGHAI
from core.database import Database, open_database
from core.errors import SettingError, UnavailableError
from core.people import Person, Role, add_person

NOW = datetime(2026, 11, 2, 14, 30, 0, 123456, tzinfo=SHANGHAI)


def add(database: Database, username: str) -> None:
    with database.writing() as session:
        add_person(session, username=username, display_name="甲", role=Role.DUTY, password="long enough", actor="test", now=NOW)


def test_a_moment_comes_back_aware_in_utc_to_the_microsecond(database: Database) -> None:
    add(database, "jia")
    with database.reading() as session:
        stored = session.scalars(select(Person)).one().created_at
    assert stored == NOW
    assert stored.tzinfo is UTC


def test_a_block_that_fails_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(RuntimeError), database.writing() as session:
        add_person(session, username="yi", display_name="乙", role=Role.DUTY, password="long enough", actor="test", now=NOW)
        raise RuntimeError
    with database.reading() as session:
        assert session.scalars(select(Person)).all() == []


def test_what_a_reading_session_changes_is_thrown_away(database: Database) -> None:
    add(database, "bing")
    with database.reading() as session:
        session.execute(delete(Person))
    with database.reading() as session:
        assert session.scalars(select(Person.username)).all() == ["bing"]


def test_a_wrong_address_is_a_setting_error_without_the_password() -> None:
    with pytest.raises(SettingError) as caught:
        open_database("mysql://user:secret@host/name")
    assert "database.url" in caught.value.en
    assert "secret" not in caught.value.en


def test_an_unreachable_server_is_named_without_the_password() -> None:
    database = open_database("postgresql://user:secret@127.0.0.1:1/name")
    with pytest.raises(UnavailableError) as caught:
        database.check()
    assert "127.0.0.1:1" in caught.value.en
    assert "secret" not in caught.value.en
