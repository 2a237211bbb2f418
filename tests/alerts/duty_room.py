"""A made-up press office for the tests of the reporting path: four people, their roster, an alert of any level."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.duty.desk import open_desk
from alerts.duty.rota import add_contact, add_shift
from alerts.duty.telling import tell
from alerts.levels import Level
from alerts.life.store import add_event
from alerts.life.tables import Alert, AlertEvent, AlertState, EventKind, Notification
from core import people
from core.database import Database
from core.ids import new_id
from core.people import Role
from core.settings import Settings

MONDAY = datetime(2026, 11, 2, 1, tzinfo=UTC)
"""Monday, 09:00 in China."""
PEOPLE = {"wang": Role.DUTY, "li": Role.DUTY, "zhao": Role.LEAD, "admin": Role.ADMIN}
MINUTE = timedelta(minutes=1)


def with_alerts(settings: Settings, **values: Any) -> Settings:
    return settings.model_copy(update={"alerts": settings.alerts.model_copy(update=values)})


def contacts(port: int) -> dict[str, str]:
    """A webhook of their own for each person, named after them."""
    return {f"{name}-hook": f"json://127.0.0.1:{port}/{name}" for name in PEOPLE}


def staff(database: Database) -> None:
    with database.writing() as session:
        for name, role in PEOPLE.items():
            people.add_person(
                session, username=name, display_name=name, role=role, password="long-enough-1", actor="test", now=MONDAY
            )


def man(database: Database, settings: Settings, **fields: Any) -> None:
    """wang on duty around the clock with li as deputy, everyone reachable by a webhook of their own."""
    chosen: dict[str, Any] = {
        "person": "wang", "deputy": "li", "levels": tuple(Level), "days": range(7), "start": "00:00", "end": "00:00",
        "first_day": date(2026, 10, 1),
    }  # fmt: skip
    with database.writing() as session:
        add_shift(session, **chosen | fields, actor="zhao", now=MONDAY)
        for name in PEOPLE:
            if f"{name}-hook" in settings.alerts.contacts:
                add_contact(session, person=name, reference=f"{name}-hook", settings=settings, actor="zhao", now=MONDAY)


def manned(database: Database, settings: Settings, *, port: int = 9, **fields: Any) -> Settings:
    """The office with its four people and their roster, and their webhooks on `port`; the settings that name these."""
    chosen = with_alerts(settings, contacts=contacts(port))
    staff(database)
    man(database, chosen, **fields)
    return chosen


def alarm(
    database: Database, settings: Settings, level: Level = Level.MAJOR, at: datetime = MONDAY, brand: str = "星海茶饮"
) -> str:
    """Open an alert of this level as detection does, and tell of it; its id."""
    with database.writing() as session:
        alert = add_alert(session, level, at, brand)
        event = add_event(session, alert, EventKind.OPENED, at=at)
        tell(session, alert, event, open_desk(settings), at=at)
        return alert.id


def add_alert(session: Session, level: Level, at: datetime, brand: str = "星海茶饮") -> Alert:
    number = new_id()
    alert = Alert(
        id=number,
        number=number[-8:].upper(),
        fingerprint=number,
        brand=brand,
        state=AlertState.OPEN,
        level=level,
        notified_level=level,
        opened_at=at,
        wave_at=at,
        started_at=at,
        last_signal_at=at,
        peak={"points": 1, "rules": ["volume"], "hot": []},
        explanation={
            "summary_zh": "1 小时 30 条，平时 2 条",
            "summary_en": "30 posts in an hour, usually 2",
            "reasons": [{"rule": "volume"}],
            "evidence": [{"text": "喝出异物", "url": "https://example.invalid/1", "platform": "weibo"}],
        },
        matrix={},
        coverage={"complete": True, "sources": []},
    )
    session.add(alert)
    session.flush()
    return alert


def outbox(database: Database) -> dict[str, list[Notification]]:
    """Every message by channel, oldest first; the console's left out."""
    with database.reading() as session:
        rows = session.scalars(select(Notification).order_by(Notification.created_at, Notification.id)).all()
    found: dict[str, list[Notification]] = {}
    for row in rows:
        if row.channel != "console":
            found.setdefault(row.channel, []).append(row)
    return found


def happened(database: Database, kind: EventKind) -> list[AlertEvent]:
    with database.reading() as session:
        return list(session.scalars(select(AlertEvent).where(AlertEvent.kind == kind).order_by(AlertEvent.at)))
