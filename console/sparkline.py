"""A sparkline as SVG: some days' values, broken where one is missing, with what is usual as a line."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

WIDTH, HEIGHT, MARGIN = 140, 32, 3


def sparkline(values: Sequence[float | None], baseline: float | None, title: str) -> Markup:
    """The line of `values` (oldest first), its newest point marked; nothing where none is known."""
    known = [value for value in values if value is not None]
    if not known:
        return Markup("")
    low, high = min(0.0, *known), max(*known, baseline or 0.0, 1e-9)
    places = [(MARGIN + (WIDTH - 2 * MARGIN) * place / max(len(values) - 1, 1), value) for place, value in enumerate(values)]
    points = [(x, None if value is None else _y(value, low, high)) for x, value in places]
    usual = "" if baseline is None else _usual(_y(baseline, low, high))
    last = next((x, y) for x, y in reversed(points) if y is not None)
    dot = f'<circle class="last" cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="2.4"/>'
    return Markup(
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f'<title>{escape(title)}</title>{usual}<path class="line" d="{_path(points)}"/>{dot}</svg>'
    )


def _y(value: float, low: float, high: float) -> float:
    return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (value - low) / (high - low)


def _usual(y: float) -> str:
    return f'<line class="usual" x1="{MARGIN}" x2="{WIDTH - MARGIN}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _path(points: Sequence[tuple[float, float | None]]) -> str:
    """Move to each point that follows a gap, draw to the others."""
    parts, drawing = [], False
    for x, y in points:
        if y is not None:
            parts.append(f"{'L' if drawing else 'M'}{x:.1f} {y:.1f}")
        drawing = y is not None
    return "".join(parts)
