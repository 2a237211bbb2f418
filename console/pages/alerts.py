"""Alerts: the list that duty staff watch, the page that answers what, why, since when and who, and the steps they take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from starlette.responses import Response

from alerts import actions, evidence, queries
from alerts.chart import chart as charted
from alerts.policy import BANDS
from alerts.tables import Alert, AlertState
from casework.open import open_from_alert
from console.chart import HourBar, draw
from console.i18n import translate as _
from console.pages.corrections import items
from console.visit import Visit
from core.clock import HOUR, floor_hour
from core.errors import language
from crawlers.coverage import hourly_shares

DAY = timedelta(days=1)
TABS = {
    "active": [state for state in AlertState if state.is_active],
    "open": [AlertState.OPEN],
    "closed": [state for state in AlertState if not state.is_active],
    "all": None,
}


def home(visit: Visit) -> Response:
    return visit.go("/alerts")


def listing(visit: Visit) -> Response:
    """The alerts, newest first; htmx asks every few seconds for the list alone."""
    tab = visit.query("state") if visit.query("state") in TABS else "active"
    brand = visit.query("brand")
    with visit.database.reading() as session:
        brands = sorted({alert.brand for alert in queries.list_alerts(session)})
        found = queries.list_alerts(session, states=TABS[tab], brand=brand or None)
    template = "partials/alert_list.html" if visit.is_partial else "alerts.html"
    return visit.render(template, alerts=found, tab=tab, brand=brand, brands=brands, headline=headline, summary=summary)


def show(visit: Visit) -> Response:
    days = visit.settings.alerts.baseline_days
    with visit.database.reading() as session:
        alert = queries.get_alert(session, visit.path("id"))
        events, notifications = queries.events(session, alert.id), queries.notifications(session, alert.id)
    first, top = (chosen(visit.index, alert, limit=5) for chosen in (evidence.first_posts, evidence.top_posts))
    return visit.render(
        "alert.html",
        alert=alert,
        events=events,
        notifications=notifications,
        headline=headline(alert),
        chart=_chart(visit, alert),
        bands=BANDS[::-1],
        terms=evidence.top_terms(visit.index, alert, baseline_days=days),
        first=first,
        top=top,
        items=items(visit, [*first, *top]),
        platforms=evidence.platform_split(visit.index, alert),
        sentiments=evidence.sentiment_split(visit.index, alert),
    )


def acknowledge(visit: Visit) -> Response:
    with visit.database.writing() as session:
        actions.acknowledge(session, visit.path("id"), actor=visit.actor, now=visit.now)
    return _back(visit, _("已确认，这条预警由您跟进"))


def dismiss(visit: Visit) -> Response:
    with visit.database.writing() as session:
        actions.dismiss(session, visit.path("id"), reason=visit.field("reason"), actor=visit.actor, now=visit.now)
    return _back(visit, _("已忽略，理由已记录"))


def resolve(visit: Visit) -> Response:
    with visit.database.writing() as session:
        actions.resolve(session, visit.path("id"), actor=visit.actor, now=visit.now, reason=visit.field("reason"))
    return _back(visit, _("已标记为解除"))


def note(visit: Visit) -> Response:
    with visit.database.writing() as session:
        actions.note(session, visit.path("id"), text=visit.field("text"), actor=visit.actor, now=visit.now)
    return _back(visit, _("备注已记录"))


def open_case(visit: Visit) -> Response:
    case_id = open_from_alert(
        visit.database, visit.index, visit.path("id"), actor=visit.actor, now=visit.now, settings=visit.settings
    )
    return visit.go(f"/cases/{case_id}", _("个案已开立，文稿已按现有事实生成"))


def headline(alert: Alert) -> str:
    """What rose, in one sentence that can be checked: so many posts in so many hours, against what is usual."""
    reasons = {reason["rule"]: reason for reason in alert.explanation["reasons"]}
    reason = reasons.get("adverse") or reasons.get("volume")
    if reason is None:
        return f"{alert.brand}{_('：')}{summary(alert)}"
    sentences = {
        "volume": _("{brand}：{hours} 小时 {n} 条提及，平时{usual}"),
        "adverse": _("{brand}：{hours} 小时 {n} 条负面与风险帖，平时{usual}"),
    }
    hours = -(-(datetime.fromisoformat(reason["end"]) - datetime.fromisoformat(reason["start"])) // HOUR)
    usual = _("约 {n} 条", n=f"{reason['expected']:.0f}") if reason["expected"] >= 1 else _("不到 1 条")
    return sentences[reason["rule"]].format(brand=alert.brand, hours=hours, n=reason["observed"], usual=usual)


def summary(alert: Alert) -> str:
    """Every reason with its numbers, in the reader's language."""
    text: str = alert.explanation[f"summary_{language.get()}"]
    return text


def _chart(visit: Visit, alert: Alert) -> str:
    until = min(visit.now, alert.last_signal_at + DAY)
    drawn = charted(visit.index, alert, baseline_days=visit.settings.alerts.baseline_days, until=until)
    shares = _shares(visit, alert, drawn.hours)
    bars = [
        HourBar(*values)
        for values in zip(drawn.hours, drawn.posts, drawn.negative, drawn.baseline, drawn.threshold, shares, strict=True)
    ]
    title = _("{brand}每小时的提及", brand=alert.brand)
    return draw(bars, marked=floor_hour(alert.started_at), title=title)


def _shares(visit: Visit, alert: Alert, hours: Sequence[datetime]) -> Sequence[float | None]:
    """How much of each hour was watched; not told of a replay, whose posts were imported and not crawled."""
    if alert.replayed:
        return [None] * len(hours)
    stale_after = timedelta(hours=visit.settings.crawl.stale_hours)
    with visit.database.reading() as session:
        return hourly_shares(session, hours=hours, until=visit.now, stale_after=stale_after)


def _back(visit: Visit, said: str) -> Response:
    return visit.go(f"/alerts/{visit.path('id')}", said)
