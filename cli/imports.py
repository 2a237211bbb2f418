"""`yushao import`: files into the inbox, and from there, unless told otherwise, into the index."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from cli.base import err, index, out, settings, state
from core.errors import language
from core.post import PostKind

if TYPE_CHECKING:
    from core.database import Database
    from crawlers.imports import ImportReport, Problem

app = typer.Typer()
BATCHES_A_STEP = 25


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="CSV、TSV、JSONL、JSON，可压缩为 .gz .xz .zst · also packed")],
    map: Annotated[
        str,
        typer.Option(
            help="列的含义 · what the columns hold: text=正文列,published_at=时间列；无表头则用列号 text=2,published_at=1"
        ),
    ] = "",
    platform: Annotated[str | None, typer.Option(help="平台，如 weibo、weibo_hot、news · where the posts come from")] = None,
    kind: Annotated[PostKind | None, typer.Option(help="类别；默认由平台推出 · by default told by the platform")] = None,
    ingest: Annotated[
        bool, typer.Option("--ingest/--no-ingest", help="随即匹配、评分并入库，或只放入收件箱 · index at once, or only deposit")
    ] = True,
) -> None:
    """导入文件，可反复运行 · import files; importing a file again changes nothing."""
    from core.clock import now
    from crawlers.imports import import_files, parse_map

    mapping = parse_map(map) if map else None
    with state() as database:
        with _progress() as bar:
            shown = _Files(bar)
            report = import_files(
                files,
                database=database,
                settings=settings(),
                mapping=mapping,
                platform=platform,
                kind=kind,
                now=now(),
                progress=shown,
            )
        _print(report)
        if ingest:
            _ingest(database)


class _Files:
    """One bar a file, by its bytes on disk."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=None)

    def __call__(self, path: Path, position: int, rows: int) -> None:
        self._bar.update(self._task, description=f"{path.name} {rows:,}", completed=position, total=path.stat().st_size)


def _ingest(database: Database) -> None:
    """Drain the inbox some batches at a time, so that the bar moves."""
    from core.clock import now
    from monitoring.ingest import ingest
    from posts.inbox import backlog
    from sentiment.scorer import open_scorer
    from sentiment.stance import in_use

    with database.reading() as session:
        waiting = backlog(session).posts
    since, stances = settings().retention.posts_since(now()), in_use(settings().stance_models_path)
    totals = dict.fromkeys(("posts", "mentions", "indexed", "updated", "rejected", "withheld"), 0)
    with index() as posts, closing(open_scorer(settings())) as scorer, _progress(MofNCompleteColumn()) as bar:
        task = bar.add_task("入库 · ingest", total=waiting)
        while (
            done := ingest(database, posts, scorer, now=now(), limit=BATCHES_A_STEP, kept_since=since, stances=stances)
        ).batches:
            totals = {name: total + getattr(done, name) for name, total in totals.items()}
            bar.update(task, completed=totals["posts"], total=max(waiting, totals["posts"]))
    out.print(
        f"入库 · ingested: {totals['posts']:,}；命中 mentions {totals['mentions']:,}，新增 indexed {totals['indexed']:,}，"
        f"更新 updated {totals['updated']:,}，被拒 rejected {totals['rejected']:,}，不收 withheld {totals['withheld']:,}"
    )


def _progress(*columns: MofNCompleteColumn) -> Progress:
    """A bar on standard error, gone when it is done, so that the report can be piped."""
    shown = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), *columns)
    return Progress(*shown, TimeElapsedColumn(), console=err, transient=True)


def _print(report: ImportReport) -> None:
    out.print(
        f"文件 files {report.files}，行 rows {report.rows:,}；进入收件箱 deposited {report.deposited:,}，"
        f"隔离 quarantined {report.quarantined:,}"
    )
    for note in report.notes:
        _print_problem(note)
    for problem in report.problems:
        _print_problem(problem)
    if report.quarantined > len(report.problems):
        out.print(f"… 其余见 · the rest: yushao sources quarantine list（{report.quarantined - len(report.problems):,}）")


def _print_problem(problem: Problem) -> None:
    message = problem.zh if language.get() == "zh" else problem.en
    out.print(f"  {problem.place}: {message}", markup=False)
