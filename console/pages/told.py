"""Where the link of a message leads: after the sign-in, to a page that asks whether one takes the alert."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.responses import Response

from alerts.actions import acknowledge
from alerts.duty.links import link_maker
from alerts.duty.sightings import seen
from alerts.life.queries import get_alert
from alerts.life.tables import Alert, AlertState, Notification
from console.alert_view import headline
from console.i18n import translate as _
from console.visit import Visit
from core.errors import InputError


def show(visit: Visit) -> Response:
    """The alert in short; opening it counts as having seen the message, and changes nothing else."""
    with visit.database.writing() as session:
        alert = _alert(session, visit)
        seen(session, alert.id, person=visit.actor, now=visit.now)
        return visit.render("told.html", alert=alert, headline=headline(alert), token=visit.path("token"))


def take(visit: Visit) -> Response:
    """Acknowledge the alert, unless someone else was faster."""
    with visit.database.writing() as session:
        alert = _alert(session, visit)
        seen(session, alert.id, person=visit.actor, now=visit.now)
        if alert.state == AlertState.OPEN:
            acknowledge(session, alert.id, actor=visit.actor, now=visit.now)
            visit.flash(_("已确认，这条预警由您跟进"))
        return visit.go(f"/alerts/{alert.id}")


def _alert(session: Session, visit: Visit) -> Alert:
    message = session.get(Notification, link_maker(visit.settings).read(visit.path("token"), now=visit.now))
    if message is None:
        raise InputError(
            zh="这条消息已不在记录中：请在控制台的预警列表中查找",
            en="this message is no longer on record: find the alert in the console's list",
        )
    return get_alert(session, message.alert_id)
