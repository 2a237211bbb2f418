"""CSV and TSV: rows with their line numbers; a damaged row never takes its neighbours with it."""

from __future__ import annotations

import csv
import re
from collections import deque
from functools import partial

from crawlers.imports.events import Bad, Columns, Event, Events, cut_short, shown, undecodable
from crawlers.imports.files import DAMAGED, OpenFile

LONGEST_LINE = 1 << 24
HALF = re.compile("[\ud800-\udfff]")
"""What an undecodable byte becomes (surrogateescape)."""


def delimited_rows(file: OpenFile, *, header: bool) -> Events:
    """The file's rows; the first gives the columns' names where `header` is true, and each time that a header stands again.

    CSV cells may be quoted. TSV cells never are (text/tab-separated-values), so that a title's own quotation marks stay.
    """
    table = _Table(file, header)
    if not header:
        yield Columns(1, None)
    try:
        while (event := table.next_event()) is not None:
            yield event
    except DAMAGED as error:
        yield cut_short(table.lines.number + 1, error)


class _Table:
    """A file read row by row, and the header that holds at this place."""

    def __init__(self, file: OpenFile, header: bool) -> None:
        self.lines = _Lines(file)
        self._encoding = file.encoding
        self._header = header
        self._names: tuple[str, ...] | None = None
        dialect = _Unquoted if file.format == "tsv" else csv.excel
        self._reader = csv.reader(self.lines, dialect, delimiter=_delimiter(file))

    def next_event(self) -> Event | None:
        """The next row, header or bad place; None at the end."""
        cells: list[str] = []
        while not cells:
            self.lines.start_row()
            line = self.lines.number + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return None
            except csv.Error as error:
                return self.lines.give_up_row(line, f"不是合法的 CSV（{error}）", f"not valid CSV ({error})")
        return self._judged(line, cells)

    def _judged(self, line: int, cells: list[str]) -> Event:
        names = self._names
        if self.lines.has_undecodable:
            return undecodable(line, self._encoding, self.lines.text)
        if self._header and (names is None or _is_header_again(cells, names)):
            self._names = tuple(cell.strip(" \t\ufeff") for cell in cells)
            return Columns(line, self._names)
        if names is not None and len(cells) != len(names):
            return self.lines.give_up_row(
                line,
                f"有 {len(cells)} 列，表头有 {len(names)} 列：这一行被截断或引号未闭合",
                f"it has {len(cells)} columns, the header {len(names)}: the row is cut, or a quotation mark is not closed",
            )
        return line, cells


class _Unquoted(csv.excel):
    quoting = csv.QUOTE_NONE


class _Lines:
    """The file's lines as text, which remembers those of the present row, to give all but the first of them back."""

    def __init__(self, file: OpenFile) -> None:
        self.number = 0
        self.has_undecodable = False
        self._encoding = file.encoding
        self._read = iter(partial(file.data.readline, LONGEST_LINE), b"")
        self._row: list[str] = []
        self._again: deque[str] = deque()

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._taken_again() if self._again else self._decoded(next(self._read))
        self.number += 1
        self._row.append(line)
        return line

    @property
    def text(self) -> str:
        return "".join(self._row)

    def start_row(self) -> None:
        self._row.clear()
        self.has_undecodable = False

    def give_up_row(self, line: int, zh: str, en: str) -> Bad:
        """Only the row's first line is bad for certain: the others are read again as rows of their own."""
        first, *others = self._row
        self._again.extendleft(reversed(others))
        self.number -= len(others)
        return Bad(line, zh, en, shown(first))

    def _taken_again(self) -> str:
        line = self._again.popleft()
        self.has_undecodable |= bool(HALF.search(line))
        return line

    def _decoded(self, raw: bytes) -> str:
        encoding, self._encoding = self._encoding, self._encoding.removesuffix("-sig")
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            self.has_undecodable = True
            return raw.decode("utf-8", "surrogateescape")


def _delimiter(file: OpenFile) -> str:
    """A TSV has tabs; what calls itself CSV may have tabs or semicolons too, as its first line tells."""
    if file.format == "tsv":
        return "\t"
    first = file.data.peek().split(b"\n", 1)[0]
    return max(",\t;", key=lambda mark: first.count(mark.encode()))


def _is_header_again(cells: list[str], names: tuple[str, ...]) -> bool:
    """Whether this row is a header, the same or one of a later version: appended files hold several."""
    return cells[0].strip(" \t\ufeff") == names[0] and len(set(names).intersection(cells)) * 2 > len(names)
