"""`yushao corrections`: what staff corrected, as a list and as labelled files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from cli.base import out, state
from core.errors import either

if TYPE_CHECKING:
    from monitoring.tables import Correction

app = typer.Typer(help="人工纠正 · what staff corrected: list, export", no_args_is_help=True)


class Form(StrEnum):
    LABELLED = "labelled"
    TITLES = "titles"


@app.command("list")
def list_(
    brand: Annotated[str, typer.Option(help="只看这个品牌 · of this brand only")] = "",
    every: Annotated[bool, typer.Option("--all", help="连同已撤销和被取代的 · those undone and superseded too")] = False,
    limit: Annotated[int, typer.Option(min=1, help="至多多少条 · at most so many")] = 50,
) -> None:
    """列出纠正，新的在前 · list corrections, newest first."""
    from core.clock import shown
    from monitoring.corrections import list_corrections
    from monitoring.in_force import Verdict
    from monitoring.risk import RiskCategory

    with state() as database, database.reading() as session:
        found = list_corrections(session, brand=brand, ended=None if every else False, limit=limit)
    heads = (either("时间", "when"), either("谁", "who"), either("品牌", "brand"), either("原为", "was"), either("改为", "is"))
    table = Table(*heads, either("风险", "risks"), Column(either("文字", "text"), max_width=60), either("状态", "state"))
    for one in found:
        verdicts = [either(Verdict(code).zh, code) for code in (one.before["verdict"], one.verdict)]
        risks = ", ".join(either(RiskCategory(risk).zh, risk) for risk in one.risks)
        text = escape(" ".join(one.text.split())) or either("（已删除）", "(erased)")
        table.add_row(shown(one.made_at), one.made_by, escape(one.brand), *verdicts, risks, text, one.end or "✓")
    out.print(table)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="写到哪个文件 · the file to write")],
    form: Annotated[
        Form, typer.Option(help="labelled：标签<TAB>文本；titles：id brand title about stance category")
    ] = Form.TITLES,
) -> None:
    """导出生效的纠正为标注文件 · write the corrections in force as a labelled file for training elsewhere."""
    from core.errors import InputError
    from monitoring.corrections import list_corrections

    with state() as database, database.reading() as session:
        found = [one for one in list_corrections(session) if one.text]
    lines = [line for one in found if (line := _labelled(one))] if form is Form.LABELLED else _titles(found)
    try:
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise InputError(zh=f"写不了 {file}：{error.strerror}", en=f"cannot write {file}: {error.strerror}") from error
    rows = len(lines) - (form is Form.TITLES)
    out.print(either(f"已导出 {rows} 条到 {file}", f"{rows} corrections written to {file}"), markup=False)


def _labelled(one: Correction) -> str:
    """`label<TAB>text`; nothing for a wrong match, which has no mood."""
    label = {"negative": "neg", "neutral": "neu", "positive": "pos"}.get(one.verdict)
    return f"{label}\t{_flat(one.text)}" if label else ""


def _titles(found: list[Correction]) -> list[str]:
    from sentiment.stance_files import COLUMNS, NONE, SEVERAL

    lines = ["\t".join(COLUMNS)]
    for one in found:
        side = {"negative": "neg", "positive": "pos"}.get(one.verdict, "neu")
        category = (SEVERAL.join(one.risks) or "other") if side == "neg" else NONE
        about = "0" if one.verdict == "not_about" else "1"
        lines.append("\t".join((one.id, one.keywords[0], _flat(one.text), about, side, category)))
    return lines


def _flat(text: str) -> str:
    """On one line and in one column."""
    return " ".join(text.split())
