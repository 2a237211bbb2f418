"""Drafts: every template rendered from the confirmed facts of a case, version after version.

A text that nobody changed follows the facts: a new version takes its place until it is approved. A text that a person
edited, and one that is approved or published, is never replaced by itself: `changed_facts` says what moved under it, and
`redraft` starts again from the facts when a person asks for it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, people
from core.errors import InputError, StateError
from core.ids import new_id
from statements.facts import confirmed_values
from statements.guards import hold
from statements.slots import open_slots
from statements.tables import Case, CaseState, Draft, DraftKind, DraftState, Script
from statements.templates import StatementTemplate, TemplateLibrary

UNAPPROVED = (DraftState.DRAFT, DraftState.SUBMITTED, DraftState.SENT_BACK)


def draft_case(session: Session, case: Case, *, templates: TemplateLibrary, actor: str, now: datetime) -> list[Draft]:
    """Render every kind in every script; the versions made now, none where no text changed. `actor` is who asked for it.

    The author is the system, for the text is the template's. Raises InputError for a template that is wrong.
    """
    if actor != people.SYSTEM:
        people.require(session, actor, *people.PRESS_OFFICE)
    case = hold(session, case.id, CaseState.OPEN, CaseState.PROPOSED)
    values = confirmed_values(session, case.id)
    last = current_drafts(session, case.id)
    made = (
        _follow(session, case, template, values, last.get((template.kind, template.script)), actor, now)
        for template in templates.all()
    )
    new = [draft for draft in made if draft]
    session.flush()
    return new


def redraft(session: Session, draft_id: str, *, templates: TemplateLibrary, actor: str, now: datetime) -> Draft:
    """Start again from the facts by a person's wish: a new version beside a published text, in place of any other.

    An edited or approved text, thus given up, stays readable as superseded. Raises StateError where there is a newer version.
    """
    people.require(session, actor, *people.PRESS_OFFICE)
    draft = held_draft(session, draft_id)
    kind, script = DraftKind(draft.kind), Script(draft.script)
    if current_drafts(session, draft.case_id)[kind, script].id != draft.id:
        raise StateError(zh=f"草稿 {draft_id} 已有更新的版本", en=f"draft {draft_id} has a newer version")
    if draft.state in (*UNAPPROVED, DraftState.APPROVED):
        _supersede(session, draft, actor, now)
    return _new_version(
        session, draft.case_id, templates.load(kind, script), confirmed_values(session, draft.case_id), draft, actor, now
    )


def changed_facts(session: Session, draft: Draft) -> tuple[str, ...]:
    """The names of facts whose confirmed value is not the one this draft was made, or last edited, with."""
    values = confirmed_values(session, draft.case_id)
    return tuple(name for name, value in draft.facts.items() if values.get(name) != value)


def current_drafts(session: Session, case_id: str) -> dict[tuple[DraftKind, Script], Draft]:
    """The newest version of each kind and script."""
    newest = select(Draft.kind, Draft.script, func.max(Draft.version).label("version"))
    last = newest.where(Draft.case_id == case_id).group_by(Draft.kind, Draft.script).subquery()
    same = (Draft.kind == last.c.kind) & (Draft.script == last.c.script) & (Draft.version == last.c.version)
    found = session.scalars(select(Draft).join(last, same).where(Draft.case_id == case_id))
    drafts = {(DraftKind(draft.kind), Script(draft.script)): draft for draft in found}
    return {(kind, script): drafts[kind, script] for kind in DraftKind for script in Script if (kind, script) in drafts}


def list_drafts(session: Session, case_id: str) -> list[Draft]:
    """Every version of every draft of the case: by kind and script, the newest version first."""
    drafts = session.scalars(select(Draft).where(Draft.case_id == case_id).order_by(Draft.version.desc()))
    return sorted(drafts, key=lambda draft: (list(DraftKind).index(DraftKind(draft.kind)), draft.script))


def get_draft(session: Session, draft_id: str) -> Draft:
    """The draft; raises InputError where there is none of that id."""
    draft = session.get(Draft, draft_id, populate_existing=True)
    if draft is None:
        raise InputError(
            zh=f"没有草稿 {draft_id}：请用 yushao cases drafts list 查看编号",
            en=f"there is no draft {draft_id}: yushao cases drafts list shows the ids",
        )
    return draft


def held_draft(session: Session, draft_id: str, *states: CaseState) -> Draft:
    """The draft as it is once its case is locked, so that no other step on the case comes between guard and change."""
    hold(session, get_draft(session, draft_id).case_id, *states)
    return get_draft(session, draft_id)


def text_hash(text: str) -> str:
    """SHA-256 of the exact text, in hex: what an approval is bound to."""
    return hashlib.sha256(text.encode()).hexdigest()


def _follow(
    session: Session,
    case: Case,
    template: StatementTemplate,
    values: dict[str, str],
    last: Draft | None,
    actor: str,
    now: datetime,
) -> Draft | None:
    """The next version where the last one may be replaced and its text would differ."""
    if last is None:
        return _new_version(session, case.id, template, values, None, actor, now)
    if last.state not in UNAPPROVED or last.is_edited:
        return None
    if text_hash(template.render(values)) == last.text_hash:
        last.facts = _used(template, values)
        return None
    _supersede(session, last, actor, now)
    return _new_version(session, case.id, template, values, last, actor, now)


def _new_version(
    session: Session,
    case_id: str,
    template: StatementTemplate,
    values: dict[str, str],
    last: Draft | None,
    actor: str,
    now: datetime,
) -> Draft:
    text = template.render(values)
    draft = Draft(
        id=new_id(),
        case_id=case_id,
        kind=template.kind,
        script=template.script,
        version=last.version + 1 if last else 1,
        text=text,
        text_hash=text_hash(text),
        slots=open_slots(text),
        facts=_used(template, values),
        template_hash=template.hash,
        state=DraftState.DRAFT,
        author=people.SYSTEM,
        created_at=now,
        editors=[],
        sent_back_reason="",
        withdrawn_reason="",
    )
    session.add(draft)
    session.flush()
    audit.record(
        session, at=now, actor=actor, action="draft.render", subject=f"draft:{draft.id}",
        case=case_id, kind=draft.kind, script=draft.script, version=draft.version, text_hash=draft.text_hash,
    )  # fmt: skip
    return draft


def _supersede(session: Session, draft: Draft, actor: str, now: datetime) -> None:
    audit.record(session, at=now, actor=actor, action="draft.supersede", subject=f"draft:{draft.id}", before=draft.state)
    draft.state = DraftState.SUPERSEDED


def _used(template: StatementTemplate, values: dict[str, str]) -> dict[str, str | None]:
    return {name: values.get(name) for name in template.facts}
