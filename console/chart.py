"""The alert's chart as SVG, drawn on the server: bars by hour, what was forecast, what is too much, which hours were watched.

No script and no inline style: colours are classes of the stylesheet, so that the page's content policy holds and dark
mode needs nothing more. Every bar carries its numbers as a title; the whole has a title and a description for screen readers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from markupsafe import Markup

from console.i18n import translate as _
from core import clock

WIDTH, PLOT_TOP, PLOT_HEIGHT, LEFT, RIGHT = 760, 22, 200, 2, 48
STRIP_TOP, STRIP_HEIGHT = PLOT_TOP + PLOT_HEIGHT + 6, 6
HEIGHT = STRIP_TOP + STRIP_HEIGHT + 24
LABELS_AT_MOST = 7
BAND_AT_MOST = 2
"""How many times as high as all that happened the forecast's band may make the chart."""

_HATCH = (
    '<defs><pattern id="chart-gap" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<line class="hatch" y2="6"/></pattern></defs>'
)


@dataclass(frozen=True, slots=True)
class HourBar:
    """One hour or day: all mentions, the negative ones, the forecast, the count from which it is too much, what was watched.

    `baseline` is the forecast and `upper` the edge of its band; they and `threshold` are None where they are not known.
    `coverage` in [0, 1] is None where nothing is told. `link` is where the hour's posts are shown.
    """

    start: datetime
    posts: int
    negative: int
    baseline: float | None = None
    threshold: float | None = None
    coverage: float | None = None
    upper: float | None = None
    link: str = ""


def draw(bars: Sequence[HourBar], *, marks: Sequence[tuple[datetime, str]] = (), title: str) -> Markup:
    """The chart of `bars` (consecutive hours, oldest first); `marks` are hours in which something began, and its name."""
    if not bars:
        return Markup("")
    top = _ceiling(_highest(bars))
    parts = [
        *_grid(top),
        _band(bars, top),
        *(_bar(bars, position, top) for position in range(len(bars))),
        _line(bars, [bar.upper if bar.upper is not None and bar.upper <= top else None for bar in bars], top, "edge"),
        _line(bars, [bar.baseline for bar in bars], top, "baseline"),
        _line(bars, [bar.threshold for bar in bars], top, "threshold"),
        *(_mark(bars, hour, name) for hour, name in marks),
        *_strip(bars),
        *_hours(bars),
    ]
    return Markup(_frame(title, _described(bars), "".join(parts)))


def _frame(title: str, description: str, inside: str) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="chart-title chart-description">'
        f'<title id="chart-title">{escape(title)}</title>'
        f'<desc id="chart-description">{escape(description)}</desc>{_HATCH}{inside}</svg>'
    )


def _described(bars: Sequence[HourBar]) -> str:
    highest = max(bars, key=lambda bar: bar.posts)
    return _(
        "{hours} 小时共 {posts} 条提及，其中负面 {negative} 条；最高的一小时是 {at}，{peak} 条。",
        hours=len(bars),
        posts=sum(bar.posts for bar in bars),
        negative=sum(bar.negative for bar in bars),
        at=clock.shown(highest.start),
        peak=highest.posts,
    )


def _highest(bars: Sequence[HourBar]) -> float:
    """What the scale must hold: all that happened, and the band up to twice as high; a wider one is cut, without an edge."""
    happened = max(max(bar.posts, bar.threshold or 0, bar.baseline or 0) for bar in bars)
    return max(happened, min(max(bar.upper or 0 for bar in bars), BAND_AT_MOST * happened))


def _ceiling(value: float) -> int:
    """The next of 4, 8, 10, 20, 40, 80, 100, 200 …: a height that four grid lines divide into plain numbers.

    >>> [_ceiling(value) for value in (0, 3, 9, 41, 800)]
    [4, 4, 12, 60, 800]
    """
    if value <= 4:
        return 4
    unit = 10 ** math.floor(math.log10(value))
    steps = [step * unit for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10, 12) if (step * unit) % 4 == 0]
    return int(next(step for step in steps if step >= value))


