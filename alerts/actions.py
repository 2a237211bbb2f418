"""What people do to an alert: take it, open and close its case, dismiss, resolve, review and reopen it, set its level."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from alerts.duty.desk import Desk
from alerts.duty.telling import tell
from alerts.levels import Level
from alerts.life.override import Override
from alerts.life.steps import held, refusal, required, take_step
from alerts.life.tables import Alert, AlertState, EventKind
from alerts.life.transitions import CLOSED
from alerts.life.waves import Wave
from core import people
from core.errors import InputError, StateError
from core.people import PRESS_OFFICE, SYSTEM, Role


def acknowledge(session: Session, alert_id: str, *, actor: str, now: datetime) -> Alert:
    """A person has taken the alert; only an open one can be taken. Raises StateError, InputError for an unknown id."""
    alert = held(session, alert_id)
    if take_step(session, alert, EventKind.ACKNOWLEDGED, actor=actor, now=now):
        alert.holder = actor
    return alert


def dismiss(session: Session, alert_id: str, *, reason: str, actor: str, now: datetime) -> Alert:
    """The alert was no crisis, for a reason that must be given; it then absorbs the rest of its episode silently."""
    alert = held(session, alert_id)
    reason = required(reason, zh="忽略预警必须写明理由", en="a reason is needed to dismiss an alert")
    take_step(session, alert, EventKind.DISMISSED, actor=actor, now=now, details={"reason": reason})
    return alert


def resolve(session: Session, alert_id: str, *, actor: str, now: datetime, reason: str = "") -> Alert:
    """The crisis is over by a person's word; what still comes of the same episode is absorbed unless it is worse."""
    alert = held(session, alert_id)
    take_step(session, alert, EventKind.RESOLVED, actor=actor, now=now, details={"reason": reason.strip()})
    return alert


def review(session: Session, alert_id: str, *, note: str, actor: str, now: datetime) -> Alert:
    """A lead has reviewed a resolved alert (复盘完成) and says what was learnt. Raises ForbiddenError for anyone else."""
    people.require(session, actor, Role.LEAD)
    alert = held(session, alert_id)
    note = required(
        note, zh="复盘需要写明结论：起因、处置与改进", en="a review needs its findings: cause, handling, what changes"
    )
    take_step(session, alert, EventKind.REVIEWED, actor=actor, now=now, details={"text": note})
    return alert


def reopen(session: Session, alert_id: str, *, reason: str, actor: str, now: datetime) -> Alert:
    """Closed too early, or by mistake: the alert goes on in the hands of who reopens it, and is quiet anew from now."""
    alert = held(session, alert_id)
    reason = required(reason, zh="重新打开预警必须写明理由", en="a reason is needed to reopen an alert")
    if take_step(session, alert, EventKind.REOPENED, actor=actor, now=now, details={"reason": reason}):
        alert.holder, alert.wave_at = actor, now
    return alert


def note(session: Session, alert_id: str, *, text: str, actor: str, now: datetime) -> Alert:
    """Write a remark on the alert, in any state."""
    alert = held(session, alert_id)
    text = required(text, zh="备注不能为空", en="a note needs text")
    take_step(session, alert, EventKind.NOTED, actor=actor, now=now, details={"text": text})
    return alert


def link_case(session: Session, alert_id: str, *, case_id: str, actor: str, now: datetime) -> Alert:
    """The case of the alert: proposed by the system, which changes no state, or worked on by a person, which means in_case.

    The same step again changes nothing; another case is refused, and so is a case of a dismissed alert.
    """
    alert = held(session, alert_id)
    if alert.case_id not in (None, case_id):
        raise StateError(
            zh=f"预警 {alert.number} 已立案 {alert.case_id}，不能再关联 {case_id}",
            en=f"alert {alert.number} already has case {alert.case_id}; {case_id} cannot be linked too",
        )
    by_person = actor != SYSTEM  # a case that the system merely proposes does not mean that anyone has seen the alert
    goes_on = AlertState(alert.state).is_active and by_person
    if alert.case_id == case_id and (not goes_on or alert.state == AlertState.IN_CASE):
        return alert
    alert.case_id = case_id
    target = AlertState.IN_CASE if goes_on else None
    take_step(session, alert, EventKind.CASE_OPENED, actor=actor, now=now, target=target, details={"case_id": case_id})
    if by_person:
        alert.holder = actor
    return alert


def close_case(session: Session, alert_id: str, *, reason: str, actor: str, now: datetime) -> Alert:
    """The alert's case was closed, which resolves the alert that was in it; one that is in no case stays as it is."""
    alert = held(session, alert_id)
    if alert.state == AlertState.IN_CASE:
        take_step(session, alert, EventKind.CASE_CLOSED, actor=actor, now=now, details={"reason": reason})
    return alert


def set_level(session: Session, alert_id: str, *, level: Level, reason: str, actor: str, now: datetime, desk: Desk) -> Alert:
    """Set the level by hand, with a reason. Duty staff may raise, only a lead may lower; a raise is told from the `desk`.

    The detector never lowers it; after a lowering it raises again only where the matrix exceeds what it was by now. Raises
    ForbiddenError, StateError for a closed alert, InputError for no reason and for the level that the alert has already.
    """
    people.require(session, actor, *PRESS_OFFICE)
    alert = held(session, alert_id)
    reason = required(reason, zh="调整级别必须写明理由", en="a reason is needed to set the level")
    before = Level(alert.level)
    if level == before:
        return _as_it_is(alert, level, reason, actor)
    kind = EventKind.RAISED if level.rank > before.rank else EventKind.LOWERED
    if kind == EventKind.LOWERED:
        people.require(session, actor, Role.LEAD)
    if AlertState(alert.state) in CLOSED or alert.state == AlertState.MERGED:
        raise refusal(session, alert, kind)
    _override(alert, level, before, reason, actor, now)
    details = {"reason": reason, "before": str(before), "after": str(level)}
    event = take_step(session, alert, kind, actor=actor, now=now, details=details)
    if event and kind.is_told:
        tell(session, alert, event, desk, at=now)
    return alert


def _override(alert: Alert, level: Level, before: Level, reason: str, actor: str, now: datetime) -> None:
    matrix_level = Level(alert.matrix["level"])
    alert.override = Override(level, before, matrix_level, alert.peak["points"], reason, actor, now).to_json()
    alert.level = level
    *earlier, last = alert.waves
    alert.waves = [*earlier, Wave.from_json(last).grown(level, 0).to_json()]


def _as_it_is(alert: Alert, level: Level, reason: str, actor: str) -> Alert:
    """The same person asking again for what they just set is answered by what is; anyone else is told that it is so."""
    known = alert.override or {}
    if (known.get("level"), known.get("reason"), known.get("by")) == (level, reason, actor):
        return alert
    by_zh, by_en = (f"（{known['by']} 所定）", f", set by {known['by']}") if known.get("level") == level else ("", "")
    raise InputError(
        zh=f"预警 {alert.number} 已经是{level.zh}{by_zh}，不需要调整",
        en=f"alert {alert.number} is {level} already{by_en}; nothing to change",
    )
