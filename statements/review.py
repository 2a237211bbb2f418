"""Review: draft → submitted → approved → published, sent back with a reason, withdrawn with a reason.

Every step is guard → change → record in the caller's transaction, with the case locked. Whoever wrote, edited or submitted a
text does not approve it; the approval is bound to the hash of the exact text; nothing with an open slot gets through.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, people
from core.errors import ForbiddenError, InputError, StateError
from core.people import Role
from statements import faq
from statements.drafting import UNAPPROVED, changed_facts, held_draft
from statements.drafting import text_hash as hash_of
from statements.fact_names import CATALOGUE
from statements.facts import confirmed_values
from statements.guards import required_reason, storable
from statements.slots import open_slots
from statements.tables import CaseState, Draft, DraftKind, DraftState

LONGEST_TEXT = 20_000


def edit_draft(session: Session, draft_id: str, text: str, *, text_hash: str, actor: str, now: datetime) -> Draft:
    """Replace the text of an unapproved draft; a submitted one goes back to being a draft, for it has to be submitted anew.

    `text_hash` is the hash of the text that the editor started from; another one there by now raises StateError. Saving, even
    unchanged, says that the editor has read the facts as they are: it settles `changed_facts`.
    """
    people.require(session, actor, *people.PRESS_OFFICE)
    text = _checked_text(text)
    draft = _in_state(held_draft(session, draft_id), *UNAPPROVED)
    _require_same_text(draft, text_hash)
    values = confirmed_values(session, draft.case_id)
    draft.text, draft.text_hash, draft.slots = text, hash_of(text), open_slots(text)
    draft.facts = {name: values.get(name) for name in draft.facts}
    draft.editors = [*(name for name in draft.editors if name != actor), actor]
    draft.edited_at, draft.state, draft.submitted_by, draft.submitted_at = now, DraftState.DRAFT, None, None
    return _recorded(session, draft, "draft.edit", actor, now, before=text_hash)


def submit(session: Session, draft_id: str, *, actor: str, now: datetime) -> Draft:
    """Hand a draft in for approval. StateError: open slots, changed facts. InputError: a FAQ without questions."""
    people.require(session, actor, *people.PRESS_OFFICE)
    draft = _in_state(held_draft(session, draft_id), DraftState.DRAFT, DraftState.SENT_BACK)
    _require_settled(session, draft)
    if draft.kind == DraftKind.FAQ_UPDATE:
        faq.questions(draft.text)
    draft.state, draft.submitted_by, draft.submitted_at = DraftState.SUBMITTED, actor, now
    return _recorded(session, draft, "draft.submit", actor, now)


def approve(session: Session, draft_id: str, *, text_hash: str, actor: str, now: datetime) -> Draft:
    """Approve the exact text whose hash the lead read. Raises StateError where the text or its facts are no longer those.

    Raises ForbiddenError for anyone but a lead or administrator, and for whoever wrote, edited or submitted the text.
    """
    people.require(session, actor, Role.LEAD)
    draft = _in_state(held_draft(session, draft_id), DraftState.SUBMITTED)
    if actor in draft.writers:
        raise ForbiddenError(
            zh=f"{actor} 撰写、修改或提交过这份文稿，不能自己批准：请由另一位负责人审批",
            en=f"{actor} wrote, edited or submitted this text and may not approve it: another lead must",
        )
    _require_same_text(draft, text_hash)
    _require_settled(session, draft)
    _require_next_update_ahead(draft, now)
    draft.state, draft.approver, draft.approved_at, draft.approved_hash = DraftState.APPROVED, actor, now, draft.text_hash
    return _recorded(session, draft, "draft.approve", actor, now)


def send_back(session: Session, draft_id: str, *, reason: str, actor: str, now: datetime) -> Draft:
    """Return a submitted or approved text to its writers, saying why."""
    people.require(session, actor, Role.LEAD)
    reason = required_reason(reason, zh="退回文稿", en="sending a text back")
    draft = _in_state(held_draft(session, draft_id), DraftState.SUBMITTED, DraftState.APPROVED)
    draft.state, draft.approver, draft.approved_at, draft.approved_hash = DraftState.SENT_BACK, None, None, None
    draft.sent_back_by, draft.sent_back_at, draft.sent_back_reason = actor, now, reason
    return _recorded(session, draft, "draft.send_back", actor, now, reason=reason)


def publish(session: Session, draft_id: str, *, actor: str, now: datetime) -> Draft:
    """Declare an approved text published; it takes the place of the version that was published before, a FAQ fills the FAQ.

    Raises StateError where the text is not the approved one, or a fact it rests on was changed or withdrawn since.
    """
    people.require(session, actor, Role.LEAD)
    draft = _in_state(held_draft(session, draft_id), DraftState.APPROVED)
    if draft.approved_hash != hash_of(draft.text):
        raise _changed_text(draft)
    _require_settled(session, draft)
    _require_next_update_ahead(draft, now)
    _supersede_published(session, draft, actor, now)
    draft.state, draft.published_by, draft.published_at = DraftState.PUBLISHED, actor, now
    if draft.kind == DraftKind.FAQ_UPDATE:
        faq.publish_entries(session, draft, now=now)
    return _recorded(session, draft, "draft.publish", actor, now)


def withdraw_statement(session: Session, draft_id: str, *, reason: str, actor: str, now: datetime) -> Draft:
    """Take an approved or published text back, also after the case was closed; its FAQ entries go with it."""
    people.require(session, actor, Role.LEAD)
    reason = required_reason(reason, zh="撤回文稿", en="withdrawing a text")
    draft = held_draft(session, draft_id, CaseState.OPEN, CaseState.CLOSED)
    _in_state(draft, DraftState.APPROVED, DraftState.PUBLISHED)
    draft.state, draft.withdrawn_by, draft.withdrawn_at, draft.withdrawn_reason = DraftState.WITHDRAWN, actor, now, reason
    faq.retire_entries(session, draft, now=now)
    return _recorded(session, draft, "draft.withdraw", actor, now, reason=reason)


def _in_state(draft: Draft, *allowed: DraftState) -> Draft:
    if draft.state not in allowed:
        needed = "或".join(state.zh for state in allowed)
        raise StateError(
            zh=f"文稿 {draft.id} 的状态是“{DraftState(draft.state).zh}”，这一步只能用于{needed}的文稿",
            en=f"draft {draft.id} is {draft.state}; this step needs one that is {' or '.join(allowed)}",
        )
    return draft


def _require_same_text(draft: Draft, text_hash: str) -> None:
    """The hash given, the hash kept and the hash of what is there must be one and the same."""
    if not text_hash == draft.text_hash == hash_of(draft.text):
        raise _changed_text(draft)


def _changed_text(draft: Draft) -> StateError:
    return StateError(
        zh=f"文稿 {draft.id} 在您阅读之后已被改动，请重新阅读后再操作",
        en=f"draft {draft.id}: the text changed since you read it; read it again",
    )


def _require_settled(session: Session, draft: Draft) -> None:
    """No open slot, and every fact still as it was when the text was made."""
    if slots := open_slots(draft.text):
        raise StateError(
            zh=f"文稿 {draft.id} 还有待核实的内容：{'、'.join(slots)}；请先确认事实或改写",
            en=f"draft {draft.id} has open slots: {', '.join(slots)}; confirm these facts or rewrite the text",
        )
    if changed := changed_facts(session, draft):
        raise StateError(
            zh=f"文稿 {draft.id} 依据的事实已变动：{'、'.join(CATALOGUE[name].zh for name in changed)}；请重新生成或核对修改",
            en=f"draft {draft.id} rests on facts that changed: {', '.join(changed)}; render it again, or check and save it",
        )


def _require_next_update_ahead(draft: Draft, now: datetime) -> None:
    """A promise to speak again at a time that has passed is broken on the day it is made."""
    promised = draft.facts.get("next_update_at")
    if promised and datetime.fromisoformat(promised) <= now:
        raise StateError(
            zh=f"文稿 {draft.id} 承诺的下次通报时间 {promised} 已过，请先更新该事实",
            en=f"draft {draft.id} promises its next update at {promised}, which has passed; set that fact anew first",
        )


def _supersede_published(session: Session, draft: Draft, actor: str, now: datetime) -> None:
    same = select(Draft).where(Draft.case_id == draft.case_id, Draft.kind == draft.kind, Draft.script == draft.script)
    for earlier in session.scalars(same.where(Draft.state == DraftState.PUBLISHED)):
        earlier.state = DraftState.SUPERSEDED
        _recorded(session, earlier, "draft.supersede", actor, now, before=str(DraftState.PUBLISHED))


def _checked_text(text: str) -> str:
    text = storable(text.replace("\r\n", "\n")) + "\n"
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise InputError(zh=f"文稿应为 1 到 {LONGEST_TEXT} 个字", en=f"a text needs 1 to {LONGEST_TEXT} characters")
    return text


def _recorded(session: Session, draft: Draft, action: str, actor: str, now: datetime, **details: Any) -> Draft:
    audit.record(session, at=now, actor=actor, action=action, subject=f"draft:{draft.id}", text_hash=draft.text_hash, **details)
    return draft
