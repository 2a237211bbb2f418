"""`yushao silences`: silences (免打扰) and maintenance windows from the terminal."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from alerts.levels import Level
from cli.base import moment, out, settings, state
from core.errors import either

app = typer.Typer(help="免打扰 · silences and maintenance windows", no_args_is_help=True)

As = Annotated[str, typer.Option("--as", help="以谁的名义（用户名） · the person acting, by user name")]


@app.command("list")
def list_() -> None:
    """列出免打扰和维护窗口 · list them, with how many alerts each has muted."""
    from alerts.duty import silences
    from core.clock import shown

    with state() as database, database.reading() as session:
        found = silences.listed(session)
        counts = silences.muted_alerts(session, found)
    rows = Table("id", "类型", "品牌", "平台", "规则", "至多到", "自", "至", "设置人", "理由", "拦下")
    for one in found:
        matchers = escape(one.brand), one.platform, one.rule, Level(one.up_to).zh
        times = shown(one.starts_at), shown(one.ends_at)
        rows.add_row(one.id, one.kind, *matchers, *times, one.author, escape(one.reason), str(counts[one.id]))
    out.print(rows)


@app.command()
def add(
    as_: As,
    reason: Annotated[str, typer.Option(help="理由 · why")],
    until: Annotated[str, typer.Option(help="到什么时候 · until when")],
    from_: Annotated[str, typer.Option("--from", help="自什么时候，默认现在 · default now")] = "",
    brand: str = "",
    platform: str = "",
    rule: str = "",
    up_to: Annotated[Level, typer.Option(help="至多到哪一级；major 需负责人 · major needs a lead")] = Level.MODERATE,
    maintenance: Annotated[bool, typer.Option(help="维护窗口 · a maintenance window")] = False,
) -> None:
    """新增免打扰或维护窗口 · mute what matches, until then."""
    from alerts.duty.silences import SilenceKind, add_silence
    from core.clock import now

    at = now()
    with state() as database, database.writing() as session:
        row = add_silence(
            session,
            kind=SilenceKind.MAINTENANCE if maintenance else SilenceKind.SILENCE,
            brand=brand,
            platform=platform,
            rule=rule,
            up_to=up_to,
            reason=reason,
            starts_at=moment(from_) if from_ else at,
            ends_at=moment(until),
            actor=as_,
            settings=settings(),
            now=at,
        )
        out.print(row.id)


@app.command()
def end(silence: Annotated[str, typer.Argument(help="id")], as_: As) -> None:
    """提前结束 · end one now."""
    from alerts.duty.silences import end_silence
    from core.clock import now

    with state() as database, database.writing() as session:
        end_silence(session, silence, actor=as_, now=now())
    out.print(either("已结束", "ended"))
