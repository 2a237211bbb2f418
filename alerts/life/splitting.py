"""Splitting by hand: some risk categories of an alert become an alert of their own, with its own fingerprint and signals.

Merging the new alert back undoes it; splitting the same categories off once more brings back the alert that they had.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from alerts.detection.matrix import Matrix, Situation, assess, severity
from alerts.detection.rules import Signal
from alerts.detection.series import DAY
from alerts.detection.signals import signals
from alerts.life.lifecycle import Standing, Step, advance, fingerprint
from alerts.life.steps import held, take_step
from alerts.life.store import add_event, save
from alerts.life.tables import Alert, AlertState, EventKind
from alerts.life.topics import TopicView, joined, parted, posts_of, topic_of
from alerts.life.waves import Wave
from alerts.locking import lock_brand
from alerts.policies.policy import DEFAULT, Policy
from core import people
from core.errors import InputError, StateError
from core.people import PRESS_OFFICE
from posts.index import PostFilter, PostIndex, PostView


@dataclass(frozen=True, slots=True)
class Part:
    """What would be split off: the categories, how many posts and since when, their `signal` if their own posts alone make
    one, and the `matrix` of what they are without any rule having fired."""

    topic: str
    posts: int
    first_at: datetime
    signal: Signal | None
    matrix: Matrix


def categories_of(index: PostIndex, alert: Alert, post_ids: Collection[str]) -> tuple[str, ...]:
    """The risk categories that the posts of these ids carry about the brand. Raises InputError where they carry none."""
    quoted = {post["post_id"]: post["risks"] for post in alert.explanation["evidence"]}
    stored = index.get(list(post_ids))
    found = {risk for post_id in post_ids for risk in quoted.get(post_id, ())}
    found |= {
        risk for one in stored.values() for mention in one.mentions if mention.brand == alert.brand for risk in mention.risks
    }
    if not found:
        raise InputError(
            zh="选中的帖子没有风险类别，拆开后无法判断后来的帖子归谁：请选带类别的帖子，或直接选类别",
            en="the chosen posts carry no risk category, so later posts could not be told apart: choose others, or a category",
        )
    return tuple(sorted(found))


def part_of(
    index: PostIndex,
    alert: Alert,
    categories: Sequence[str],
    *,
    at: datetime,
    baseline_days: int,
    policy: Policy = DEFAULT,
) -> Part:
    """What those categories of the alert are by themselves at `at`. Raises InputError where they are none or all of it."""
    wanted = tuple(sorted(set(categories)))
    if not wanted:
        raise InputError(zh="请至少选一个要拆出去的风险类别", en="choose at least one risk category to split off")
    own = parted(alert.topic)
    whole = replace(topic_of(alert), without=joined(sorted({*parted(alert.without)} - {*wanted})))  # as before they left it
    view = TopicView(index, replace(whole, of=joined(wanted)))
    chosen = posts_of(whole, start=alert.started_at - timedelta(hours=1), end=at)
    mine = view.search(chosen, sort="oldest", limit=1)
    if not mine.total or (own and not set(wanted) <= set(own)):
        raise InputError(
            zh=f"预警 {alert.number} 里没有类别 {'、'.join(wanted)} 的帖子",
            en=f"alert {alert.number} has no posts of the categories {', '.join(wanted)}",
        )
    if mine.total == index.count(chosen) or set(wanted) == set(own):
        raise InputError(
            zh=f"预警 {alert.number} 的帖子全都属于所选类别，拆开后原预警就空了",
            en=f"all posts of alert {alert.number} carry the chosen categories; nothing would be left of it",
        )
    signal = signals(view, (alert.brand,), at=at, baseline_days=baseline_days, policies={alert.brand: policy}).get(alert.brand)
    matrix = assess(_situation(view, chosen, wanted, mine.total), policy)
    return Part(joined(wanted), mine.total, mine.posts[0].post.published_at, signal, matrix)


def _situation(view: PostView, chosen: PostFilter, categories: Sequence[str], posts: int) -> Situation:
    """A topic on which no rule has fired: no spike, no growth, but its gravest category, its platforms and its reach."""
    counted = view.histogram(chosen, interval=DAY, by="platform")
    return Situation(
        ratio=0.0,
        growth=0.0,
        platforms=len({bucket.platform for bucket in counted}),
        hours_above=0,
        hot_entries=0,
        category=max(categories, key=severity),
        reach=sum(bucket.reach for bucket in counted),
        posts=posts,
        adverse=posts,
    )


def split(session: Session, alert_id: str, part: Part, *, reason: str, actor: str, now: datetime) -> Alert:
    """Make the part an alert of its own, and return it; who has the alert has the new one too.

    Its level is what the matrix says of its own posts. Done again it gives the alert that is there. Raises StateError for an
    alert that is not active, and where another alert has these categories already.
    """
    people.require(session, actor, *PRESS_OFFICE)
    alert = held(session, alert_id)
    lock_brand(session, alert.brand)
    standing = _standing(alert, part, now)
    known = _known(session, alert, standing)
    if known is not None and known.state != AlertState.MERGED:
        return _standing_already(known, alert)
    details = {"categories": list(parted(part.topic)), "reason": reason.strip()}
    if not take_step(session, alert, EventKind.SPLIT, actor=actor, now=now, details=details):
        raise StateError(zh=f"预警 {alert.number} 刚刚拆分过，请刷新", en=f"alert {alert.number} was split just now, reload")
    made = save(session, known, standing if known is None else _restored(known, standing), coverage=alert.coverage)
    made.split_from, made.merged_into, made.replayed = alert.id, None, alert.replayed
    made.holder = None if made.state == AlertState.OPEN else alert.holder or actor
    _leave(alert, part)
    told = {"from": alert.number, "from_id": alert.id, **details}
    add_event(session, made, EventKind.SPLIT, at=now, actor=actor, details=told)
    return made


def _standing(alert: Alert, part: Part, now: datetime) -> Standing:
    state = AlertState.OPEN if alert.state == AlertState.OPEN else AlertState.ACKNOWLEDGED
    judged = advance(None, part.signal, Step.OPENED, at=now, topic=part.topic) if part.signal else None
    return replace(judged or _unjudged(alert, part, now), state=state)


def _unjudged(alert: Alert, part: Part, now: datetime) -> Standing:
    """A topic whose own posts make no signal yet, with the posts that the alert quotes of it."""
    quoted = _quoted(alert, part.topic)
    return Standing(
        brand=alert.brand,
        fingerprint=fingerprint(alert.brand, part.first_at, part.topic),
        state=AlertState.OPEN,
        level=part.matrix.level,
        opened_at=now,
        wave_at=now,
        started_at=part.first_at,
        last_signal_at=alert.last_signal_at,
        closed_at=None,
        points=part.matrix.points,
        rules=frozenset(),
        hot=frozenset(),
        explanation={
            **alert.explanation,
            "summary_zh": f"由 {alert.number} 拆出，共 {part.posts} 条帖子，自身还不足以触发规则",
            "summary_en": f"split from {alert.number} with {part.posts} posts, too few by themselves for any rule",
            "started_at": part.first_at.isoformat(),
            "first_post": quoted[0] if quoted else None,
            "reasons": [],
            "evidence": quoted,
        },
        matrix=part.matrix.to_json(),
        waves=(Wave(1, part.first_at, now, part.matrix.level, part.matrix.points),),
        topic=part.topic,
    )


def _restored(known: Alert, standing: Standing) -> Standing:
    """An alert that was merged back, split off once more: its number, opening and waves are those that it had."""
    return replace(
        standing,
        fingerprint=known.fingerprint,
        opened_at=known.opened_at,
        started_at=min(known.started_at, standing.started_at),
        waves=tuple(map(Wave.from_json, known.waves)),
    )


def _known(session: Session, alert: Alert, standing: Standing) -> Alert | None:
    """The alert that these categories had or have: of the same fingerprint, or split off this one before."""
    before = Alert.split_from == alert.id
    query = select(Alert).where(Alert.topic == standing.topic, or_(before, Alert.fingerprint == standing.fingerprint))
    return session.scalars(query.order_by(Alert.opened_at.desc()).limit(1)).first()


def _standing_already(known: Alert, alert: Alert) -> Alert:
    if known.split_from == alert.id and AlertState(known.state).is_active:
        return known
    raise StateError(
        zh=f"类别 {known.topic} 已有自己的预警 {known.number}，请到那里处理",
        en=f"the categories {known.topic} have an alert of their own already, {known.number}: act on that one",
    )


def _leave(alert: Alert, part: Part) -> None:
    """What stays with the alert: the other categories, and the quoted posts of these."""
    gone = set(parted(part.topic))
    if alert.topic:
        alert.topic = joined([risk for risk in parted(alert.topic) if risk not in gone])
    else:
        alert.without = joined([*parted(alert.without), *gone])
    leaving = {post["post_id"] for post in _quoted(alert, part.topic)}
    stays = [post for post in alert.explanation["evidence"] if post["post_id"] not in leaving]
    first = alert.explanation["first_post"]
    if first and first["post_id"] in leaving:
        first = stays[0] if stays else None
    alert.explanation = {**alert.explanation, "evidence": stays, "first_post": first}


def _quoted(alert: Alert, topic: str) -> list[dict[str, Any]]:
    wanted = set(parted(topic))
    return [post for post in alert.explanation["evidence"] if wanted & set(post["risks"])]
