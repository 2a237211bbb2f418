"""`yushao stance`: measure and train the model that tells how a text stands towards a brand, and choose its version."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.table import Table

from cli.base import out, settings, state
from cli.model_versions import Corrections, Folder, Json, Name, add_commands, learn_from_corrections

if TYPE_CHECKING:
    from sentiment.stance_files import Row

app = typer.Typer(help="对品牌的立场 · stance towards the brand: evaluate, train, versions, roll back", no_args_is_help=True)


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="标注表 · table: id brand title about stance category")],
    model: Annotated[Path | None, typer.Option(help="模型目录，默认用现用的 · the model's folder; else the one in use")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
) -> None:
    """用标注表评测 · measure a model on labelled titles."""
    from sentiment.stance import StanceModel, in_use
    from sentiment.stance_evaluation import evaluate as measure
    from sentiment.stance_files import read_rows

    judging = StanceModel.load(model) if model else in_use(settings().stance_models_path)
    found = asdict(measure(judging, read_rows(file)))
    if as_json:
        typer.echo(orjson.dumps(found).decode())
        return
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name, value in found.items():
        table.add_row(name, f"{value:,.0f}" if value > 1 else f"{value:.3f}")
    out.print(table)


@app.command()
def train(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="标注表；不给则只学纠正 · tables: id brand title about stance category; else corrections alone"),
    ] = None,
    folder: Folder = None,
    corrections: Corrections = True,
    name: Name = "",
    json: Json = False,
) -> None:
    """训练 · train from labelled titles, and from risk words and made-up titles that ship, into --out; same files, same model.

    不给文件时学人工纠正，仅当更好时启用 · without files from corrections, put in use only if better.
    """
    if not files:
        learn_from_corrections("stance", folder=folder, name=name, json=json)
        return
    from core.errors import InputError
    from monitoring.risk import shipped_terms
    from sentiment.stance_files import read_rows
    from sentiment.stance_phrases import phrases
    from sentiment.stance_training import train as learn

    if folder is None:
        raise InputError(zh="用文件训练时请给出 --out 目录", en="give the folder to write to: --out DIR")
    rows = [*(row for file in files for row in read_rows(file)), *(_corrected() if corrections else ())]
    model = learn([*phrases(), *rows], name=name or folder.name, risk_words=shipped_terms())
    model.save(folder)
    out.print(f"已训练 trained {model.metadata['rows']} → {folder}")


def _corrected() -> list[Row]:
    from monitoring.lessons import stance_rows

    with state() as database, database.reading() as session:
        return stance_rows(session)


add_commands(app, "stance")
