"""Connections to the embedded index: as many as there are callers at one moment, used again, closed together."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import UnavailableError

_PRAGMAS = (
    "busy_timeout=30000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "cache_size=-32768",  # 32 MB
    "temp_store=MEMORY",
    # 32 MB: ids come in no order, so a batch touches pages all over, and the same ones again and again.
    "wal_autocheckpoint=8000",
)


class Connections:
    """One file's connections. A reader sees one moment of the index, and never waits for the writer; writers take turns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: deque[sqlite3.Connection] = deque()
        self._writer = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction of its own, so that every query in the block sees the same posts."""
        with self._borrowed("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction that is on disk at the end of the block, or, after an error, never was."""
        with self._writer, self._borrowed("BEGIN IMMEDIATE") as connection:
            yield connection

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _borrowed(self, begin: str) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._take()
            try:
                connection.execute(begin)
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.rollback()
                self._idle.append(connection)
        except (sqlite3.DatabaseError, OSError) as error:
            raise self._unavailable(error) from error

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._open()

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # No implicit BEGIN: the blocks above say when a transaction starts. A connection has one user at a time, in any thread.
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    def _unavailable(self, error: Exception) -> UnavailableError:
        return UnavailableError(
            zh=f"无法使用检索库 {self.path}：{error}；请检查该文件的权限、磁盘空间，以及它是否由 yushao 建立",
            en=f"cannot use the search index {self.path}: {error}; check its permissions, the disk, and that yushao made it",
        )
