"""`yushao up` refuses what cannot work with one message that names the thing, and leaves nothing running."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.ports import free_port
from flows.home import only_one

pytestmark = pytest.mark.processes


def up(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables, "YUSHAO_HOME": str(home), "YUSHAO_LANGUAGE": "en"}
    return subprocess.run(
        [sys.executable, "-m", "cli", "up", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_second_start_on_one_home_is_refused(tmp_path: Path) -> None:
    with only_one(tmp_path):
        told = up(tmp_path)
    assert told.returncode == 1
    assert f"already runs on {tmp_path}" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("section", ["console", "prefect"])
def test_a_taken_port_that_was_set_is_named(tmp_path: Path, section: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        told = up(tmp_path, **{f"YUSHAO_{section.upper()}_PORT": port})
    assert told.returncode == 1
    assert f"{section}.port is set to {port}, which is in use" in told.stderr
    assert not (tmp_path / "logs").exists()


def test_an_unreachable_elasticsearch_that_was_named_stops_the_start(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    told = up(tmp_path, "--engine", "elasticsearch", YUSHAO_SEARCH_URL=url, YUSHAO_SEARCH_TIMEOUT_SECONDS="1")
    assert told.returncode == 1
    assert url in told.stderr
    assert not (tmp_path / "logs").exists()


def test_a_settings_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    told = up(tmp_path, "--config", str(tmp_path / "none.toml"))
    assert told.returncode == 1
    assert "none.toml" in told.stderr
