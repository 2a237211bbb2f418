"""JSON lines, and one JSON array read in pieces: objects with their line numbers."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import orjson

from crawlers.imports.delimited import HALF, LONGEST_LINE
from crawlers.imports.events import Bad, Columns, Events, Record, Row, cut_short, shown, undecodable
from crawlers.imports.files import BUFFER, DAMAGED, OpenFile

LONGEST_OBJECT = 1 << 20
_BETWEEN = re.compile(r"[\s,]*")
_NEXT_OBJECT = re.compile(r"\}\s*,\s*(?=\{)")
_DECODER = json.JSONDecoder()


def json_rows(file: OpenFile) -> Events:
    """The file's objects, whether one a line or all in one array; the columns are told whenever they change."""
    names: tuple[str, ...] | None = None
    for found in _array(file) if _is_array(file) else _lines(file):
        if not isinstance(found, Bad) and (present := tuple(found[1])) != names:
            names = present
            yield Columns(found[0], names)
        yield found


def _is_array(file: OpenFile) -> bool:
    return file.data.peek().removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"[")


def _lines(file: OpenFile) -> Iterator[Row | Bad]:
    line = 0
    try:
        for line, raw in enumerate(iter(partial(file.data.readline, LONGEST_LINE), b""), 1):
            if raw.strip():
                yield _line(line, raw, file.encoding)
    except DAMAGED as error:
        yield cut_short(line + 1, error)


def _line(line: int, raw: bytes, encoding: str) -> Row | Bad:
    try:
        text = raw.decode("utf-8-sig" if line == 1 and encoding == "utf-8-sig" else encoding.removesuffix("-sig"))
    except UnicodeDecodeError:
        return undecodable(line, encoding, raw.decode("utf-8", "replace"))
    try:
        return _row(line, orjson.loads(text), text)
    except orjson.JSONDecodeError:
        return _tolerant(line, text)


def _tolerant(line: int, text: str) -> Row | Bad:
    """Python's own reader also takes the NaN that data frames write."""
    try:
        return _row(line, json.loads(text), text)
    except ValueError as error:
        return Bad(line, f"不是合法的 JSON（{error}）", f"not valid JSON ({error})", shown(text))


def _row(line: int, value: Any, text: str) -> Row | Bad:
    if isinstance(value, dict):
        return line, Record(value)
    return Bad(line, "不是一个 JSON 对象", "not a JSON object", shown(text))


def _array(file: OpenFile) -> Iterator[Row | Bad]:
    """The array's objects; a damaged one is told, and reading goes on with the next that starts after it."""
    text = _Text(file)
    try:
        text.skip_opening()
        while not text.is_over():
            yield text.next_object()
    except DAMAGED as error:
        yield cut_short(text.line, error)


class _Text:
    """A window on the file's text that slides on as objects are taken; never much more than one object and one piece."""

    def __init__(self, file: OpenFile) -> None:
        self.line = 1
        self._file = file
        self._decoder = codecs.getincrementaldecoder(file.encoding)("surrogateescape")
        self._window = ""
        self._place = 0
        self._at_end = False

    def skip_opening(self) -> None:
        self._fill()
        self._advance(self._window.index("[") + 1)

    def is_over(self) -> bool:
        """Skip to the next value; whether the array ends here."""
        self._skip_between()
        while self._place == len(self._window) and not self._at_end:
            self._fill()
            self._skip_between()
        return self._window[self._place : self._place + 1] in ("]", "")

    def next_object(self) -> Row | Bad:
        while True:
            try:
                value, end = _DECODER.raw_decode(self._window, self._place)
            except ValueError as error:
                if self._at_end or len(self._window) - self._place > LONGEST_OBJECT:
                    return self._damaged(error)
                self._fill()
            else:
                return self._taken(value, end)

    def _taken(self, value: Any, end: int) -> Row | Bad:
        line, item = self.line, self._window[self._place : end]
        self._advance(end)
        return undecodable(line, self._file.encoding, item) if HALF.search(item) else _row(line, value, item)

    def _damaged(self, error: ValueError) -> Bad:
        line, start = self.line, self._place
        found = _NEXT_OBJECT.search(self._window, start)
        self._advance(found.end() if found else len(self._window))
        item, reason = self._window[start : self._place], str(error).partition(": line")[0]
        return Bad(line, f"不是合法的 JSON，或文件被截断（{reason}）", f"not valid JSON, or cut short ({reason})", shown(item))

    def _skip_between(self) -> None:
        if match := _BETWEEN.match(self._window, self._place):
            self._advance(match.end())

    def _fill(self) -> None:
        piece = self._file.data.read(BUFFER)
        self._at_end = not piece
        self._window = self._window[self._place :] + self._decoder.decode(piece, final=not piece)
        self._place = 0

    def _advance(self, place: int) -> None:
        self.line += self._window.count("\n", self._place, place)
        self._place = place
