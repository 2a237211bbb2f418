"""Count series from files: `timestamp,value` rows of any regular interval, with gaps, repeats and disorder put right."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from crawlers.imports.files import DAMAGED, opened

PACKED = (".gz", ".xz", ".zst")
DAY = timedelta(days=1)
SPARSEST = 100
"""A grid of more slots than this times the rows (and a thousand) holds a row of another century, not a gap."""


@dataclass(frozen=True, slots=True)
class CountSeries:
    """A file's rows in time order, each timestamp once, and `counts` on the regular grid, NaN where no count is known.

    `slots[i]` is the place on the grid of `timestamps[i]`; these are as they were written in the file.
    """

    name: str
    timestamps: tuple[str, ...]
    slots: NDArray[np.int64]
    counts: NDArray[np.float64]
    interval: timedelta

    def stamps(self, slots: NDArray[np.int64]) -> list[str]:
        """The first timestamp in each of the slots; a slot without a row has none."""
        place = {int(slot): row for row, slot in reversed(list(enumerate(self.slots)))}
        return [self.timestamps[place[int(slot)]] for slot in slots if int(slot) in place]


class _Row(NamedTuple):
    line: int
    stamp: str
    moment: datetime
    value: float


def read_counts(path: Path) -> CountSeries:
    """The series of a CSV file (plain, .gz, .xz or .zst) with the columns timestamp and value, in any order of rows.

    The interval is the commonest distance of two rows. A timestamp that is there twice counts once, with its last value; two
    timestamps nearest to the same slot add up; an empty value or a slot without a row is missing. Raises InputError, naming
    file and line, for a file that cannot be read, another value, a negative one, and rows of no regular interval.
    """
    rows = {row.moment: row for row in _rows(path)}
    ordered = _sorted(path, list(rows.values()))
    interval = _interval(path, ordered)
    slots = np.array([round((row.moment - ordered[0].moment) / interval) for row in ordered], dtype=np.int64)
    if slots[-1] > SPARSEST * len(ordered) + 1000:
        _refuse_far(path, ordered)
    return CountSeries(_name(path), tuple(row.stamp for row in ordered), slots, _on_grid(slots, ordered), interval)


def _name(path: Path) -> str:
    """The file's name, without what it is packed with."""
    return path.name.removesuffix(path.suffix) if path.suffix in PACKED else path.name


def _rows(path: Path) -> Iterator[_Row]:
    with opened(path) as file:
        text = io.TextIOWrapper(file.data, encoding=file.encoding, newline="")
        reader = csv.DictReader(text)
        try:
            _require_columns(path, reader.fieldnames or ())
            for cells in reader:
                yield _row(path, reader.line_num, cells)
        except (*DAMAGED, UnicodeDecodeError, csv.Error) as error:
            raise InputError(
                zh=f"{path}：第 {reader.line_num + 1} 行起读不下去，文件可能已损坏或被截断；请重新取得",
                en=f"{path}: cannot be read from line {reader.line_num + 1} on, it may be damaged or cut; fetch it again",
            ) from error


def _require_columns(path: Path, columns: object) -> None:
    if not {"timestamp", "value"} <= set(columns if isinstance(columns, (list, tuple)) else ()):
        _refuse(path, 1, "首行须含 timestamp 与 value 两列", "the first line must name the columns timestamp and value")


def _row(path: Path, line: int, cells: dict[str, str | None]) -> _Row:
    stamp, value = (cells["timestamp"] or "").strip(), (cells["value"] or "").strip()
    return _Row(line, stamp, _moment(path, line, stamp), _count(path, line, value))


def _moment(path: Path, line: int, stamp: str) -> datetime:
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:
        _refuse(
            path,
            line,
            f"看不懂时间 {stamp!r}，请写成 2026-11-02 14:30:00",
            f"cannot read the time {stamp!r}: write 2026-11-02 14:30:00",
        )


def _count(path: Path, line: int, value: str) -> float:
    """The count, NaN for an empty one."""
    try:
        count = float(value) if value else math.nan
    except ValueError:
        count = -1.0
    if count < 0 or math.isinf(count):
        _refuse(
            path,
            line,
            f"数量 {value!r} 须为不小于 0 的数，缺失则留空",
            f"the value {value!r} must be a number of at least 0, or empty where missing",
        )
    return count


def _sorted(path: Path, rows: list[_Row]) -> list[_Row]:
    if len(rows) < 2:
        _refuse(path, 2, "至少要有两行不同时间的数据", "there must be two rows of different times at least")
    aware = rows[0].moment.tzinfo is not None
    for row in rows:
        if (row.moment.tzinfo is not None) != aware:
            _refuse(
                path, row.line, "有的时间带时区、有的不带，请统一", "some times name a zone and some do not: write all alike"
            )
    return sorted(rows, key=lambda row: row.moment)


def _interval(path: Path, rows: list[_Row]) -> timedelta:
    """The commonest distance, which half of the rows at least must keep to a tenth."""
    distances = [later.moment - earlier.moment for earlier, later in pairwise(rows)]
    interval = Counter(distances).most_common(1)[0][0]
    off = [row for row, distance in zip(rows[1:], distances, strict=True) if not _is_multiple(distance, interval)]
    if len(off) > len(distances) / 2:
        _refuse(path, off[0].line, "各行的时间间隔不规则", "the rows keep no regular interval")
    if interval > DAY:
        _refuse(path, rows[1].line, f"间隔 {interval} 超过一天", f"the interval of {interval} is longer than a day")
    return interval


def _is_multiple(distance: timedelta, interval: timedelta) -> bool:
    return abs(distance / interval - round(distance / interval)) <= 0.1 and round(distance / interval) >= 1


def _on_grid(slots: NDArray[np.int64], rows: list[_Row]) -> NDArray[np.float64]:
    """The known counts added up by slot."""
    values = np.array([row.value for row in rows])
    known = np.isfinite(values)
    grid = np.full(int(slots[-1]) + 1, np.nan)
    grid[slots[known]] = 0.0
    np.add.at(grid, slots[known], values[known])
    return grid


def _refuse_far(path: Path, rows: list[_Row]) -> NoReturn:
    gaps = [later.moment - earlier.moment for earlier, later in pairwise(rows)]
    after = rows[gaps.index(max(gaps)) + 1]
    _refuse(
        path,
        after.line,
        f"与前一行相隔 {max(gaps).days} 天，请检查年份",
        f"{max(gaps).days} days after the row before it: check the year",
    )


def _refuse(path: Path, line: int, zh: str, en: str) -> NoReturn:
    raise InputError(zh=f"{path} 第 {line} 行：{zh}", en=f"{path}, line {line}: {en}")
