"""A real PostgreSQL: `YUSHAO_TEST_POSTGRESQL_URL` where set, else one made by `initdb` for the run."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from core.database import migrate, open_database
from core.ids import new_id
from deploy.ports import free_port
from tests.servers import shared

# In the role of a replica neither the audit log's guards nor foreign keys ask what is deleted.
EMPTY = """
DO $$ DECLARE name text; BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', name);
    END LOOP;
END $$
"""


@pytest.fixture(scope="session")
def postgresql_server() -> str:
    """The address of a server on which databases may be made, as a superuser, ending in its host."""
    if given := os.environ.get("YUSHAO_TEST_POSTGRESQL_URL"):
        return given.rstrip("/")
    if not _program("initdb"):
        shared.unavailable("PostgreSQL is not installed here (no initdb): install Debian's package postgresql")
    return shared.once("postgresql", _start)


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """A fresh, empty database, dropped afterwards."""
    with _new_database(postgresql_server) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str) -> Iterator[str]:
    """A database with the newest schema, made once for all tests of this process."""
    with _new_database(postgresql_server) as url:
        database = open_database(url)
        migrate(database)
        database.close()
        yield url


@pytest.fixture
def migrated_postgresql_url(migrated_postgresql: str) -> str:
    """A database with the newest schema and no rows, whatever the test before left: emptying one is quicker than making one."""
    with psycopg.connect(migrated_postgresql) as connection:
        connection.execute(EMPTY)
    return migrated_postgresql


@contextmanager
def _new_database(server: str) -> Iterator[str]:
    name = f"test_{new_id()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        yield f"{server}/{name}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _start(folder: Path) -> tuple[str, int]:
    user = _user()
    if user:
        shutil.chown(folder, user)
    data, port = folder / "data", free_port()
    run_as = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    initdb = [
        _program("initdb"),
        "-D",
        str(data),
        "-U",
        "postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **run_as)
    serve = [_program("postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", str(folder), "-c", "fsync=off"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.guarded", str(shared.owner()), *(["--user", user] if user else []), *serve],
            cwd=Path(__file__).parents[2],
            stdout=log,
            stderr=log,
        )
    address = f"postgresql://postgres@127.0.0.1:{port}"
    _wait(address, folder / "server.log")
    return address, process.pid


def _wait(address: str, log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"{address}/postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise RuntimeError(log.read_text()) from None
            time.sleep(0.1)
        else:
            return


def _user() -> str | None:
    """PostgreSQL refuses to run as root; started by root, it runs as another user."""
    if os.getuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _program(name: str) -> str:
    if found := shutil.which(name):
        return found
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    return str(versions[-1]) if versions else ""
