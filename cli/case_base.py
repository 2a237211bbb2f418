"""What the commands under `yushao cases` share: who acts, on which case, why, in one transaction marked as the terminal's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from cli.base import state

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

As = Annotated[
    str,
    typer.Option("--as", help="以谁的名义（用户名）；本机操作者视为可信，审计中记 via=cli · the person acting, by user name"),
]
CaseId = Annotated[str, typer.Argument(help="个案编号 · the case's id")]
Reason = Annotated[str, typer.Option(help="理由 · the reason")]


@contextmanager
def writing() -> Iterator[tuple[Session, datetime]]:
    """One transaction of a person at this terminal, and its moment."""
    from core.clock import now

    with state() as database, database.writing() as session:
        yield session, now()


def table(first: str, *others: str) -> Table:
    """A table whose first column, an id or a name to be copied, is never cut; the others are folded, not shortened."""
    return Table(Column(first, no_wrap=True), *(Column(other, overflow="fold") for other in others))
