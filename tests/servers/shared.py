"""One server of each kind a test run, shared by all its workers, started by the first test that needs it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from filelock import FileLock

from deploy.guarded import is_alive

RUN_FOLDER = "YUSHAO_TEST_RUN_FOLDER"
RUN_OWNER = "YUSHAO_TEST_RUN_OWNER"
REQUIRE = "YUSHAO_TEST_REQUIRE"
"""Set to 1, what this machine lacks fails the tests that need it; else they are skipped with the reason."""


def begin_run() -> None:
    """Called once, in the process that started the run: workers inherit the folder and the owner's number."""
    folder = Path(tempfile.mkdtemp(prefix="yushao-test-"))
    folder.chmod(0o755)
    os.environ[RUN_FOLDER] = str(folder)
    os.environ[RUN_OWNER] = str(os.getpid())


def end_run() -> None:
    """Stop every server of the run and remove its files."""
    folder = run_folder()
    for note in folder.glob("*.json"):
        stop(json.loads(note.read_text())["pid"])
    shutil.rmtree(folder, ignore_errors=True)


def run_folder() -> Path:
    return Path(os.environ[RUN_FOLDER])


def owner() -> int:
    return int(os.environ[RUN_OWNER])


def once(name: str, start: Callable[[Path], tuple[str, int]]) -> str:
    """The address of the run's server `name`; `start` is given its folder and returns address and process number."""
    note = run_folder() / f"{name}.json"
    with FileLock(run_folder() / f"{name}.lock"):
        if not note.exists():
            folder = run_folder() / name
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
            address, pid = start(folder)
            note.write_text(json.dumps({"address": address, "pid": pid}))
    return str(json.loads(note.read_text())["address"])


def stop(pid: int) -> None:
    """Ask the process to stop and wait for it, at most 20 seconds."""
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + 20
    while is_alive(pid) and time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        time.sleep(0.05)


def unavailable(reason: str) -> NoReturn:
    """Skip with the reason, or fail where the run must have everything."""
    if os.environ.get(REQUIRE) == "1":
        pytest.fail(f"required, but cannot be had: {reason}", pytrace=False)
    pytest.skip(reason)
