"""A level set by hand: who set it, why, and what the matrix said then, which it must exceed before it may raise again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from alerts.detection.matrix import Matrix
from alerts.levels import Level


@dataclass(frozen=True, slots=True)
class Override:
    """`before` is the level that the person changed; `matrix_level` and `matrix_points` the most the matrix had given."""

    level: Level
    before: Level
    matrix_level: Level
    matrix_points: int
    reason: str
    by: str
    at: datetime

    @property
    def is_lowering(self) -> bool:
        return self.level.rank < self.before.rank

    def allows_raise(self, matrix: Matrix) -> bool:
        """Whether the detector may raise again: after a lowering, only above what the matrix was when it was lowered."""
        now, then = (matrix.level.rank, matrix.points), (self.matrix_level.rank, self.matrix_points)
        return not self.is_lowering or now > then

    def to_json(self) -> dict[str, Any]:
        levels = {name: str(getattr(self, name)) for name in ("level", "before", "matrix_level")}
        return {**asdict(self), **levels, "at": self.at.isoformat()}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Override:
        levels = {name: Level(record[name]) for name in ("level", "before", "matrix_level")}
        return cls(**{**record, **levels, "at": datetime.fromisoformat(record["at"])})
