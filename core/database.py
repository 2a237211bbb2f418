"""The state database: one SQLAlchemy engine, SQLite in WAL mode or PostgreSQL, and its migrations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from core.errors import SettingError, StateError, UnavailableError


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, in UTC on both engines; SQLite itself keeps no zone. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone cannot be stored: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every room's tables: one schema, migrated as one."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcDateTime}


class Database:
    """Sessions on the state database. One object a process; cheap to make, connections open on use."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are committed together at the end of the block, or not at all."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            if self.engine.dialect.name == "sqlite":
                # Take the write lock at once: a read lock that is raised later fails under contention instead of waiting.
                session.execute(text("BEGIN IMMEDIATE"))
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for queries; whatever it changes is thrown away."""
        with Session(self.engine, expire_on_commit=False) as session:
            if self.engine.dialect.name == "sqlite":
                session.execute(text("BEGIN"))
            yield session

    def check(self) -> None:
        """Raise UnavailableError where the database cannot be reached."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except OperationalError as error:
            address = self.engine.url.render_as_string(hide_password=True)
            raise UnavailableError(
                zh=f"连不上数据库 {address}：{error.orig}；请检查 database.url 与数据库服务",
                en=f"cannot reach the database {address}: {error.orig}; check database.url and the server",
            ) from error

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str) -> Database:
    """The database at `url` (SQLite or PostgreSQL); nothing is connected yet. Raises SettingError for a wrong address."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _wrong_address(url) from error
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return Database(_sqlite(parsed))
    if backend == "postgresql":
        return Database(create_engine(parsed, pool_pre_ping=True))
    raise _wrong_address(url)


def migrate(database: Database) -> None:
    """Bring the schema to the newest version; safe to run again, and from two processes at once on PostgreSQL."""
    from alembic import command

    database.check()
    command.upgrade(alembic_config(database), "head")


def require_schema(database: Database) -> None:
    """See that the schema is the newest: SQLite is migrated here, a PostgreSQL that is behind raises StateError."""
    if database.engine.dialect.name == "sqlite":
        migrate(database)
        return
    database.check()
    current, newest = schema_versions(database)
    if current != newest:
        raise StateError(
            zh=f"数据库结构为 {current or '空'}，需要 {newest}：请先运行 yushao db upgrade",
            en=f"the database schema is at {current or 'nothing'}, {newest} is needed: run yushao db upgrade first",
        )


def schema_versions(database: Database) -> tuple[str | None, str | None]:
    """The version that the schema has (None for an empty database) and the newest there is."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with database.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current, ScriptDirectory.from_config(alembic_config(database)).get_current_head()


def alembic_config(database: Database) -> Any:
    """Alembic's configuration for `database`, with the scripts in `core/migrations`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["engine"] = database.engine
    return config


def _sqlite(url: Any) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, record: Any) -> None:
        # The driver's own implicit BEGIN is off, so that `writing` decides when a transaction starts.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _wrong_address(url: str) -> SettingError:
    scheme = url.partition(":")[0]
    return SettingError(
        zh=f"database.url 的形式不对（{scheme}:…）：应为 sqlite:///路径 或 postgresql://用户:密码@主机/库名",
        en=f"database.url is malformed ({scheme}:…): it must be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME",
    )
