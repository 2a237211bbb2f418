"""The drill's memory, `<home>/drill.json`: when the story started and where its site listens; a restart goes on with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from core.errors import StateError
from core.settings import Settings

PORT = 8791


@dataclass(frozen=True, slots=True)
class Drill:
    """`started` is the moment (UTC) at which the product first looked; the crisis was two hours old by then."""

    started: datetime
    port: int = PORT

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def begin(settings: Settings, *, now: datetime, port: int | None = None) -> Drill:
    """The drill of this home: the one remembered, else a new one from `now`; a `port` given is remembered from here on.

    Posts are identified by their addresses, so those crawled at another port come again as new ones.
    """
    remembered = remembered_drill(settings)
    drill = remembered or Drill(now)
    if port is not None:
        drill = replace(drill, port=port)
    if drill != remembered:
        _write(_file(settings), drill)
    return drill


def remembered_drill(settings: Settings) -> Drill | None:
    """The drill that `<home>/drill.json` tells of, None before the first; raises StateError for a damaged file."""
    file = _file(settings)
    if not file.exists():
        return None
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        return Drill(datetime.fromisoformat(values["started"]), int(values["port"]))
    except (ValueError, KeyError, TypeError) as error:
        raise StateError(
            zh=f"演练的记录 {file} 已损坏（{error}）：删除它即可重新开始演练",
            en=f"the drill's record {file} is damaged ({error}): delete it to start the drill anew",
        ) from error


def _file(settings: Settings) -> Path:
    return settings.home / "drill.json"


def _write(file: Path, drill: Drill) -> None:
    """Written beside and moved into place, so that a kill never leaves half a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".json.new")
    fresh.write_text(json.dumps({"started": drill.started.isoformat(), "port": drill.port}), encoding="utf-8")
    fresh.replace(file)
