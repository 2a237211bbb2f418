"""Which stored model a process works with: the one that was chosen, or the shipped one where that cannot be read.

A model that was trained under an earlier version may have a format that this version does not know. Posts are then scored by
the shipped model, as judging none would silence every alert; the log, `/healthz` and the commands `versions` say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import is_zipfile

import orjson
import structlog

from core.errors import either


@dataclass(frozen=True, slots=True)
class Choice:
    """`folder`: of the model to work with. `unread`: of the chosen one, where it cannot be read or is gone."""

    folder: Path
    unread: Path | None = None


def choice(versions: Path, shipped: Path, *, format: int, command: str) -> Choice:
    """What `current` in `versions` names, and without it the shipped one; `command`: by which such models are trained."""
    try:
        name = (versions / "current").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return Choice(shipped)
    chosen = shipped if name == shipped.name else versions / name
    if is_readable(chosen, format):
        return Choice(chosen)
    _warn(chosen, shipped.name, command)
    return Choice(shipped, chosen)


def is_readable(folder: Path, format: int) -> bool:
    """Whether a whole model of this format lies there, told by its metadata and the end of its weights without loading them."""
    try:
        about = orjson.loads((folder / "metadata.json").read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(about, dict) and about.get("format") == format and is_zipfile(folder / "weights.npz")


@cache
def _warn(chosen: Path, shipped: str, command: str) -> None:
    """Once a process."""
    structlog.get_logger().warning(
        either(
            f"选用的模型 {chosen} 不是本版本能读的格式，或已损坏、已删除；现用随附的 {shipped}："
            f"请用 yushao {command} train 重新训练，或用 yushao {command} rollback {shipped} 确认改用随附模型",
            f"the chosen model {chosen} has a format that this version cannot read, is damaged or is gone; {shipped} is used "
            f"instead: train again by yushao {command} train, or confirm that by yushao {command} rollback {shipped}",
        )
    )
