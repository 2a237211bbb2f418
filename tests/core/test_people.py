"""People: who may sign in, who may do what, and what is recorded of it."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy.orm import Session

from core import audit, people
from core.database import Database
from core.errors import ForbiddenError, InputError
from core.people import Person, Role
from tests.conftest import NOON

PASSWORD = "correct-horse-battery"


def add(session: Session, username: str = "fang", role: Role = Role.LEAD, password: str = PASSWORD) -> Person:
    return people.add_person(
        session, username=username, display_name="方负责", role=role, password=password, actor=people.TERMINAL, now=NOON
    )


def test_a_person_signs_in_with_the_right_password_only(database: Database) -> None:
    """The right name and password give the person; a wrong one of either gives None."""
    with database.writing() as session:
        added = add(session)
    with database.reading() as session:
        found = people.authenticate(session, "fang", PASSWORD)
        assert found is not None and found.id == added.id
        assert people.authenticate(session, "fang", "wrong-wrong-wrong") is None
        assert people.authenticate(session, "nobody", PASSWORD) is None


def test_the_password_itself_is_kept_nowhere(database: Database) -> None:
    """Neither the row nor the audit entries hold it."""
    with database.writing() as session:
        person = add(session)
        people.set_password(session, person, "another-good-one", actor="fang", now=NOON)
    with database.reading() as session:
        kept = f"{person.password_hash} {[entry.details for entry in audit.recent(session)]}"
    assert PASSWORD not in kept and "another-good-one" not in kept and kept.startswith("$argon2id$")


def test_guessing_a_password_costs_what_rfc_9106_advises(costly_hasher: PasswordHasher) -> None:
    """64 MB and three passes each, beside all that is measured with a lighter hasher here."""
    assert extract_parameters(costly_hasher.hash(PASSWORD)) == RFC_9106_LOW_MEMORY


def test_a_new_password_takes_the_place_of_the_old(sqlite_database: Database) -> None:
    """After a change only the new one signs in, and the change is in the audit log."""
    with sqlite_database.writing() as session:
        people.set_password(session, add(session), "another-good-one", actor=people.TERMINAL, now=NOON)
    with sqlite_database.reading() as session:
        assert people.authenticate(session, "fang", PASSWORD) is None
        assert people.authenticate(session, "fang", "another-good-one")
        assert [entry.action for entry in audit.recent(session)] == ["person.password", "person.add"]


def test_a_deactivated_person_is_out_at_once_and_stays_known(sqlite_database: Database) -> None:
    """No sign-in, no step, no second audit entry for doing it twice; but the name stays listed."""
    with sqlite_database.writing() as session:
        person = add(session)
        people.deactivate_person(session, person, actor=people.TERMINAL, now=NOON)
        people.deactivate_person(session, person, actor=people.TERMINAL, now=NOON)
    with sqlite_database.reading() as session:
        assert people.authenticate(session, "fang", PASSWORD) is None
        assert [entry.action for entry in audit.recent(session)] == ["person.deactivate", "person.add"]
        assert people.list_people(session) and not people.list_people(session, active_only=True)
        with pytest.raises(ForbiddenError, match="停用"):
            people.require(session, "fang", Role.LEAD)


@pytest.mark.parametrize("role", Role)
def test_a_step_is_open_to_its_roles_and_to_administrators(sqlite_database: Database, role: Role) -> None:
    """`require` lets a lead and an administrator confirm; duty and operator are told who may."""
    with sqlite_database.writing() as session:
        add(session, role=role)
    with sqlite_database.reading() as session:
        if role in (Role.LEAD, Role.ADMIN):
            assert people.require(session, "fang", Role.LEAD).username == "fang"
        else:
            with pytest.raises(ForbiddenError) as refused:
                people.require(session, "fang", Role.LEAD)
            assert "负责人或管理员" in refused.value.zh and "lead or admin" in refused.value.en


def test_an_unknown_person_may_do_nothing(sqlite_database: Database) -> None:
    """The names of the system and the terminal are no people either."""
    with sqlite_database.reading() as session:
        for name in ("nobody", people.SYSTEM, people.TERMINAL):
            with pytest.raises(InputError):
                people.require(session, name, Role.LEAD)


@pytest.mark.parametrize("username", ["", "system", "settings", "terminal", "Fang", "a b", "a:b", "x" * 61, "-fang"])
def test_a_malformed_or_reserved_name_is_refused(sqlite_database: Database, username: str) -> None:
    """A name that could be taken for the system's, or that a list cannot show, is not given out."""
    with sqlite_database.writing() as session, pytest.raises(InputError):
        add(session, username=username)


def test_a_taken_name_is_refused(sqlite_database: Database) -> None:
    """The message names it."""
    with sqlite_database.writing() as session:
        add(session)
        with pytest.raises(InputError, match="fang"):
            add(session)


def test_a_short_password_is_refused(sqlite_database: Database) -> None:
    """Nine characters are one too few; the person is not added."""
    with sqlite_database.writing() as session, pytest.raises(InputError, match="10"):
        add(session, password="x" * 9)
    with sqlite_database.reading() as session:
        assert people.list_people(session) == []


def test_generated_passwords_are_good_enough_to_be_used() -> None:
    """Long enough, and no two alike."""
    made = {people.generated_password() for _ in range(50)}
    assert len(made) == 50 and all(len(password) >= people.SHORTEST_PASSWORD for password in made)