def _x(count: int, position: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * position / count


def _y(value: float, top: int) -> float:
    return PLOT_TOP + PLOT_HEIGHT * (1 - value / top)


def _grid(top: int) -> list[str]:
    """Four steps; their numbers stand at the right, beside the newest hours, where a narrow screen begins."""
    lines = []
    for quarter in range(5):
        value = top * quarter // 4
        y = _y(value, top)
        lines.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text class="axis" x="{WIDTH - RIGHT + 8}" y="{y + 4:.1f}">{value:,}</text>')
    return lines


def _bar(bars: Sequence[HourBar], position: int, top: int) -> str:
    bar, left = bars[position], _x(len(bars), position)
    slot = _x(len(bars), position + 1) - left
    x, width = left + slot * 0.12, max(slot * 0.76, 1.0)
    shapes = "".join(
        f'<rect class="{name}" x="{x:.1f}" y="{_y(value, top):.1f}" width="{width:.1f}" '
        f'height="{PLOT_HEIGHT * value / top:.1f}"/>'
        for name, value in (("posts", bar.posts), ("negative", bar.negative))
        if value
    )
    gap = f'<rect class="gap" x="{left:.1f}" y="{PLOT_TOP}" width="{slot:.1f}" height="{PLOT_HEIGHT}"/>' if _is_gap(bar) else ""
    catcher = f'<rect class="catcher" x="{left:.1f}" y="{PLOT_TOP}" width="{slot:.1f}" height="{PLOT_HEIGHT}"/>'
    inside = f"<title>{escape(_told(bar))}</title>{gap}{catcher}{shapes}"
    # Not a stop of the tab key each: what they open can be reached beside the chart as well.
    return f'<a href="{escape(bar.link)}" tabindex="-1">{inside}</a>' if bar.link else f"<g>{inside}</g>"


def _is_gap(bar: HourBar) -> bool:
    """Whether nothing was watched and nothing came in by another way: then the hour is missing, not quiet."""
    return bar.coverage == 0 and not bar.posts


def _told(bar: HourBar) -> str:
    """What pointing at a bar says."""
    counts = _("提及 {posts} 条，负面 {negative} 条", posts=bar.posts, negative=bar.negative)
    lines = [clock.shown(bar.start), _("未监测") if _is_gap(bar) else counts]
    if bar.baseline is not None:
        lines.append(_("预计约 {n} 条", n=f"{bar.baseline:.1f}"))
    if bar.upper is not None:
        lines.append(_("预计上限 {n} 条", n=f"{bar.upper:.1f}"))
    if bar.threshold is not None:
        lines.append(_("预警线 {n} 条", n=f"{bar.threshold:.1f}"))
    if bar.coverage is not None:
        lines.append(_("信源覆盖 {share}", share=f"{bar.coverage:.0%}"))
    return "\n".join(lines)


def _line(bars: Sequence[HourBar], values: Sequence[float | None], top: int, name: str) -> str:
    """A stepped line over the hours whose value is known."""
    path, drawing = [], False
    for position, value in enumerate(values):
        if value is None:
            drawing = False
            continue
        y = _y(value, top)
        path.append(f"{'L' if drawing else 'M'}{_x(len(bars), position):.1f} {y:.1f}L{_x(len(bars), position + 1):.1f} {y:.1f}")
        drawing = True
    return f'<path class="{name}" d="{"".join(path)}"/>' if path else ""


def _band(bars: Sequence[HourBar], top: int) -> str:
    """The forecast's band: from what was expected to its upper edge, over the hours that have one."""
    shapes = []
    for position, bar in enumerate(bars):
        if bar.baseline is None or bar.upper is None:
            continue
        left, right = _x(len(bars), position), _x(len(bars), position + 1)
        high = max(_y(bar.upper, top), float(PLOT_TOP))
        height = max(_y(bar.baseline, top) - high, 0.0)
        shapes.append(f'<rect x="{left:.1f}" y="{high:.1f}" width="{right - left:.1f}" height="{height:.1f}"/>')
    return f'<g class="band">{"".join(shapes)}</g>' if shapes else ""


def _mark(bars: Sequence[HourBar], marked: datetime, name: str) -> str:
    position = next((place for place, bar in enumerate(bars) if bar.start == marked), None)
    if position is None:
        return ""
    x = _x(len(bars), position)
    anchor, shift = ("end", -5) if position > len(bars) * 0.8 else ("start", 5)
    return (
        f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{PLOT_TOP - 6}" y2="{PLOT_TOP + PLOT_HEIGHT}"/>'
        f'<text class="mark-label" x="{x + shift:.1f}" y="{PLOT_TOP + 2}" text-anchor="{anchor}">{escape(name)}</text>'
    )


def _strip(bars: Sequence[HourBar]) -> list[str]:
    """Under the bars: an hour in which sources were missing is hatched as a gap, never shown as calm."""
    return [
        f'<rect class="{_watched(bar.coverage)}" x="{_x(len(bars), position):.1f}" y="{STRIP_TOP}" '
        f'width="{_x(len(bars), position + 1) - _x(len(bars), position):.1f}" height="{STRIP_HEIGHT}">'
        f"<title>{escape(_told(bar))}</title></rect>"
        for position, bar in enumerate(bars)
        if bar.coverage is not None
    ]


def _watched(coverage: float | None) -> str:
    return "watched" if coverage == 1.0 else "unwatched" if not coverage else "partly"


def _hours(bars: Sequence[HourBar]) -> list[str]:
    """Labels at whole steps of hours, the date where a day begins."""
    step = next(step for step in (1, 2, 3, 6, 12, 24, 48, 168, 720) if len(bars) / step <= LABELS_AT_MOST or step == 720)
    by_hour = step <= 24 and len({clock.shown(bar.start, "%H") for bar in bars}) > 1
    labels = []
    for position, bar in enumerate(bars):
        hour = int(clock.shown(bar.start, "%H"))
        if (hour if by_hour else position) % step == 0 and position < len(bars) - 1:
            text = clock.shown(bar.start, "%m-%d" if hour == 0 or step >= 24 else "%H:%M")
            labels.append(f'<text class="axis" x="{_x(len(bars), position):.1f}" y="{HEIGHT - 4}">{text}</text>')
    return labels
