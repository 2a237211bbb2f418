"""Coverage: how much of a window the sources really delivered. Blocked is not quiet, so no count travels without it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """One source in a window: `share` in [0, 1] of the window in which it delivered; `status` is why it did not."""

    source: str
    platform: str
    share: float
    status: str = "ok"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every enabled source in the window [start, end).

    `blind_hours` are the starts of the hours, some long before the window, of which no source delivered anything.
    """

    start: datetime
    end: datetime
    sources: tuple[SourceCoverage, ...] = ()
    blind_hours: frozenset[datetime] = frozenset()

    @property
    def share(self) -> float:
        """The mean share over the sources; 0 where there are none, for then nothing was watched."""
        return sum(source.share for source in self.sources) / len(self.sources) if self.sources else 0.0

    @property
    def missing(self) -> tuple[SourceCoverage, ...]:
        """The sources that did not deliver for the whole window."""
        return tuple(source for source in self.sources if source.share < 1.0)

    @property
    def is_blind(self) -> bool:
        """Whether there are sources and none delivered anything, so that a count of zero means nothing."""
        return bool(self.sources) and self.share == 0

    @property
    def is_complete(self) -> bool:
        return bool(self.sources) and not self.missing
