"""The log of notifications: what was told to whom, when, how often it was tried, who has seen it; retries and tests."""

from __future__ import annotations

from starlette.responses import Response

from alerts.duty import log
from alerts.duty.desk import addresses
from alerts.duty.notify import retry as try_again
from alerts.duty.trial import trial
from alerts.life.tables import NotificationState
from console.i18n import translate as _
from console.visit import Visit


def listing(visit: Visit) -> Response:
    """A page of the log, newest first."""
    chosen = {name: visit.query(name) for name in ("state", "channel", "person")}
    with visit.database.reading() as session:
        found = log.entries(session, **chosen, before=visit.query("before"))
        return visit.render(
            "notifications.html",
            entries=found,
            chosen=chosen,
            states=list(NotificationState),
            channels=log.channels_used(session),
            configured=sorted(addresses(visit.settings)),
            waiting_since=log.oldest_waiting(session, visit.now),
            next_page=found[-1].message.id if len(found) == log.A_PAGE else "",
        )


def retry(visit: Visit) -> Response:
    with visit.database.writing() as session:
        try_again(session, visit.path("id"), actor=visit.actor, now=visit.now)
    return visit.go("/notifications", _("将重新发送"))


def test(visit: Visit) -> Response:
    """Send a test message by one channel now, and say what came of it."""
    channel = visit.field("channel")
    problem = trial(visit.database, channel, settings=visit.settings, actor=visit.actor, now=visit.now)
    if problem is not None:
        visit.flash(str(problem), "bad")
        return visit.go("/notifications")
    return visit.go("/notifications", _("测试消息已由 {channel} 收下", channel=channel))
