"""Files as they come: compressed or not, UTF-8 or GB18030, whole or cut short; read in pieces, never all at once."""

from __future__ import annotations

import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import zstandard

from core.errors import InputError

BUFFER = 1 << 18
DAMAGED = (EOFError, OSError, lzma.LZMAError, zlib.error, zstandard.ZstdError)
"""What reading a compressed file that is cut or damaged may raise."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file being read: its bytes, decompressed; the encoding of its text; `position` in the file as it lies on the disk."""

    path: Path
    format: str
    data: io.BufferedReader[io.RawIOBase]
    encoding: str
    disk: IO[bytes]

    @property
    def position(self) -> int:
        return self.disk.tell()


@contextmanager
def opened(path: Path) -> Iterator[OpenFile]:
    """`path` ready for reading; `format` is csv, tsv or json. Raises InputError for a missing, unknown or unreadable file."""
    format = _format(path)
    try:
        disk = path.open("rb")
    except OSError as error:
        raise InputError(
            zh=f"无法读取文件 {path}：{error.strerror}；请检查路径与权限",
            en=f"cannot read the file {path}: {error.strerror}; check the path and its permissions",
        ) from error
    with disk, io.BufferedReader(_decompressed(disk), BUFFER) as data:
        yield OpenFile(path, format, data, _encoding(path, _sample(path, data)), disk)


def _format(path: Path) -> str:
    name = path.name.lower()
    for packed in (".gz", ".xz", ".zst"):
        name = name.removesuffix(packed)
    suffix = name.rpartition(".")[2]
    formats = {"csv": "csv", "tsv": "tsv", "tab": "tsv", "json": "json", "jsonl": "json", "ndjson": "json"}
    if suffix not in formats:
        raise InputError(
            zh=f"{path}：不认识的格式；可导入 .csv .tsv .jsonl .json（可再压缩为 .gz .xz .zst），Excel 请另存为“CSV UTF-8”",
            en=f"{path}: unknown format; .csv .tsv .jsonl .json can be imported (also packed as .gz .xz .zst),"
            " save an Excel sheet as “CSV UTF-8”",
        )
    return formats[suffix]


def _decompressed(disk: IO[bytes]) -> io.RawIOBase:
    """The stream of the content, by the file's first bytes: a name may lie, they do not."""
    head = disk.read(6)
    disk.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return cast("io.RawIOBase", gzip.GzipFile(fileobj=disk))
    if head == b"\xfd7zXZ\x00":
        return cast("io.RawIOBase", lzma.LZMAFile(disk))
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return _Zstandard(disk)
    return cast("io.RawIOBase", disk)


class _Zstandard(io.RawIOBase):
    """The content of zstd frames one after another; unlike the library's own reader, it raises EOFError for a cut frame."""

    def __init__(self, disk: IO[bytes]) -> None:
        self._disk = disk
        self._frame: Any = None
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._ready:
            packed = self._disk.read(BUFFER // 4)
            if not packed:
                if self._frame is not None:
                    raise EOFError("the last zstd frame is cut")
                return 0
            self._ready = b"".join(self._unpacked(packed))
        count = min(len(target), len(self._ready))
        target[:count], self._ready = self._ready[:count], self._ready[count:]
        return count

    def _unpacked(self, packed: bytes) -> Iterator[bytes]:
        while packed:
            self._frame = self._frame or zstandard.ZstdDecompressor().decompressobj()
            yield self._frame.decompress(packed)
            packed = self._frame.unused_data
            if self._frame.eof:
                self._frame = None


def _sample(path: Path, data: io.BufferedReader[io.RawIOBase]) -> bytes:
    try:
        return data.peek()
    except DAMAGED as error:
        raise InputError(
            zh=f"{path}：压缩文件已损坏，读不出任何内容（{error}）；请重新取得该文件",
            en=f"{path}: the compressed file is damaged, nothing can be read ({error}); fetch it again",
        ) from error


def _encoding(path: Path, sample: bytes) -> str:
    """UTF-8 unless most lines of the sample that are not ASCII speak for GB18030; one damaged line decides nothing."""
    if sample.startswith(_BOM):
        return "utf-8-sig"
    lines = [line for line in sample.split(b"\n")[:-1] or [sample] if not line.isascii()]
    if sum(_reads(line, "utf-8") for line in lines) * 2 >= len(lines):
        return "utf-8"
    if not sample.startswith(_UTF16) and sum(_reads(line, "gb18030") for line in lines) * 2 >= len(lines):
        return "gb18030"
    raise InputError(
        zh=f"{path}：文字编码既不是 UTF-8 也不是 GB18030；请另存为 UTF-8 后再导入",
        en=f"{path}: the text is neither UTF-8 nor GB18030; save it as UTF-8 and import it again",
    )


def _reads(line: bytes, encoding: str) -> bool:
    """Whether `line` is text of that encoding; up to three bytes may miss at its end, where the sample was cut."""
    try:
        line.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start >= len(line) - 3
    return True
