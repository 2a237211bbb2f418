"""Figures that the company brings by CSV: one row a day and figure, or one column a figure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.policies.tables import LONGEST_FIGURE, CompanyFigure
from core import audit
from core.errors import InputError

_DATE = ("date", "day", "日期", "时间")
_NAME = ("indicator", "name", "指标", "名称")
_VALUE = ("value", "数值", "值")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
LARGEST = 1e12
MOST_PROBLEMS = 50
"""Problems told one by one; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something on a line (counted from 1, the header's) was not taken over."""

    line: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class FigureImport:
    """How many values the file added, changed and found as they were, of which figures; and what was passed over."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    names: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    more_problems: int = 0


@dataclass(frozen=True, slots=True)
class FigureSummary:
    """One figure of a brand: its days, first and last."""

    name: str
    days: int
    first: date
    last: date


Value = tuple[str, date, float]


def import_figures(session: Session, brand: str, content: bytes, *, name: str, actor: str, now: datetime) -> FigureImport:
    """Take over the CSV `content` of the file `name`; a wrong cell is reported and the others are taken.

    The header is `date,indicator,value` (日期,指标,数值), or a date column and one column for each figure. A day that is there
    already is updated; an empty cell in a wide file says nothing. Raises InputError for a file that cannot be read at all.
    """
    problems: list[Problem] = []
    values: dict[tuple[str, date], float] = {}
    for found in _values(_text(content, name), name):
        if isinstance(found, Problem):
            problems.append(found)
        else:
            values[found[0], found[1]] = found[2]
    outcome = _store(session, brand, values, actor, now)
    names = tuple(sorted({figure for figure, _ in values}))
    if outcome["added"] or outcome["changed"]:
        audit.record(
            session, at=now, actor=actor, action="figures.import", subject=f"brand:{brand}", names=list(names), **outcome
        )
    kept = tuple(problems[:MOST_PROBLEMS])
    return FigureImport(**outcome, names=names, problems=kept, more_problems=len(problems) - len(kept))


def figures(session: Session, brand: str) -> list[FigureSummary]:
    """The brand's figures, by name."""
    query = (
        select(CompanyFigure.name, func.count(), func.min(CompanyFigure.day), func.max(CompanyFigure.day))
        .where(CompanyFigure.brand == brand)
        .group_by(CompanyFigure.name)
        .order_by(CompanyFigure.name)
    )
    return [FigureSummary(*row) for row in session.execute(query).tuples()]


def remove_figure(session: Session, brand: str, name: str, *, actor: str, now: datetime) -> int:
    """Delete a figure with all its days; the number of days. Raises InputError for one that is not there."""
    rows = session.scalars(select(CompanyFigure).where(CompanyFigure.brand == brand, CompanyFigure.name == name)).all()
    if not rows:
        known = "、".join(figure.name for figure in figures(session, brand)) or "—"
        raise InputError(
            zh=f"品牌 {brand} 没有名为 {name} 的数据；现有：{known}",
            en=f"brand {brand} has no figure {name}; there are: {known}",
        )
    for row in rows:
        session.delete(row)
    audit.record(session, at=now, actor=actor, action="figures.remove", subject=f"brand:{brand}", name=name, days=len(rows))
    return len(rows)


def _store(session: Session, brand: str, values: dict[tuple[str, date], float], actor: str, now: datetime) -> dict[str, int]:
    names = {figure for figure, _ in values}
    query = select(CompanyFigure).where(CompanyFigure.brand == brand, CompanyFigure.name.in_(names))
    known = {(row.name, row.day): row for row in session.scalars(query)}
    outcome = {"added": 0, "changed": 0, "unchanged": 0}
    for (figure, day), value in values.items():
        row = known.get((figure, day))
        if row is not None and row.value == value:
            outcome["unchanged"] += 1
            continue
        outcome["changed" if row else "added"] += 1
        session.merge(CompanyFigure(brand=brand, name=figure, day=day, value=value, actor=actor, brought_at=now))
    session.flush()
    return outcome


def _text(content: bytes, name: str) -> str:
    """UTF-8 with or without a mark, else GB 18030, which is what spreadsheets in China write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(
        zh=f"{name} 的编码看不懂：请另存为“CSV UTF-8”", en=f"the encoding of {name} is not known: save it as “CSV UTF-8”"
    )


def _values(text: str, name: str) -> Iterator[Value | Problem]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 0
    try:
        header = [cell.strip() for cell in next(reader, [])]
        columns = _Columns.of(header, name)
        for cells in reader:
            line = reader.line_num
            if any(map(str.strip, cells)):
                yield from columns.values(line, [cell.strip() for cell in cells])
    except csv.Error as error:
        raise InputError(
            zh=f"{name} 第 {line + 1} 行起不是合法的 CSV（{error}）：请检查引号",
            en=f"{name} is not valid CSV from line {line + 1} on ({error}): check its quotes",
        ) from error


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where things stand: `name` and `value` in a long file, `figures` (place, name) in a wide one."""

    width: int
    date: int
    name: int | None
    value: int | None
    figures: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, header: Sequence[str], file: str) -> _Columns:
        lower = [cell.lower() for cell in header]
        day, name, value = (
            next((place for place, cell in enumerate(lower) if cell in words), None) for words in (_DATE, _NAME, _VALUE)
        )
        wide = tuple((place, cell) for place, cell in enumerate(header) if cell and place != day)
        if day is None or not wide or ((name is None) != (value is None)):
            found = ",".join(header) or "—"
            raise InputError(
                zh=f"{file} 第 1 行须为表头 date,indicator,value（或：日期,退货,客服来电,…，每列一个指标），得到 {found}",
                en=f"{file}, line 1 must be date,indicator,value (or a date column and one column a figure), got {found}",
            )
        if name is None and (wrong := next((cell for _, cell in wide if len(cell) > LONGEST_FIGURE), None)):
            raise InputError(
                zh=f"{file} 第 1 行的指标名过长（最多 {LONGEST_FIGURE} 字）：{wrong}",
                en=f"{file}, line 1: a figure's name has at most {LONGEST_FIGURE} characters, got {wrong}",
            )
        return cls(len(header), day, name, value, wide if name is None else ())

    def values(self, line: int, cells: list[str]) -> Iterator[Value | Problem]:
        if len(cells) > self.width:
            yield Problem(
                line, f"有 {len(cells)} 列，表头只有 {self.width} 列", f"{len(cells)} columns, {self.width} in the header"
            )
            return
        cells = cells + [""] * (self.width - len(cells))
        day = _day(cells[self.date])
        if day is None:
            told = cells[self.date] or "—"
            yield Problem(line, f"看不懂日期 {told}：请写成 2026-11-02", f"cannot read the date {told}: write 2026-11-02")
            return
        if self.name is not None and self.value is not None:
            yield _value(line, cells[self.name], day, cells[self.value])
        for place, figure in self.figures:
            if cells[place]:
                yield _value(line, figure, day, cells[place])


