"""Crawl one source, in a process of its own: it can be stopped at any moment, and a second crawl can follow in this one.

What a crawl did is read from its record in the database, never from its output. A process that dies without a report is
recorded as a failed crawl; what it had deposited stays, and as the source's state did not move, the next crawl reads it again.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from core import clock
from core.clock import shown
from core.database import Database, open_database
from core.errors import StateError
from core.ids import new_id
from core.settings import Settings, SourceSettings
from crawlers.exit_codes import BUSY
from crawlers.findings import INTERRUPTED, Finding
from crawlers.job import configured_source
from crawlers.lock import crawls_folder, source_lock
from crawlers.runs import abandon_run, newest_run
from crawlers.sources import present_status, stale_detail
from crawlers.status import SourceStatus
from crawlers.tables import CrawlRun, SourceState

START_UP_SECONDS = 60
REQUESTS = 6
"""robots.txt and the page, each with two retries."""


@dataclass(frozen=True, slots=True)
class CrawlOutcome:
    """What one crawl did: `posts` were put into the inbox, `quarantined` could not be read. A blocked source is an outcome.

    One that `crashed` (killed, timed out, broken) is worth another try.
    """

    source: str
    status: SourceStatus
    posts: int
    quarantined: int
    seconds: float
    detail_zh: str
    detail_en: str
    crashed: bool = False


def crawl(source: str, settings: Settings, *, limit_seconds: float | None = None) -> CrawlOutcome:
    """Crawl a source now and wait for it; after `limit_seconds` its process is killed, with all that it started.

    Where another process crawls the same source, its crawl is waited for and is the outcome. A site that asked for patience
    is not visited before the time that it named. Raises InputError for an unknown source, StateError for a paused one.
    """
    configured = configured_source(settings, source)
    limit = time_limit(settings) if limit_seconds is None else limit_seconds
    started = time.monotonic()
    database = open_database(settings.database_url)
    try:
        database.check()
        with database.reading() as session:
            state = session.get(SourceState, source)
            _refuse_paused(state)
            if state is not None and state.retry_after is not None and state.retry_after > clock.now():
                return CrawlOutcome(source, SourceStatus.BLOCKED, 0, 0, 0.0, *_waiting(state))
        run_id = new_id()
        ending = _run_child(source, run_id, settings, limit)
        run = (
            _joined(database, configured, settings, limit) if ending is None else _settled(database, configured, run_id, ending)
        )
        crashed = ending is not None and run.detail_en == ending.en
        with database.reading() as session:
            return _outcome(session, run, crashed, time.monotonic() - started, settings.crawl.stale_after)
    finally:
        database.close()


def time_limit(settings: Settings) -> float:
    """Seconds that a crawl may take: its start-up, and every request it may make waiting for its full time."""
    return START_UP_SECONDS + REQUESTS * (settings.crawl.timeout_seconds + settings.crawl.delay_seconds)


def _run_child(source: str, run_id: str, settings: Settings, limit: float) -> Finding | None:
    """Run the crawl's process; what to report where it did not itself, None where the source is being crawled already."""
    log = crawls_folder(settings.home) / f"{source}.log"
    command = [sys.executable, "-P", "-m", "crawlers", source, "--run", run_id, "--settings-from-stdin"]
    # Its own alarm rings later than ours: it is for the case that this process is gone.
    command += ["--limit", str(math.ceil(limit) + 5)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=output, env=_environment(), start_new_session=True
        )
        try:
            process.communicate(settings.model_dump_json().encode(), timeout=limit)
        except subprocess.TimeoutExpired:
            return _timed_out(limit)
        finally:
            _kill(process)
    return None if process.returncode == BUSY else _unreported(process.returncode, log)


def _environment() -> dict[str, str]:
    """The child must import these very modules, wherever this process was started."""
    here = str(Path(__file__).parents[1])
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))}


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _joined(database: Database, source: SourceSettings, settings: Settings, limit: float) -> CrawlRun:
    """The crawl that another process was at, once it is over."""
    with source_lock(settings.home, source.name, wait_seconds=limit) as is_over:
        if not is_over:
            raise StateError(
                zh=f"信源 {source.name} 一直在被另一个进程抓取（超过 {limit:.0f} 秒）；请稍后再试",
                en=f"source {source.name} is still being crawled by another process after {limit:.0f} s; try again later",
            )
        with database.reading() as session:
            run = newest_run(session, source.name)
        return _settled(database, source, run.id if run else new_id(), INTERRUPTED)


def _settled(database: Database, source: SourceSettings, run_id: str, ending: Finding) -> CrawlRun:
    """The crawl's record; one that did not report is recorded as failed, by `ending`."""
    with database.writing() as session:
        return abandon_run(session, source, run_id, ending, clock.now())


def _outcome(session: Session, run: CrawlRun, crashed: bool, seconds: float, stale_after: timedelta) -> CrawlOutcome:
    detail = (run.detail_zh, run.detail_en)
    newest = session.get_one(SourceState, run.source).newest_item_at
    status = present_status(SourceStatus(run.status), newest, clock.now(), stale_after)
    if status is SourceStatus.STALE and newest is not None:
        detail = stale_detail(newest)
    return CrawlOutcome(run.source, status, run.posts, run.quarantined, seconds, *detail, crashed=crashed)


def _refuse_paused(state: SourceState | None) -> None:
    if state is not None and state.paused:
        raise StateError(
            zh=f"信源 {state.name} 已暂停；请先运行 yushao sources resume {state.name}",
            en=f"source {state.name} is paused; run yushao sources resume {state.name} first",
        )


def _waiting(state: SourceState) -> tuple[str, str]:
    assert state.retry_after is not None
    until = shown(state.retry_after)
    return (
        f"{state.url} 要求 {until} 之前不要再来，因此没有抓取",
        f"{state.url} asks not to be visited before {until} (Shanghai), so it was not crawled",
    )


def _timed_out(limit: float) -> Finding:
    return Finding(
        SourceStatus.FAILED,
        f"{limit:.0f} 秒内没有抓完，已终止；已存的帖子仍在，下一次会重新抓取。若常见，请调大 crawl.timeout_seconds",
        f"not done within {limit:.0f} s and stopped; what it had stored is kept, and the next crawl reads it again. "
        "If this is common, raise crawl.timeout_seconds",
    )


def _unreported(code: int, log: Path) -> Finding:
    if code < 0:
        name = signal.Signals(-code).name
        return Finding(SourceStatus.FAILED, f"{INTERRUPTED.zh}（{name}）", f"{INTERRUPTED.en} ({name})")
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")[:300]
    return Finding(
        SourceStatus.FAILED,
        f"抓取进程异常退出（代码 {code}）：{last}；日志：{log}",
        f"the crawl's process ended with code {code}: {last}; its log: {log}",
    )
