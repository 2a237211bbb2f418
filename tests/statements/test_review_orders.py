"""Every order of steps: nothing gets approved that its approver had a hand in or did not read, or that is not settled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from sqlalchemy.orm import Session

from core import audit
from core.database import Database
from core.errors import YushaoError
from statements import drafting, facts, review
from statements.slots import open_slots
from statements.tables import Draft, DraftState
from tests.conftest import NOON
from tests.statements.desk import submitted

Step = Callable[[Session, Draft], object]
DEPTH = 3
STAFF = ("duty", "lead", "other")
TEXTS = ("一句话。", "地点是【待核实：发生地点】。")


def edit(session: Session, draft: Draft, *, actor: str, text: str) -> None:
    review.edit_draft(session, draft.id, text, text_hash=draft.text_hash, actor=actor, now=NOON)


def submit(session: Session, draft: Draft, *, actor: str) -> None:
    review.submit(session, draft.id, actor=actor, now=NOON)


def approve(session: Session, draft: Draft, *, actor: str, read: str) -> None:
    """`read` is the hash that the approver has before them; "" is that of what is there now."""
    review.approve(session, draft.id, text_hash=read or draft.text_hash, actor=actor, now=NOON)


def withdraw_the_place(session: Session, draft: Draft) -> None:
    place = facts.current_facts(session, draft.case_id)["place"]
    facts.withdraw_fact(session, place.id, reason="有误", actor="duty", now=NOON)


def steps(read: str) -> Iterator[Step]:
    """Everything that anybody may try next."""
    for actor in STAFF:
        yield partial(submit, actor=actor)
        yield partial(approve, actor=actor, read=read)
        yield partial(approve, actor=actor, read="")
        for text in TEXTS:
            yield partial(edit, actor=actor, text=text)
    yield withdraw_the_place


def try_all(session: Session, draft: Draft, read: str, hands: frozenset[str], depth: int) -> int:
    """Try every step, and after those that went through every further one; how many approvals were met and found good.

    `hands` are the people who changed the text or submitted it as it stands, as this search itself saw them.
    """
    met = 0
    for step in steps(read) if depth else ():
        branch = session.begin_nested()
        try:
            step(session, draft)
        except YushaoError:
            branch.rollback()
            continue
        if draft.state == DraftState.APPROVED:
            require_good(session, draft, step, hands)
            met += 1
        else:
            met += try_all(session, draft, read, touched(hands, step), depth - 1)
        branch.rollback()
    return met


def touched(hands: frozenset[str], step: Step) -> frozenset[str]:
    return hands | {step.keywords["actor"]} if isinstance(step, partial) else hands


def require_good(session: Session, draft: Draft, step: Step, hands: frozenset[str]) -> None:
    assert isinstance(step, partial)
    assert draft.approver == step.keywords["actor"] != "duty" and draft.approver not in hands
    assert draft.approved_hash == drafting.text_hash(draft.text) == (step.keywords["read"] or draft.text_hash)
    assert not open_slots(draft.text) and not drafting.changed_facts(session, draft)


def test_no_order_of_steps_leads_to_an_unsafe_approval(sqlite_database: Database) -> None:
    """All that three people can do to a submitted text in three steps, each tried."""
    with sqlite_database.writing() as session:
        draft = submitted(session)
        met = try_all(session, draft, draft.text_hash, frozenset({"duty"}), DEPTH)
        assert met > 3
        assert audit.verify(session).broken_at is None
