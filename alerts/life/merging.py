"""Merging by hand: one alert of a brand is taken into another, which has its posts, its history and its further signals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from alerts.levels import Level
from alerts.life.steps import held, refusal, take_step
from alerts.life.store import add_event
from alerts.life.tables import Alert, AlertState, EventKind
from alerts.life.topics import joined, parted
from alerts.life.waves import Wave
from alerts.life.wording import kept
from alerts.locking import lock_brand
from core import people
from core.errors import InputError, StateError
from core.people import PRESS_OFFICE


def merge(session: Session, alert_id: str, *, into: str, actor: str, now: datetime, reason: str = "") -> Alert:
    """Take the alert into the active alert `into` of the same brand; returns the latter.

    The one taken in is closed as merged; its number, fingerprint and history stay. The other keeps its own number, takes the
    higher level, the earlier start, the posts of both and the categories of both, so that further signals are its own. Done
    again it changes nothing. Raises InputError for another brand or for itself, StateError where a state forbids it or both
    have a case.
    """
    people.require(session, actor, *PRESS_OFFICE)
    alert, target = held(session, alert_id), held(session, into)
    lock_brand(session, alert.brand)
    if alert.state == AlertState.MERGED and alert.merged_into == target.id:
        return target
    _require_mergeable(session, alert, target)
    before = alert.state
    details = {"into": target.number, "into_id": target.id, "reason": reason.strip(), "before": before}
    take_step(session, alert, EventKind.MERGED, actor=actor, now=now, details=details)
    alert.merged_into = target.id
    _take_in(alert, target)
    if alert.case_id and not target.case_id:
        target.case_id = alert.case_id
        target.state = AlertState.IN_CASE if before == AlertState.IN_CASE else target.state
    told = {"from": alert.number, "from_id": alert.id, "reason": reason.strip()}
    add_event(session, target, EventKind.ABSORBED, at=now, actor=actor, details=told)
    return target


def _require_mergeable(session: Session, alert: Alert, target: Alert) -> None:
    if alert.id == target.id:
        raise InputError(zh=f"预警 {alert.number} 不能并入自己", en=f"alert {alert.number} cannot be merged into itself")
    if (alert.brand, alert.replayed) != (target.brand, target.replayed):
        raise InputError(
            zh=f"只能合并同一品牌的预警，且历史回放只与历史回放合并：{alert.number} 属于 {alert.brand}，"
            f"{target.number} 属于 {target.brand}",
            en=f"only alerts of one brand can be merged, and replayed ones only with replayed ones: {alert.number} is "
            f"{alert.brand}'s, {target.number} is {target.brand}'s",
        )
    if not AlertState(target.state).is_active:
        raise refusal(session, target, EventKind.ABSORBED)
    if alert.case_id and target.case_id:
        raise StateError(
            zh=f"预警 {alert.number} 与 {target.number} 都已立案，不能合并：请先结掉其中一个案",
            en=f"alerts {alert.number} and {target.number} both have a case and cannot be merged: close one case first",
        )


def _take_in(alert: Alert, target: Alert) -> None:
    """What the target is from now on; its fingerprint, number and opening stay."""
    points = max(alert.peak["points"], target.peak["points"])
    if _matrix_of(alert) > _matrix_of(target):
        target.matrix = alert.matrix
    if Level(alert.level).rank > Level(target.level).rank:
        target.level, target.override = alert.level, alert.override
    target.peak = {
        "points": points,
        "rules": sorted({*alert.peak["rules"], *target.peak["rules"]}),
        "hot": sorted({*alert.peak["hot"], *target.peak["hot"]}),
        "told_points": max(alert.peak["told_points"], target.peak["told_points"]),
        "told_adverse": max(alert.peak["told_adverse"], target.peak["told_adverse"]),
    }
    target.started_at = min(alert.started_at, target.started_at)
    target.last_signal_at = max(alert.last_signal_at, target.last_signal_at)
    target.explanation = combined(target.explanation, alert.explanation)
    *earlier, last = target.waves
    target.waves = [*earlier, Wave.from_json(last).grown(Level(alert.level), points).to_json()]
    target.topic, target.without = _joined_topics(alert, target)


def _matrix_of(alert: Alert) -> tuple[int, int]:
    return Level(alert.matrix["level"]).rank, alert.peak["points"]


def _joined_topics(alert: Alert, target: Alert) -> tuple[str, str]:
    """(topic, without) of both together: the brand's main alert has whatever no other has."""
    own = {*parted(alert.topic), *parted(target.topic)}
    if alert.topic and target.topic:
        return joined([*own]), ""
    return "", joined([risk for risk in (*parted(alert.without), *parted(target.without)) if risk not in own])


def combined(explanation: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """One explanation of two: the earlier start and first post, the reasons of both and the posts of both."""
    reasons = {(reason["rule"], reason["start"]): reason for reason in (*other["reasons"], *explanation["reasons"])}
    posts = {post["post_id"]: post for post in (*other["evidence"], *explanation["evidence"])}
    firsts = [post for post in (explanation["first_post"], other["first_post"]) if post]
    return {
        **explanation,
        "summary_zh": "；".join(reason["zh"] for reason in reasons.values()),
        "summary_en": "; ".join(reason["en"] for reason in reasons.values()),
        "started_at": min(explanation["started_at"], other["started_at"], key=datetime.fromisoformat),
        "first_post": min(firsts, key=lambda post: datetime.fromisoformat(post["published_at"]), default=None),
        "reasons": list(reasons.values()),
        "evidence": kept(list(posts.values())),
    }
