"""Tables of labelled titles: `id brand title about stance category`, with tabs, the header first."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError
from sentiment.stance import SIDES
from sentiment.stance_features import Subject

COLUMNS = ("id", "brand", "title", "about", "stance", "category")
NONE = "-"
"""The category of a row that is not negative."""
SEVERAL = "|"
"""Between the categories of a row that has several, the chief one first."""


@dataclass(frozen=True, slots=True)
class Row:
    """A title as a reader labelled it; `categories`, the chief one first, are none where it is not negative news of the brand.

    A row counts in training as `weight` rows do.
    """

    subject: Subject
    about: bool
    side: str
    categories: tuple[str, ...]
    weight: float = 1.0

    @property
    def category(self) -> str:
        """The chief category, or ""."""
        return self.categories[0] if self.categories else ""

    @property
    def negative(self) -> bool:
        return self.about and self.side == "neg"


def read_rows(path: Path) -> list[Row]:
    """The rows of a file. Raises InputError naming the line that cannot be read, and for a file without rows."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(_rows(path, csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)))
    except OSError as error:
        raise InputError(zh=f"读不了 {path}：{error.strerror}", en=f"cannot read {path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            zh=f"{path} 不是 UTF-8 的制表符分隔文件，请转换后再试",
            en=f"{path} is not a tab-separated file in UTF-8: convert it first",
        ) from error
    if not rows:
        raise InputError(zh=f"{path} 里没有一行标注", en=f"{path} holds no labelled row")
    return rows


def _rows(path: Path, lines: Iterator[list[str]]) -> Iterator[Row]:
    if tuple(next(lines, ())) != COLUMNS:
        header = " ".join(COLUMNS)
        raise InputError(
            zh=f"{path} 的表头应为 {header}（制表符分隔）", en=f"{path} must begin with the header {header}, divided by tabs"
        )
    for number, fields in enumerate(lines, 2):
        if fields:
            yield _row(path, number, fields)


def _row(path: Path, number: int, fields: list[str]) -> Row:
    if len(fields) == len(COLUMNS):
        _, brand, title, about, side, category = fields
        negative = about == "1" and side == "neg"
        if about in ("0", "1") and side in SIDES and brand and (category not in ("", NONE) or not negative):
            return Row(Subject(title, (brand,)), about == "1", side, tuple(category.split(SEVERAL)) if negative else ())
    raise InputError(
        zh=f"{path} 第 {number} 行读不懂：about 应为 0 或 1，stance 为 {'、'.join(SIDES)}，负面的行须有 category",
        en=f"{path} line {number} cannot be read: about is 0 or 1, stance one of {', '.join(SIDES)}, "
        "and a negative row needs a category",
    )
