"""Monitor: one full pass, from the public pages to the drafts."""

from __future__ import annotations

from datetime import datetime

from prefect import flow

from core.clock import now, shown
from core.errors import either
from flows.artifacts import facts, show
from flows.collect import collect
from flows.detect import detect
from flows.draft import draft
from flows.ingest import ingest
from flows.stores import configured, scheduled_moment


@flow(name="monitor")
def monitor(at: datetime | None = None) -> None:
    """一次完整巡查：采集 → 入库 → 检测 → 起草。One full pass: collect, ingest, detect (at `at`, by default once everything of
    this pass is in), draft.
    """
    configured()
    scheduled = scheduled_moment(at)
    # A source that cannot be crawled must not hold up what the others brought; the pass fails for it at its end.
    collected = collect(return_state=True)
    ingested = ingest()
    # What this pass collected was seen after it was scheduled; a pass at the scheduled time would not see it.
    moment = scheduled if at else max(scheduled, now())
    detected = detect(moment)
    drafted = draft()
    rows = [
        (either("入库帖子", "posts ingested"), ingested.posts),
        (either("提及", "mentions"), ingested.mentions),
        (either("新预警", "alerts opened"), detected.opened),
        (either("升级预警", "alerts raised"), detected.raised),
        (either("新稿件版本", "draft versions made"), drafted.drafts),
    ]
    show("monitor", either(f"完整巡查 {shown(moment)}", f"Full pass at {shown(moment)}"), facts(rows))
    collected.result()
