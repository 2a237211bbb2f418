"""Seconds from `yushao up` on an empty home to the first alert on the console's page, as a browser would fetch it."""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from bench import table

LIMIT_SECONDS = 300
GOAL = "within 120 s"


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Start everything in a fresh folder, sign in, reload the alert list until it shows an alert, stop everything."""
    with tempfile.TemporaryDirectory(prefix="yushao-bench-") as folder:
        environment = os.environ | {"YUSHAO_HOME": f"{folder}/home", "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
        log = Path(folder) / "up.log"
        began = time.perf_counter()
        with log.open("w") as handle:
            process = subprocess.Popen([sys.executable, "-m", "cli", "up"], stdout=handle, stderr=handle, env=environment)
        try:
            seconds = _seconds_to_first_alert(process, log, began)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
    result = {"console s": seconds[0], "first alert s": seconds[1]}
    table.show("seconds from `yushao up`", {"drill": {**result, "goal": GOAL}})
    return result


def _seconds_to_first_alert(process: subprocess.Popen[bytes], log: Path, began: float) -> tuple[float, float]:
    address, username, password = _wait(process, log, began, lambda: _logins(log.read_text()))
    reached = time.perf_counter() - began
    with httpx.Client(base_url=address, follow_redirects=True, headers={"origin": address}) as browser:
        browser.post("/sign-in", data={"username": username, "password": password})
        _wait(process, log, began, lambda: "/alerts/" in browser.get("/alerts").text)
    return reached, time.perf_counter() - began


def _wait(process: subprocess.Popen[bytes], log: Path, began: float, attempt: Any) -> Any:
    while not (found := attempt()):
        if process.poll() is not None or time.perf_counter() - began > LIMIT_SECONDS:
            raise RuntimeError(f"no first alert: {log.read_text()[-2000:]}")
        time.sleep(0.5)
    return found


def _logins(printed: str) -> tuple[str, str, str] | None:
    """The console's address and the first login, once `yushao up` has printed them."""
    address = re.search(r"http://[\d.]+:\d+", printed)
    login = re.search(r"\b(lead)\b\W+([a-z2-9]{4}(?:-[a-z2-9]{4}){3})", printed)
    return (address.group(), login.group(1), login.group(2)) if address and login else None
