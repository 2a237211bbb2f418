"""`yushao sentiment`: measure a scorer, train a model and put it in use if it is better, go back to an earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.table import Table

from cli.base import err, out, settings, state
from cli.model_versions import Corrections, Folder, Json, Name, add_commands, learn_from_corrections
from cli.sentiment_base import Backend, checked_backend
from core.errors import InputError, either

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.labelled import Labelled
    from sentiment.training import Trained

app = typer.Typer(help="情感模型 · the sentiment model", no_args_is_help=True)

Files = Annotated[list[Path], typer.Argument(help="标签<TAB>文本，标签 neg、neu、pos；可为 .xz · label<TAB>text, plain or .xz")]
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
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="标签<TAB>文本；不给则只学人工纠正 · label<TAB>text; without files from corrections alone"),
    ] = None,
    folder: Folder = None,
    corrections: Corrections = True,
    from_scratch: Annotated[
        bool, typer.Option("--from-scratch", help="不以现用模型为基础 · do not build on the model in use")
    ] = False,
    refit: Annotated[
        bool, typer.Option("--refit", help="衡量后再用全部行训练 · once measured, learn from the held-out rows too")
    ] = False,
    name: Name = "",
    weight: Annotated[
        list[str] | None, typer.Option("--weight", help="文件名=倍数，该文件的分量 · NAME=TIMES, how much a file weighs")
    ] = None,
    calibrate: Annotated[
        list[str] | None,
        typer.Option("--calibrate", help="文件名，只按这些文件校准概率 · NAME, fit probabilities to such files only"),
    ] = None,
    unlabelled: Annotated[
        list[Path] | None,
        typer.Option("--unlabelled", help="无标注文本，每行最后一列；用于学词义 · texts (the last column) to learn words from"),
    ] = None,
    backend: Annotated[str, typer.Option(help="yushao；或 snownlp，用其自带训练 · or snownlp by its own training")] = "yushao",
    json: Json = False,
) -> None:
    """训练；仅当更好时启用 · train; put the model in use only if it is better."""
    if not files:
        learn_from_corrections("mood", folder=folder, name=name, json=json)
        return
    from core.clock import now
    from sentiment.labelled import read_labelled, read_texts
    from sentiment.model import Model
    from sentiment.training import train as learn
    from sentiment.versions import Versions

    versions = Versions(folder or settings().models_path)
    chosen = versions.free_name(name, now())
    weights = _weights(weight or ())
    labelled = [read_labelled(file) for file in files]
    _require_known(calibrate or (), labelled)
    if checked_backend(backend) == "snownlp":
        _retrain_snownlp(labelled, versions.folder, chosen, json=json)
        return
    current = Model.load(versions.in_use())
    texts = [text for file in unlabelled or () for text in read_texts(file)]
    trained = learn(
        [*labelled, *(_corrected() if corrections else ())],
        name=chosen,
        current=current,
        build_on=None if from_scratch else current,
        refit=refit,
        weights=weights,
        calibrate_by=calibrate or (),
        unlabelled=texts,
        progress=lambda step: err.print(step),
    )
    versions.keep(trained.model)
    if trained.better:
        versions.use(chosen)
    _print_json(_told(trained)) if json else _print_trained(trained)


def _weights(given: Sequence[str]) -> dict[str, float]:
    """`name=times` as a mapping. Raises InputError for what is not that."""
    pairs = [one.rpartition("=") for one in given]
    try:
        return {name: float(times) for name, _, times in pairs}
    except ValueError as error:
        raise InputError(
            zh=f"--weight 应写作 文件名=倍数，例如 posts=2：{error}",
            en=f"--weight takes NAME=TIMES, such as posts=2: {error}",
        ) from error


def _require_known(names: Sequence[str], files: Sequence[Labelled]) -> None:
    """Raises InputError for a name that is none of the files'."""
    known = [file.name for file in files]
    if unknown := [name for name in names if name not in known]:
        raise InputError(
            zh=f"--calibrate 所指的 {'、'.join(unknown)} 不在训练文件之中：可选 {'、'.join(known)}",
            en=f"--calibrate names {', '.join(unknown)}, which is none of the files: one of {', '.join(known)}",
        )


def _retrain_snownlp(files: Sequence[Labelled], folder: Path, name: str, *, json: bool) -> None:
    from sentiment.snownlp_training import train as retrain

    found = retrain(files, folder, name=name)
    if json:
        _print_json({"file": str(found.file), "held_out": found.figures, "library": found.library})
        return
    out.print(_table(found.figures, name))
    out.print(_table(found.library, either("SnowNLP 原有", "SnowNLP's own")))
    out.print(either(f"在设置中写 sentiment.snownlp = {found.file}", f"set sentiment.snownlp = {found.file}"))


def _corrected() -> Iterator[Labelled]:
    """What staff corrected, as a file of its own: it counts as any other where the candidate is compared."""
    from monitoring.lessons import labelled_corrections

    with state() as database, database.reading() as session:
        found = labelled_corrections(session)
    if found:
        yield found


add_commands(app, "mood")


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
