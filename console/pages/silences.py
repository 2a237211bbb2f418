"""Silences (免打扰) and maintenance windows: what is muted, by whom, why, until when, and what was kept back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from starlette.responses import Response

from alerts.detection.triggers import RuleName
from alerts.duty import silences
from alerts.duty.rota import chosen_levels
from alerts.duty.silences import LONGEST_MAINTENANCE, SilenceKind
from alerts.hours import parsed
from alerts.levels import Level
from alerts.life.queries import list_alerts
from console.i18n import translate as _
from console.pages.duty import days
from console.visit import Visit
from core.clock import to_utc
from core.errors import InputError
from monitoring.brands import list_brands


def listing(visit: Visit) -> Response:
    with visit.database.reading() as session:
        found = silences.listed(session)
        return visit.render(
            "silences.html",
            running=[one for one in found if one.ends_at > visit.now],
            over=[one for one in found if one.ends_at <= visit.now],
            counts=silences.muted_alerts(session, found),
            brands=_brands(session),
            rules=list(RuleName),
            platforms=sorted({source.platform for source in visit.settings.sources}),
            most_days=visit.settings.alerts.silence_days,
            most_maintenance=LONGEST_MAINTENANCE.days,
            days=days,
            in_hours=lambda one: not one.days or parsed(one.days, one.start, one.end).window(visit.now) is not None,
        )


def add(visit: Visit) -> Response:
    """A silence for some hours from now, or a maintenance window at its own times."""
    kind = SilenceKind.MAINTENANCE if visit.field("kind") == SilenceKind.MAINTENANCE else SilenceKind.SILENCE
    starts_at = _moment(visit.field("starts_at")) if visit.field("starts_at") else visit.now
    weekly = [int(str(value)) for value in visit.form.getlist("days") if str(value).isdigit()]
    with visit.database.writing() as session:
        silences.add_silence(
            session,
            kind=kind,
            brand=visit.field("brand"),
            platform=visit.field("platform"),
            rule=visit.field("rule"),
            up_to=chosen_levels([visit.field("up_to") or Level.MODERATE])[0],
            reason=visit.field("reason"),
            starts_at=starts_at,
            ends_at=_end(visit, starts_at),
            days=weekly if visit.field("start") and visit.field("end") else (),
            start=visit.field("start"),
            end=visit.field("end"),
            actor=visit.actor,
            settings=visit.settings,
            now=visit.now,
        )
    return visit.go("/silences", _("{kind}已生效，到期自动结束", kind=_(kind.zh)))


def end(visit: Visit) -> Response:
    with visit.database.writing() as session:
        silences.end_silence(session, visit.path("id"), actor=visit.actor, now=visit.now)
    return visit.go("/silences", _("已结束；仍在进行且未通知的预警会马上补发"))


def _brands(session: Session) -> list[str]:
    return sorted({brand.name for brand in list_brands(session)} | {alert.brand for alert in list_alerts(session)})


def _end(visit: Visit, starts_at: datetime) -> datetime:
    if visit.field("ends_at"):
        return _moment(visit.field("ends_at"))
    try:
        return starts_at + timedelta(hours=float(visit.field("hours")))
    except (ValueError, OverflowError) as error:
        raise InputError(zh="请写明免打扰到什么时候", en="say until when the silence lasts") from error


def _moment(text: str) -> datetime:
    try:
        return to_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise InputError(
            zh=f"看不懂时间 {text!r}：请写成 2026-11-02T14:30", en=f"cannot read the time {text!r}: write 2026-11-02T14:30"
        ) from error
