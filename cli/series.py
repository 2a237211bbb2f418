"""`yushao series`: a brand's posts by hour or day, as the trend page shows them."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from cli.base import index, moment, out, settings, state
from cli.policy_base import print_json

if TYPE_CHECKING:
    from alerts.views.trend import Figures, Trend

app = typer.Typer()


class By(StrEnum):
    PLATFORM = "platform"
    RISK = "risk"
    MOOD = "mood"


class Slot(StrEnum):
    HOUR = "hour"
    DAY = "day"


@app.command()
def series(
    brand: Annotated[str, typer.Option(help="品牌 · brand")],
    by: Annotated[By | None, typer.Option(help="按平台、风险类别或情感细分 · told apart by")] = None,
    per: Annotated[Slot, typer.Option(help="按小时或按天 · an hour or a day a row")] = Slot.HOUR,
    start: Annotated[str, typer.Option("--from", help="起，北京时间；默认 24 小时前（按天则 28 天前） · from")] = "",
    end: Annotated[str, typer.Option("--to", help="止（不含），默认此刻 · up to, not included")] = "",
    json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    csv: Annotated[Path | None, typer.Option(help="写入 CSV 文件 · write a CSV file")] = None,
) -> None:
    """声量走势：提及、负面、作者、文本、影响；未监测的时段留空 · the trend of a brand; what was not watched stays empty."""
    from alerts.views.trend import Per, trend
    from alerts.views.trend_export import to_csv, to_json
    from core.clock import now
    from crawlers.coverage import told_shares
    from monitoring.brands import require_brand

    at, stale_after = now(), settings().crawl.stale_after
    until = moment(end) if end else at
    with state() as database, index() as posts, database.reading() as session:
        shown = trend(
            posts,
            require_brand(session, brand).name,
            start=moment(start) if start else until - timedelta(days=28 if per == Slot.DAY else 1),
            end=until,
            at=at,
            watched=partial(told_shares, session, until=at, stale_after=stale_after),
            per=Per(per),
            by=None if by is None else by.value,
        )
    if csv:
        csv.write_text(to_csv(shown), encoding="utf-8")
    if json:
        print_json(to_json(shown))
    else:
        out.print(_table(shown))


def _table(shown: Trend) -> Table:
    from core.clock import shown as in_china

    table = Table("", *("提及", "负面", "占比", "作者", "文本", "影响", "最高单条", "覆盖"), box=None, pad_edge=False)
    for start, share, figures in zip(shown.starts, shown.coverage, shown.slots, strict=True):
        table.add_row(in_china(start), *_cells(figures), "" if share is None else f"{share:.0%}")
    table.add_row("合计 · total", *_cells(shown.total), "")
    for part in shown.parts:
        table.add_row(part.name or "—", *_cells(part.total), "")
    return table


def _cells(figures: Figures | None) -> list[str]:
    if figures is None:
        return ["未监测", *[""] * 6]
    share = "" if figures.share is None else f"{figures.share:.0%}"
    plain = [figures.authors, figures.texts, figures.reach, figures.highest]
    return [str(figures.posts), str(figures.negative), share, *("" if value is None else f"{value:,}" for value in plain)]
