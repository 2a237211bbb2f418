"""What every command shares: settings, the opened stores, and how an error reaches the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from rich.console import Console

from core.settings import Settings, load_settings

if TYPE_CHECKING:
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
    """The state database, ready for use: SQLite is migrated on the way, PostgreSQL must have been (`yushao db upgrade`)."""
    from core.database import open_database, require_schema

    database = open_database(settings().database_url)
    try:
        require_schema(database)
        yield database
    finally:
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
