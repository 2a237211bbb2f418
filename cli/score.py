"""`yushao score`: the sentiment of texts, one a line, and what moved it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from cli.base import settings
from cli.sentiment_base import Backend, checked_backend

if TYPE_CHECKING:
    from sentiment.explaining import Explanation
    from sentiment.scorer import Score

app = typer.Typer()


@app.command()
def score(
    file: Annotated[Path, typer.Argument(help="每行一条文本；- 为标准输入 · one text a line; - is standard input")] = Path("-"),
    backend: Backend = "",
    why: Annotated[bool, typer.Option("--explain", help="列出最有影响的字词 · name what moved the score most")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="每行一个 JSON · one JSON object a line")] = False,
) -> None:
    """给每行文本打情感分 · score the sentiment of every line."""
    from sentiment.scorer import open_scorer

    chosen = checked_backend(backend)
    texts = _lines(file)
    reasons = _explained(texts, chosen) if why else [None] * len(texts)
    with closing(open_scorer(settings(), chosen)) as scorer:
        for text, found, reason in zip(texts, scorer.score(texts), reasons, strict=True):
            typer.echo(_json(text, found, reason) if as_json else _line(text, found, reason))


def _line(text: str, found: Score, reason: Explanation | None) -> str:
    line = f"{found.label}\t{found.negative:.3f}\t{found.neutral:.3f}\t{found.positive:.3f}\t{text}"
    if reason is None:
        return line
    return f"{line}\n\t" + "  ".join(f"{one.gram} {one.weight:+.2f}" for one in reason.reasons)


def _json(text: str, found: Score, reason: Explanation | None) -> str:
    row = {"text": text, "label": found.label, "score": found}
    return orjson.dumps(row if reason is None else {**row, "why": reason}).decode()


def _explained(texts: list[str], backend: str) -> list[Explanation | None]:
    from core.errors import InputError
    from sentiment.explaining import explain
    from sentiment.model import Model
    from sentiment.versions import Versions

    if backend != "yushao":
        raise InputError(
            zh=f"--explain 只能解释 yushao 模型，不能解释 {backend}：请加 --backend yushao",
            en=f"--explain can explain the model yushao, not {backend}: add --backend yushao",
        )
    model = Model.load(Versions(settings().models_path).in_use())
    return [explain(model, text) for text in texts]


def _lines(file: Path) -> list[str]:
    from core.errors import InputError

    try:
        content = typer.get_text_stream("stdin", "utf-8").read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(zh=f"读不了 {file}：{error.strerror}", en=f"cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(zh=f"{file} 不是 UTF-8 编码，请转换后再试", en=f"{file} is not UTF-8: convert it first") from error
    return content.splitlines()
