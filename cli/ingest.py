"""`yushao ingest`: what waits in the inbox is matched, scored and indexed; brands that changed find their past posts."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from cli.base import index, out, settings, state

app = typer.Typer()


@app.command()
def ingest(
    limit: Annotated[int | None, typer.Option(min=1, help="至多多少批，每批至多 1000 条 · at most so many batches")] = None,
) -> None:
    """处理收件箱，可反复运行 · drain the inbox; safe to run again."""
    from core.clock import now
    from monitoring.amending import amend_owing
    from monitoring.ingest import ingest as drain
    from monitoring.rematch import rematch_changed_brands
    from sentiment.scorer import open_scorer
    from sentiment.stance import in_use

    with state() as database, index() as posts, closing(open_scorer(settings())) as scorer:
        moment = now()
        since = settings().retention.posts_since(moment)
        stances = in_use(settings().stance_models_path)
        done = drain(database, posts, scorer, now=moment, limit=limit, kept_since=since, stances=stances)
        past = rematch_changed_brands(database, posts, scorer, now=moment, stances=stances)
        amended = amend_owing(database, posts, scorer, stances=stances)
    out.print(
        f"批 batches {done.batches}，帖子 posts {done.posts}，命中 mentions {done.mentions}；"
        f"新增 indexed {done.indexed}，更新 updated {done.updated}，"
        f"被拒 rejected {done.rejected}，不收 withheld {done.withheld}"
    )
    if past.brands:
        out.print(
            f"历史匹配 past posts: 品牌 brands {past.brands}，查看 scanned {past.scanned}，"
            f"新命中 gained {past.gained}，失去 lost {past.lost}"
        )
    if amended:
        out.print(f"按纠正改了帖子 posts corrected: {amended}")
