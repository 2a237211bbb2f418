"""Review: two people, one exact text, no open slot, every step recorded."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import text

from core import audit
from core.database import Database
from core.errors import ForbiddenError, InputError, StateError, YushaoError
from statements import cases, drafting, facts, review
from statements.tables import DraftState
from tests.conftest import NOON
from tests.statements.desk import LATER, SHIPPED, approved, complete, newest, opened, submitted


def test_the_straight_road(database: Database) -> None:
    """Submitted by one, approved and published by another; each step with its person, time and the text's hash in the log."""
    with database.writing() as session:
        draft = approved(session)
        review.publish(session, draft.id, actor="other", now=LATER)
    with database.reading() as session:
        kept = drafting.get_draft(session, draft.id)
        assert (kept.state, kept.submitted_by, kept.approver, kept.published_by) == ("published", "duty", "lead", "other")
        assert (kept.approved_at, kept.published_at, kept.approved_hash) == (NOON, LATER, drafting.text_hash(kept.text))
        steps = audit.entries_for(session, [f"draft:{draft.id}"])
        assert [step.action for step in steps] == ["draft.publish", "draft.approve", "draft.submit", "draft.render"]
        assert {step.details["text_hash"] for step in steps} == {kept.text_hash}
        assert audit.verify(session).broken_at is None


def test_open_slots_block_submission_and_approval(sqlite_database: Database) -> None:
    """The message lists what is open."""
    with sqlite_database.writing() as session:
        draft = newest(session, opened(session))
        with pytest.raises(StateError, match=r"事件经过.*发生地点|发生地点.*事件经过"):
            review.submit(session, draft.id, actor="duty", now=NOON)


def test_slots_are_found_in_the_edited_text(sqlite_database: Database) -> None:
    """An editor who writes a marker, or leaves one, blocks the way; one who writes it out opens it."""
    with sqlite_database.writing() as session:
        draft = newest(session, complete(session))
        review.edit_draft(session, draft.id, "原因：【待核实：原因】", text_hash=draft.text_hash, actor="duty", now=NOON)
        assert draft.slots == ["原因"]
        with pytest.raises(StateError, match="原因"):
            review.submit(session, draft.id, actor="duty", now=NOON)
        review.edit_draft(session, draft.id, "原因正在调查。", text_hash=draft.text_hash, actor="duty", now=NOON)
        assert draft.slots == []
        review.submit(session, draft.id, actor="duty", now=NOON)


@pytest.mark.parametrize("actor", ["duty", "ops"])
@pytest.mark.parametrize("step", ["approve", "send_back", "publish", "withdraw"])
def test_only_leads_decide(sqlite_database: Database, step: str, actor: str) -> None:
    """Duty staff and operators neither approve nor send back, publish or withdraw."""
    with sqlite_database.writing() as session:
        draft = submitted(session)
        calls = {
            "approve": lambda: review.approve(session, draft.id, text_hash=draft.text_hash, actor=actor, now=NOON),
            "send_back": lambda: review.send_back(session, draft.id, reason="x", actor=actor, now=NOON),
            "publish": lambda: review.publish(session, draft.id, actor=actor, now=NOON),
            "withdraw": lambda: review.withdraw_statement(session, draft.id, reason="x", actor=actor, now=NOON),
        }
        with pytest.raises(ForbiddenError, match="负责人或管理员"):
            calls[step]()


def test_whoever_submitted_does_not_approve(sqlite_database: Database) -> None:
    """A lead who handed the text in needs another lead."""
    with sqlite_database.writing() as session:
        draft = review.submit(session, newest(session, complete(session)).id, actor="lead", now=NOON)
        with pytest.raises(ForbiddenError, match="lead"):
            review.approve(session, draft.id, text_hash=draft.text_hash, actor="lead", now=NOON)
        assert review.approve(session, draft.id, text_hash=draft.text_hash, actor="other", now=NOON).approver == "other"


def test_whoever_edited_does_not_approve(sqlite_database: Database) -> None:
    """Not the last editor, and not an earlier one whose words may still stand in the text."""
    with sqlite_database.writing() as session:
        draft = newest(session, complete(session))
        for number, editor in enumerate(("lead", "admin", "duty")):
            review.edit_draft(session, draft.id, f"第 {number} 稿。", text_hash=draft.text_hash, actor=editor, now=NOON)
        review.submit(session, draft.id, actor="duty", now=NOON)
        for editor in ("lead", "admin"):
            with pytest.raises(ForbiddenError):
                review.approve(session, draft.id, text_hash=draft.text_hash, actor=editor, now=NOON)
        assert review.approve(session, draft.id, text_hash=draft.text_hash, actor="other", now=NOON).approver == "other"


