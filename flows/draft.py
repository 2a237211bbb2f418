"""Draft: every alert that asks for one gets its case, and every open case its drafts."""

from __future__ import annotations

from prefect import flow, task

from casework.open import DraftReport, draft_waiting
from core.clock import now
from core.errors import either
from flows.artifacts import facts, show
from flows.stores import IO_TASK, configured, opened


@flow(name="draft")
def draft() -> DraftReport:
    """起草：为待处理的预警建议个案，更新各个案的稿件。Propose cases for alerts that wait; bring all drafts up to date."""
    configured()
    report = draft_cases()
    show_drafts(report)
    return report


@task(name="draft-cases", timeout_seconds=600, **IO_TASK)
def draft_cases() -> DraftReport:
    """One pass over the alerts and the cases; where no fact changed, no draft does."""
    with opened() as stores:
        return draft_waiting(stores.database, stores.index, now=now(), settings=stores.settings)


def show_drafts(report: DraftReport) -> None:
    """The run's artifact: cases proposed, cases looked at, draft versions made."""
    rows = [
        (either("新建议个案", "cases proposed"), len(report.proposed)),
        (either("查看个案", "cases looked at"), report.cases),
        (either("新稿件版本", "draft versions made"), report.drafts),
    ]
    title = either(f"起草：{report.drafts} 个新版本", f"Drafted: {report.drafts} new versions")
    show("drafts", title, facts(rows), ", ".join(report.proposed))
