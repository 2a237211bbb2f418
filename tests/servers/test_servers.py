"""The servers that other tests stand on."""

from __future__ import annotations

import signal
import subprocess
import sys

import psycopg
import pytest

from deploy.elasticsearch_server import is_healthy


@pytest.mark.postgresql
def test_a_test_gets_an_empty_postgresql_database(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables == (0,)


@pytest.mark.elasticsearch
def test_a_test_gets_a_real_elasticsearch(elasticsearch_url: str) -> None:
    assert is_healthy(elasticsearch_url)


def test_a_guarded_command_stops_when_its_owner_is_killed() -> None:
    owner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    guard = subprocess.Popen([sys.executable, "-m", "deploy.guarded", str(owner.pid), "sleep", "60"])
    owner.kill()
    owner.wait()
    try:
        assert guard.wait(timeout=20) in (0, -signal.SIGTERM)
    finally:
        guard.kill()
