"""The steps that people take on an alert's page. A refused step says there who was first, and what to do."""

from __future__ import annotations

from starlette.responses import Response

from alerts import actions
from alerts.duty.desk import open_desk
from alerts.levels import Level
from alerts.life import merging, queries, splitting
from alerts.policies.kept import load_policy
from casework.open import open_from_alert
from casework.open import review as review_with_case
from console.alert_view import headline
from console.i18n import translate as _
from console.visit import Visit
from core.errors import InputError


def acknowledge(visit: Visit) -> Response:
    with visit.database.writing() as session:
        actions.acknowledge(session, visit.path("id"), actor=visit.actor, now=visit.now)
    return _back(visit, _("已确认，这条预警由您跟进"))


def dismiss(visit: Visit) -> Response:
    with visit.database.writing() as session:
        actions.dismiss(session, visit.path("id"), reason=visit.field("reason"), actor=visit.actor, now=visit.now)
    return _back(visit, _("已忽略，理由已记录"))


def resolve(visit: Visit) -> Response:
    with visit.database.writing() as session:
        actions.resolve(session, visit.path("id"), actor=visit.actor, now=visit.now, reason=visit.field("reason"))
    return _back(visit, _("已标记为解除"))


def review(visit: Visit) -> Response:
    with visit.database.writing() as session:
        review_with_case(session, visit.path("id"), note=visit.field("note"), actor=visit.actor, now=visit.now)
    return _back(visit, _("复盘已完成，结论进入历史预警"))


def reopen(visit: Visit) -> Response:
    with visit.database.writing() as session:
        actions.reopen(session, visit.path("id"), reason=visit.field("reason"), actor=visit.actor, now=visit.now)
    return _back(visit, _("已重新打开，由您跟进"))


def note(visit: Visit) -> Response:
    with visit.database.writing() as session:
        actions.note(session, visit.path("id"), text=visit.field("text"), actor=visit.actor, now=visit.now)
    return _back(visit, _("备注已记录"))


def set_level(visit: Visit) -> Response:
    level, desk = _level(visit.field("level")), open_desk(visit.settings)
    with visit.database.writing() as session:
        actions.set_level(
            session,
            visit.path("id"),
            level=level,
            reason=visit.field("reason"),
            actor=visit.actor,
            now=visit.now,
            desk=desk,
        )
    return _back(visit, _("级别已调整，理由已记录"))


def open_case(visit: Visit) -> Response:
    case_id = open_from_alert(
        visit.database, visit.index, visit.path("id"), actor=visit.actor, now=visit.now, settings=visit.settings
    )
    return visit.go(f"/cases/{case_id}", _("个案已开立，文稿已按现有事实生成"))


def split(visit: Visit) -> Response:
    """The ticked categories, and those of the ticked posts, become an alert of their own."""
    with visit.database.reading() as session:
        alert = queries.get_alert(session, visit.path("id"))
        policy = load_policy(session, alert.brand)
    categories, posts = visit.choices("category"), visit.choices("post")
    if posts:
        categories = [*categories, *splitting.categories_of(visit.index, alert, posts)]
    days = visit.settings.alerts.baseline_days
    part = splitting.part_of(visit.index, alert, categories, at=visit.now, baseline_days=days, policy=policy)
    with visit.database.writing() as session:
        made = splitting.split(session, alert.id, part, reason=visit.field("reason"), actor=visit.actor, now=visit.now)
    return visit.go(f"/alerts/{made.id}", _("已拆成一条新预警，今后同类帖子归入这里"))


def choose_merge(visit: Visit) -> Response:
    """The alerts ticked in the list: which of them takes in the others? The gravest is proposed, of equals the oldest."""
    with visit.database.reading() as session:
        chosen = [queries.get_alert(session, alert_id) for alert_id in visit.request.query_params.getlist("alert")]
    if len({alert.id for alert in chosen}) < 2:
        visit.flash(_("请先在列表里勾选至少两条预警"), "bad")
        return visit.go("/alerts")
    chosen.sort(key=lambda alert: (-Level(alert.level).rank, alert.started_at))
    return visit.render("alert_merge.html", chosen=chosen, headline=headline)


def merge(visit: Visit) -> Response:
    """Every ticked alert but the one that stays is taken into that one, all of them or none."""
    into = visit.field("into")
    with visit.database.writing() as session:
        target = queries.get_alert(session, into)
        for alert_id in visit.choices("alert"):
            if alert_id != target.id:
                reason = visit.field("reason")
                merging.merge(session, alert_id, into=target.id, actor=visit.actor, now=visit.now, reason=reason)
    return visit.go(f"/alerts/{target.id}", _("已合并：记录、帖子与后续信号都归到这条预警"))


def _level(code: str) -> Level:
    if code not in set(Level):
        raise InputError(zh=f"没有级别 {code!r}：请选轻微、中度或重大", en=f"no level {code!r}: minor, moderate or major")
    return Level(code)


def _back(visit: Visit, said: str) -> Response:
    return visit.go(f"/alerts/{visit.path('id')}", said)
