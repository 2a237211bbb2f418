"""`yushao backtest`: replay history as it arrived and show the alerts it would have raised."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.base import actor, index, moment, out, settings, state

if TYPE_CHECKING:
    from alerts.backtesting.backtest import Backtest
    from alerts.backtesting.replay import ReplayedAlert
    from core.database import Database

app = typer.Typer(help="回放历史 · replay history")


@app.command()
def backtest(
    start: Annotated[str, typer.Option("--from", help="起（北京时间） · from, e.g. 2022-09-20")],
    end: Annotated[str, typer.Option("--to", help="止，含当日 · to; a date means the end of that day")],
    brand: Annotated[
        list[str] | None, typer.Option(help="品牌，可多次；不给则全部 · brand, repeatable; all where not given")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    keep: Annotated[
        bool, typer.Option("--record", help="存为预警，以便立案 · keep the alerts, so that cases can be opened")
    ] = False,
) -> None:
    """回放历史，列出当时会发出的预警 · replay history and print the alerts it would have raised; nobody is notified."""
    from alerts.backtesting.backtest import backtest as run
    from alerts.backtesting.backtest import record
    from alerts.policies.kept import load_policies
    from core.clock import now

    first, last = moment(start), _end(end)
    _require_order(first, last)
    with state() as database, index() as posts:
        brands = _brands(database, brand)
        with database.reading() as session:
            policies = load_policies(session, brands)
        replay = run(posts, brands=brands, start=first, end=last, settings=settings(), policies=policies)
        kept = record(database, replay, actor=actor(), now=now()) if keep else []
    if json:
        _print_json(replay)
    else:
        _print_table(replay, kept)


def _end(text: str) -> datetime:
    """A plain date stands for the whole of that day."""
    return moment(text) + (timedelta(days=1) if len(text.strip()) == len("2022-10-15") else timedelta())


def _require_order(first: datetime, last: datetime) -> None:
    from core.errors import InputError

    if last <= first:
        raise InputError(zh="--to 必须晚于 --from", en="--to must be later than --from")


def _brands(database: Database, wanted: list[str] | None) -> list[str]:
    from monitoring.brands import list_brands, require_brand

    with database.reading() as session:
        if wanted:
            return list(dict.fromkeys(require_brand(session, name).name for name in wanted))
        return [brand.name for brand in list_brands(session)]


def _print_json(replay: Backtest) -> None:
    import orjson

    typer.echo(orjson.dumps(replay.to_json(), option=orjson.OPT_INDENT_2).decode())


def _print_table(replay: Backtest, kept: list[str]) -> None:
    from core.clock import shown

    for place, alert in enumerate(replay.alerts):
        out.print(_history(alert, kept[place] if kept else ""))
    weeks = len(replay.brands) * (replay.end - replay.start) / timedelta(days=7)
    out.print(
        f"{shown(replay.start)} 至 {shown(replay.end)}：{len(replay.brands)} 个品牌，{len(replay.alerts)} 个预警，"
        f"每品牌周 {len(replay.alerts) / weeks if weeks else 0:.3f} 个"
        f" · {len(replay.alerts)} alerts, {len(replay.alerts) / weeks if weeks else 0:.3f} per brand-week"
    )


def _history(alert: ReplayedAlert, kept: str) -> Table:
    from core.clock import shown

    standing = alert.standing
    table = Table(title=escape(f"{standing.brand}　{standing.fingerprint[:8].upper()}　{kept}"), title_justify="left")
    for column in ("时间", "事件", "级别", "原因"):
        table.add_column(column, overflow="fold")
    for event in alert.events:
        table.add_row(shown(event.at), event.kind.zh, event.level.zh, escape(event.reason))
    for post in standing.explanation["evidence"]:
        table.add_row(shown(datetime.fromisoformat(post["published_at"])), "依据", post["platform"], escape(post["text"]))
    return table
