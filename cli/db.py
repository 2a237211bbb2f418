"""`yushao db`: the state database's schema."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import typer

from cli.base import out, settings
from core.database import Base, Database, alembic_config, migrate, open_database, schema_versions

app = typer.Typer(help="数据库 · the state database", no_args_is_help=True)

ROOMS_WITH_TABLES = (
    "core.audit",
    "core.people",
    "posts.tables",
    "crawlers.tables",
    "monitoring.tables",
    "alerts.life.tables",
    "alerts.duty.tables",
    "alerts.policies.tables",
    "statements.tables",
)


@app.command()
def upgrade() -> None:
    """升级到最新结构 · bring the schema to the newest version; safe to run again."""
    database = _database()
    migrate(database)
    _print_status(database)


@app.command()
def status() -> None:
    """查看结构版本 · which version the schema has and which is the newest; exit code 1 where they differ."""
    database = _database()
    database.check()
    if not _print_status(database):
        raise typer.Exit(1)


@app.command()
def revision(
    message: str = typer.Option(..., "--message", "-m", help="what changes, in a few words"),
) -> None:
    """新增迁移（开发者） · write a migration from what the tables have become, for developers."""
    from alembic import command

    for room in ROOMS_WITH_TABLES:
        import_module(room)
    config = alembic_config(_database())
    config.attributes["metadata"] = Base.metadata
    versions = Path(config.get_main_option("script_location")) / "versions"
    script = command.revision(config, message, autogenerate=True, rev_id=f"{len(list(versions.glob('*.py'))) + 1:04d}")
    out.print(str(getattr(script, "path", script)))


def _database() -> Database:
    return open_database(settings().database_url)


def _print_status(database: Database) -> bool:
    """Print the two versions; whether they are the same."""
    current, newest = schema_versions(database)
    address = database.engine.url.render_as_string(hide_password=True)
    out.print(f"{address}\n当前 current: {current or '—'}\n最新 newest:  {newest or '—'}")
    return current == newest
