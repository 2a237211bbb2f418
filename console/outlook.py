"""The outlook on an alert: what would turn its level, what-if, and how the brand's indicators stand beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session
from starlette.responses import Response

from alerts.detection.matrix import Matrix, assess
from alerts.indicators.score import Scorecard
from alerts.indicators.store import scorecard
from alerts.life import queries
from alerts.life.tables import Alert, AlertState
from alerts.policies import kept as policies
from alerts.policies.policy import Policy
from alerts.views import whatif
from alerts.views.whatif import Supposition, Turn
from console.i18n import translate as _
from console.labels import label
from console.visit import Visit
from core.errors import InputError
from crawlers.coverage import coverage


@dataclass(frozen=True, slots=True)
class Outlook:
    """`now` is the matrix of the alert's situation by the policy in force; None where an earlier version kept no situation.

    `card` is None once the alert is closed: the indicators are of the present, not of its time.
    """

    now: Matrix | None
    raising: list[Turn]
    lowering: list[Turn]
    card: Scorecard | None


def outlook(visit: Visit, alert: Alert) -> Outlook:
    """What the alert's page shows beside its matrix."""
    with visit.database.reading() as session:
        policy = policies.load_policy(session, alert.brand)
        active = AlertState(alert.state).is_active and not alert.replayed
        card = _card(visit, session, alert.brand) if active else None
    if not alert.matrix.get("situation"):
        return Outlook(None, [], [], card)
    situation = whatif.situation_of(alert)
    raising, lowering = whatif.sensitivity(situation, policy)
    return Outlook(assess(situation, policy), raising, lowering, card)


def _card(visit: Visit, session: Session, brand: str) -> Scorecard:
    stale_after = visit.settings.crawl.stale_after
    watched = coverage(session, start=visit.now - timedelta(days=1), end=visit.now, stale_after=stale_after)
    return scorecard(session, visit.index, brand, at=visit.now, is_watched=not watched.is_blind)


def what_if(visit: Visit) -> Response:
    """The page of a supposition about an alert; its address holds what is supposed, so that it can be passed on."""
    with visit.database.reading() as session:
        alert = queries.get_alert(session, visit.path("id"))
        policy = policies.load_policy(session, alert.brand)
    said, found, supposed = "", None, Supposition()
    try:
        supposed = _supposed(visit, policy)
        found = whatif.what_if(whatif.situation_of(alert), supposed, policy)
    except InputError as error:
        said = str(error)
    return visit.render(
        "what_if.html",
        status=400 if said else 200,
        alert=alert,
        found=found,
        supposed=_in_words(supposed),
        said=said,
        categories=list(policy.matrix.severities),
    )


def _supposed(visit: Visit, policy: Policy) -> Supposition:
    category = visit.query("category")
    if category and category not in policy.matrix.severities:
        raise InputError(zh=f"没有风险类别 {category}", en=f"there is no risk category {category}")
    return Supposition(
        traffic=_number(visit, "traffic", 1),
        national_media=bool(visit.query("national_media")),
        official=bool(visit.query("official")),
        hot_search=int(_number(visit, "hot_search", 0)),
        platforms=int(_number(visit, "platforms", 0)),
        hours=int(_number(visit, "hours", 0)),
        category=category,
    )


def _in_words(supposed: Supposition) -> list[str]:
    """Each of the suppositions that supposes something."""
    said = {
        _("声量变为 {n} 倍", n=f"{supposed.traffic:g}"): supposed.traffic > 1,
        _("再多 {n} 个平台", n=supposed.platforms): supposed.platforms,
        _("再持续 {n} 小时", n=supposed.hours): supposed.hours,
        _("再上 {n} 条负面热搜", n=supposed.hot_search): supposed.hot_search,
        _("风险类别变为{name}", name=label("risk", supposed.category)): supposed.category,
        _("全国性媒体跟进"): supposed.national_media,
        _("监管部门介入"): supposed.official,
    }
    return [words for words, is_supposed in said.items() if is_supposed]


def _number(visit: Visit, name: str, default: float) -> float:
    text = visit.query(name)
    try:
        number = float(text or default)
    except ValueError:
        number = float("nan")
    if number != number or abs(number) > 1e6:
        raise InputError(zh=f"{text} 不是可用的数", en=f"{text} is not a number to reckon with")
    return number
