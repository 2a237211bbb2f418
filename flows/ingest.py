"""Ingest: from the inbox to the index, matched and scored; changed brands find their past posts, and corrections theirs."""

from __future__ import annotations

from prefect import flow, task

from core.clock import now
from core.errors import either
from flows.artifacts import facts, show
from flows.stores import IO_TASK, configured, opened
from monitoring import ingest as room
from monitoring.amending import amend_owing
from monitoring.ingest import IngestReport
from monitoring.rematch import RematchReport, rematch_changed_brands
from posts import inbox
from posts.inbox import Backlog
from sentiment.scorer import open_scorer
from sentiment.stance import in_use


@flow(name="ingest")
def ingest() -> IngestReport:
    """入库：收件箱 → 匹配品牌 → 评分 → 索引。Match, score and index what waits in the inbox."""
    configured()
    report = ingest_inbox()
    rematched = rematch_brands()
    show_ingest(report, rematched, amend_corrected(), inbox_backlog())
    return report


@task(name="ingest-inbox", timeout_seconds=3600, **IO_TASK)
def ingest_inbox() -> IngestReport:
    """Drain the inbox; what the index has not confirmed stays there."""
    with opened() as stores:
        scorer = open_scorer(stores.settings)
        try:
            moment = now()
            since = stores.settings.retention.posts_since(moment)
            stances = in_use(stores.settings.stance_models_path)
            return room.ingest(stores.database, stores.index, scorer, now=moment, kept_since=since, stances=stances)
        finally:
            scorer.close()


@task(name="rematch-brands", timeout_seconds=3600, **IO_TASK)
def rematch_brands() -> RematchReport:
    """Match the posts already indexed to the brands that were added or changed since."""
    with opened() as stores:
        scorer = open_scorer(stores.settings)
        try:
            stances = in_use(stores.settings.stance_models_path)
            return rematch_changed_brands(stores.database, stores.index, scorer, now=now(), stances=stances)
        finally:
            scorer.close()


@task(name="amend-corrected", timeout_seconds=3600, **IO_TASK)
def amend_corrected() -> int:
    """Bring posts in line with corrections that could not be applied when they were made; the number of posts changed."""
    with opened() as stores:
        scorer = open_scorer(stores.settings)
        try:
            return amend_owing(stores.database, stores.index, scorer, stances=in_use(stores.settings.stance_models_path))
        finally:
            scorer.close()


@task(name="inbox-backlog", **IO_TASK)
def inbox_backlog() -> Backlog:
    """What still waits in the inbox."""
    with opened() as stores, stores.database.reading() as session:
        return inbox.backlog(session)


def show_ingest(report: IngestReport, rematched: RematchReport, amended: int, backlog: Backlog) -> None:
    """The run's artifact: what was taken from the inbox, what became of it, what still waits."""
    rows = [
        (either("取出帖子", "posts taken"), report.posts),
        (either("提及", "mentions"), report.mentions),
        (either("新入索引", "newly indexed"), report.indexed),
        (either("更新", "updated"), report.updated),
        (either("被拒（已隔离）", "rejected (quarantined)"), report.rejected),
        (either("不收（已删除的作者或超过保留期）", "withheld (erased author, or past retention)"), report.withheld),
        (either("重新匹配的品牌", "brands matched anew"), rematched.brands),
        (either("新增提及", "mentions gained"), rematched.gained),
        (either("减少提及", "mentions lost"), rematched.lost),
        (either("按纠正更改的帖子", "posts changed by corrections"), amended),
        (either("仍在收件箱", "still waiting"), backlog.posts),
    ]
    title = either(
        f"入库：{report.posts} 条帖子，{report.mentions} 条提及", f"Ingested: {report.posts} posts, {report.mentions} mentions"
    )
    show("ingest", title, facts(rows))
