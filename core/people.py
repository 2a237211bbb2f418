"""The people who may sign in, what each may do, and their passwords (argon2id)."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import audit
from core.database import Base
from core.errors import InputError
from core.ids import new_id

SHORTEST_PASSWORD = 10


class Role(StrEnum):
    """What a person is there for; an administrator may do what all others may."""

    DUTY = "duty"  # 值班: alerts, cases, drafts
    LEAD = "lead"  # 新闻发言人团队: also confirms facts and approves drafts
    OPERATOR = "operator"  # sources and flows
    ADMIN = "admin"  # people, brands, audit


class Person(Base):
    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    display_name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


def add_person(
    session: Session, *, username: str, display_name: str, role: Role, password: str, actor: str, now: datetime
) -> Person:
    """Add a person; raises InputError for a taken name or a password of under ten characters."""
    if find_person(session, username):
        raise InputError(zh=f"用户名 {username} 已存在，请换一个", en=f"the user name {username} is taken, choose another")
    person = Person(
        id=new_id(),
        username=username,
        display_name=display_name,
        role=role,
        password_hash=_hashed(password),
        active=True,
        created_at=now,
    )
    session.add(person)
    session.flush()
    audit.record(session, at=now, actor=actor, action="person.add", subject=f"person:{username}", role=str(role))
    return person


def set_password(session: Session, person: Person, password: str, *, actor: str, now: datetime) -> None:
    """Replace a person's password; raises InputError for one of under ten characters."""
    person.password_hash = _hashed(password)
    audit.record(session, at=now, actor=actor, action="person.password", subject=f"person:{person.username}")


def find_person(session: Session, username: str) -> Person | None:
    return session.scalars(select(Person).where(Person.username == username)).first()


def authenticate(session: Session, username: str, password: str) -> Person | None:
    """The active person with that name and password, or None; takes as long for an unknown name as for a known one."""
    person = find_person(session, username)
    try:
        _hasher().verify(person.password_hash if person else _nobody(), password)
    except (VerifyMismatchError, InvalidHashError):
        return None
    return person if person and person.active else None


def generated_password() -> str:
    """A password to be printed once: 80 bits, without letters that look alike."""
    return "-".join("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4)) for _ in range(4))


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise InputError(
            zh=f"密码至少要 {SHORTEST_PASSWORD} 个字符", en=f"a password needs at least {SHORTEST_PASSWORD} characters"
        )
    return _hasher().hash(password)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_hex(16))
