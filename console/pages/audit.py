"""The audit log and whether its chain of hashes is whole."""

from __future__ import annotations

from starlette.responses import Response

from console.visit import Visit
from core import audit

NEWEST = 200


def listing(visit: Visit) -> Response:
    """The newest entries, or those of one subject, under the verdict on the whole chain."""
    subject = visit.query("subject")
    with visit.database.reading() as session:
        entries = audit.entries_for(session, [subject], NEWEST) if subject else audit.recent(session, NEWEST)
        return visit.render("audit.html", verdict=audit.verify(session), entries=entries, subject=subject)
