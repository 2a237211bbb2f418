"""Collect: crawl every source that is due, each in a process of its own; what came waits in the inbox."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow, task
from prefect.futures import wait
from prefect.task_runners import ThreadPoolTaskRunner

from core.clock import now, shown
from core.database import open_database
from core.errors import UnavailableError, either
from crawlers import runner, sources
from crawlers.runner import CrawlOutcome
from crawlers.sources import SourceReport
from flows.artifacts import show, table
from flows.stores import IO_TASK, configured

CRAWLS_AT_ONCE = 4


@flow(name="collect", task_runner=ThreadPoolTaskRunner(max_workers=CRAWLS_AT_ONCE))  # type: ignore[arg-type]  # Prefect's own invariance
def collect(only: list[str] | None = None) -> list[CrawlOutcome]:
    """采集：抓取到期的信源，或 `only` 指名的信源。Crawl the sources that are due, or those named in `only`.

    A source that is blocked, empty or stale is shown as such and fails nothing; a crawl that crashed is tried again, and
    fails the run in the end, after the others were crawled and shown.
    """
    configured()
    names = only or due_sources()
    futures = crawl.map(names)
    wait(futures)
    outcomes = [future.result() for future in futures if future.state.is_completed()]
    show_sources(outcomes, source_reports())
    for future in futures:
        future.result()
    return outcomes


@task(name="due-sources", **IO_TASK)
def due_sources() -> list[str]:
    """The sources to crawl now, once the table of sources says what the settings say."""
    settings = configured()
    database = open_database(settings.database_url)
    try:
        with database.writing() as session:
            sources.sync_sources(session, settings.sources, now())
            return sources.due_sources(session, now())
    finally:
        database.close()


@task(name="crawl", task_run_name="crawl-{source}", **IO_TASK)
def crawl(source: str) -> CrawlOutcome:
    """Crawl one source. It has its own time limit, which ends its process; raises UnavailableError where that crashed."""
    outcome = runner.crawl(source, configured())
    if outcome.crashed:
        raise UnavailableError(zh=f"信源 {source}：{outcome.detail_zh}", en=f"source {source}: {outcome.detail_en}")
    return outcome


@task(name="source-reports", **IO_TASK)
def source_reports() -> list[SourceReport]:
    """Every source as it stands now."""
    settings = configured()
    database = open_database(settings.database_url)
    try:
        with database.reading() as session:
            return sources.source_reports(session, now=now(), stale_after=settings.crawl.stale_after)
    finally:
        database.close()


def show_sources(outcomes: Sequence[CrawlOutcome], reports: Sequence[SourceReport]) -> None:
    """The run's artifact: each source with its state, and what this run brought of it."""
    brought = {outcome.source: outcome for outcome in outcomes}
    header = either("信源 状态 本次帖子 隔离 最近成功 说明", "source status posts quarantined last-success detail").split()
    rows = [
        (
            report.name,
            either("已暂停", "paused") if report.paused else report.status,
            brought[report.name].posts if report.name in brought else "—",
            brought[report.name].quarantined if report.name in brought else "—",
            shown(report.last_success_at) if report.last_success_at else "—",
            either(report.detail_zh, report.detail_en),
        )
        for report in reports
    ]
    posts = sum(outcome.posts for outcome in outcomes)
    show(
        "sources",
        either(f"采集：{len(outcomes)} 个信源，{posts} 条帖子", f"Collected: {len(outcomes)} sources, {posts} posts"),
        table(header, rows),
    )