def test_an_approval_is_of_the_exact_text(sqlite_database: Database) -> None:
    """Another hash than the text's is refused."""
    with sqlite_database.writing() as session:
        draft = submitted(session)
        with pytest.raises(StateError, match="改动"):
            review.approve(session, draft.id, text_hash="0" * 64, actor="lead", now=NOON)
        assert draft.state == DraftState.SUBMITTED


def test_an_edit_and_an_approval_at_once_do_not_both_count(database: Database) -> None:
    """The lead approves what was read while an edit is being saved: the approval waits, then sees the change and is refused."""
    with database.writing() as session:
        draft = submitted(session)
        read = draft.text_hash
    outcome: list[YushaoError | None] = []

    def approve() -> None:
        try:
            with database.writing() as session:
                review.approve(session, draft.id, text_hash=read, actor="lead", now=NOON)
            outcome.append(None)
        except YushaoError as error:
            outcome.append(error)

    with database.writing() as session:
        review.edit_draft(session, draft.id, "已被改动的话。", text_hash=read, actor="duty", now=NOON)
        thread = Thread(target=approve)
        thread.start()
        thread.join(timeout=0.3)
        assert thread.is_alive(), "the approval did not wait for the edit"
    thread.join()
    assert isinstance(outcome[0], StateError)
    with database.reading() as session:
        kept = drafting.get_draft(session, draft.id)
        assert (kept.state, kept.approver, kept.text) == (DraftState.DRAFT, None, "已被改动的话。\n")


def test_a_withdrawal_and_a_publication_at_once_do_not_both_count(database: Database) -> None:
    """A fact that is being withdrawn holds the publication up, which then is refused."""
    with database.writing() as session:
        draft = approved(session)
        place = facts.current_facts(session, draft.case_id)["place"]
    outcome: list[YushaoError | None] = []

    def publish() -> None:
        try:
            with database.writing() as session:
                review.publish(session, draft.id, actor="lead", now=NOON)
            outcome.append(None)
        except YushaoError as error:
            outcome.append(error)

    with database.writing() as session:
        facts.withdraw_fact(session, place.id, reason="有误", actor="duty", now=NOON)
        thread = Thread(target=publish)
        thread.start()
        thread.join(timeout=0.3)
        assert thread.is_alive(), "the publication did not wait for the withdrawal"
    thread.join()
    assert isinstance(outcome[0], StateError)


def test_two_editors_do_not_overwrite_each_other(sqlite_database: Database) -> None:
    """The second, who started from the same text, is told."""
    with sqlite_database.writing() as session:
        draft = newest(session, complete(session))
        read = draft.text_hash
        review.edit_draft(session, draft.id, "甲的话。", text_hash=read, actor="duty", now=NOON)
        with pytest.raises(StateError, match="改动"):
            review.edit_draft(session, draft.id, "乙的话。", text_hash=read, actor="other", now=NOON)


def test_editing_a_submitted_text_takes_it_back(sqlite_database: Database) -> None:
    """What was submitted is no longer there; it has to be submitted again."""
    with sqlite_database.writing() as session:
        draft = submitted(session)
        review.edit_draft(session, draft.id, "改过的话。", text_hash=draft.text_hash, actor="other", now=NOON)
        assert (draft.state, draft.submitted_by, draft.editors) == (DraftState.DRAFT, None, ["other"])


@pytest.mark.parametrize("text", ["", " \n ", "字" * 20_001])
def test_an_empty_or_over_long_text_is_refused(sqlite_database: Database, text: str) -> None:
    """The draft stays as it was."""
    with sqlite_database.writing() as session:
        draft = newest(session, opened(session))
        with pytest.raises(InputError, match="20000"):
            review.edit_draft(session, draft.id, text, text_hash=draft.text_hash, actor="duty", now=NOON)
        assert not draft.is_edited


@pytest.mark.parametrize("after_approval", [False, True])
def test_a_text_sent_back_can_be_mended_and_submitted_again(sqlite_database: Database, after_approval: bool) -> None:
    """A reason is needed; an approval that was given no longer counts."""
    with sqlite_database.writing() as session:
        draft = approved(session) if after_approval else submitted(session)
        with pytest.raises(InputError, match="理由"):
            review.send_back(session, draft.id, reason="", actor="lead", now=NOON)
        review.send_back(session, draft.id, reason="语气太硬", actor="lead", now=NOON)
        assert (draft.state, draft.sent_back_reason, draft.approved_hash) == (DraftState.SENT_BACK, "语气太硬", None)
        review.edit_draft(session, draft.id, "缓和的话。", text_hash=draft.text_hash, actor="duty", now=NOON)
        review.submit(session, draft.id, actor="duty", now=NOON)
        assert review.approve(session, draft.id, text_hash=draft.text_hash, actor="lead", now=NOON).state == "approved"


