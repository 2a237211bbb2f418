"""What the commands of policies and indicators share: whose they are, files of JSON, versions as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from cli.base import out
from core.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from alerts.configuration import Kind

DEFAULT = "default"


def named(session: Session, brand: str) -> str:
    """The brand's name, checked; "" for `default`."""
    from monitoring.brands import require_brand

    return "" if brand == DEFAULT else require_brand(session, brand).name


def read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(zh=f"读不了 {file}：{error.strerror}", en=f"cannot read {file}: {error.strerror}") from error


def read_json(file: Path) -> dict[str, Any]:
    """The object in the file; raises InputError, naming the place, where it is none."""
    import orjson

    try:
        content = orjson.loads(read_bytes(file))
    except orjson.JSONDecodeError as error:
        raise InputError(zh=f"{file} 不是合法的 JSON：{error}", en=f"{file} is not valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise InputError(zh=f"{file} 应为一个 JSON 对象", en=f"{file} must hold a JSON object")
    return content


def print_history(session: Session, kind: Kind, brand: str) -> None:
    """Every version, newest first."""
    from alerts.configuration import history
    from core.clock import shown

    table = Table("版本", "时间", "作者", "内容", "理由")
    for row in history(session, kind, brand):
        what = "自定 own" if row.content is not None else "恢复默认 default"
        table.add_row(str(row.version), shown(row.at), escape(row.author), what, escape(row.reason))
    out.print(table)
