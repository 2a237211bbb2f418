"""Who is signed in: a session bound to the person's present password, and a brake on guessing."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Iterable, MutableMapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.people import Person, Role

ANYONE = frozenset(Role)
DUTY = frozenset({Role.DUTY, Role.LEAD, Role.ADMIN})
LEADS = frozenset({Role.LEAD, Role.ADMIN})
OPERATORS = frozenset({Role.OPERATOR, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})

WINDOW = timedelta(minutes=15)
ATTEMPTS_PER_PERSON = 5
ATTEMPTS_PER_ADDRESS = 30


def sign_in(session: MutableMapping[str, Any], person: Person) -> None:
    """Start a fresh session for `person`; nothing of an earlier one is kept."""
    session.clear()
    session["person"] = person.id
    session["seal"] = _seal(person)


def signed_in(database: Session, session: MutableMapping[str, Any]) -> Person | None:
    """The person of this session; None once they are deactivated or their password was changed."""
    person = database.get(Person, session["person"]) if "person" in session else None
    return person if person and person.active and session.get("seal") == _seal(person) else None


def _seal(person: Person) -> str:
    return hashlib.sha256(person.password_hash.encode()).hexdigest()[:16]


class Throttle:
    """Counts wrong passwords by name and by address for 15 minutes, in this process; safe between threads."""

    def __init__(self) -> None:
        self._failures: defaultdict[str, list[datetime]] = defaultdict(list)
        self._lock = threading.Lock()

    def wait(self, username: str, address: str, *, now: datetime) -> timedelta | None:
        """How long that name and address must wait before the next attempt; None where they need not."""
        with self._lock:
            waits = (self._wait(key, allowed, now) for key, allowed in _keys(username, address))
            return max((wait for wait in waits if wait), default=None)

    def failed(self, username: str, address: str, *, now: datetime) -> None:
        """Count one wrong attempt."""
        with self._lock:
            self._forget_before(now - WINDOW)
            for key, _ in _keys(username, address):
                self._failures[key].append(now)

    def succeeded(self, username: str, address: str) -> None:
        """Forget the wrong attempts of that name; those of the address go on counting."""
        with self._lock:
            self._failures.pop(_keys(username, address)[0][0], None)

    def _wait(self, key: str, allowed: int, now: datetime) -> timedelta | None:
        recent = [moment for moment in self._failures.get(key, ()) if moment > now - WINDOW]
        return recent[-allowed] + WINDOW - now if len(recent) >= allowed else None

    def _forget_before(self, moment: datetime) -> None:
        for key in [key for key, moments in self._failures.items() if moments[-1] <= moment]:
            del self._failures[key]


def _keys(username: str, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    return (f"person {address} {username}", ATTEMPTS_PER_PERSON), (f"address {address}", ATTEMPTS_PER_ADDRESS)


def may(person: Person | None, roles: Iterable[Role]) -> bool:
    """Whether `person` has one of `roles`."""
    return person is not None and Role(person.role) in roles