def test_steps_out_of_order_are_refused(sqlite_database: Database) -> None:
    """The message names the state and what the step needs."""
    with sqlite_database.writing() as session:
        draft = newest(session, complete(session))
        for step in (
            lambda: review.approve(session, draft.id, text_hash=draft.text_hash, actor="lead", now=NOON),
            lambda: review.publish(session, draft.id, actor="lead", now=NOON),
            lambda: review.send_back(session, draft.id, reason="x", actor="lead", now=NOON),
            lambda: review.withdraw_statement(session, draft.id, reason="x", actor="lead", now=NOON),
        ):
            with pytest.raises(StateError, match="草稿"):
                step()


def test_an_approved_text_is_not_edited(sqlite_database: Database) -> None:
    """It has to be sent back first."""
    with sqlite_database.writing() as session:
        draft = approved(session)
        with pytest.raises(StateError, match="已批准"):
            review.edit_draft(session, draft.id, "再改。", text_hash=draft.text_hash, actor="duty", now=NOON)


@pytest.mark.parametrize("step", ["approve", "publish"])
def test_a_fact_that_moved_blocks_approval_and_publication(sqlite_database: Database, step: str) -> None:
    """Withdrawn after submission or approval: the message names the fact."""
    with sqlite_database.writing() as session:
        draft = submitted(session) if step == "approve" else approved(session)
        place = facts.current_facts(session, draft.case_id)["place"]
        facts.withdraw_fact(session, place.id, reason="地点有误", actor="duty", now=NOON)
        with pytest.raises(StateError, match="发生地点"):
            if step == "approve":
                review.approve(session, draft.id, text_hash=draft.text_hash, actor="lead", now=NOON)
            else:
                review.publish(session, draft.id, actor="lead", now=NOON)


@pytest.mark.parametrize("step", ["approve", "publish"])
def test_a_promised_update_must_lie_ahead(sqlite_database: Database, step: str) -> None:
    """A statement that promises news for a time that has passed does not go out."""
    too_late = NOON + timedelta(hours=6)
    with sqlite_database.writing() as session:
        draft = submitted(session) if step == "approve" else approved(session)
        with pytest.raises(StateError, match=r"2026-11-02T18:00.*已过"):
            if step == "approve":
                review.approve(session, draft.id, text_hash=draft.text_hash, actor="lead", now=too_late)
            else:
                review.publish(session, draft.id, actor="lead", now=too_late)


def test_a_text_changed_behind_the_product_is_not_published(sqlite_database: Database) -> None:
    """Somebody with the database's password altered an approved text: its hash is not the approved one."""
    with sqlite_database.writing() as session:
        draft = approved(session)
        session.execute(text("UPDATE draft SET text = '别的话' WHERE id = :id"), {"id": draft.id})
        with pytest.raises(StateError, match="改动"):
            review.publish(session, draft.id, actor="lead", now=NOON)


def test_a_later_publication_takes_the_place_of_the_earlier(sqlite_database: Database) -> None:
    """At most one published text of a kind and script."""
    with sqlite_database.writing() as session:
        first = review.publish(session, approved(session).id, actor="lead", now=NOON)
        second = drafting.redraft(session, first.id, templates=SHIPPED, actor="duty", now=NOON)
        review.submit(session, second.id, actor="duty", now=NOON)
        review.approve(session, second.id, text_hash=second.text_hash, actor="lead", now=NOON)
        assert first.state == DraftState.PUBLISHED
        review.publish(session, second.id, actor="lead", now=LATER)
        assert (first.state, second.state) == (DraftState.SUPERSEDED, DraftState.PUBLISHED)


def test_a_statement_can_be_withdrawn_after_the_case_was_closed(sqlite_database: Database) -> None:
    """With a reason; nothing else is possible then."""
    with sqlite_database.writing() as session:
        draft = review.publish(session, approved(session).id, actor="lead", now=NOON)
        cases.close_case(session, draft.case_id, reason="已了结", actor="lead", now=NOON)
        with pytest.raises(StateError, match="已结案"):
            drafting.redraft(session, draft.id, templates=SHIPPED, actor="duty", now=NOON)
        review.withdraw_statement(session, draft.id, reason="内容有误", actor="lead", now=LATER)
        assert (draft.state, draft.withdrawn_by, draft.withdrawn_reason) == (DraftState.WITHDRAWN, "lead", "内容有误")


def test_a_person_who_left_decides_nothing(sqlite_database: Database) -> None:
    """A role taken away counts in the very next step."""
    from core import people

    with sqlite_database.writing() as session:
        draft = submitted(session)
        lead = people.require(session, "lead")
        people.deactivate_person(session, lead, actor="admin", now=NOON)
        with pytest.raises(ForbiddenError, match="停用"):
            review.approve(session, draft.id, text_hash=draft.text_hash, actor="lead", now=NOON)
