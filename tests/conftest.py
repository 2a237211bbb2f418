"""Fixtures that every room's tests share: settings in a folder of their own, a fresh database on each engine, made-up posts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher

from core import errors, people
from core.database import Database, migrate, open_database
from core.post import Post, PostKind
from core.settings import SearchSettings, Settings
from posts.elastic import ElasticIndex
from posts.index import PostIndex
from posts.sqlite import SqliteIndex
from sentiment.linear_scorer import LinearScorer
from sentiment.model import SHIPPED
from sentiment.scorer import Scorer
from tests.servers import shared

pytest_plugins = [
    "tests.command_line",
    "tests.servers.postgres",
    "tests.servers.elasticsearch",
    "tests.servers.prefect",
    "tests.servers.chromium",
]

# Machines differ and are noisy: no test fails for being slow.
hypothesis.settings.register_profile("yushao", deadline=None)
hypothesis.settings.load_profile("yushao")

# Files that live in memory, on Linux.
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 2 * 2**30

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    # Tables are as wide as the terminal; what a test reads of one must not depend on where it runs.
    os.environ["COLUMNS"] = "200"
    # Thousands of small commits need not each wait for a disk: no test cuts the power.
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    if not hasattr(config, "workerinput"):
        shared.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shared.end_run()


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A developer's own YUSHAO_ variables and yushao.toml must not reach the tests."""
    for name in os.environ:
        if name.startswith("YUSHAO_") and not name.startswith("YUSHAO_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def costly_hasher() -> Iterator[PasswordHasher]:
    """The product's hasher of passwords, which is slow on purpose; a light one stands in for it in this process."""
    costly, light = people._hasher(), PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "_hasher", lambda: light)
        yield costly


@pytest.fixture(autouse=True)
def chinese_messages() -> Iterator[None]:
    """Messages are in Chinese, as at the start of a process, whatever language the test before ended in."""
    before = errors.language.set("zh")
    yield
    errors.language.reset(before)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", secret_key="test-key-test-key-test-key", language="en")


def fresh_database(url: str) -> Database:
    """The database at `url`, brought to the newest schema."""
    database = open_database(url)
    migrate(database)
    return database


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with the newest schema, made once, to be copied."""
    file = tmp_path_factory.mktemp("schema") / "yushao.db"
    fresh_database(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def sqlite_database(settings: Settings, migrated_sqlite: Path) -> Iterator[Database]:
    """A fresh state database on SQLite: for tests of logic above the database."""
    settings.home.mkdir(parents=True, exist_ok=True)
    shutil.copy(migrated_sqlite, settings.home / "yushao.db")
    database = open_database(settings.database_url)
    yield database
    database.close()


@pytest.fixture
def postgresql_database(migrated_postgresql_url: str) -> Iterator[Database]:
    database = open_database(migrated_postgresql_url)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh state database, on SQLite and on PostgreSQL in turn: for tests of what is stored."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


@pytest.fixture(params=["sqlite", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def either_index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostIndex]:
    """A fresh index, on the embedded engine and on Elasticsearch in turn."""
    opened: PostIndex
    if request.param == "sqlite":
        opened = SqliteIndex(tmp_path / "posts.db")
    else:
        address, prefix = request.getfixturevalue("elasticsearch_url"), request.getfixturevalue("elasticsearch_prefix")
        opened = ElasticIndex(SearchSettings(engine="elasticsearch", url=address, prefix=prefix))
    opened.setup()
    yield opened
    opened.close()


@pytest.fixture
def make_post() -> Any:
    """Make a Post of the made-up brand 星海茶饮; every field can be given."""
    made = 0

    def make(text: str = "在星海茶饮喝出异物", **fields: Any) -> Post:
        nonlocal made
        made += 1
        defaults: dict[str, Any] = {
            "platform": "weibo",
            "native_id": str(1000 + made),
            "kind": PostKind.POST,
            "text": text,
            "published_at": NOON + timedelta(minutes=made),
            "source": "test",
        }
        values = defaults | fields
        values.setdefault("seen_at", values["published_at"])
        return Post(**values)

    return make


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    """The shipped model, loaded once a run."""
    return LinearScorer(SHIPPED)
