"""The console as a process of its own: it answers, it stops when told, it says why it cannot start."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from console.serve import listening
from core.errors import UnavailableError
from deploy.ports import free_port


def start(home: Path, port: int) -> subprocess.Popen[str]:
    given = {"YUSHAO_HOME": str(home), "YUSHAO_CONSOLE_PORT": str(port), "YUSHAO_LANGUAGE": "en"}
    return subprocess.Popen([sys.executable, "-m", "console"], env={**os.environ, **given}, stderr=subprocess.PIPE, text=True)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


@pytest.mark.processes
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_stops_without_an_error(tmp_path: Path, stop: signal.Signals) -> None:
    port = free_port()
    process = start(tmp_path / "home", port)
    try:
        while process.poll() is None and not answers(port):
            time.sleep(0.1)
        process.send_signal(stop)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, said) == (0, "")


def test_a_taken_address_is_named_with_the_setting_to_change() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        with pytest.raises(UnavailableError, match=f"cannot use 127.0.0.1:{port}|{port}"):
            listening("127.0.0.1", port)
