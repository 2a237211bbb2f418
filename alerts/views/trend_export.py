"""A trend as JSON and as CSV: every figure of every slot, a missing slot without any."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from alerts.views.trend import Figures, Trend
from core.clock import SHANGHAI

COLUMNS = ("posts", "negative", "negative_share", "adverse", "authors", "texts", "reach", "highest_reach")


def to_json(shown: Trend) -> dict[str, Any]:
    """JSON-ready; the figures of a missing slot are null, and `coverage` is null where it is not told."""
    return {
        "brand": shown.brand,
        "from": shown.start.isoformat(),
        "to": shown.end.isoformat(),
        "per": str(shown.per),
        "settled_before": shown.settled_before.isoformat(),
        "total": _figures(shown.total),
        "slots": [
            {"start": start.isoformat(), "coverage": share, **_figures(figures)}
            for start, share, figures in zip(shown.starts, shown.coverage, shown.slots, strict=True)
        ],
        "parts": [
            {"name": part.name, "total": _figures(part.total), "slots": [_figures(figures) for figures in part.slots]}
            for part in shown.parts
        ],
    }


def to_csv(shown: Trend) -> str:
    """One row for each slot of the whole, then of each part; times are China's, `part` is "" for the whole.

    It begins with a byte order mark, without which Excel takes Chinese for another encoding.
    """
    text = io.StringIO("\N{ZERO WIDTH NO-BREAK SPACE}", newline="")
    text.seek(0, io.SEEK_END)
    rows = csv.writer(text)
    rows.writerow(("start", "part", "coverage", *COLUMNS))
    rows.writerows(_rows(shown))
    return text.getvalue()


def _rows(shown: Trend) -> Iterator[tuple[object, ...]]:
    for name, slots in (("", shown.slots), *((part.name or "none", part.slots) for part in shown.parts)):
        for start, share, figures in zip(shown.starts, shown.coverage, slots, strict=True):
            yield _time(start), name, _rounded(share), *_figures(figures).values()


def _figures(figures: Figures | None) -> dict[str, float | None]:
    if figures is None:
        return dict.fromkeys(COLUMNS)
    known = {**asdict(figures), "negative_share": _rounded(figures.share), "highest_reach": figures.highest}
    return {name: known[name] for name in COLUMNS}


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _time(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
