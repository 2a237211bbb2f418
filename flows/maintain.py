"""Maintain: what is older than its retention is deleted, the audit log is verified, SQLite's files are kept in shape."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from prefect import flow, task

from core import audit
from core.audit import Verification
from core.errors import StateError, either
from crawlers import runs
from flows.artifacts import facts, show
from flows.stores import IO_TASK, configured, opened, scheduled_moment
from monitoring import corrections
from posts import erasure, quarantine


class Deleted(NamedTuple):
    """Numbers of posts past their retention, posts of erased authors, quarantined items and records of crawls."""

    posts: int
    erased: int
    quarantined: int
    crawls: int


@flow(name="maintain")
def maintain(at: datetime | None = None) -> None:
    """维护：按保留期删除、校验审计日志、整理 SQLite。Delete what is older at `at` (by default the time scheduled for this run)
    than its retention; verify the audit log; tidy SQLite's files. A broken audit log fails the run.
    """
    configured()
    moment = scheduled_moment(at)
    deleted = Deleted(discard_posts(moment), erase_authors(), discard_quarantine(moment), discard_crawls(moment))
    tidied = tidy_sqlite()
    verification = verify_audit()
    show_maintenance(deleted, tidied, verification)
    if verification.broken_at is not None:
        raise _broken(verification)


@task(name="discard-posts", timeout_seconds=3600, **IO_TASK)
def discard_posts(at: datetime) -> int:
    """Delete posts past their retention; the number deleted, 0 where they are kept for good."""
    with opened() as stores:
        since = stores.settings.retention.posts_since(at)
        return stores.index.delete_before(since) if since else 0


@task(name="erase-authors", timeout_seconds=3600, **IO_TASK)
def erase_authors() -> int:
    """Delete what came in of erased authors while their request was being made; the number deleted."""
    with opened() as stores:
        with stores.database.writing() as session:
            authors = erasure.erased_authors(session)
            corrections.forget_authors(session, authors)
        return erasure.erase(stores.index, authors)


@task(name="discard-quarantine", **IO_TASK)
def discard_quarantine(at: datetime) -> int:
    """Delete quarantined items and pages past their retention; the number deleted."""
    with opened() as stores, stores.database.writing() as session:
        return quarantine.discard_before(session, at - timedelta(days=stores.settings.retention.quarantine_days))


@task(name="discard-crawls", **IO_TASK)
def discard_crawls(at: datetime) -> int:
    """Delete the records of crawls past their retention; the number deleted."""
    with opened() as stores, stores.database.writing() as session:
        return runs.discard_before(session, at - timedelta(days=stores.settings.retention.crawls_days))


@task(name="verify-audit", timeout_seconds=3600, **IO_TASK)
def verify_audit() -> Verification:
    """Recompute the audit log's chain of hashes."""
    with opened() as stores, stores.database.reading() as session:
        return audit.verify(session)


@task(name="tidy-sqlite", **IO_TASK)
def tidy_sqlite() -> list[str]:
    """Fold the write-ahead log into each SQLite file that is in use, and refresh what its planner knows; the files' names."""
    with opened() as stores:
        url, engine = stores.database.engine.url, stores.settings.search.engine
        state = [Path(url.database)] if url.get_backend_name() == "sqlite" and url.database else []
        files = [*state, *([stores.settings.posts_path] if engine == "sqlite" else [])]
    for file in files:
        with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as connection:
            connection.execute("PRAGMA optimize")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return [file.name for file in files]


def show_maintenance(deleted: Deleted, tidied: list[str], verification: Verification) -> None:
    """The run's artifact: deletions, tidied files, and whether the audit log holds."""
    is_whole = verification.broken_at is None
    verdict = either("完好", "whole") if is_whole else either("已损坏", "BROKEN") + f" @ {verification.broken_at}"
    rows = [
        (either("删除过期帖子", "posts past retention deleted"), deleted.posts),
        (either("删除已申请删除的作者的帖子", "posts of erased authors deleted"), deleted.erased),
        (either("删除隔离项", "quarantined items deleted"), deleted.quarantined),
        (either("删除抓取记录", "records of crawls deleted"), deleted.crawls),
        (either("整理的 SQLite 文件", "SQLite files tidied"), ", ".join(tidied) or "—"),
        (either("审计条目", "audit entries"), verification.entries),
        (either("审计日志", "audit log"), verdict),
        (either("审计链末端", "audit head"), verification.head),
    ]
    show("maintenance", either("维护", "Maintenance"), facts(rows))


def _broken(verification: Verification) -> StateError:
    return StateError(
        zh=f"审计日志在第 {verification.broken_at} 条断裂（{verification.reason}）：请保全数据库，用 yushao audit verify 核对",
        en=f"the audit log breaks at entry {verification.broken_at} ({verification.reason}): "
        "secure the database and its backups, and check with yushao audit verify",
    )
