"""Policy: the rules and the risk matrix of a brand as one form, tried on the last days before it is saved; its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session
from starlette.responses import Response

from alerts.backtesting.dry_run import DryRun, level, try_policy
from alerts.levels import Level
from alerts.policies import kept as policies
from alerts.policies import versions as configuration
from alerts.policies.kept import Field
from alerts.policies.policy import Policy
from alerts.policies.versions import Kind
from console.i18n import translate as _
from console.templating import address
from console.visit import Visit
from core.errors import InputError, either
from monitoring.brands import list_brands, require_brand

BANDS = ("low", "middle", "high")
DAYS = (7, 14, 30)


def show(visit: Visit) -> Response:
    brand = visit.query("brand")
    with visit.database.reading() as session:
        _require(session, brand)
    return _page(visit, brand, {})


def attempt(visit: Visit) -> Response:
    """The form again, with what it would change in the last days; nothing is saved."""
    brand, given = visit.field("brand"), _given(visit)
    with visit.database.reading() as session:
        _require(session, brand)
        known = policies.load_policy(session, brand)
        names = [brand] if brand else [one.name for one in list_brands(session)]
        own = policies.load_policies(session, names)
    try:
        tried = policies.with_fields(known, given)
    except InputError as error:
        return _page(visit, brand, given, said=str(error), status=400)
    changes = policies.changes(known, tried)
    days = int(visit.field("days")) if visit.field("days").isdigit() else DAYS[1]
    runs = [
        try_policy(visit.index, name, own[name], tried, at=visit.now, days=max(1, days), settings=visit.settings)
        for name in names
        if own[name] == known  # a brand that has its own policy is not touched by the default
    ]
    return _page(visit, brand, given, runs=runs, changes=changes, days=days)


def save(visit: Visit) -> Response:
    brand, given = visit.field("brand"), _given(visit)
    try:
        with visit.database.writing() as session:
            _require(session, brand)
            policy = policies.with_fields(policies.load_policy(session, brand), given)
            _save(visit, session, brand, policy, based_on=int(visit.field("version") or 0))
    except InputError as error:
        return _page(visit, brand, given, said=str(error), status=400)
    return visit.go(address("/policy", brand=brand), _("预警策略已保存，下一次检测即按它判断"))


def revert(visit: Visit) -> Response:
    """Make an earlier version, or the default where none is named, the newest."""
    brand, number = visit.field("brand"), visit.field("to")
    with visit.database.writing() as session:
        _require(session, brand)
        policy = policies.policy_of_version(session, brand, int(number)) if number.isdigit() else None
        _save(visit, session, brand, policy)
    return visit.go(address("/policy", brand=brand), _("预警策略已恢复"))


def _save(visit: Visit, session: Session, brand: str, policy: Policy | None, based_on: int | None = None) -> None:
    reason = visit.field("reason")
    policies.save_policy(session, brand, policy, actor=visit.actor, reason=reason, now=visit.now, based_on=based_on)


def _page(
    visit: Visit,
    brand: str,
    texts: Mapping[str, str],
    *,
    said: str = "",
    status: int = 200,
    runs: Iterable[DryRun] = (),
    changes: Iterable[Any] | None = None,
    days: int = DAYS[1],
) -> Response:
    with visit.database.reading() as session:
        texts = {**_texts(policies.fields(policies.load_policy(session, brand))), **texts}
        history = configuration.history(session, Kind.POLICY, brand, limit=20)
        brands = [one.name for one in list_brands(session)]
    return visit.render(
        "policy.html",
        status=status,
        brand=brand,
        brands=brands,
        groups=_groups(),
        texts=texts,
        said=said,
        runs=list(runs),
        changes=changes,
        days=days,
        choices=DAYS,
        history=history,
        version=history[0].version if history else 0,
        is_own=bool(history) and history[0].content is not None,
        bands=BANDS,
        levels=list(Level),
        peak=level,
    )


def _groups() -> list[tuple[str, str, list[Field]]]:
    """(path, name, fields) of each part of the policy in the order of the form; the matrix is drawn as a grid of its own."""
    groups: dict[str, list[Field]] = {}
    for field in policies.fields():
        parts = field.path.split(".")
        groups.setdefault(".".join(parts[:2]) if parts[0] == "matrix" else parts[0], []).append(field)
    return [(path, either(*policies.part_names(path)), fields) for path, fields in groups.items()]


def _texts(fields: Iterable[Field]) -> dict[str, str]:
    return {field.path: field.text for field in fields}


def _given(visit: Visit) -> dict[str, str]:
    return {field.path: visit.field(field.path) for field in policies.fields() if field.path in visit.form}


def _require(session: Session, brand: str) -> None:
    if brand:
        require_brand(session, brand)
