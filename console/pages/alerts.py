"""Alerts: the list that duty staff watch, and the page that answers what rose, why, since when, who started it, how bad."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from starlette.responses import Response

from alerts.detection.series import history_from
from alerts.duty.rehearsal import rehearse
from alerts.duty.roster import Fault
from alerts.duty.sightings import has_unseen
from alerts.duty.sightings import seen as messages_seen
from alerts.levels import Level
from alerts.life import queries
from alerts.life.tables import Alert, AlertState
from alerts.policies.kept import load_policy
from alerts.policies.policy import CELLS
from alerts.views import evidence
from alerts.views.carriers import profile
from alerts.views.chart import chart, onset, peaks
from alerts.views.first import first_posts
from alerts.views.strands import strands
from casework.milestones import clocks_of
from casework.similar import most_similar
from console.alert_view import (
    draw_chart,
    duration,
    figures,
    headline,
    how_known,
    how_sure,
    is_active,
    posts_link,
    summary,
    wave_name,
)
from console.pages.corrections import items
from console.sparkline import sparkline
from console.visit import Visit
from crawlers.coverage import blind_hours

DAY = timedelta(days=1)
QUOTED = 5
"""Posts shown of each kind."""
TERMS = 20
"""New words shown."""
TABS = {
    "active": [state for state in AlertState if state.is_active],
    "open": [AlertState.OPEN],
    "closed": [state for state in AlertState if not state.is_active],
    "all": None,
}


def home(visit: Visit) -> Response:
    return visit.go("/alerts")


def listing(visit: Visit) -> Response:
    """The alerts, those that wait for somebody first; htmx asks every few seconds for the list alone."""
    tab = visit.query("state") if visit.query("state") in TABS else "active"
    brand, level = visit.query("brand"), visit.query("level") if visit.query("level") in set(Level) else ""
    with visit.database.reading() as session:
        brands = queries.brands_with_alerts(session)
        found = queries.list_alerts(
            session, states=TABS[tab], brand=brand or None, level=level or None, urgent_first=tab in ("active", "open")
        )
        unread = queries.unread(session, visit.actor, found)
        faults = rehearse(session, Level.MAJOR, visit.now, settings=visit.settings).faults
    template = "partials/alert_list.html" if visit.is_partial else "alerts.html"
    return visit.render(
        template,
        alerts=found,
        unread=unread,
        tab=tab,
        brand=brand,
        level=level,
        brands=brands,
        levels=list(Level),
        headline=headline,
        summary=summary,
        wave_name=wave_name,
        is_active=is_active,
        unmanned=Fault.NOBODY if Fault.NOBODY in faults else None,
    )


def show(visit: Visit) -> Response:
    with visit.database.reading() as session:
        alert = queries.get_alert(session, visit.path("id"))
        family = queries.family(session, alert)
        ids = [one.id for one in family]
        record: dict[str, Any] = {
            "family": {one.id: one for one in family},
            "events": queries.events(session, *ids),
            "notifications": queries.notifications(session, *ids),
            "living": queries.living_alert(session, alert.id),
            "parts": queries.parts(session, alert),
            "mergeable": queries.mergeable(session, alert),
            "past": most_similar(session, alert),
            "clocks": clocks_of(session, alert.id, now=visit.now),
        }
        policy = load_policy(session, alert.brand)
        is_news = queries.has_news(session, visit.actor, alert) or has_unseen(session, alert.id, person=visit.actor)
    if is_news:
        with visit.database.writing() as session:
            queries.mark_seen(session, visit.actor, alert.id)
            messages_seen(session, alert.id, person=visit.actor, now=visit.now)
    days, until = visit.settings.alerts.baseline_days, min(visit.now, alert.last_signal_at + DAY)
    drawn = chart(visit.index, alert, baseline_days=days, until=until, policy=policy, blind_hours=_blind_hours(visit, alert))
    seen = profile(visit.index, alert)
    waves = peaks(drawn, alert)
    terms = evidence.top_terms(visit.index, alert, baseline_days=days)
    first = first_posts(visit.index, alert, terms, limit=QUOTED)
    top = evidence.top_posts(visit.index, alert, limit=QUOTED)
    return visit.render(
        "alert.html",
        alert=alert,
        headline=headline(alert),
        figures=figures(alert, seen, waves, first, visit.now),
        how_known=how_known(alert, onset(drawn, alert)),
        how_sure=how_sure,
        posts_link=partial(posts_link, alert),
        chart=draw_chart(visit, alert, drawn),
        waves=waves,
        profile=seen,
        cells=alert.matrix.get("cells", CELLS),
        terms=terms[:TERMS],
        first=first,
        top=top,
        items=items(visit, [*(early.found for early in first), *top]),
        strands=strands(visit.index, alert, until=visit.now),
        sparkline=sparkline,
        splits=evidence.splits(visit.index, alert),
        levels=list(Level),
        active=is_active(alert),
        duration=duration,
        wave_name=wave_name,
        headline_of=headline,
        **record,
    )


def _blind_hours(visit: Visit, alert: Alert) -> frozenset[datetime]:
    """The hours that taught the detector nothing; none in a replay, which does not know which sources were missing."""
    if alert.replayed:
        return frozenset()
    start = history_from(alert.started_at, visit.settings.alerts.baseline_days)
    stale_after = visit.settings.crawl.stale_after
    with visit.database.reading() as session:
        return blind_hours(session, start=start, end=visit.now, stale_after=stale_after)
