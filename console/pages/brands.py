"""Brands: what is watched for. A change finds its past posts at the next pass."""

from __future__ import annotations

import re
from contextlib import closing

from starlette.responses import Response

from alerts.backtesting.dry_run import level
from casework.trying import try_rule
from console.i18n import translate as _
from console.visit import Visit
from core.errors import InputError
from monitoring import brands
from monitoring.brands import BrandRule
from sentiment.scorer import open_scorer

DAYS = (7, 14, 30)
"""Days that can be tried."""
_SEPARATOR = re.compile(r"[\n,，、|;；]+")


def listing(visit: Visit) -> Response:
    with visit.database.reading() as session:
        return visit.render("brands.html", brands=brands.list_brands(session, active_only=False))


def form(visit: Visit) -> Response:
    """The form of one brand: of a new one, or of the one that the address names."""
    name = visit.query("name")
    with visit.database.reading() as session:
        brand = brands.get_brand(session, name) if name else None
    if name and brand is None:
        raise InputError(zh=f"没有名为 {name} 的品牌", en=f"there is no brand {name}")
    return visit.render("brand.html", brand=brand, tried=None, trial=None, days=DAYS[1], choices=DAYS, peak=level)


def save(visit: Visit) -> Response:
    rule = _rule(visit)
    with visit.database.writing() as session:
        brand = brands.save_brand(session, rule, actor=visit.actor, now=visit.now)
    return visit.go("/brands", _("已保存 {name}，历史帖子将在下一轮重新匹配", name=brand.name))


def attempt(visit: Visit) -> Response:
    """The form again as it was sent, with the mentions and alerts that the rule would change; nothing is saved."""
    tried = _rule(visit)
    days = int(visit.field("days")) if visit.field("days").isdigit() else DAYS[1]
    with visit.database.reading() as session, closing(open_scorer(visit.settings)) as scorer:
        brand = brands.get_brand(session, tried.name)
        trial = try_rule(session, visit.index, scorer, tried, at=visit.now, days=max(1, days), settings=visit.settings)
    return visit.render("brand.html", brand=brand, tried=tried, trial=trial, days=days, choices=DAYS, peak=level)


def deactivate(visit: Visit) -> Response:
    with visit.database.writing() as session:
        brands.deactivate_brand(session, visit.field("name"), actor=visit.actor, now=visit.now)
    return visit.go("/brands", _("已停止监测 {name}", name=visit.field("name")))


def _rule(visit: Visit) -> BrandRule:
    return BrandRule(visit.field("name"), *(terms(visit.field(name)) for name in ("keywords", "aliases", "exclusions")))


def terms(text: str) -> tuple[str, ...]:
    """The terms of a form's field, divided by lines or commas.

    >>> terms("星海茶饮，星海奶茶\\n xinghai tea ")
    ('星海茶饮', '星海奶茶', 'xinghai tea')
    """
    return tuple(term.strip() for term in _SEPARATOR.split(text) if term.strip())
