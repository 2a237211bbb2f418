"""What a run's page in the Prefect UI shows: one Markdown artifact a run, in the operator's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.errors import either


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; what would end a cell or a row inside a cell is undone.

    >>> print(table(("a", "b"), [(1, "x|y")]))
    | a | b |
    | --- | --- |
    | 1 | x\\|y |
    """
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def facts(values: Iterable[tuple[str, object]]) -> str:
    """A table of two columns: what, and how many."""
    return table((either("项目", "what"), either("数量", "count")), values)


def show(key: str, title: str, *parts: str) -> None:
    """Leave the artifact `key` on the running flow's page; the same key of earlier runs makes its history."""
    from prefect.artifacts import create_markdown_artifact

    create_markdown_artifact("\n\n".join((f"## {title}", *parts)), key=key, description=title)


def _cell(value: object) -> str:
    return " ".join(str(value).replace("|", "\\|").split())
