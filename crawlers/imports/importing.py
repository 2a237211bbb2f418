"""`yushao import`: files that were bought, or exported elsewhere, row by row into the inbox or the quarantine."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.database import Database
from core.errors import InputError
from core.post import Post, PostKind
from core.settings import Settings, secret_key
from crawlers.imports.delimited import delimited_rows
from crawlers.imports.doubts import Doubts
from crawlers.imports.events import Bad, Columns, Events, Row, shown
from crawlers.imports.files import OpenFile, opened
from crawlers.imports.json_rows import json_rows
from crawlers.imports.layouts import Mapped, has_header, layout_of
from crawlers.imports.rows import Given, RowReader, is_platform
from crawlers.imports.values import Clock
from posts import inbox, quarantine
from posts.quarantine import Quarantined

BATCH = 5000
"""Rows a transaction: enough that a commit costs little, few enough for memory."""
PROBLEMS_SHOWN = 20
ALL_BAD = 1000
"""If so many rows are bad and not one is good, the columns are mapped wrongly: better to stop than to quarantine the file."""

Progress = Callable[[Path, int, int], None]
"""Called after each transaction with the file, how many of its bytes on disk are read, and how many of its rows."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a file that people should know; `place` is `file:line`, or the file."""

    place: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: every row is deposited or quarantined. `problems` are the first quarantined, `notes` the rest."""

    files: int = 0
    rows: int = 0
    deposited: int = 0
    quarantined: int = 0
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    def __add__(self, other: ImportReport) -> ImportReport:
        return ImportReport(
            self.files + other.files,
            self.rows + other.rows,
            self.deposited + other.deposited,
            self.quarantined + other.quarantined,
            (self.problems + other.problems)[:PROBLEMS_SHOWN],
            self.notes + other.notes,
        )


def import_files(
    paths: Sequence[Path],
    *,
    database: Database,
    settings: Settings,
    mapping: Mapped | None = None,
    platform: str | None = None,
    kind: PostKind | None = None,
    now: datetime,
    progress: Progress | None = None,
) -> ImportReport:
    """Put every row of the files into the inbox; a bad row goes to quarantine under `file:line`, the rest is imported.

    Importing a file again changes nothing: the same row has the same id. A post's `seen_at` is its time of publication
    unless a column tells it, so that an archive is replayed as it was published. Raises InputError, naming file, line or
    column, for a missing or unknown file (before anything is imported), an unknown column, an unknown platform; of several
    files, those before such a column stay imported.
    """
    if platform and not is_platform(platform):
        raise InputError(
            zh=f"--platform {platform!r} 有误：只能用小写字母、数字和下划线，如 weibo_hot",
            en=f"--platform {platform!r} is wrong: use lower-case letters, digits and underscores, as in weibo_hot",
        )
    for path in paths:
        with opened(path):
            pass  # every file is looked at before the first is imported
    report = ImportReport()
    for path in paths:
        with opened(path) as file:
            given = Given(f"import:{path.name}"[:200], platform or "", kind, secret_key(settings).encode(), _clock(file, now))
            report += _Import(file, database, given, mapping, now, progress).run()
    return report


def _clock(file: OpenFile, now: datetime) -> Clock:
    return Clock(datetime.fromtimestamp(os.fstat(file.disk.fileno()).st_mtime, UTC), now)


class _Import:
    """One file on its way into the inbox."""

    def __init__(
        self, file: OpenFile, database: Database, given: Given, mapping: Mapped | None, now: datetime, progress: Progress | None
    ) -> None:
        self._file = file
        self._database = database
        self._given = given
        self._mapping = mapping
        self._now = now
        self._progress = progress
        self._readers: dict[tuple[str, ...] | None, RowReader | InputError] = {}
        self._posts: list[Post] = []
        self._bad: list[Quarantined] = []
        self._done = ImportReport(files=1, notes=_notes(file))
        self._doubts = Doubts(now)

    def run(self) -> ImportReport:
        reader: RowReader | InputError | None = None
        for event in self._events():
            if event.__class__ is tuple:
                self._take(event, reader)
            elif isinstance(event, Columns):
                reader = self._reader(event)
            elif isinstance(event, Bad):
                self._refuse(event)
            if len(self._posts) + len(self._bad) >= BATCH:
                self._store()
        self._store()
        told = tuple(Problem(str(self._file.path), zh, en) for zh, en in self._doubts.told())
        return self._done + ImportReport(notes=told)

    def _events(self) -> Events:
        if self._file.format == "json":
            return json_rows(self._file)
        return delimited_rows(self._file, header=has_header(self._mapping))

    def _reader(self, columns: Columns) -> RowReader | InputError:
        """The reader for these columns. Only the first columns of a file must be known: later ones are bad by themselves."""
        if columns.names not in self._readers:
            try:
                self._readers[columns.names] = self._made(columns)
            except InputError as error:
                if not self._readers:
                    raise
                self._readers[columns.names] = error
        return self._readers[columns.names]

    def _made(self, columns: Columns) -> RowReader:
        place = f"{self._file.path}:{columns.line}"
        is_table = self._file.format != "json"
        reader = RowReader(layout_of(columns.names, self._mapping, place), columns.names, is_table, self._given)
        if not reader.has_platform:
            raise InputError(
                zh=f"{place}：不知道这些帖子来自哪个平台；请加 --platform，如 --platform weibo",
                en=f"{place}: which platform these posts are of is not known; add --platform, as in --platform weibo",
            )
        return reader

    def _take(self, row: Row, reader: RowReader | InputError | None) -> None:
        line, cells = row
        try:
            if not isinstance(reader, RowReader):
                raise reader or InputError(zh="没有表头", en="there is no header")
            self._posts.append(reader.post(cells))
        except InputError as error:
            item = reader.shown(cells) if isinstance(reader, RowReader) else ""
            self._refuse(Bad(line, error.zh, error.en, shown(item)))
        except IndexError:
            self._refuse(self._too_short(line, cells, reader))

    def _too_short(self, line: int, cells: object, reader: RowReader | InputError | None) -> Bad:
        """A row without the columns that --map counts; the first row must have them."""
        assert isinstance(reader, RowReader) and isinstance(cells, list)
        zh = f"只有 {len(cells)} 列，--map 用到第 {reader.last_column + 1} 列"
        en = f"it has {len(cells)} columns, --map asks for column {reader.last_column + 1}"
        if line == 1:
            raise InputError(zh=f"{self._file.path}:1：{zh}", en=f"{self._file.path}:1: {en}")
        return Bad(line, zh, en, shown("\t".join(cells)))

    def _refuse(self, bad: Bad) -> None:
        place = f"{self._file.path.name}:{bad.line}"
        self._bad.append(Quarantined(self._given.source, "row", bad.zh, bad.en, place, bad.item))

    def _store(self) -> None:
        """Deposit and quarantine what was read since the last time, in one transaction."""
        posts, bad = self._posts, self._bad
        self._doubts.look_at(posts)
        if len(bad) >= ALL_BAD and not posts and not self._done.rows:
            raise self._all_bad(bad[0])
        with self._database.writing() as session:
            inbox.deposit(session, posts, source=self._given.source, now=self._now)
            quarantine.add(session, bad, now=self._now)
        problems = tuple(Problem(item.place, item.reason_zh, item.reason_en) for item in bad[:PROBLEMS_SHOWN])
        self._done += ImportReport(0, len(posts) + len(bad), len(posts), len(bad), problems)
        self._posts, self._bad = [], []
        if self._progress:
            self._progress(self._file.path, self._file.position, self._done.rows)

    def _all_bad(self, first: Quarantined) -> InputError:
        return InputError(
            zh=f"{self._file.path}：没有一行能读（{first.place}：{first.reason_zh}）；列对错了吗？请用 --map 指明，文件未导入",
            en=f"{self._file.path}: not one row can be read ({first.place}: {first.reason_en}); "
            "are the columns right? Say which by --map; nothing was imported",
        )


def _notes(file: OpenFile) -> tuple[Problem, ...]:
    if file.encoding != "gb18030":
        return ()
    zh, en = (
        "不是 UTF-8，已按 GB18030 读取；如有乱码，请另存为 UTF-8 后重新导入",
        "not UTF-8, read as GB18030; if the text is garbled, save it as UTF-8 and import it again",
    )
    return (Problem(str(file.path), zh, en),)
