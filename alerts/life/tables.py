"""What is kept of alerts: the alert, everything that happened to it, and the outbox of notifications."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class AlertState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    IN_CASE = "in_case"
    RESOLVED = "resolved"
    REVIEWED = "reviewed"
    DISMISSED = "dismissed"
    MERGED = "merged"

    @property
    def zh(self) -> str:
        return {
            "open": "待处理",
            "acknowledged": "已确认",
            "in_case": "处置中",
            "resolved": "已解除",
            "reviewed": "已复盘",
            "dismissed": "已忽略",
            "merged": "已并入",
        }[self.value]

    @property
    def is_active(self) -> bool:
        return self in (AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.IN_CASE)


class EventKind(StrEnum):
    OPENED = "opened"
    RAISED = "raised"
    LOWERED = "lowered"
    UPDATED = "updated"
    WORSENED = "worsened"
    ACKNOWLEDGED = "acknowledged"
    DISMISSED = "dismissed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    NOTED = "noted"
    CASE_OPENED = "case_opened"
    ESCALATED = "escalated"
    OVERDUE = "overdue"
    CASE_CLOSED = "case_closed"
    REVIEWED = "reviewed"
    MERGED = "merged"
    ABSORBED = "absorbed"
    SPLIT = "split"

    @property
    def zh(self) -> str:
        return {
            "opened": "新预警",
            "raised": "升级",
            "lowered": "下调级别",
            "updated": "更新",
            "worsened": "加剧",
            "acknowledged": "确认",
            "dismissed": "忽略",
            "resolved": "解除",
            "reopened": "重新打开",
            "noted": "备注",
            "case_opened": "立案",
            "escalated": "上报",
            "overdue": "超时",
            "case_closed": "结案",
            "reviewed": "复盘完成",
            "merged": "并入",
            "absorbed": "收入",
            "split": "拆分",
        }[self.value]

    @property
    def is_told(self) -> bool:
        """People are told of it; the other kinds are only recorded."""
        return self in (EventKind.OPENED, EventKind.RAISED, EventKind.WORSENED, EventKind.REOPENED)


class NotificationState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"  # waits for the end of the person's quiet hours
    FOLDED = "folded"  # went out as a part of the message `folded_into`
    MUTED = "muted"  # a silence, a maintenance window or a graver alert kept it back

    @property
    def zh(self) -> str:
        return {
            "pending": "待发送",
            "sending": "发送中",
            "sent": "已送达",
            "failed": "失败",
            "held": "静默时段暂存",
            "folded": "已并入汇总",
            "muted": "已免打扰",
        }[self.value]


class Alert(Base):
    """One crisis of one brand: all its signals, under a fingerprint of the brand and the first signal's hour.

    `opened_at` is the first opening; `wave_at` the latest (re)opening, before which signals are history. `level` never falls
    between the two ends of a wave. `last_signal_at` is the moment of the newest evidence, not of the pass that found it.
    `number` is what people see and say of it. `replayed` alerts were kept from a backtest: live detection leaves them alone.
    `topic` are the risk categories that this alert was split off for, joined by commas, "" for the alert of everything else
    about the brand; `without` are those that other alerts were split off this one for. `merged_into` is the id of the alert
    that took this one in, `split_from` of the one it was split from. `holder` is who has it.
    The forms of the JSON columns: `explanation` is `wording.explain`'s, `matrix` is `levels.Matrix.to_json`'s, `coverage` is
    `wording.coverage_json`'s, `peak` holds the points, rules and hot-search entries reached in this wave and what people were
    told last, `waves` is a list of `waves.Wave.to_json`, `override` is `override.Override.to_json`'s where the level was set
    by hand.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index("ix_alert_brand_started_at", "brand", "started_at"),
        Index("ix_alert_state_opened_at", "state", "opened_at"),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[str] = mapped_column(String(20))
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    brand: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))
    level: Mapped[str] = mapped_column(String(10))
    notified_level: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[datetime]
    wave_at: Mapped[datetime]
    started_at: Mapped[datetime]
    last_signal_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    peak: Mapped[dict[str, Any]] = mapped_column(JSON)
    explanation: Mapped[dict[str, Any]] = mapped_column(JSON)
    matrix: Mapped[dict[str, Any]] = mapped_column(JSON)
    coverage: Mapped[dict[str, Any]] = mapped_column(JSON)
    waves: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    override: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    topic: Mapped[str] = mapped_column(String(200), default="")
    without: Mapped[str] = mapped_column(String(200), default="")
    holder: Mapped[str | None] = mapped_column(String(100))
    case_id: Mapped[str | None] = mapped_column(String(20))
    merged_into: Mapped[str | None] = mapped_column(String(20))
    split_from: Mapped[str | None] = mapped_column(String(20))
    replayed: Mapped[bool] = mapped_column(default=False)


class AlertEvent(Base):
    """One thing that happened to an alert, by the detector (`actor` "system") or by a person; `sequence` counts from 1."""

    __tablename__ = "alert_event"
    __table_args__ = (Index("uq_alert_event_alert_id_sequence", "alert_id", "sequence", unique=True),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alert.id"))
    sequence: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(10))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


class AlertSeen(Base):
    """How far a person has read an alert: the sequence of the newest event that stood on the page when they last opened it."""

    __tablename__ = "alert_seen"

    alert_id: Mapped[str] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    username: Mapped[str] = mapped_column(String(60), primary_key=True)
    sequence: Mapped[int]


class Notification(Base):
    """One message for one channel. `channel` names the service without its secrets; `key` makes a second row impossible.

    `next_attempt_at` is None once sent, or once given up (state failed). `person` is whose contact the channel is, None for
    a shared one. `muted_by` is `silence:ID` or `alert:ID`; `settled_at` is when a muted message was told after all, or
    needed no telling any more.
    """

    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_state_next_attempt_at", "state", "next_attempt_at"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alert.id"), index=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("alert_event.id"))
    channel: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(100), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    person: Mapped[str | None] = mapped_column(String(60))
    held_until: Mapped[datetime | None]
    folded_into: Mapped[str | None] = mapped_column(String(20))
    muted_by: Mapped[str | None] = mapped_column(String(40))
    settled_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None] = mapped_column(String(60))
