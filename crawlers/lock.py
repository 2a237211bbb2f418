"""One crawl of a source at a time on one machine: a file lock, which the system lets go of however its holder dies."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PAUSE = 0.1


def crawls_folder(home: Path) -> Path:
    """Where each source's lock and the log of its last crawl lie."""
    folder = home / "crawls"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def source_lock(home: Path, source: str, *, wait_seconds: float = 0) -> Iterator[bool]:
    """Hold the source's lock; the value is False where another process still holds it after `wait_seconds`."""
    with (crawls_folder(home) / f"{source}.lock").open("w") as file:
        until = time.monotonic() + wait_seconds
        while not (held := _taken(file.fileno())) and time.monotonic() < until:
            time.sleep(_PAUSE)
        yield held


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
