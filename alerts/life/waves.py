"""Waves: a crisis that comes back after its quiet is the same alert, in a further wave with a start and height of its own."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from alerts.levels import Level

_NUMERALS = "零一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave: `started_at` its first sign, `opened_at` when people were told, the highest `level` and `points` it reached.

    `ended_at` is its last sign, known once the next wave has begun; until then the alert's own last signal is it.
    """

    number: int
    started_at: datetime
    opened_at: datetime
    level: Level
    points: int
    ended_at: datetime | None = None

    def grown(self, level: Level, points: int) -> Wave:
        """The wave after a further signal."""
        return replace(self, level=max(self.level, level, key=lambda one: one.rank), points=max(self.points, points))

    def to_json(self) -> dict[str, Any]:
        moments = {
            name: value.isoformat() for name in ("started_at", "opened_at", "ended_at") if (value := getattr(self, name))
        }
        return {**asdict(self), "level": str(self.level), "ended_at": None, **moments}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Wave:
        moments = {name: datetime.fromisoformat(record[name]) for name in ("started_at", "opened_at")}
        ended = record["ended_at"]
        ended_at = datetime.fromisoformat(ended) if ended else None
        return cls(**{**record, **moments, "ended_at": ended_at, "level": Level(record["level"])})


def wave_zh(number: int) -> str:
    """The wave's name.

    >>> wave_zh(2), wave_zh(12)
    ('第二波', '第12波')
    """
    return f"第{_NUMERALS[number] if number < len(_NUMERALS) else number}波"
