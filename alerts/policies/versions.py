"""Versions of what brands are judged by: saved with author, time and reason, and never overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.locking import lock_brand
from alerts.policies.tables import ConfigurationVersion
from core import audit
from core.errors import InputError, StateError
from core.ids import new_id

DEFAULT_BRAND = ""
"""The brand under which the default of all brands is kept."""


class Kind(StrEnum):
    POLICY = "policy"
    INDICATORS = "indicators"


def contents(session: Session, kind: Kind, brands: Sequence[str]) -> dict[str, Mapping[str, Any] | None]:
    """The content in force for each brand: its own, else the default's, else None (what the product ships with). One query."""
    newest = (
        select(ConfigurationVersion.brand, func.max(ConfigurationVersion.version).label("version"))
        .where(ConfigurationVersion.kind == kind)
        .group_by(ConfigurationVersion.brand)
        .subquery()
    )
    query = select(ConfigurationVersion.brand, ConfigurationVersion.content).join(
        newest,
        (newest.c.brand == ConfigurationVersion.brand) & (newest.c.version == ConfigurationVersion.version),
    )
    rows = session.execute(query.where(ConfigurationVersion.kind == kind)).tuples()
    own = {brand: content for brand, content in rows if content is not None}
    return {brand: own.get(brand, own.get(DEFAULT_BRAND)) for brand in brands}


def newest(session: Session, kind: Kind, brand: str) -> ConfigurationVersion | None:
    """The brand's newest version; None where it never had one of its own."""
    return next(iter(history(session, kind, brand, limit=1)), None)


def history(session: Session, kind: Kind, brand: str, *, limit: int = 50) -> list[ConfigurationVersion]:
    """The brand's versions, newest first."""
    of_brand = select(ConfigurationVersion).where(ConfigurationVersion.kind == kind, ConfigurationVersion.brand == brand)
    return list(session.scalars(of_brand.order_by(ConfigurationVersion.version.desc()).limit(limit)))


def version(session: Session, kind: Kind, brand: str, number: int) -> ConfigurationVersion:
    """One version; raises InputError where there is none."""
    query = select(ConfigurationVersion).where(
        ConfigurationVersion.kind == kind, ConfigurationVersion.brand == brand, ConfigurationVersion.version == number
    )
    found = session.scalars(query).first()
    if found is None:
        raise InputError(
            zh=f"{shown_brand(brand)[0]}没有版本 {number}：请先查看历史版本",
            en=f"{shown_brand(brand)[1]} has no version {number}: look at the history first",
        )
    return found


def save(
    session: Session,
    kind: Kind,
    brand: str,
    content: Mapping[str, Any] | None,
    *,
    actor: str,
    reason: str,
    now: datetime,
    based_on: int | None = None,
) -> ConfigurationVersion:
    """Add a version; the same content as the newest adds none.

    `based_on` is the number of the version that the author saw, 0 for none. Raises StateError where another person has saved
    since, InputError for a reason that is empty.
    """
    lock_brand(session, f"{kind}:{brand}")
    last = newest(session, kind, brand)
    if based_on is not None and based_on != (last.version if last else 0):
        by = last.author if last else "?"
        raise StateError(
            zh=f"{shown_brand(brand)[0]}的设置刚被 {by} 改过：请刷新页面，在新版本上再改",
            en=f"{by} has changed {shown_brand(brand)[1]} meanwhile: reload the page and change it again",
        )
    if last is not None and last.content == content:
        return last
    if not reason.strip():
        raise InputError(
            zh="请写明修改的理由：以后复盘时要知道为什么改", en="give the reason of the change: whoever looks back needs it"
        )
    added = ConfigurationVersion(
        id=new_id(),
        kind=kind,
        brand=brand,
        version=last.version + 1 if last else 1,
        content=dict(content) if content is not None else None,
        author=actor,
        at=now,
        reason=reason.strip(),
    )
    session.add(added)
    session.flush()
    action = f"{kind}.{'save' if content is not None else 'reset'}"
    subject = f"brand:{brand}" if brand else "brand:*"
    audit.record(session, at=now, actor=actor, action=action, subject=subject, version=added.version, reason=added.reason)
    return added


def shown_brand(brand: str) -> tuple[str, str]:
    """The brand in Chinese and English; the default has no name of its own."""
    return (f"品牌 {brand} ", f"brand {brand}") if brand else ("默认设置", "the default")
