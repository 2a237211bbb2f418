"""`yushao stance`: train and measure the model that tells how a text stands towards a brand."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from cli.base import out

app = typer.Typer(help="对品牌的立场 · stance towards the brand: train, evaluate", no_args_is_help=True)


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="标注表 · table: id brand title about stance category")],
    model: Annotated[
        Path | None, typer.Option(help="模型目录，默认用随附的 · the model's folder; else the shipped one")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
) -> None:
    """用标注表评测 · measure a model on labelled titles."""
    from sentiment.stance import SHIPPED, StanceModel
    from sentiment.stance_evaluation import evaluate as measure
    from sentiment.stance_files import read_rows

    found = asdict(measure(StanceModel.load(model or SHIPPED), read_rows(file)))
    if as_json:
        typer.echo(orjson.dumps(found).decode())
        return
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name, value in found.items():
        table.add_row(name, f"{value:,.0f}" if value > 1 else f"{value:.3f}")
    out.print(table)


@app.command()
def train(
    files: Annotated[list[Path], typer.Argument(help="标注表 · tables: id brand title about stance category")],
    folder: Annotated[Path, typer.Option("--out", help="存放模型的目录 · folder to write the model to")],
) -> None:
    """用标注表和随附的风险词训练 · train from labelled titles and the shipped risk words; same files, same model."""
    from monitoring.risk import shipped_terms
    from sentiment.stance_files import read_rows
    from sentiment.stance_training import train as learn

    model = learn([row for file in files for row in read_rows(file)], name=folder.name, risk_words=shipped_terms())
    model.save(folder)
    out.print(f"已训练 trained {model.metadata['rows']} → {folder}")
