"""The whole road as a user starts it: `yushao up` on an empty home, until the console shows the drill's alert and a draft."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from deploy.ports import free_port

ALERT_SECONDS = 150
STOP_SECONDS = 60
BRAND = "星海茶饮"

pytestmark = [pytest.mark.end_to_end, pytest.mark.prefect, pytest.mark.timeout(400)]


class Started:
    """A `yushao up` in a process of its own, and what it has printed."""

    def __init__(self, home: Path, environment: dict[str, str], *arguments: str) -> None:
        self.home = home
        self.printed = home.parent / "printed.txt"
        ports = {"YUSHAO_CONSOLE_PORT": str(free_port()), "YUSHAO_PREFECT_PORT": str(free_port())}
        self.console = f"http://127.0.0.1:{ports['YUSHAO_CONSOLE_PORT']}"
        with self.printed.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cli", "up", *arguments],
                env={**os.environ, **ports, **environment, "YUSHAO_HOME": str(home)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def password(self, username: str) -> str | None:
        """The password printed for the user, None before it is."""
        found = re.search(rf"{username}  (\S+)", self.printed.read_text(encoding="utf-8"))
        return found[1] if found else None

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.console}/healthz", timeout=30).is_success
        except httpx.TransportError:
            return False

    def until(self, condition: Callable[[], object], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, self.told()
            assert time.monotonic() < deadline, self.told()
            time.sleep(0.5)

    def told(self) -> str:
        """What it printed and logged, for a failure's report."""
        logs = [f"\n== {file.name}\n{file.read_text(errors='replace')[-3000:]}" for file in self.home.glob("logs/*.log")]
        return self.printed.read_text(encoding="utf-8") + "".join(logs)

    @contextmanager
    def signed_in(self, username: str) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=self.console, follow_redirects=True, timeout=30) as client:
            answer = client.post("/sign-in", data={"username": username, "password": self.password(username)})
            assert answer.status_code == 200, answer.text
            yield client

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_SECONDS)

    def processes(self) -> list[str]:
        """The command lines of all processes that know this home, from the system's own list."""
        lines = subprocess.run(["ps", "-eo", "pid,ppid,stat,args"], capture_output=True, text=True, check=True).stdout
        return [line for line in lines.splitlines() if self._is_ours(line)]

    def _is_ours(self, line: str) -> bool:
        pid, _, state, *_ = line.split()
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            return str(self.home) in line
        return not state.startswith("Z") and str(self.home).encode() in environment


@pytest.fixture(params=["sqlite", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def started(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Started]:
    environment = {}
    if request.param == "elasticsearch":
        environment = {
            "YUSHAO_SEARCH_URL": request.getfixturevalue("elasticsearch_url"),
            "YUSHAO_SEARCH_PREFIX": request.getfixturevalue("elasticsearch_prefix"),
        }
    begun = Started(tmp_path / "home", environment, "--engine", request.param)
    yield begun
    begun.process.kill()
    begun.process.wait()


def test_an_empty_home_comes_to_an_alert_and_a_draft_and_stops_without_a_trace(started: Started) -> None:
    started.until(lambda: started.password("zhiban") and started.answers(), ALERT_SECONDS)
    with started.signed_in("zhiban") as console:
        started.until(lambda: _alert(console), ALERT_SECONDS)
        assert BRAND in console.get(_alert(console)).text
        started.until(lambda: _draft(console), ALERT_SECONDS)
        assert BRAND in console.get(_draft(console)).text
    assert started.interrupt() == 0, started.told()
    assert started.processes() == []


def _alert(console: httpx.Client) -> str:
    """The address of the first alert in the list; empty before there is one."""
    return _link(console.get("/alerts").text, "alerts")


def _draft(console: httpx.Client) -> str:
    """The address of the first draft of the first case; empty before there is one."""
    case = _link(console.get("/cases").text, "cases")
    return _link(console.get(case).text, "drafts") if case else ""


def _link(page: str, room: str) -> str:
    found = re.search(rf'href="(/{room}/[0-9a-z]+)"', page)
    return found[1] if found else ""
