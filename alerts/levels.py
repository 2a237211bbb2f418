"""The level of a crisis: a risk matrix of likelihood (how it spreads) by impact (how much it can hurt), every point shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    MINOR = "minor"
    MODERATE = "moderate"
    MAJOR = "major"

    @property
    def zh(self) -> str:
        return {"minor": "轻微", "moderate": "中度", "major": "重大"}[self.value]

    @property
    def rank(self) -> int:
        return list(Level).index(self)
