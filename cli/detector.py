"""`yushao detector`: the surge detector on plain count series, as it would have judged them row by row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from cli.base import out
from core.errors import InputError, either

if TYPE_CHECKING:
    from alerts.surges.surge import Result
    from cli.count_file import CountSeries

app = typer.Typer(help="检测器 · the surge detector on plain series")


@app.callback()
def _group() -> None:
    """检测器 · the surge detector on plain series."""


@app.command()
def evaluate(
    files: Annotated[
        list[Path], typer.Argument(help="CSV，列 timestamp,value，可压缩为 .gz .xz .zst · regular counts, plain or packed")
    ],
    json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
) -> None:
    """逐行判断等间隔计数序列，列出当时会告警的时刻 · the moments at which each series would have alarmed; no look-ahead."""
    from alerts.surges.surge import surges
    from cli.count_file import read_counts

    judged = {}
    for path in files:
        series = read_counts(path)
        if series.name in judged:
            raise InputError(
                zh=f"{path}：已有同名序列 {series.name}，请改名或分次运行",
                en=f"{path}: there is another series named {series.name}: rename it, or run them one by one",
            )
        judged[series.name] = (series, surges(series.counts, series.interval))
    if json:
        _print_json(judged)
    else:
        out.print(_table(judged))


Judged = dict[str, "tuple[CountSeries, Result]"]


def _print_json(judged: Judged) -> None:
    import orjson

    told: dict[str, Any] = {
        name: {"timestamps": series.timestamps, "alerts": series.stamps(result.alarms)}
        for name, (series, result) in judged.items()
    }
    typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())


def _table(judged: Judged) -> Table:
    table = Table(box=None)
    for column in (either("序列", "series"), either("时间", "time"), either("数量", "count"), either("预期", "expected")):
        table.add_column(column)
    for name, (series, result) in judged.items():
        for slot, stamp in zip(result.alarms, series.stamps(result.alarms), strict=True):
            table.add_row(name, stamp, f"{series.counts[slot]:g}", f"{result.expected[slot]:.1f}")
    return table
