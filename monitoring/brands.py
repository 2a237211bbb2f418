"""Brands and the rules by which posts are matched to them: saving, listing, setting inactive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.errors import InputError
from core.ids import new_id
from core.text import normalise
from monitoring.tables import LONGEST_NAME, LONGEST_TERM, Brand


@dataclass(frozen=True, slots=True)
class BrandRule:
    """What a post must hold to be about the brand `name`.

    Any of `keywords` or `aliases` makes a mention, unless an exclusion phrase overlaps that very place of the text: with the
    exclusion 星海广场 a post that says only 星海广场 is no mention of 星海, one that says both is.
    """

    name: str
    keywords: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()


def rule_of(brand: Brand) -> BrandRule:
    """The rule that a stored brand stands for."""
    return BrandRule(brand.name, tuple(brand.keywords), tuple(brand.aliases), tuple(brand.exclusions))


def save_brand(session: Session, rule: BrandRule, *, actor: str, now: datetime) -> Brand:
    """Add the brand, or give a known one (active or not) this rule and make it active; unchanged, nothing is written.

    Without keywords a new brand is found by its name, and a known one keeps the keywords that it has. Raises InputError
    for a name or term that is empty, too long, or says nothing once normalised.
    """
    brand = get_brand(session, rule.name.strip())
    rule = _checked(rule, known=brand)
    if brand is None:
        brand = Brand(id=new_id(), name=rule.name, created_at=now, revision=0, matched_revision=0)
        session.add(brand)
    elif brand.active and rule_of(brand) == rule:
        return brand
    brand.keywords, brand.aliases, brand.exclusions = list(rule.keywords), list(rule.aliases), list(rule.exclusions)
    brand.active = True
    _changed(brand, now)
    session.flush()
    audit.record(session, at=now, actor=actor, action="brand.save", subject=f"brand:{rule.name}", **_details(rule))
    return brand


def checked_rule(session: Session, rule: BrandRule) -> BrandRule:
    """The rule as `save_brand` would save it, without saving; raises InputError as it does."""
    return _checked(rule, known=get_brand(session, rule.name.strip()))


def deactivate_brand(session: Session, name: str, *, actor: str, now: datetime) -> Brand:
    """Stop watching a brand; the next pass over past posts takes its mentions away. Raises InputError for an unknown name."""
    brand = require_brand(session, name)
    if brand.active:
        brand.active = False
        _changed(brand, now)
        audit.record(session, at=now, actor=actor, action="brand.deactivate", subject=f"brand:{name}")
    return brand


def list_brands(session: Session, *, active_only: bool = True) -> list[Brand]:
    """The brands, by name."""
    query = select(Brand).order_by(Brand.name)
    return list(session.scalars(query.where(Brand.active) if active_only else query))


def get_brand(session: Session, name: str) -> Brand | None:
    return session.scalars(select(Brand).where(Brand.name == name)).first()


def require_brand(session: Session, name: str) -> Brand:
    """The brand of this name, active or not; raises InputError where there is none."""
    brand = get_brand(session, name)
    if brand is None:
        raise InputError(
            zh=f"没有名为 {name} 的品牌：用 yushao brands list --all 查看",
            en=f"there is no brand {name}: see yushao brands list --all",
        )
    return brand


def owe_all(session: Session, now: datetime) -> None:
    """Make every active brand owe a pass over past posts, as after a change of the risk words."""
    for brand in list_brands(session):
        _changed(brand, now)


def _changed(brand: Brand, now: datetime) -> None:
    brand.revision += 1
    brand.updated_at = now


def _checked(rule: BrandRule, *, known: Brand | None) -> BrandRule:
    name = rule.name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise InputError(
            zh=f"品牌名需要 1–{LONGEST_NAME} 个字符，得到 {name!r}",
            en=f"a brand's name has 1–{LONGEST_NAME} characters, got {name!r}",
        )
    own = tuple(known.keywords) if known else (name,)
    return BrandRule(
        name,
        keywords=_terms(name, rule.keywords) or _terms(name, own),
        aliases=_terms(name, rule.aliases),
        exclusions=_terms(name, rule.exclusions),
    )


def _terms(name: str, terms: Iterable[str]) -> tuple[str, ...]:
    """Each term once, as first spelled; terms that normalise to the same are the same."""
    kept: dict[str, str] = {}
    for term in filter(None, map(str.strip, terms)):
        plain = normalise(term)
        if not any(map(str.isalnum, plain)) or len(term) > LONGEST_TERM:
            raise InputError(
                zh=f"品牌 {name} 的词 {term!r} 无效：须含文字或数字，且不超过 {LONGEST_TERM} 个字符",
                en=f"the term {term!r} of brand {name} cannot be used: it needs a letter or digit, at most {LONGEST_TERM} long",
            )
        kept.setdefault(plain, term)
    return tuple(kept.values())


def _details(rule: BrandRule) -> dict[str, list[str]]:
    return {name: list(value) for name, value in asdict(rule).items() if name != "name"}
