"""The people who may sign in, what each may do, and their passwords (argon2id)."""

from __future__ import annotations

import re
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
from core.errors import ForbiddenError, InputError
from core.ids import new_id

SHORTEST_PASSWORD = 10

SYSTEM = "system"
"""The actor of what no person did by hand: flows and detection."""
TERMINAL = "terminal"
"""The actor of what the operator of the machine did by command without being a person who signs in."""
SETTINGS = "settings"
"""The source, and the confirmer, of what stands in the settings."""
RESERVED = frozenset({SYSTEM, TERMINAL, SETTINGS})

_USERNAME = re.compile(r"[a-z0-9\u4e00-\u9fff][a-z0-9\u4e00-\u9fff_.@-]{0,59}")


class Role(StrEnum):
    """What a person is there for; an administrator may do what all others may."""

    DUTY = "duty"  # 值班: alerts, cases, drafts
    LEAD = "lead"  # 新闻发言人团队: also confirms facts and approves drafts
    OPERATOR = "operator"  # sources and flows
    ADMIN = "admin"  # people, brands, audit

    @property
    def zh(self) -> str:
        return {"duty": "值班员", "lead": "负责人", "operator": "运维", "admin": "管理员"}[self]


PRESS_OFFICE = (Role.DUTY, Role.LEAD)
"""Who works on cases and drafts."""


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
    """Add a person; raises InputError for a taken, reserved or malformed name and for a password of under ten characters."""
    _require_username(username)
    display_name = display_name.strip() or username
    if len(display_name) > 60:
        raise InputError(
            zh=f"姓名最多 60 个字，得到 {len(display_name)} 个",
            en=f"a display name has at most 60 characters, got {len(display_name)}",
        )
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


def deactivate_person(session: Session, person: Person, *, actor: str, now: datetime) -> None:
    """Take a person's access away; what they did stays under their name. Doing it again changes nothing."""
    if person.active:
        person.active = False
        audit.record(session, at=now, actor=actor, action="person.deactivate", subject=f"person:{person.username}")


def find_person(session: Session, username: str) -> Person | None:
    return session.scalars(select(Person).where(Person.username == username)).first()


def list_people(session: Session, *, active_only: bool = False) -> list[Person]:
    """Everyone, by user name."""
    people = session.scalars(select(Person).order_by(Person.username))
    return [person for person in people if person.active or not active_only]


def require(session: Session, username: str, *roles: Role) -> Person:
    """The active person `username` who has one of `roles` (an administrator has them all; none given: any role will do).

    Asked in the transaction of the step itself, so that a role taken away counts at once. Raises InputError for an unknown
    name, ForbiddenError for a person who was deactivated or has another role.
    """
    person = find_person(session, username)
    if person is None:
        raise InputError(
            zh=f"没有用户 {username}：请检查用户名（yushao people list）",
            en=f"there is no person {username}: check the name (yushao people list)",
        )
    if not person.active:
        raise ForbiddenError(
            zh=f"用户 {username} 已停用，不能操作；请由管理员恢复或换人",
            en=f"{username} was deactivated and may not act; ask an administrator or let another person do it",
        )
    if roles and person.role not in (*roles, Role.ADMIN):
        raise ForbiddenError(
            zh=f"{username} 的角色是{Role(person.role).zh}，这一步需要{'或'.join(role.zh for role in (*roles, Role.ADMIN))}",
            en=f"{username} is {person.role}; this step needs {' or '.join((*roles, Role.ADMIN))}",
        )
    return person


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


def _require_username(username: str) -> None:
    if username in RESERVED or not _USERNAME.fullmatch(username):
        raise InputError(
            zh=f"用户名 {username!r} 不可用：请用小写字母、数字、汉字及 _ . @ -，最多 60 个字符；"
            f"{'、'.join(sorted(RESERVED))} 为系统保留",
            en=f"the user name {username!r} cannot be used: small letters, digits, Chinese characters and _ . @ -, at most 60, "
            f"and none of {', '.join(sorted(RESERVED))}",
        )


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
