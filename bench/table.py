"""Tables on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table


def show(title: str, columns: Mapping[str, Mapping[str, Any]]) -> None:
    """Print one column a measured thing, one row a figure, in the order of the first mention."""
    table = Table(title=title, title_justify="left")
    table.add_column("", overflow="fold")
    for name in columns:
        table.add_column(name, justify="right")
    for figure in dict.fromkeys(figure for values in columns.values() for figure in values):
        table.add_row(figure, *(_shown(values.get(figure, "")) for values in columns.values()))
    Console().print(table)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}" if value < 10 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
