"""The trend of a brand: its posts by hour or day, told apart by platform, category or mood, and as CSV."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import cast
from urllib.parse import quote

from starlette.responses import Response

from alerts.views.trend import By, Part, Per, Trend, trend
from alerts.views.trend_export import to_csv
from console.chart import HourBar, draw
from console.i18n import translate as _
from console.labels import label
from console.pages.posts import end_of
from console.sparkline import sparkline
from console.templating import address
from console.visit import Visit
from core import clock
from crawlers.coverage import told_shares
from monitoring.brands import list_brands, require_brand

SPANS: dict[str, tuple[timedelta, Per]] = {
    "24h": (timedelta(hours=24), Per.HOUR),
    "7d": (timedelta(days=7), Per.HOUR),
    "28d": (timedelta(days=28), Per.DAY),
}
SPLITS = ("platform", "risk", "mood")
_MINUTE = "%Y-%m-%dT%H:%M"


def show(visit: Visit) -> Response:
    """The trend that the form asks for; without a brand that of the first one."""
    with visit.database.reading() as session:
        brands = [brand.name for brand in list_brands(session)]
    brand = visit.query("brand") or (brands[0] if brands else "")
    found = _asked(visit, brand) if brand else None
    return visit.render(
        "trend.html",
        brands=brands,
        brand=brand,
        span=_span(visit),
        by=_by(visit),
        trend=found,
        chart=_drawn(found) if found else "",
        rows=list(zip(found.starts, found.coverage, found.slots, strict=True))[::-1] if found else [],
        part_name=lambda part: part_name(part, _by(visit)),
        line=_line,
        posts_of=lambda found, part: _posts_of(found, part, _by(visit)),
        opened=_opened,
        Per=Per,
    )


def download(visit: Visit) -> Response:
    """The same figures as CSV."""
    found = _asked(visit, visit.query("brand"))
    name = f"{found.brand}-{clock.shown(found.start, '%Y%m%d%H%M')}-{clock.shown(found.end, '%Y%m%d%H%M')}.csv"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(to_csv(found), media_type="text/csv; charset=utf-8", headers=headers)


def part_name(part: Part, by: By | None) -> str:
    """What a part is called; posts without a category have none."""
    return label("sentiment" if by == "mood" else str(by), part.name) if part.name else _("没有风险类别")


def _asked(visit: Visit, brand: str) -> Trend:
    """The trend of the asked span, up to the end of the asked day, or to now."""
    length, per = SPANS[_span(visit)]
    end = min(end_of(visit.query("to")) or visit.now, visit.now)
    stale_after = visit.settings.crawl.stale_after
    with visit.database.reading() as session:
        return trend(
            visit.index,
            require_brand(session, brand).name,
            start=end - length,
            end=end,
            at=visit.now,
            watched=partial(told_shares, session, until=visit.now, stale_after=stale_after),
            per=per,
            by=_by(visit),
        )


def _span(visit: Visit) -> str:
    return visit.query("span") if visit.query("span") in SPANS else "24h"


def _by(visit: Visit) -> By | None:
    return cast(By, visit.query("by")) if visit.query("by") in SPLITS else None


def _drawn(found: Trend) -> str:
    bars = [
        HourBar(
            start,
            figures.posts if figures else 0,
            figures.negative if figures else 0,
            coverage=share,
            link=_opened(found, start) if figures and figures.posts else "",
        )
        for start, share, figures in zip(found.starts, found.coverage, found.slots, strict=True)
    ]
    title = _("{brand}每小时的提及", brand=found.brand) if found.per == Per.HOUR else _("{brand}每天的提及", brand=found.brand)
    return draw(bars, title=title)


def _line(found: Trend, part: Part) -> str:
    """A part's posts over time, broken where nothing was watched."""
    values = [None if figures is None else float(figures.posts) for figures in part.slots]
    return sparkline(values, None, _("{n} 条", n=part.total.posts))


def _posts_of(found: Trend, part: Part, by: By | None) -> str:
    """Where a part's posts are; the search cannot ask for those without a category."""
    hours = {"from": clock.shown(found.start, _MINUTE), "to": clock.shown(found.end, _MINUTE)}
    field = "sentiment" if by == "mood" else str(by)
    return address("/posts", brand=found.brand, **hours, **{field: part.name}) if part.name else ""


def _opened(found: Trend, start: datetime) -> str:
    """Where the posts of a slot are: the slot's own hour in the search, or a day's hours here."""
    if found.per == Per.DAY:
        return address("/trend", brand=found.brand, span="24h", to=clock.shown(start, "%Y-%m-%d"))
    until = start + found.per.length
    hours = {"from": clock.shown(start, _MINUTE), "to": clock.shown(until, _MINUTE)}
    return address("/posts", brand=found.brand, **hours)
