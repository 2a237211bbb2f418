"""What the commands on sentiment share: the choice of a scorer."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.base import settings

BACKENDS = ("yushao", "snownlp")

Backend = Annotated[str, typer.Option(help="yushao 或 snownlp；默认依设置 · or as the settings have it")]


def checked_backend(backend: str) -> str:
    """The backend asked for, else the settings' own. Raises InputError for an unknown one."""
    from core.errors import InputError

    if backend and backend not in BACKENDS:
        raise InputError(
            zh=f"没有名为 {backend} 的情感模型：可选 {'、'.join(BACKENDS)}",
            en=f"there is no sentiment backend {backend}: choose one of {', '.join(BACKENDS)}",
        )
    return backend or settings().sentiment.backend
