"""Keep a handful of long-lived processes going: start, wait until each answers, restart what dies, stop all in order."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from core.errors import UnavailableError

RESTARTS = 3
BACKOFF_SECONDS = (1.0, 2.0, 4.0)
STEADY_SECONDS = 60.0
"""A process that ran this long before it died has its restarts counted from none again."""
WATCH_SECONDS = 0.2
STOP_SECONDS = 8

Say = Callable[[str, str], None]
"""Tells the operator something, given in Chinese and in English."""


@dataclass(frozen=True, slots=True)
class Service:
    """A process to keep going; `is_ready` asks whether it answers, `ready_seconds` is how long that may take."""

    name: str
    command: Sequence[str]
    is_ready: Callable[[], bool] = lambda: True
    ready_seconds: float = 90.0


@dataclass(slots=True)
class Running:
    service: Service
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    restarts: int = 0


class Supervisor:
    """The services of one `yushao up`, in the order in which they were started; they are stopped in the reverse order.

    Each runs under `deploy.guarded`: in a process group of its own, which a Ctrl-C in the terminal does not reach and which
    ends with this process even where that is killed. What a service prints goes to `<logs>/<name>.log`.
    """

    def __init__(self, logs: Path, *, environment: Mapping[str, str], say: Say) -> None:
        self._logs = logs
        self._environment = dict(environment)
        self._say = say
        self._running: list[Running] = []

    def start(self, service: Service) -> None:
        """Start `service` without waiting for it."""
        self._running.append(Running(service, self._spawn(service)))

    def wait_until_ready(self, stop: Event, *, only: Service | None = None) -> None:
        """Wait for every service in turn, or for one; raises UnavailableError, with the log's last lines, where it fails."""
        for running in self._running:
            if only in (None, running.service):
                self._wait_for(running, stop)

    def watch(self, stop: Event) -> None:
        """Restart what dies until `stop` is set; raises UnavailableError for what died again after three restarts."""
        while not stop.wait(WATCH_SECONDS):
            for running in self._running:
                if running.process.poll() is not None:
                    self._revive(running, stop)

    def stop(self) -> None:
        """Stop everything, last started first, within seconds each; nothing is left behind."""
        for running in reversed(self._running):
            running.process.terminate()
            running.process.wait()
        self._running.clear()

    def log_of(self, service: Service) -> Path:
        return self._logs / f"{service.name}.log"

    def _spawn(self, service: Service) -> subprocess.Popen[bytes]:
        self._logs.mkdir(parents=True, exist_ok=True)
        guard = [sys.executable, "-m", "deploy.guarded", str(os.getpid()), "--grace", str(STOP_SECONDS)]
        with self.log_of(service).open("ab") as log:
            return subprocess.Popen(
                [*guard, *service.command],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _wait_for(self, running: Running, stop: Event) -> None:
        service = running.service
        deadline = time.monotonic() + service.ready_seconds
        told = False
        while not stop.is_set() and not service.is_ready():
            if running.process.poll() is not None:
                raise self._failure(service, zh="没有启动起来", en="did not start")
            if time.monotonic() > deadline:
                seconds = f"{service.ready_seconds:.0f}"
                raise self._failure(service, zh=f"{seconds} 秒内没有应答", en=f"did not answer within {seconds} seconds")
            if not told:
                self._say(f"等待 {service.name} …", f"waiting for {service.name} …")
                told = True
            stop.wait(WATCH_SECONDS)

    def _revive(self, running: Running, stop: Event) -> None:
        service = running.service
        if time.monotonic() - running.started > STEADY_SECONDS:
            running.restarts = 0
        if running.restarts == RESTARTS:
            raise self._failure(service, zh=f"重启 {RESTARTS} 次后仍然退出", en=f"still exits after {RESTARTS} restarts")
        pause, code, log = BACKOFF_SECONDS[running.restarts], running.process.returncode, self.log_of(service)
        self._say(
            f"{service.name} 意外退出（退出码 {code}，日志 {log}），{pause:.0f} 秒后重启",
            f"{service.name} exited (code {code}, log {log}), restarting in {pause:.0f} s",
        )
        if not stop.wait(pause):
            running.restarts += 1
            running.process, running.started = self._spawn(service), time.monotonic()

    def _failure(self, service: Service, *, zh: str, en: str) -> UnavailableError:
        log = self.log_of(service)
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
        return UnavailableError(
            zh=f"{service.name} {zh}，日志 {log} 的末尾：\n{tail}", en=f"{service.name} {en}; {log} ends in:\n{tail}"
        )
