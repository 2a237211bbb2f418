"""`yushao sentiment`: measure a scorer, train a model and put it in use if it is better, go back to an earlier one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.table import Table

from cli.base import err, out, settings
from cli.sentiment_base import Backend, checked_backend
from core.errors import either

if TYPE_CHECKING:
    from sentiment.training import Trained

app = typer.Typer(help="情感模型 · the sentiment model", no_args_is_help=True)

Files = Annotated[list[Path], typer.Argument(help="标签<TAB>文本，标签 neg、neu、pos；可为 .xz · label<TAB>text, plain or .xz")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Folder = Annotated[Path | None, typer.Option("--out", help="模型目录，默认 <home>/models · the folder of models")]
SHOWN = ("rows", "accuracy", "macro_f1", "negative_recall", "negative_precision", "ece")


@app.command()
def evaluate(files: Files, backend: Backend = "", json: Json = False) -> None:
    """在已标注的文件上衡量 · measure a scorer on labelled files: quality, pace, memory."""
    from sentiment.evaluation import evaluate as measure
    from sentiment.labelled import read_labelled
    from sentiment.scorer import open_scorer

    rows = [read_labelled(file) for file in files]
    # In this process, so that its time and memory are what is measured.
    with closing(open_scorer(settings(), checked_backend(backend), apart=False)) as scorer:
        found = {str(file): measure(scorer, one) for file, one in zip(files, rows, strict=True)}
    if json:
        _print_json(found)
    else:
        out.print(_table({Path(file).name: figures for file, figures in found.items()}))


@app.command()
def train(
    files: Files,
    folder: Folder = None,
    from_scratch: Annotated[
        bool, typer.Option("--from-scratch", help="不以现用模型为基础 · do not build on the model in use")
    ] = False,
    refit: Annotated[
        bool, typer.Option("--refit", help="衡量后再用全部行训练 · once measured, learn from the held-out rows too")
    ] = False,
    name: Annotated[str, typer.Option(help="版本名，默认为时间 · the version's name; default: the moment")] = "",
    json: Json = False,
) -> None:
    """训练；仅当留出部分上更好时启用 · train; put the model in use only if it is better on the held-out part."""
    from core.clock import now
    from sentiment.labelled import read_labelled
    from sentiment.model import Model
    from sentiment.training import train as learn
    from sentiment.versions import Versions

    versions = Versions(folder or settings().models_path)
    chosen = versions.free_name(name, now())
    current = Model.load(versions.in_use())
    trained = learn(
        [read_labelled(file) for file in files],
        name=chosen,
        current=current,
        build_on=None if from_scratch else current,
        refit=refit,
        progress=lambda step: err.print(step),
    )
    versions.keep(trained.model)
    if trained.better:
        versions.use(chosen)
    _print_json(_told(trained)) if json else _print_trained(trained)


@app.command("versions")
def versions_(folder: Folder = None, json: Json = False) -> None:
    """各版本及其指标 · the versions and their figures; * is in use."""
    from sentiment.versions import Versions

    kept = Versions(folder or settings().models_path).list()
    if json:
        _print_json(kept)
        return
    for version in kept:
        out.print(f"{'*' if version.in_use else ' '} {version.name}\t{version.metadata.get('merit', '')}")


@app.command()
def rollback(
    version: Annotated[str, typer.Argument(help="版本名 · the version's name")],
    folder: Folder = None,
) -> None:
    """换用另一版本 · put another version in use."""
    from sentiment.versions import Versions

    Versions(folder or settings().models_path).use(version)
    out.print(either(f"现用 {version}，重启服务后生效", f"{version} is in use from the services' next start"))


def _told(trained: Trained) -> dict[str, Any]:
    return {
        "name": trained.model.name,
        "promoted": trained.better,
        "held_out": trained.figures,
        "current": trained.current,
    }


def _print_trained(trained: Trained) -> None:
    out.print(_table(trained.figures, trained.model.name))
    out.print(_table(trained.current, either("现用", "in use")))
    if trained.better:
        out.print(either(f"{trained.model.name} 更好，已启用", f"{trained.model.name} is better and in use"))
    else:
        out.print(either(f"{trained.model.name} 不更好，已保存，未启用", f"{trained.model.name} is no better: kept, not used"))


def _table(found: dict[str, dict[str, Any]], title: str = "") -> Table:
    table = Table(title=title or None, title_justify="left")
    table.add_column("")
    shown = [*SHOWN, *(key for key in ("posts_per_second_per_core", "peak_mb") if any(key in one for one in found.values()))]
    for column in shown:
        table.add_column(column, justify="right")
    for file, figures in found.items():
        table.add_row(file, *("" if figures[key] is None else f"{figures[key]:,}" for key in shown))
    return table


def _print_json(value: Any) -> None:
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
