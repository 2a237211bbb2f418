"""Brands from a CSV file: `name,keywords[,aliases][,exclusions]`, several words in a cell joined by `|`."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from core.errors import InputError
from monitoring.brands import BrandRule, get_brand, save_brand
from monitoring.tables import Brand

NEEDED = ("name", "keywords")
COLUMNS = (*NEEDED, "aliases", "exclusions")


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Why the brand on a line of the file was not taken over."""

    line: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class BrandImportReport:
    """How many brands the file added, changed and found as they were; and its lines that were passed over."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: tuple[LineProblem, ...] = ()


def import_brands(session: Session, path: Path, *, actor: str, now: datetime) -> BrandImportReport:
    """Save every brand of the file; a wrong line is reported and the others are saved. The same file again changes nothing.

    A column that the file has not got, and an empty `keywords`, leave a known brand's words as they are. Raises InputError
    for a file that cannot be read or has a wrong header.
    """
    header, lines = _read(path)
    outcomes = {"added": 0, "changed": 0, "unchanged": 0}
    problems: list[LineProblem] = []
    lines_of: dict[str, int] = {}
    for line, cells in lines:
        try:
            row = _row(header, cells)
            _refuse_second(row["name"], line, lines_of)
            outcomes[_saved(session, row, actor, now)] += 1
        except InputError as error:
            problems.append(LineProblem(line, error.zh, error.en))
    return BrandImportReport(**outcomes, problems=tuple(problems))


def _saved(session: Session, row: Mapping[str, str], actor: str, now: datetime) -> str:
    known = get_brand(session, row["name"])
    before = known.revision if known else 0
    rule = BrandRule(row["name"], *(_words(row, column, known) for column in COLUMNS[1:]))
    after = save_brand(session, rule, actor=actor, now=now).revision
    if before == after:
        return "unchanged"
    return "changed" if known else "added"


def _words(row: Mapping[str, str], column: str, known: Brand | None) -> tuple[str, ...]:
    if column not in row:
        return tuple(getattr(known, column)) if known else ()
    return tuple(row[column].replace("｜", "|").split("|"))


def _refuse_second(name: str, line: int, lines_of: dict[str, int]) -> None:
    first = lines_of.setdefault(name, line)
    if first != line:
        raise InputError(
            zh=f"品牌 {name} 在第 {first} 行已出现：请合并为一行", en=f"brand {name} is on line {first} too: make them one line"
        )


def _row(header: list[str], cells: list[str]) -> dict[str, str]:
    """The cells, stripped, by column; cells that are missing at the end are empty."""
    if len(cells) > len(header):
        raise InputError(
            zh=f"有 {len(cells)} 列，表头只有 {len(header)} 列：多个词请用 | 分隔",
            en=f"{len(cells)} columns, but {len(header)} in the header: join several words with |",
        )
    padded = cells + [""] * (len(header) - len(cells))
    return {column: cell.strip() for column, cell in zip(header, padded, strict=True)}


def _read(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and (line, cells) of every line that is not empty."""
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = _header(path, next(reader, []))
            lines = []
            for cells in reader:
                line = reader.line_num
                if any(map(str.strip, cells)):
                    lines.append((line, cells))
            return header, lines
    except OSError as error:
        raise InputError(zh=f"读不了 {path}：{error.strerror}", en=f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(
            zh=f"{path} 不是 UTF-8 编码：请在表格软件中另存为“CSV UTF-8”", en=f"{path} is not UTF-8: save it as “CSV UTF-8”"
        ) from error
    except csv.Error as error:
        raise InputError(
            zh=f"{path} 第 {line} 行之后不是合法的 CSV（{error}）：请检查引号",
            en=f"{path} is not valid CSV after line {line} ({error}): check its quotes",
        ) from error


def _header(path: Path, cells: list[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    if not set(NEEDED) <= set(header) or not set(header) <= set(COLUMNS) or len(set(header)) < len(header):
        found = ",".join(cells)
        raise InputError(
            zh=f"{path} 第 1 行须为表头 name,keywords[,aliases][,exclusions]，得到 {found or '空行'}",
            en=f"{path}, line 1 must be the header name,keywords[,aliases][,exclusions], got {found or 'nothing'}",
        )
    return header
