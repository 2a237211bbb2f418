"""The pages on the rail, in groups; only what a person's role may open is shown to them."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.life.queries import count_open
from console import auth
from console.i18n import translate as _
from console.visit import Visit
from core.people import Role


@dataclass(frozen=True, slots=True)
class Link:
    path: str
    name: str
    icon: str
    roles: frozenset[Role] = auth.ANYONE
    count: int = 0


def navigation(visit: Visit) -> list[tuple[str, list[Link]]]:
    """(Name of the group, its links) for whoever visits; a link's count is of what waits for somebody there."""
    with visit.database.reading() as session:
        waiting = count_open(session)
    groups = [
        (
            "",
            [
                Link("/alerts", _("预警"), "alerts", count=waiting),
                Link("/cases", _("个案"), "cases"),
                Link("/posts", _("帖子"), "posts"),
                Link("/trend", _("走势"), "trend"),
            ],
        ),
        (
            _("通知"),
            [
                Link("/duty", _("值班"), "duty"),
                Link("/notifications", _("通知记录"), "told"),
                Link("/silences", _("免打扰"), "silence"),
            ],
        ),
        (
            _("监测"),
            [
                Link("/sources", _("信源"), "sources"),
                Link("/brands", _("品牌"), "brands"),
                Link("/indicators", _("预警指标"), "indicators"),
            ],
        ),
        (
            _("规则与模型"),
            [
                Link("/policy", _("预警策略"), "policy"),
                Link("/risk-words", _("风险词"), "risk"),
                Link("/models", _("模型与纠正"), "models"),
            ],
        ),
        (_("管理"), [Link("/audit", _("审计"), "audit", auth.LEADS), Link("/people", _("人员"), "people", auth.ADMINS)]),
    ]
    allowed = ((name, [link for link in links if visit.may(link.roles)]) for name, links in groups)
    return [(name, links) for name, links in allowed if links]
