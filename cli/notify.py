"""`yushao notify`: the log of notifications, test messages, and another try for what was given up."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.base import actor, out, settings, state
from core.errors import either

app = typer.Typer(help="通知 · notifications: log, test, retry", no_args_is_help=True)


@app.command()
def test(channel: Annotated[str, typer.Option(help="通道，默认全部 · one channel, default all")] = "") -> None:
    """发送测试消息；有通道失败时退出码为 1 · send a test message by each channel; exit code 1 where one fails."""
    from alerts.duty.desk import addresses
    from alerts.duty.trial import trial
    from core.clock import now

    chosen = [channel] if channel else list(addresses(settings()))
    failed = False
    with state() as database:
        for name in chosen:
            problem = trial(database, name, settings=settings(), actor=actor(), now=now())
            failed |= problem is not None
            out.print(f"{'✗' if problem else '✓'} {name} {problem or either('已收下', 'taken')}", markup=False)
    if not chosen:
        out.print(either("没有配置通道：alerts.notify、alerts.contacts", "no channel: set alerts.notify or alerts.contacts"))
    if failed:
        raise typer.Exit(1)


@app.command("log")
def log_(
    state_: Annotated[str, typer.Option("--state", help="pending、sent、failed、held、muted …")] = "",
    channel: Annotated[str, typer.Option(help="通道 · channel")] = "",
) -> None:
    """查看通知记录 · the newest notifications."""
    from alerts.duty.log import entries
    from core.clock import shown

    with state() as database, database.reading() as session:
        found = entries(session, state=state_, channel=channel)
    rows = Table("id", "时间", "发给", "通道", "状态", "次数", "看过", "标题", "错误")
    for entry in found:
        message = entry.message
        told = message.person or either("公共", "shared")
        rest = (message.seen_by or "—", escape(message.title), escape(message.last_error))
        rows.add_row(message.id, shown(message.created_at), told, message.channel, message.state, str(message.attempts), *rest)
    out.print(rows)


@app.command()
def retry(notification: Annotated[str, typer.Argument(help="通知 id · its id")]) -> None:
    """重试已停止的通知 · try a message again that was given up."""
    from alerts.duty.notify import retry as try_again
    from core.clock import now

    with state() as database, database.writing() as session:
        try_again(session, notification, actor=actor(), now=now())
    out.print(either("将重新发送", "it will be sent again"))
