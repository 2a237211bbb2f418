"""Corrections: a person puts right how a text stands towards a brand, and may take it back; who said what stays on record.

What is stored here is brought into the index by `monitoring.amending`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import audit
from core.errors import InputError, StateError
from core.ids import new_id
from core.text import normalise
from monitoring.brands import rule_of
from monitoring.in_force import Judgement, Verdict, fingerprint
from monitoring.matching import Match, Matcher
from monitoring.tables import LONGEST_NOTE, Brand, Correction
from posts.index import IndexedPost, Mention

SUPERSEDED = "superseded"
UNDONE = "undone"


def correct(
    session: Session,
    indexed: IndexedPost,
    brand: str,
    said: Judgement,
    *,
    seen: str = "",
    note: str = "",
    models: Mapping[str, str],
    actor: str,
    now: datetime,
) -> Correction:
    """Record what `actor` says of this post and brand; the one in force before is superseded.

    `seen` is the id of the correction that was in force when they looked, "" for none; said again as it stands, nothing is
    written. Raises StateError where someone else corrected it meanwhile, InputError where the brand's rule does not match.
    """
    match = _require_match(session, indexed, brand)
    plain = normalise(indexed.post.full_text)
    standing = in_force(session, brand, fingerprint(plain))
    if standing and said == judgement_of(standing) and note in ("", standing.note):
        return standing
    if standing and standing.id != seen:
        raise _corrected_meanwhile(standing)
    if standing:
        _end(standing, SUPERSEDED, actor, now)
        session.flush()  # one alone may be in force
    made = _made(indexed, match, said, note, models, actor, now, before=_before(indexed, brand, standing))
    session.add(made)
    session.flush()
    details: dict[str, Any] = {"brand": brand, "post": made.post_id, "before": made.before, "note": made.note}
    audit.record(
        session,
        at=now,
        actor=actor,
        action="correction.make",
        subject=f"correction:{made.id}",
        verdict=said.verdict,
        risks=list(said.risks),
        **details,
    )
    return made


def undo(session: Session, correction_id: str, *, actor: str, now: datetime) -> Correction:
    """Take a correction back, so that the models' judgement holds again. Raises StateError for one that is not in force."""
    correction = get_correction(session, correction_id)
    _locked_brand(session, correction.brand)
    session.refresh(correction)
    if correction.ended_at:
        raise StateError(
            zh=f"这条纠正已由 {correction.ended_by} 撤销或改正：请刷新页面再看",
            en=f"this correction was undone or replaced by {correction.ended_by}: reload the page",
        )
    _end(correction, UNDONE, actor, now)
    correction.owing = True
    audit.record(session, at=now, actor=actor, action="correction.undo", subject=f"correction:{correction.id}")
    return correction


def get_correction(session: Session, correction_id: str) -> Correction:
    """The correction of this id; raises InputError where there is none."""
    if found := session.get(Correction, correction_id):
        return found
    raise InputError(zh=f"没有编号为 {correction_id} 的纠正", en=f"there is no correction {correction_id}")


def in_force(session: Session, brand: str, of_text: str) -> Correction | None:
    """The correction in force of a brand and the text of this fingerprint."""
    wanted = (Correction.brand == brand, Correction.fingerprint == of_text, Correction.ended_at.is_(None))
    return session.scalars(select(Correction).where(*wanted)).first()


def in_force_of(session: Session, fingerprints: Collection[str]) -> list[Correction]:
    """Every correction in force of texts of these fingerprints, oldest first."""
    wanted = (Correction.fingerprint.in_(list(fingerprints)), Correction.ended_at.is_(None))
    return list(session.scalars(select(Correction).where(*wanted).order_by(Correction.id)))


def list_corrections(
    session: Session, *, brand: str = "", verdict: str = "", ended: bool | None = False, limit: int | None = None
) -> list[Correction]:
    """Corrections, newest first: those in force, those that have `ended`, or (None) all."""
    query = select(Correction).order_by(Correction.made_at.desc(), Correction.id.desc()).limit(limit)
    if brand:
        query = query.where(Correction.brand == brand)
    if verdict:
        query = query.where(Correction.verdict == verdict)
    if ended is not None:
        query = query.where(Correction.ended_at.is_not(None) if ended else Correction.ended_at.is_(None))
    return list(session.scalars(query))


def forget_authors(session: Session, hashes: Collection[str]) -> int:
    """Empty the texts of authors who asked to be erased; the number of corrections. What was said of them goes on holding."""
    theirs = update(Correction).where(Correction.author_hash.in_(list(hashes)), Correction.author_hash != "")
    return int(session.execute(theirs.values(text="", post_id="", author_hash="")).rowcount)  # type: ignore[attr-defined]


def judgement_of(correction: Correction) -> Judgement:
    return Judgement(Verdict(correction.verdict), tuple(correction.risks))


def _require_match(session: Session, indexed: IndexedPost, brand: str) -> Match:
    watched = _locked_brand(session, brand)
    matches: Sequence[Match] = Matcher([rule_of(watched)]).match(indexed.post.full_text) if watched and watched.active else ()
    if matches:
        return matches[0]
    raise InputError(
        zh=f"这条帖子不合品牌 {brand} 的规则，无从纠正：请检查该品牌的关键词与排除词",
        en=f"this post does not match the rule of the brand {brand}, so there is nothing to correct: see the brand's words",
    )


def _locked_brand(session: Session, name: str) -> Brand | None:
    """The brand, held until the transaction ends, so that two people correct one after the other."""
    return session.scalars(select(Brand).where(Brand.name == name).with_for_update()).first()


def _before(indexed: IndexedPost, brand: str, standing: Correction | None) -> dict[str, Any]:
    mention: Mention | None = next((one for one in indexed.mentions if one.brand == brand), None)
    stood = judgement_of(standing) if standing else Judgement.of(mention)
    return {"verdict": stood.verdict, "negative": mention.negative if mention else None, "risks": list(stood.risks)}


def _made(
    indexed: IndexedPost,
    match: Match,
    said: Judgement,
    note: str,
    models: Mapping[str, str],
    actor: str,
    now: datetime,
    *,
    before: dict[str, Any],
) -> Correction:
    post = indexed.post
    return Correction(
        id=new_id(),
        brand=match.brand,
        fingerprint=fingerprint(normalise(post.full_text)),
        post_id=_storable(post.id),
        text=_storable(post.full_text),
        author_hash=post.author_hash,
        keywords=list(match.keywords),
        verdict=said.verdict,
        risks=list(said.risks),
        note=_storable(note.strip())[:LONGEST_NOTE],
        before=before,
        models=dict(models),
        made_by=actor,
        made_at=now,
        owing=True,
    )


def _storable(text: str) -> str:
    """Without what no database takes: broken surrogates and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _end(correction: Correction, end: str, actor: str, now: datetime) -> None:
    correction.end, correction.ended_by, correction.ended_at = end, actor, now
    correction.owing = False


def _corrected_meanwhile(standing: Correction) -> StateError:
    verdict = Verdict(standing.verdict)
    return StateError(
        zh=f"{standing.made_by} 刚把它纠正为“{verdict.zh}”：请刷新页面，仍不同意再改",
        en=f"{standing.made_by} has just corrected it to {verdict.replace('_', ' ')}: "
        "reload the page, and change it if you still disagree",
    )