def _value(line: int, name: str, day: date, cell: str) -> Value | Problem:
    if not name or len(name) > LONGEST_FIGURE:
        return Problem(
            line,
            f"指标名须为 1–{LONGEST_FIGURE} 字，得到 {name or '空'}",
            f"a figure's name has 1–{LONGEST_FIGURE} characters, got {name or 'none'}",
        )
    number = _number(cell)
    if number is None:
        return Problem(line, f"{name} 的数值看不懂：{cell or '空'}", f"{name}: cannot read the value {cell or '(empty)'}")
    return name, day, number


def _day(text: str) -> date | None:
    """A day as spreadsheets write it.

    >>> _day("2026/11/2"), _day("2026年11月2日"), _day("2026-13-01")
    (datetime.date(2026, 11, 2), datetime.date(2026, 11, 2), None)
    """
    found = _DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _number(text: str) -> float | None:
    """A number with thousands separated or not, or a percentage.

    >>> _number("1,204"), _number("3.5%"), _number("约 3")
    (1204.0, 0.035, None)
    """
    plain = text.replace(",", "").replace("，", "").strip()
    share = plain.endswith(("%", "％"))
    try:
        number = float(plain[:-1] if share else plain)
    except ValueError:
        return None
    return (number / 100 if share else number) if abs(number) <= LARGEST else None
