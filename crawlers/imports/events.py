"""What the readers of files hand on: the columns' names, rows, and places that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LONGEST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Columns:
    """From `line` on, the rows have these columns; None in a file without a header."""

    line: int
    names: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Bad:
    """A place that cannot be read: why, and the text that stands there."""

    line: int
    zh: str
    en: str
    item: str = ""


class Record(dict[str, Any]):
    """One JSON object as a row; a column that it lacks is empty."""

    def __missing__(self, name: str) -> str:
        return ""


Row = tuple[int, list[str] | Record]
"""The line on which it starts, and its cells."""

Event = Columns | Row | Bad
Events = Iterator[Event]


def shown(item: str) -> str:
    """As much of a bad place's text as the quarantine keeps."""
    return item.encode("utf-8", "replace").decode().rstrip("\r\n")[:LONGEST_SHOWN]


def undecodable(line: int, encoding: str, item: str) -> Bad:
    """A row that holds bytes which are no text in the file's encoding."""
    zh = f"这一行含有不是 {encoding} 的字节，文字已损坏"
    return Bad(line, zh, f"the row holds bytes that are not {encoding}; its text is damaged", shown(item))


def cut_short(line: int, error: Exception) -> Bad:
    """The place from which on a compressed file cannot be read."""
    zh = f"文件从这里起已损坏或被截断（{error}），其后的内容没有导入；请重新取得该文件"
    return Bad(line, zh, f"the file is damaged or cut short from here on ({error}), the rest is not imported; fetch it again")
