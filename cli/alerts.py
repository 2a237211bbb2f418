"""`yushao alerts`: see alerts, and take, dismiss or resolve one as the person named by `--as`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from cli.base import acting_person, out, state
from cli.whatif import what_if

if TYPE_CHECKING:
    from alerts.tables import Alert

app = typer.Typer(help="预警 · alerts", no_args_is_help=True)

app.command("what-if")(what_if)

AlertId = Annotated[str, typer.Argument(help="预警编号或 id · the alert's number or id")]
As = Annotated[str, typer.Option("--as", help="以谁的名义（用户名） · the person acting, by user name")]


@app.command("list")
def list_(
    all_: Annotated[bool, typer.Option("--all", help="包括已解除、已忽略的 · closed ones too")] = False,
    brand: Annotated[str | None, typer.Option(help="只看一个品牌 · one brand only")] = None,
    limit: Annotated[int, typer.Option(min=1)] = 50,
) -> None:
    """列出预警 · list the alerts, newest first."""
    from alerts.queries import list_alerts
    from alerts.tables import AlertState

    states = None if all_ else [state for state in AlertState if state.is_active]
    with state() as database, database.reading() as session:
        alerts = list_alerts(session, states=states, brand=brand, limit=limit)
    out.print(_table(alerts) if alerts else "没有预警 · no alerts")


@app.command()
def show(alert_id: AlertId) -> None:
    """查看一个预警：原因、矩阵、依据、经过 · show why, the matrix, the posts and the history."""
    from alerts import queries

    with state() as database, database.reading() as session:
        alert = queries.get_alert(session, alert_id)
        events = queries.events(session, alert.id)
        messages = queries.notifications(session, alert.id)
    out.print(_table([alert]))
    _print_explanation(alert)
    out.print(_matrix(alert))
    out.print(_rows("经过", ((event.at, event.kind, event.level, event.actor, event.details) for event in events)))
    out.print(_rows("通知", ((sent.created_at, sent.channel, sent.state, sent.attempts, sent.last_error) for sent in messages)))


@app.command()
def ack(alert_id: AlertId, as_: As) -> None:
    """确认 · take the alert."""
    from alerts.actions import acknowledge

    _act(alert_id, as_, acknowledge)


@app.command()
def dismiss(alert_id: AlertId, as_: As, reason: Annotated[str, typer.Option(help="理由 · why it is no crisis")]) -> None:
    """忽略，须写理由 · dismiss with a reason."""
    from alerts.actions import dismiss as step

    _act(alert_id, as_, step, reason=reason)


@app.command()
def resolve(alert_id: AlertId, as_: As, reason: Annotated[str, typer.Option(help="说明 · remark")] = "") -> None:
    """解除 · resolve."""
    from alerts.actions import resolve as step

    _act(alert_id, as_, step, reason=reason)


def _act(alert_id: str, username: str, step: Callable[..., Alert], **details: Any) -> None:
    from core.clock import now

    with state() as database, database.writing() as session:
        person = acting_person(session, username)
        alert = step(session, alert_id, actor=person, now=now(), **details)
        out.print(_table([alert]))


def _table(alerts: list[Alert]) -> Table:
    from alerts.levels import Level
    from alerts.tables import AlertState
    from core.clock import shown

    table = Table("编号", "品牌", "级别", "状态", "开始", "发出", "原因")
    for alert in alerts:
        state_zh = AlertState(alert.state).zh + ("（回放）" if alert.replayed else "")
        summary = escape(alert.explanation["summary_zh"])
        times = shown(alert.started_at), shown(alert.opened_at)
        table.add_row(alert.number, escape(alert.brand), Level(alert.level).zh, state_zh, *times, summary)
    return table


def _print_explanation(alert: Alert) -> None:
    from alerts.wording import coverage_zh

    out.print(f"覆盖：{coverage_zh(alert.coverage)}", markup=False)
    for reason in alert.explanation["reasons"]:
        out.print(f"原因：{reason['zh']}", markup=False)
    for post in alert.explanation["evidence"]:
        out.print(f"依据：{post['published_at']}　{post['text']}　{post['url']}", markup=False)


def _matrix(alert: Alert) -> Table:
    table = Table("维度", "指标", "数值", "得分", "规则", title="风险矩阵", title_justify="left")
    axes = {"likelihood": "可能性", "impact": "影响"}
    for row in alert.matrix["rows"]:
        points = f"{row['points']}/{row['most']}"
        table.add_row(axes[row["axis"]], row["zh"], escape(row["value"]), points, row["why_zh"])
    return table


def _rows(title: str, rows: Any) -> Table:
    from core.clock import shown

    table = Table(title=title, title_justify="left", show_header=False)
    for at, *rest in rows:
        table.add_row(shown(at), *(escape(str(cell)) for cell in rest))
    return table
