"""`yushao score`: the sentiment of texts, one a line, their stance towards a brand, and what moved either."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from cli.base import settings
from cli.sentiment_base import Backend, checked_backend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.explaining import Explanation, Reason
    from sentiment.scorer import Score
    from sentiment.stance_explaining import StanceExplanation

app = typer.Typer()


@app.command()
def score(
    file: Annotated[Path, typer.Argument(help="每行一条文本；- 为标准输入 · one text a line; - is standard input")] = Path("-"),
    backend: Backend = "",
    why: Annotated[bool, typer.Option("--explain", help="列出最有影响的字词 · name what moved the score most")] = False,
    brand: Annotated[str, typer.Option(help="再给出对此品牌的立场 · the stance towards this brand (a keyword of it) too")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="每行一个 JSON · one JSON object a line")] = False,
) -> None:
    """给每行文本打情感分 · score the sentiment of every line."""
    from sentiment.scorer import open_scorer

    chosen = checked_backend(backend)
    texts = _lines(file)
    reasons = _explained(texts, chosen) if why else [None] * len(texts)
    stances = _stances(texts, brand) if brand else [None] * len(texts)
    with closing(open_scorer(settings(), chosen)) as scorer:
        for text, found, reason, towards in zip(texts, scorer.score(texts), reasons, stances, strict=True):
            typer.echo(_json(text, found, reason, towards) if as_json else _lines_of(text, found, reason, towards, why))


def _lines_of(text: str, found: Score, reason: Explanation | None, towards: StanceExplanation | None, why: bool) -> str:
    lines = [f"{found.label}\t{found.negative:.3f}\t{found.neutral:.3f}\t{found.positive:.3f}\t{text}"]
    if reason:
        lines.append(_told(reason.reasons))
    if towards:
        stance = towards.stance
        sides = f"{stance.score.negative:.3f}\t{stance.score.neutral:.3f}\t{stance.score.positive:.3f}"
        lines.append(f"\tstance\t{sides}\tabout {stance.about:.3f}")
    if towards and why:
        lines.append(_told(towards.reasons))
    return "\n".join(lines)


def _told(reasons: Sequence[Reason]) -> str:
    return "\t" + "  ".join(f"{one.gram} {one.weight:+.2f}" for one in reasons)


def _json(text: str, found: Score, reason: Explanation | None, towards: StanceExplanation | None) -> str:
    row: dict[str, Any] = {"text": text, "label": found.label, "score": found}
    row |= {"why": reason} if reason else {}
    row |= {"stance": towards} if towards else {}
    return orjson.dumps(row).decode()


def _stances(texts: list[str], brand: str) -> list[StanceExplanation]:
    from sentiment.stance import in_use
    from sentiment.stance_explaining import explain_stance
    from sentiment.stance_features import Subject

    model = in_use(settings().stance_models_path)
    return [explain_stance(model, Subject(text, (brand,))) for text in texts]


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
