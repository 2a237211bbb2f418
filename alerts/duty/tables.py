"""What is kept of the reporting path (上报机制): who is on duty, how each is reached, when not, and what was muted why.

People are named by user name. Times of day are `HH:MM` in Asia/Shanghai, days of the week are 0 (Monday) to 6.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class DutyShift(Base):
    """A person and a deputy (副手) on duty for some levels, at the same hours of some weekdays, every `every_weeks` weeks.

    The weeks are counted from the one that holds `first_day`; no shift begins after `last_day`.
    """

    __tablename__ = "duty_shift"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    person: Mapped[str] = mapped_column(String(60))
    deputy: Mapped[str | None] = mapped_column(String(60))
    levels: Mapped[list[str]] = mapped_column(JSON)
    days: Mapped[list[int]] = mapped_column(JSON)
    start: Mapped[str] = mapped_column(String(5))
    end: Mapped[str] = mapped_column(String(5))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    every_weeks: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class DutySwap(Base):
    """For once, `person` stands in for `replaces`, or for whoever is on duty where that is None."""

    __tablename__ = "duty_swap"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    person: Mapped[str] = mapped_column(String(60))
    replaces: Mapped[str | None] = mapped_column(String(60))
    levels: Mapped[list[str]] = mapped_column(JSON)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class DutyContact(Base):
    """A way to reach a person: `reference` is a name in `alerts.contacts`; the address itself is never stored here."""

    __tablename__ = "duty_contact"
    __table_args__ = (UniqueConstraint("person", "reference"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    person: Mapped[str] = mapped_column(String(60))
    reference: Mapped[str] = mapped_column(String(40))


class DutyQuiet(Base):
    """Hours in which a person is not called for alerts up to the level `up_to`; for 重大 they always are."""

    __tablename__ = "duty_quiet"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    person: Mapped[str] = mapped_column(String(60), index=True)
    days: Mapped[list[int]] = mapped_column(JSON)
    start: Mapped[str] = mapped_column(String(5))
    end: Mapped[str] = mapped_column(String(5))
    up_to: Mapped[str] = mapped_column(String(10))


class DutyDeadline(Base):
    """The deadlines of one level, in minutes, where they were changed from those shipped; a clock of None does not run."""

    __tablename__ = "duty_deadline"

    level: Mapped[str] = mapped_column(String(10), primary_key=True)
    acknowledge_minutes: Mapped[int]
    step_minutes: Mapped[int]
    working_hours: Mapped[bool]
    first_answer_minutes: Mapped[int | None]
    full_statement_minutes: Mapped[int | None]
    review_minutes: Mapped[int | None]


class Silence(Base):
    """Tellings that match are muted, not lost, from `starts_at` to `ends_at`: a silence (免打扰) or a maintenance window.

    Empty matchers match everything. With `days` it holds only in those weekly hours between its start and end.
    """

    __tablename__ = "silence"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    brand: Mapped[str] = mapped_column(String(100), default="")
    platform: Mapped[str] = mapped_column(String(50), default="")
    rule: Mapped[str] = mapped_column(String(40), default="")
    up_to: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    days: Mapped[list[int]] = mapped_column(JSON, default=list)
    start: Mapped[str] = mapped_column(String(5), default="")
    end: Mapped[str] = mapped_column(String(5), default="")


class NotificationAttempt(Base):
    """One try at sending a message; `finished_at` stays None where the process died between sending and marking."""

    __tablename__ = "notification_attempt"
    __table_args__ = (Index("ix_notification_attempt_channel_at", "channel", "at"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    notification_id: Mapped[str] = mapped_column(ForeignKey("notification.id"), index=True)
    channel: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
