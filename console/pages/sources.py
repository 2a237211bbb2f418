"""Sources: what each one delivers or why it does not, and the quarantine of what could not be read."""

from __future__ import annotations

import zlib

from starlette.responses import Response

from console.i18n import translate as _
from console.visit import Visit
from core.errors import InputError
from crawlers import sources
from crawlers.status import SourceStatus
from posts import inbox, quarantine

LARGEST_SHOWN = 200_000
"""Characters of a quarantined page that are shown."""


def listing(visit: Visit) -> Response:
    stale_after = visit.settings.crawl.stale_after
    with visit.database.reading() as session:
        reports = sources.source_reports(session, now=visit.now, stale_after=stale_after)
        reports.sort(key=lambda report: report.status is SourceStatus.OK)
        quarantined = sum(quarantine.counts(session).values())
        return visit.render("sources.html", reports=reports, quarantined=quarantined, backlog=inbox.backlog(session))


def pause(visit: Visit) -> Response:
    with visit.database.writing() as session:
        sources.pause(session, visit.path("name"), actor=visit.actor, now=visit.now)
    return visit.go("/sources", _("已暂停 {name}，恢复前不再抓取", name=visit.path("name")))


def resume(visit: Visit) -> Response:
    with visit.database.writing() as session:
        sources.resume(session, visit.path("name"), actor=visit.actor, now=visit.now)
    return visit.go("/sources", _("已恢复 {name}，下一轮开始抓取", name=visit.path("name")))


def quarantined(visit: Visit) -> Response:
    """What was met last in quarantine, of one source where one is asked for."""
    source = visit.query("source") or None
    with visit.database.reading() as session:
        items, counts = quarantine.recent(session, source=source), quarantine.counts(session)
    return visit.render("quarantine.html", items=items, counts=counts, source=source)


def quarantined_page(visit: Visit) -> Response:
    """A page that could not be read, as text: it is shown, never run."""
    with visit.database.reading() as session:
        page = quarantine.page(session, visit.path("id"))
    if page is None:
        raise InputError(
            zh="隔离区里没有这个页面，可能已过保留期", en="the quarantine has no such page; it may be past its retention"
        )
    body = zlib.decompress(page.body).decode("utf-8", "replace")
    return visit.render("quarantine_page.html", page=page, body=body[:LARGEST_SHOWN], cut=len(body) > LARGEST_SHOWN)
