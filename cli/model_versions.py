"""What `yushao sentiment` and `yushao stance` share: learning from corrections, the versions of a model, and going back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from cli.base import actor, err, index, out, settings, state
from core.errors import either

if TYPE_CHECKING:
    from monitoring.tables import LearningRun
    from sentiment.versions import Versions

Folder = Annotated[Path | None, typer.Option("--out", help="模型目录，默认在 <home>/models · the folder of models")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Corrections = Annotated[
    bool, typer.Option("--corrections/--no-corrections", help="也学人工纠正 · learn from what staff corrected too")
]
Name = Annotated[str, typer.Option(help="版本名，默认为时间 · the version's name; default: the moment")]


def learn_from_corrections(kind: str, *, folder: Path | None, name: str, json: bool) -> None:
    """Learn from corrections alone; say what was compared, and whether the candidate is in use now."""
    from core.clock import now
    from monitoring import learning

    with state() as database, index() as posts:
        run = learning.learn_from_corrections(
            learning.Desk(database, posts, settings(), folder),
            kind,
            actor=actor(),
            now=now(),
            name=name,
            progress=lambda step: err.print(step),
        )
    typer.echo(orjson.dumps(told(run), option=orjson.OPT_INDENT_2).decode()) if json else show_run(run)


def told(run: LearningRun) -> dict[str, Any]:
    return {
        "name": run.version,
        "promoted": run.promoted,
        "built_on": run.base,
        "compared_with": run.against,
        "corrections": run.figures["corrections"],
        "figures": run.figures,
    }


def show_run(run: LearningRun) -> None:
    from monitoring.learning import reasons

    for held, text in reasons(run.figures):
        out.print(f"{'✓' if held else '✗'} {text}")
    outcome = (
        either(f"{run.version} 更好，已启用", f"{run.version} is better and in use")
        if run.promoted
        else either(f"{run.version} 不更好，已保存，未启用", f"{run.version} is no better: kept, not used")
    )
    out.print(outcome)


def add_commands(app: typer.Typer, kind: str) -> None:
    """The commands `versions` and `rollback` of one kind of model."""

    @app.command()
    def versions(folder: Folder = None, json: Json = False) -> None:
        """各版本及其指标 · the versions and their figures; * is in use."""
        kept = _versions(kind, folder).list()
        if json:
            typer.echo(orjson.dumps(kept, option=orjson.OPT_INDENT_2).decode())
            return
        for version in kept:
            typer.echo(f"{'*' if version.in_use else ' '} {version.name}\t{summary(version.metadata)}")

    @app.command()
    def rollback(
        version: Annotated[str, typer.Argument(help="版本名 · the version's name")],
        folder: Folder = None,
    ) -> None:
        """换用另一版本 · put another version in use."""
        from core.clock import now
        from monitoring.learning import put_in_use

        if folder:
            _versions(kind, folder).use(version)
        else:
            with state() as database:
                put_in_use(database, settings(), kind, version, actor=actor(), now=now())
        out.print(either(f"现用 {version}，下一批入库起生效", f"{version} is in use from the next batch that is ingested"))


def summary(metadata: dict[str, Any]) -> str:
    """The figures of one version in a line: of its held-out rows, or of what it learned from corrections."""
    if learned := metadata.get("learned"):
        number, base, gained, lost = (learned[name] for name in ("corrections", "base", "gained", "lost"))
        return either(
            f"学自 {number} 条纠正，在 {base} 之上：改对 {gained}，改错 {lost}",
            f"{number} corrections on {base}: {gained} put right, {lost} spoilt",
        )
    if "merit" in metadata:
        return f"macro-F1 {metadata['merit']}"
    return either(f"{metadata['rows']} 行", f"{metadata['rows']} rows") if "rows" in metadata else ""


def _versions(kind: str, folder: Path | None) -> Versions:
    from monitoring.learning import KINDS, versions_of
    from sentiment.versions import Versions

    return Versions(folder, KINDS[kind]) if folder else versions_of(settings(), kind)
