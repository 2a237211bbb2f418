"""The supervisor: what it starts answers, what dies is restarted, what is stopped is gone whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from core.errors import UnavailableError
from deploy.guarded import is_alive
from flows import supervisor as room
from flows.supervisor import Service, Supervisor

PATIENCE_SECONDS = 30

RUNS_ON = """
import os, pathlib, sys, time
pathlib.Path(sys.argv[1]).open("a").write(f"{os.getpid()}\\n")
time.sleep(600)
"""
"""Adds its process number to a file and stays."""

HAS_A_CHILD = """
import os, pathlib, subprocess, sys, time
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", stubborn])
pathlib.Path(sys.argv[1]).write_text(f"{os.getpid()}\\n{child.pid}\\n")
time.sleep(600)
"""
"""Starts a child that a SIGTERM does not stop."""


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


@pytest.fixture
def pids(tmp_path: Path) -> Path:
    return tmp_path / "pids"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr(room, "BACKOFF_SECONDS", (0.0, 0.0, 0.0))
    made = Supervisor(tmp_path / "logs", environment=os.environ, say=lambda zh, en: said.append(en))
    yield made
    made.stop()


def service(program: str, *arguments: object, name: str = "worker", **more: object) -> Service:
    return Service(name, [sys.executable, "-c", program, *map(str, arguments)], **more)  # type: ignore[arg-type]


def read(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def test_a_service_is_waited_for_until_it_answers(supervisor: Supervisor, pids: Path) -> None:
    supervisor.start(service(RUNS_ON, pids, is_ready=pids.exists))
    supervisor.wait_until_ready(Event())
    assert is_alive(read(pids)[0])


def test_waiting_ends_when_told_to_stop(supervisor: Supervisor) -> None:
    stop = Event()
    stop.set()
    supervisor.start(service(RUNS_ON, os.devnull, is_ready=lambda: False))
    supervisor.wait_until_ready(stop)


def test_a_service_that_exits_at_its_start_is_named_with_its_last_words(supervisor: Supervisor) -> None:
    supervisor.start(service("raise SystemExit('no such table')", is_ready=lambda: False))
    with pytest.raises(UnavailableError) as caught:
        supervisor.wait_until_ready(Event())
    assert "worker did not start" in caught.value.en
    assert "no such table" in caught.value.en
    assert "worker.log" in caught.value.en


def test_a_service_that_does_not_answer_in_time_is_named(supervisor: Supervisor, pids: Path) -> None:
    supervisor.start(service(RUNS_ON, pids, is_ready=lambda: False, ready_seconds=0.1))
    with pytest.raises(UnavailableError, match="worker"):
        supervisor.wait_until_ready(Event())


def test_a_killed_service_is_restarted_and_the_operator_told(supervisor: Supervisor, pids: Path, said: list[str]) -> None:
    stop = Event()
    supervisor.start(service(RUNS_ON, pids))
    until(lambda: len(read(pids)) == 1)
    watch = Thread(target=supervisor.watch, args=(stop,))
    watch.start()
    os.kill(read(pids)[0], signal.SIGKILL)
    until(lambda: len(read(pids)) == 2)
    stop.set()
    watch.join()
    assert "worker exited" in said[0]
    assert "worker.log" in said[0]


def test_a_service_that_keeps_dying_is_given_up_after_three_restarts(
    supervisor: Supervisor, pids: Path, said: list[str]
) -> None:
    dies = "import pathlib, sys; pathlib.Path(sys.argv[1]).open('a').write('1\\n'); sys.exit('broken')"
    supervisor.start(service(dies, pids))
    with pytest.raises(UnavailableError) as caught:
        supervisor.watch(Event())
    assert "worker still exits after 3 restarts" in caught.value.en
    assert "broken" in caught.value.en
    assert len(read(pids)) == 4
    assert len(said) == 3


def test_stopping_leaves_no_process_even_where_one_ignores_the_request(
    supervisor: Supervisor, pids: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor.start(service(HAS_A_CHILD, pids))
    until(lambda: len(read(pids)) == 2)
    supervisor.stop()
    until(lambda: not any(is_alive(pid) for pid in read(pids)))


def test_what_a_dead_service_left_in_its_group_is_gone_before_it_is_restarted(supervisor: Supervisor, pids: Path) -> None:
    stop = Event()
    supervisor.start(service(HAS_A_CHILD, pids))
    until(lambda: len(read(pids)) == 2)
    parent, child = read(pids)
    os.kill(parent, signal.SIGKILL)
    until(lambda: not is_alive(child))
    stop.set()


def test_services_are_stopped_in_the_reverse_order_of_their_start(supervisor: Supervisor, tmp_path: Path) -> None:
    tells = """
import pathlib, signal, sys, time
def stop(*_):
    pathlib.Path(sys.argv[1]).open("a").write(sys.argv[2] + "\\n")
    sys.exit()
signal.signal(signal.SIGTERM, stop)
pathlib.Path(sys.argv[3]).touch()
time.sleep(600)
"""
    order, ready = tmp_path / "order", [tmp_path / "ready-1", tmp_path / "ready-2"]
    for number, file in enumerate(ready):
        supervisor.start(service(tells, order, number, file, name=f"worker-{number}", is_ready=file.exists))
    supervisor.wait_until_ready(Event())
    supervisor.stop()
    assert order.read_text().split() == ["1", "0"]


def test_services_end_with_a_supervisor_that_is_killed(tmp_path: Path, pids: Path) -> None:
    supervises = f"""
import os, pathlib, sys, time
from flows.supervisor import Service, Supervisor
made = Supervisor(pathlib.Path({str(tmp_path / "logs")!r}), environment=os.environ, say=print)
made.start(Service("worker", [sys.executable, "-c", {RUNS_ON!r}, {str(pids)!r}]))
time.sleep(600)
"""
    owner = subprocess.Popen([sys.executable, "-c", supervises])
    try:
        until(lambda: len(read(pids)) == 1)
    finally:
        owner.kill()
        owner.wait()
    until(lambda: not is_alive(read(pids)[0]))
