"""`yushao sources`: how each source is, crawling one now, pausing one, and what of them could not be read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.base import actor, err, out, settings, state

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.settings import Settings
    from crawlers.runner import CrawlOutcome
    from crawlers.sources import SourceReport
    from crawlers.status import SourceStatus
    from posts.tables import QuarantinedItem

app = typer.Typer(help="信源 · sources: state, crawl now, pause, quarantine", no_args_is_help=True)
quarantine = typer.Typer(help="隔离区 · what could not be read, with its page", no_args_is_help=True)
app.add_typer(quarantine, name="quarantine")

Name = Annotated[str, typer.Argument(help="信源名 · the source's name")]
ItemId = Annotated[str, typer.Argument(help="编号，前几位即可 · the id, or its first characters")]

_BAD = ("blocked", "changed", "failed")
_COLOURS = {"ok": "green", "never": "dim", "empty": "yellow", "stale": "yellow"}


@app.command("list")
def list_() -> None:
    """列出信源及其状态 · list the sources and how each is."""
    from core.clock import now
    from crawlers.sources import source_reports, sync_sources

    chosen = _chosen_settings()
    with state() as database:
        with database.writing() as session:
            sync_sources(session, chosen.sources, now())
        with database.reading() as session:
            reports = source_reports(session, now=now(), stale_after=chosen.crawl.stale_after)
    out.print(_table(reports))
    out.print(f"共 {len(reports)} 个信源 · {len(reports)} sources")


@app.command()
def crawl(
    name: Annotated[str, typer.Argument(help="信源名 · the source's name")] = "",
    all_: Annotated[bool, typer.Option("--all", help="全部未暂停的信源 · every source that is not paused")] = False,
) -> None:
    """现在就抓取 · crawl now; exit code 1 where a source was blocked, changed or failed."""
    from crawlers import runner

    if bool(name) == all_:
        raise typer.BadParameter("给出一个信源名，或 --all · name one source, or --all")
    names = _unpaused() if all_ else [name]
    outcomes = []
    with state():
        for source in names:
            outcomes.append(runner.crawl(source, _chosen_settings()))
            _print_outcome(outcomes[-1])
    if any(outcome.status in _BAD for outcome in outcomes):
        raise typer.Exit(1)


@app.command()
def pause(name: Name) -> None:
    """暂停抓取 · crawl it no more until it is resumed."""
    from core.clock import now
    from crawlers import sources

    with state() as database, database.writing() as session:
        _sync(session)
        sources.pause(session, name, actor=actor(), now=now())
    out.print(escape(f"已暂停 · paused: {name}"))


@app.command()
def resume(name: Name) -> None:
    """恢复抓取 · crawl it again."""
    from core.clock import now
    from crawlers import sources

    with state() as database, database.writing() as session:
        _sync(session)
        sources.resume(session, name, actor=actor(), now=now())
    out.print(escape(f"已恢复 · resumed: {name}"))


@quarantine.command("list")
def list_quarantined(
    source: Annotated[str | None, typer.Option(help="只看一个信源 · one source only")] = None,
    limit: Annotated[int, typer.Option(min=1, help="至多多少条 · at most so many")] = 50,
) -> None:
    """列出未能读出的内容，最近的在前 · list what could not be read, newest first."""
    from core.clock import shown
    from core.errors import either
    from posts.quarantine import recent

    with state() as database, database.reading() as session:
        items = recent(session, source=source, limit=limit)
    for item in items:
        reason = either(item.reason_zh, item.reason_en)
        out.print(escape(f"{item.id[:10]}  {shown(item.at)}  {item.source}  {item.kind} ×{item.times}  {reason}"))
    out.print(f"共 {len(items)} 条 · {len(items)} shown")


@quarantine.command("show")
def show_quarantined(
    item_id: ItemId,
    page: Annotated[bool, typer.Option("--page", help="原样输出其源页面 · write its source page as it came")] = False,
) -> None:
    """查看一条 · show one, or with --page the page that it came from."""
    from core.clock import shown

    with state() as database, database.reading() as session:
        item = _item(session, item_id)
        if page:
            sys.stdout.buffer.write(_page_body(session, item))
            return
    lines = {
        "编号 id": item.id,
        "信源 source": item.source,
        "种类 kind": item.kind,
        "原因 reason": f"{item.reason_zh}\n  {item.reason_en}",
        "位置 place": item.place,
        "最近一次 last met": f"{shown(item.at)} (×{item.times})",
        "源页面 page": f"yushao sources quarantine show {item.id[:10]} --page" if item.page_id else "—",
        "内容 item": item.item or "—",
    }
    for label, value in lines.items():
        out.print(escape(f"{label}: {value}"))


def _chosen_settings() -> Settings:
    """The settings whose sources are crawled: the drill's, where none are configured."""
    given = settings()
    if not given.is_drill:
        return given
    from drill.prepare import drill_settings

    return drill_settings(given)


def _sync(session: Session) -> None:
    from core.clock import now
    from crawlers.sources import sync_sources

    sync_sources(session, _chosen_settings().sources, now())


def _unpaused() -> list[str]:
    from crawlers.sources import unpaused_sources

    with state() as database, database.writing() as session:
        _sync(session)
        return unpaused_sources(session)


def _table(reports: list[SourceReport]) -> Table:
    from core.clock import shown
    from core.errors import either

    table = Table(
        "信源 source", "状态 status", "最近成功 last success", "最新 newest", "帖 posts", "隔离 quarantined", "说明 detail"
    )
    for report in reports:
        table.add_row(
            escape(report.name),
            _coloured(report.status) + (" [yellow](已暂停 paused)[/yellow]" if report.paused else ""),
            shown(report.last_success_at, "%m-%d %H:%M") if report.last_success_at else "—",
            shown(report.newest_item_at, "%m-%d %H:%M") if report.newest_item_at else "—",
            str(report.posts_last_run),
            str(report.quarantined_total),
            escape(either(report.detail_zh, report.detail_en)),
        )
    return table


def _print_outcome(outcome: CrawlOutcome) -> None:
    from core.errors import either

    stream = err if outcome.status in _BAD else out
    counts = f"帖 posts {outcome.posts}，隔离 quarantined {outcome.quarantined}，{outcome.seconds:.1f} s"
    detail = escape(either(outcome.detail_zh, outcome.detail_en))
    stream.print(f"{escape(outcome.source)}  {_coloured(outcome.status)}  {counts}\n  {detail}")


def _coloured(status: SourceStatus) -> str:
    return f"[{_COLOURS.get(status, 'red')}]{status.zh} {status.value}[/]"


def _item(session: Session, item_id: str) -> QuarantinedItem:
    from core.errors import InputError
    from posts.quarantine import find

    found = find(session, item_id)
    if found is None:
        raise InputError(
            zh=f"隔离区里没有编号以 {item_id} 开头的唯一一条；编号见 yushao sources quarantine list",
            en=f"no single item in quarantine has an id beginning with {item_id}; yushao sources quarantine list shows the ids",
        )
    return found


def _page_body(session: Session, item: QuarantinedItem) -> bytes:
    import zlib

    from core.errors import InputError
    from posts.quarantine import page

    kept = page(session, item.page_id) if item.page_id else None
    if kept is None:
        raise InputError(
            zh=f"{item.id[:10]} 没有源页面（文件行与被索引拒绝的帖子没有页面）",
            en=f"{item.id[:10]} has no source page (rows of files and posts refused by the index have none)",
        )
    return zlib.decompress(kept.body)
