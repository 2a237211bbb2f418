"""What every command shares: settings, the opened stores, and how an error reaches the terminal."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from rich.console import Console

from core.clock import to_utc
from core.errors import InputError
from core.settings import Settings, load_settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.database import Database
    from posts.index import PostIndex

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@cache
def settings() -> Settings:
    """This process's settings, read once; sets the language of messages."""
    from core.errors import language

    loaded = load_settings()
    language.set(loaded.language)
    return loaded


@contextmanager
def state() -> Iterator[Database]:
    """The state database, ready for use: SQLite is migrated on the way, PostgreSQL must have been (`yushao db upgrade`).

    What is done with it is marked `via=cli` in the audit log.
    """
    from core import audit
    from core.database import open_database, require_schema

    database = open_database(settings().database_url)
    door = audit.via.set("cli")
    try:
        require_schema(database)
        yield database
    finally:
        audit.via.reset(door)
        database.close()


@contextmanager
def index() -> Iterator[PostIndex]:
    """The index of posts, set up."""
    from posts.engines import open_index

    opened = open_index(settings())
    try:
        opened.setup()
        yield opened
    finally:
        opened.close()


def actor() -> str:
    """Whom the audit log names for a change made at the terminal: the account on this machine."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli"


def moment(text: str) -> datetime:
    """A moment as people type it, `2026-11-02` or `2026-11-02T14:30`, in China's time unless it names a zone.

    >>> moment("2026-11-02 14:30").isoformat()
    '2026-11-02T06:30:00+00:00'
    """
    try:
        return to_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise InputError(
            zh=f"看不懂时间 {text!r}：请写成 2026-11-02 或 2026-11-02T14:30",
            en=f"cannot read the time {text!r}: write it as 2026-11-02 or 2026-11-02T14:30",
        ) from error


def acting_person(session: Session, username: str) -> str:
    """The user name of the active person in whose name a step is taken; raises InputError for one who is not there."""
    from core.people import find_person

    person = find_person(session, username)
    if person is None or not person.active:
        raise InputError(
            zh=f"没有在职的用户 {username}：请用 yushao people list 查看，或 yushao people add 新增",
            en=f"there is no active person {username}: see yushao people list, or add one by yushao people add",
        )
    return person.username
