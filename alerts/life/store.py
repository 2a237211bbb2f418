"""Writing an alert's rows: used by live detection, by people's actions and by the keeping of a replay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from alerts.levels import Level
from alerts.life.lifecycle import Standing
from alerts.life.override import Override
from alerts.life.tables import Alert, AlertEvent, AlertState, EventKind
from alerts.life.waves import Wave
from core.ids import new_id

SYSTEM = "system"
NUMBER_LENGTH = 8
"""Digits of the fingerprint that people see as the alert's number (编号)."""


def newest_alert(session: Session, brand: str, at: datetime, topic: str = "") -> Alert | None:
    """The alert of the brand's topic that a pass at `at` concerns: of those that had started by then the active one, else
    the last; not one that was merged into another, nor a replay. It is held until the transaction ends."""
    query = select(Alert).where(
        Alert.brand == brand,
        Alert.topic == topic,
        Alert.started_at <= at,
        Alert.state != AlertState.MERGED,
        Alert.replayed.is_(False),
    )
    closed = case((Alert.closed_at.is_(None), 0), else_=1)
    return session.scalars(query.order_by(closed, Alert.started_at.desc()).limit(1).with_for_update()).first()


def standing(alert: Alert) -> Standing:
    """The row as the lifecycle sees it."""
    return Standing(
        brand=alert.brand,
        fingerprint=alert.fingerprint,
        state=AlertState(alert.state),
        level=Level(alert.level),
        opened_at=alert.opened_at,
        wave_at=alert.wave_at,
        started_at=alert.started_at,
        last_signal_at=alert.last_signal_at,
        closed_at=alert.closed_at,
        points=alert.peak["points"],
        rules=frozenset(alert.peak["rules"]),
        hot=frozenset(alert.peak["hot"]),
        explanation=alert.explanation,
        matrix=alert.matrix,
        waves=tuple(Wave.from_json(wave) for wave in alert.waves),
        override=Override.from_json(alert.override) if alert.override else None,
        topic=alert.topic,
        told_points=alert.peak["told_points"],
        told_adverse=alert.peak["told_adverse"],
    )


def save(
    session: Session, alert: Alert | None, state: Standing, *, coverage: Mapping[str, Any], replayed: bool = False
) -> Alert:
    """Write the standing into its row, or into a new one where `alert` is None."""
    if alert is None:
        alert = Alert(
            id=new_id(),
            number=state.fingerprint[:NUMBER_LENGTH].upper(),
            fingerprint=state.fingerprint,
            brand=state.brand,
            notified_level=state.level,
            opened_at=state.opened_at,
            topic=state.topic,
            replayed=replayed,
        )
        session.add(alert)
    alert.state, alert.level = state.state, state.level
    if state.state == AlertState.OPEN:
        alert.holder = None  # opened, or opened again: somebody must take it
    alert.wave_at, alert.started_at, alert.last_signal_at = state.wave_at, state.started_at, state.last_signal_at
    alert.closed_at = state.closed_at
    alert.peak = {
        "points": state.points,
        "rules": sorted(state.rules),
        "hot": sorted(state.hot),
        "told_points": state.told_points,
        "told_adverse": state.told_adverse,
    }
    alert.waves = [wave.to_json() for wave in state.waves]
    alert.override = state.override.to_json() if state.override else None
    alert.explanation, alert.matrix, alert.coverage = state.explanation, state.matrix, dict(coverage)
    session.flush()
    return alert


def add_event(
    session: Session,
    alert: Alert,
    kind: EventKind,
    *,
    at: datetime,
    actor: str = SYSTEM,
    details: Mapping[str, Any] | None = None,
) -> AlertEvent:
    """Append an event to the alert's history, with the level that the alert has now."""
    session.flush()
    last = session.scalar(select(func.max(AlertEvent.sequence)).where(AlertEvent.alert_id == alert.id))
    event = AlertEvent(
        id=new_id(),
        alert_id=alert.id,
        sequence=(last or 0) + 1,
        at=at,
        kind=kind,
        actor=actor,
        level=alert.level,
        details=dict(details or {}),
    )
    session.add(event)
    session.flush()
    return event
