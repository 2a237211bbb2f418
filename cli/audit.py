"""`yushao audit`: is the log whole, and what does it say."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.base import out, state
from core.errors import either

app = typer.Typer(help="审计 · the audit log", no_args_is_help=True)

_REASONS_ZH = {
    "missing entry": "缺少这一条",
    "previous hash differs": "与前一条的哈希接不上",
    "content was changed": "内容被改动",
    "noted head is not in the chain": "链中没有您记下的哈希，末尾可能被截去",
}


@app.command()
def verify(
    head: Annotated[
        str, typer.Option("--head", help="另处记下的哈希，须仍在链中 · a head noted elsewhere, which must still be there")
    ] = "",
) -> None:
    """核对整条哈希链，断裂则退出码为 1 · check the whole chain; exit code 1 where it is broken.

    请把打印的链首哈希记在别处：只有它能揭示末尾被删 · note the printed head elsewhere: only it shows a cut end.
    """
    from core.audit import verify as check

    with state() as database, database.reading() as session:
        outcome = check(session, noted=head.strip())
    out.print(f"{either('条目', 'entries')}: {outcome.entries}\n{either('链首', 'head')}: {outcome.head}", markup=False)
    if outcome.broken_at is not None:
        why = either(_REASONS_ZH[outcome.reason], outcome.reason)
        out.print(
            either(f"✗ 第 {outcome.broken_at} 条断裂：{why}", f"✗ broken at entry {outcome.broken_at}: {why}"), markup=False
        )
        raise typer.Exit(1)
    out.print(either("✓ 完整", "✓ whole"))


@app.command("list")
def list_(
    subject: Annotated[
        list[str] | None, typer.Option(help="只看某对象，如 draft:编号 · one subject only, such as draft:ID")
    ] = None,
    limit: Annotated[int, typer.Option(min=1)] = 50,
) -> None:
    """列出最近的条目，旧的在前 · the newest entries, oldest of them first."""
    import orjson

    from core import audit
    from core.clock import shown

    with state() as database, database.reading() as session:
        entries = audit.entries_for(session, subject, limit) if subject else audit.recent(session, limit)
    for entry in reversed(entries):
        details = orjson.dumps(entry.details).decode()
        line = f"{entry.sequence}  {shown(entry.at)}  {entry.actor}  {entry.action}  {entry.subject}  {details}"
        out.print(line, markup=False)
