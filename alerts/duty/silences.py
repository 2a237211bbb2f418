"""Silences (免打扰), maintenance windows (维护窗口) and inhibition: what is not told, by whose word, why and until when.

Muted is not lost: the alert shows in the console, the messages are kept as muted, and what is still going on and untold
when the muting ends is told then (`alerts/duty/unmuting.py`). 重大 is muted only by a silence that says so, by a lead's word.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.duty.tables import Silence
from alerts.hours import parsed
from alerts.levels import Level
from alerts.life.tables import Alert, AlertState, Notification
from core import audit
from core.errors import InputError
from core.ids import new_id
from core.people import Role, require
from core.settings import Settings

LONGEST_MAINTENANCE = timedelta(days=90)
"""A recurring window is renewed every quarter by someone who knows that it is still needed."""


class SilenceKind(StrEnum):
    SILENCE = "silence"
    MAINTENANCE = "maintenance"

    @property
    def zh(self) -> str:
        return {"silence": "免打扰", "maintenance": "维护窗口"}[self.value]


def muting(session: Session, alert: Alert, level: Level, at: datetime) -> str | None:
    """What keeps a telling of this alert at `level` back at `at`: `silence:ID` or `alert:ID`; None where nothing does."""
    for silence in active(session, at):
        if matches(silence, alert, level, at):
            return f"silence:{silence.id}"
    graver = _graver_alert(session, alert) if level is not Level.MAJOR else None
    return f"alert:{graver}" if graver else None


def matches(silence: Silence, alert: Alert, level: Level, at: datetime) -> bool:
    """Whether `silence` mutes this alert at `level` at `at`: every matcher that is not empty must fit.

    A platform fits where all posts of the evidence come from it, a rule where no other rule gave a reason.
    """
    if level.rank > Level(silence.up_to).rank or not silence.starts_at <= at < silence.ends_at:
        return False
    if silence.days and not parsed(silence.days, silence.start, silence.end).window(at):
        return False
    platforms = {post["platform"] for post in alert.explanation["evidence"]}
    rules = {reason["rule"] for reason in alert.explanation["reasons"]}
    wanted = ((silence.brand, {alert.brand}), (silence.platform, platforms), (silence.rule, rules))
    return all(not matcher or found == {matcher} for matcher, found in wanted)


def active(session: Session, at: datetime) -> list[Silence]:
    """Silences and windows that run at `at`, oldest first; a recurring window also between its hours."""
    query = select(Silence).where(Silence.starts_at <= at, Silence.ends_at > at)
    return list(session.scalars(query.order_by(Silence.created_at, Silence.id)))


def listed(session: Session, *, limit: int = 100) -> list[Silence]:
    """The newest silences and windows, over or not."""
    return list(session.scalars(select(Silence).order_by(Silence.ends_at.desc(), Silence.id).limit(limit)))


def muted_alerts(session: Session, silences: Sequence[Silence]) -> dict[str, int]:
    """How many alerts each silence (by id) has muted."""
    keys = {f"silence:{silence.id}": silence.id for silence in silences}
    counted = (
        select(Notification.muted_by, func.count(func.distinct(Notification.alert_id)))
        .where(Notification.muted_by.in_(list(keys)))
        .group_by(Notification.muted_by)
    )
    found = {keys[key]: number for key, number in session.execute(counted) if key in keys}
    return {silence.id: found.get(silence.id, 0) for silence in silences}


def add_silence(
    session: Session,
    *,
    kind: SilenceKind = SilenceKind.SILENCE,
    brand: str = "",
    platform: str = "",
    rule: str = "",
    up_to: Level = Level.MODERATE,
    reason: str,
    starts_at: datetime,
    ends_at: datetime,
    days: Collection[int] = (),
    start: str = "",
    end: str = "",
    actor: str,
    settings: Settings,
    now: datetime,
) -> Silence:
    """Mute what matches until `ends_at`. Muting 重大 too needs a lead. Raises InputError naming what is wrong."""
    require(session, actor, *((Role.LEAD,) if up_to is Level.MAJOR else (Role.DUTY, Role.LEAD)))
    _require(kind, brand or platform or rule, reason, starts_at, ends_at, settings, now)
    hours = parsed(days, start, end) if days else None
    row = Silence(
        id=new_id(),
        kind=kind,
        brand=brand.strip(),
        platform=platform.strip(),
        rule=rule,
        up_to=up_to,
        reason=reason.strip(),
        author=actor,
        created_at=now,
        starts_at=starts_at,
        ends_at=ends_at,
        days=sorted(hours.days) if hours else [],
        start=hours.start.isoformat("minutes") if hours else "",
        end=hours.end.isoformat("minutes") if hours else "",
    )
    session.add(row)
    session.flush()
    matchers = {"brand": row.brand, "platform": row.platform, "rule": row.rule, "up_to": row.up_to}
    times = {"from": starts_at.isoformat(), "to": ends_at.isoformat(), "days": row.days, "start": row.start, "end": row.end}
    subject = f"silence:{row.id}"
    audit.record(session, at=now, actor=actor, action=f"{kind}.add", subject=subject, reason=row.reason, **matchers, **times)
    return row


def end_silence(session: Session, silence_id: str, *, actor: str, now: datetime) -> Silence:
    """End a silence now; what it kept back is told by the next pass. Raises InputError where none of this id runs."""
    require(session, actor, Role.DUTY, Role.LEAD)
    row = session.get(Silence, silence_id)
    if row is None or row.ends_at <= now:
        raise InputError(
            zh=f"没有进行中的免打扰 {silence_id}：它可能已结束", en=f"no silence {silence_id} is running: it may have ended"
        )
    row.starts_at, row.ends_at = min(row.starts_at, now), now
    audit.record(session, at=now, actor=actor, action=f"{row.kind}.end", subject=f"silence:{row.id}")
    return row


def _graver_alert(session: Session, alert: Alert) -> str | None:
    """Inhibition: another active 重大 alert of the same brand says what lesser ones would."""
    going = [state for state in AlertState if state.is_active]
    query = select(Alert.id).where(
        Alert.brand == alert.brand,
        Alert.id != alert.id,
        Alert.level == Level.MAJOR,
        Alert.state.in_(going),
        Alert.replayed.is_(False),
    )
    return session.scalars(query.limit(1)).first()


def _require(
    kind: SilenceKind, matcher: str, reason: str, starts_at: datetime, ends_at: datetime, settings: Settings, now: datetime
) -> None:
    longest = LONGEST_MAINTENANCE if kind is SilenceKind.MAINTENANCE else timedelta(days=settings.alerts.silence_days)
    if not reason.strip():
        raise InputError(zh="免打扰必须写明理由", en="a silence needs a reason")
    if not matcher:
        raise InputError(
            zh="免打扰须限定品牌、平台或规则之一：不能让一切静音",
            en="a silence names a brand, a platform or a rule: not everything can be muted",
        )
    if ends_at <= max(starts_at, now):
        raise InputError(
            zh="免打扰的结束时间必须晚于开始时间和现在", en="a silence must end after its start and after the present"
        )
    if ends_at - starts_at > longest:
        raise InputError(
            zh=f"{kind.zh}最长 {longest.days} 天，到期可再设", en=f"a {kind} lasts {longest.days} days at most; renew it then"
        )
