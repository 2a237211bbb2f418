"""`yushao alerts`: see alerts; the steps that people take on one are in `alert_steps`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from cli.alert_steps import STEPS, AlertId
from cli.base import out, state
from cli.whatif import what_if

if TYPE_CHECKING:
    from alerts.life.tables import Alert, AlertEvent

app = typer.Typer(help="预警 · alerts", no_args_is_help=True)

app.command("what-if")(what_if)

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · as JSON")]


for _step in STEPS:
    app.command()(_step)


@app.command("list")
def list_(
    all_: Annotated[bool, typer.Option("--all", help="包括已解除、已忽略的 · closed ones too")] = False,
    brand: Annotated[str | None, typer.Option(help="只看一个品牌 · one brand only")] = None,
    level: Annotated[str | None, typer.Option(help="只看一个级别 · one level only: minor, moderate, major")] = None,
    limit: Annotated[int, typer.Option(min=1)] = 50,
    json_: AsJson = False,
) -> None:
    """列出预警 · list the alerts, newest first."""
    from alerts.life.queries import list_alerts
    from alerts.life.tables import AlertState

    states = None if all_ else [state for state in AlertState if state.is_active]
    with state() as database, database.reading() as session:
        alerts = list_alerts(session, states=states, brand=brand, level=level, limit=limit)
    if json_:
        _print_json([as_json(alert) for alert in alerts])
        return
    out.print(table(alerts) if alerts else "没有预警 · no alerts")


@app.command()
def show(alert_id: AlertId, json_: AsJson = False) -> None:
    """查看一个预警：原因、矩阵、依据、经过 · show why, the matrix, the posts and the history."""
    from alerts.life import queries

    with state() as database, database.reading() as session:
        alert = queries.get_alert(session, alert_id)
        family = [one.id for one in queries.family(session, alert)]
        events, messages = queries.events(session, *family), queries.notifications(session, *family)
    if json_:
        _print_json(as_json(alert) | {"events": [_event_json(event) for event in events]})
        return
    out.print(table([alert]))
    _print_standing(alert)
    _print_explanation(alert)
    out.print(_matrix(alert))
    out.print(_rows("经过", ((event.at, event.kind, event.level, event.actor, event.details) for event in events)))
    out.print(_rows("通知", ((sent.created_at, sent.channel, sent.state, sent.attempts, sent.last_error) for sent in messages)))


def table(alerts: list[Alert]) -> Table:
    """The alerts, one a row; a further wave and a level set by hand are marked."""
    from core.clock import shown

    rows = Table("编号", "品牌", "级别", "状态", "跟进", "开始", "发出", "原因")
    for alert in alerts:
        times = shown(alert.started_at), shown(alert.opened_at)
        summary = escape(alert.explanation["summary_zh"])
        rows.add_row(
            alert.number, escape(alert.brand), _level_zh(alert), _state_zh(alert), alert.holder or "—", *times, summary
        )
    return rows


def _level_zh(alert: Alert) -> str:
    from alerts.levels import Level

    return Level(alert.level).zh + ("（人工）" if alert.override else "")


def _state_zh(alert: Alert) -> str:
    from alerts.life.tables import AlertState
    from alerts.life.waves import wave_zh

    wave = alert.waves[-1]["number"]
    marks = [wave_zh(wave)] if wave > 1 else []
    marks += ["回放"] if alert.replayed else []
    return AlertState(alert.state).zh + (f"（{'，'.join(marks)}）" if marks else "")


def as_json(alert: Alert) -> dict[str, Any]:
    """An alert as `--json` prints it: every column, moments as ISO 8601 in UTC."""
    from datetime import datetime

    fields = {column.key: getattr(alert, column.key) for column in alert.__table__.columns}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in fields.items()}


def _event_json(event: AlertEvent) -> dict[str, Any]:
    names = ("alert_id", "sequence", "kind", "actor", "level", "details")
    return {"at": event.at.isoformat(), **{name: getattr(event, name) for name in names}}


def _print_json(found: Any) -> None:
    import json
    import sys

    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")


def _print_standing(alert: Alert) -> None:
    """What people made of the alert: its level, the waves, what it was merged with or split from."""
    from alerts.levels import Level
    from alerts.life.waves import Wave, wave_zh
    from core.clock import shown

    if alert.override:
        level = Level(alert.override["level"]).zh
        out.print(f"人工调为{level}：{alert.override['reason']}（{alert.override['by']}）", markup=False)
    for wave in map(Wave.from_json, alert.waves if len(alert.waves) > 1 else ()):
        out.print(f"{wave_zh(wave.number)}：{shown(wave.started_at)} 起，最高{wave.level.zh} {wave.points} 分", markup=False)
    told = {"只看类别": alert.topic, "不含类别": alert.without, "已并入": alert.merged_into, "拆自": alert.split_from}
    for name, value in told.items():
        if value:
            out.print(f"{name}：{value}", markup=False)


def _print_explanation(alert: Alert) -> None:
    from alerts.life.wording import coverage_zh

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
