"""Labelled files: `label<TAB>text`, plain or .xz, and tables of titles with a column `stance`."""

from __future__ import annotations

import csv
import lzma
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from core.errors import InputError

T = TypeVar("T")
LABELS = ("neg", "neu", "pos")


@dataclass(frozen=True)
class Labelled:
    """The rows of one file, in its order."""

    name: str
    labels: tuple[str, ...]
    texts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)


def read_labelled(path: Path) -> Labelled:
    """The rows of a file; empty lines are passed over. Raises InputError naming the line that cannot be read."""
    rows = _read(path, lambda lines: list(_rows(path, lines)))
    if not rows:
        raise InputError(zh=f"{path} 里没有一行标注", en=f"{path} holds no labelled row")
    labels, texts = zip(*rows, strict=True)
    return Labelled(path.name.removesuffix(".xz").removesuffix(".tsv"), labels, texts)


def read_texts(path: Path) -> list[str]:
    """The last column of every line: texts whose labels, if they have any, are not asked for."""
    return _read(path, lambda lines: [line.rstrip("\r\n").rpartition("\t")[2] for line in lines])


def _read(path: Path, read: Callable[[IO[str]], list[T]]) -> list[T]:
    try:
        with _opened(path) as lines:
            return read(lines)
    except (OSError, lzma.LZMAError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(zh=f"读不了 {path}：{reason}", en=f"cannot read {path}: {reason}") from error
    except UnicodeDecodeError as error:
        raise InputError(zh=f"{path} 不是 UTF-8 编码，请转换后再试", en=f"{path} is not UTF-8: convert it first") from error


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8-sig", newline="\n")
    return path.open(encoding="utf-8-sig", newline="\n")


def _rows(path: Path, lines: IO[str]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines, 1):
        columns = line.rstrip("\r\n").split("\t")
        if number == 1 and "stance" in columns:
            yield from _table_rows(path, columns, lines)
            return
        if line.strip():
            yield _row(path, number, columns[0], "\t".join(columns[1:]))


def _table_rows(path: Path, columns: list[str], lines: IO[str]) -> Iterator[tuple[str, str]]:
    """Rows of a table of titles, the stance standing for the label."""
    table = csv.DictReader(lines, columns, delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, fields in enumerate(table, 2):
        yield _row(path, number, fields["stance"], fields.get("title") or fields.get("text") or "")


def _row(path: Path, number: int, label: str, text: str) -> tuple[str, str]:
    if label in LABELS and text:
        return label, text
    raise InputError(
        zh=f"{path} 第 {number} 行不是“标签<TAB>文本”（标签为 {'、'.join(LABELS)}）",
        en=f"{path} line {number} is not `label<TAB>text` with one of the labels {', '.join(LABELS)}",
    )
