"""`yushao score`: the sentiment of texts, one a line."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import orjson
import typer

from cli.base import settings

app = typer.Typer()


@app.command()
def score(
    file: Annotated[Path, typer.Argument(help="每行一条文本；- 为标准输入 · one text a line; - is standard input")] = Path("-"),
    as_json: Annotated[bool, typer.Option("--json", help="每行一个 JSON · one JSON object a line")] = False,
) -> None:
    """给每行文本打情感分 · score the sentiment of every line."""
    from sentiment.scorer import Score, open_scorer

    def line(text: str, found: Score) -> str:
        if as_json:
            return orjson.dumps({"text": text, "label": found.label, "score": found}).decode()
        return f"{found.label}\t{found.negative:.3f}\t{found.neutral:.3f}\t{found.positive:.3f}\t{text}"

    texts = _lines(file)
    with closing(open_scorer(settings())) as scorer:
        for text, found in zip(texts, scorer.score(texts), strict=True):
            typer.echo(line(text, found))


def _lines(file: Path) -> list[str]:
    from core.errors import InputError

    try:
        content = typer.get_text_stream("stdin", "utf-8").read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(zh=f"读不了 {file}：{error.strerror}", en=f"cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(zh=f"{file} 不是 UTF-8 编码，请转换后再试", en=f"{file} is not UTF-8: convert it first") from error
    return content.splitlines()
