"""Drafts follow the facts, version after version, until a person has edited or approved them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import people
from core.database import Database
from core.errors import ForbiddenError, InputError, StateError
from statements import cases, drafting, facts, review
from statements.tables import DraftKind, DraftState, Script
from statements.templates import TemplateLibrary
from tests.conftest import NOON
from tests.statements.desk import FAQ, HOLDING, SHIPPED, approved, complete, newest, opened, render, submitted, tell


def test_a_case_gets_every_kind_in_every_script(database: Database) -> None:
    """Six first versions by the system, their open slots listed."""
    with database.writing() as session:
        case = opened(session)
    with database.reading() as session:
        drafts = drafting.list_drafts(session, case.id)
    assert {(draft.kind, draft.script) for draft in drafts} == {(kind, script) for kind in DraftKind for script in Script}
    assert {(draft.version, draft.state, draft.author) for draft in drafts} == {(1, DraftState.DRAFT, people.SYSTEM)}
    assert all("公司名称" not in draft.slots and draft.slots for draft in drafts)
    assert all(draft.text_hash == drafting.text_hash(draft.text) for draft in drafts)


def test_rendering_again_makes_nothing_new(database: Database) -> None:
    """Unchanged facts, unchanged texts, no new version and no audit entry."""
    with database.writing() as session:
        case = opened(session)
        assert render(session, case) == []
        assert len(drafting.list_drafts(session, case.id)) == 6


def test_a_confirmed_fact_makes_new_versions_of_the_texts_that_hold_it(database: Database) -> None:
    """The place stands in the holding statement and the bulletin, not in the FAQ; the old versions are superseded, and kept."""
    with database.writing() as session:
        case = opened(session)
        tell(session, case, "place", "城东店")
        made = render(session, case)
        assert {draft.kind for draft in made} == {DraftKind.HOLDING_STATEMENT, DraftKind.INTERNAL_BULLETIN}
        assert all(draft.version == 2 and "发生地点" not in draft.slots for draft in made)
        holding = [draft for draft in drafting.list_drafts(session, case.id) if (draft.kind, draft.script) == HOLDING]
        assert [(draft.version, draft.state) for draft in holding] == [(2, "draft"), (1, "superseded")]


def test_only_the_press_office_asks_for_drafts(sqlite_database: Database) -> None:
    """An operator, or a name that nobody bears, does not."""
    with sqlite_database.writing() as session:
        case = opened(session)
        for actor, error in (("ops", ForbiddenError), ("ghost", InputError)):
            with pytest.raises(error):
                drafting.draft_case(session, case, templates=SHIPPED, actor=actor, now=NOON)


def test_a_fact_that_is_only_set_moves_no_text(sqlite_database: Database) -> None:
    """Unconfirmed prints as unconfirmed."""
    with sqlite_database.writing() as session:
        case = opened(session)
        facts.set_fact(session, case.id, "place", "城东店", source="门店", actor="duty", now=NOON)
        assert render(session, case) == []


def test_a_withdrawn_fact_is_an_open_slot_again(sqlite_database: Database) -> None:
    """The next version says 【待核实：…】 where the value stood."""
    with sqlite_database.writing() as session:
        case = complete(session)
        place = facts.current_facts(session, case.id)["place"]
        facts.withdraw_fact(session, place.id, reason="有误", actor="duty", now=NOON)
        render(session, case)
        assert newest(session, case).slots == ["发生地点"]


def test_a_submitted_text_whose_facts_moved_must_be_submitted_again(sqlite_database: Database) -> None:
    """The new version is a draft; the one that the lead was reading can no longer be approved."""
    with sqlite_database.writing() as session:
        draft = submitted(session)
        case = cases.get_case(session, draft.case_id)
        tell(session, case, "place", "星海市城西店")
        render(session, case)
        assert newest(session, case).state == DraftState.DRAFT
        with pytest.raises(StateError, match="已被新版取代"):
            review.approve(session, draft.id, text_hash=draft.text_hash, actor="lead", now=NOON)


def test_an_edited_text_is_never_replaced_by_itself(sqlite_database: Database) -> None:
    """A person's words stay; that a fact moved is told, and saving anew settles it."""
    with sqlite_database.writing() as session:
        case = complete(session)
        draft = newest(session, case)
        edited = review.edit_draft(session, draft.id, "我们的话。", text_hash=draft.text_hash, actor="duty", now=NOON)
        tell(session, case, "place", "星海市城西店")
        assert all((draft.kind, draft.script) != HOLDING for draft in render(session, case))
        assert newest(session, case).text == "我们的话。\n" and edited.is_edited
        assert drafting.changed_facts(session, edited) == ("place",)
        review.edit_draft(session, edited.id, edited.text, text_hash=edited.text_hash, actor="duty", now=NOON)
        assert drafting.changed_facts(session, edited) == ()


@pytest.mark.parametrize("publish", [False, True])
def test_an_approved_or_published_text_is_never_changed(sqlite_database: Database, publish: bool) -> None:
    """It is flagged: which of its facts no longer say what it says."""
    with sqlite_database.writing() as session:
        draft = approved(session)
        if publish:
            review.publish(session, draft.id, actor="lead", now=NOON)
        text, state, case = draft.text, draft.state, cases.get_case(session, draft.case_id)
        tell(session, case, "place", "星海市城西店")
        render(session, case)
        assert (newest(session, case).text, newest(session, case).state) == (text, state)
        assert drafting.changed_facts(session, draft) == ("place",)


def test_a_value_that_came_back_is_no_change(sqlite_database: Database) -> None:
    """What counts is the confirmed value, not how often it was typed."""
    with sqlite_database.writing() as session:
        draft = approved(session)
        case = cases.get_case(session, draft.case_id)
        tell(session, case, "place", "别处")
        tell(session, case, "place", "星海市城东店")
        assert drafting.changed_facts(session, draft) == ()


def test_redrafting_starts_again_from_the_facts(sqlite_database: Database) -> None:
    """By a person's wish: an edited text gives way, a published one stays published beside the new version."""
    with sqlite_database.writing() as session:
        published = review.publish(session, approved(session).id, actor="lead", now=NOON)
        case = cases.get_case(session, published.case_id)
        tell(session, case, "place", "星海市城西店")
        second = drafting.redraft(session, published.id, templates=SHIPPED, actor="duty", now=NOON)
        assert (second.version, second.state, published.state) == (3, DraftState.DRAFT, DraftState.PUBLISHED)
        assert "城西店" in second.text
        review.edit_draft(session, second.id, "改过。", text_hash=second.text_hash, actor="duty", now=NOON)
        third = drafting.redraft(session, second.id, templates=SHIPPED, actor="duty", now=NOON)
        assert (third.version, second.state, third.is_edited) == (4, DraftState.SUPERSEDED, False)
        with pytest.raises(StateError, match="更新的版本"):
            drafting.redraft(session, published.id, templates=SHIPPED, actor="duty", now=NOON)


def test_a_withdrawn_statement_is_not_drafted_anew_by_itself(sqlite_database: Database) -> None:
    """Only a person starts again."""
    with sqlite_database.writing() as session:
        draft = approved(session)
        review.withdraw_statement(session, draft.id, reason="不发了", actor="lead", now=NOON)
        assert render(session, cases.get_case(session, draft.case_id)) == []
        assert drafting.redraft(session, draft.id, templates=SHIPPED, actor="duty", now=NOON).version == draft.version + 1


def test_a_wrong_template_leaves_every_draft_as_it_was(sqlite_database: Database, tmp_path: Path) -> None:
    """What the sound templates gave falls with the transaction: no case is half rendered."""
    with sqlite_database.writing() as session:
        case = opened(session)
        tell(session, case, "place", "城东店")
    own = tmp_path / "templates" / "statements" / "hant" / "internal_bulletin.md.j2"
    own.parent.mkdir(parents=True)
    own.write_text("{{ fact.nothing }}", encoding="utf-8")
    with pytest.raises(InputError, match="nothing"), sqlite_database.writing() as session:
        drafting.draft_case(session, case, templates=TemplateLibrary(tmp_path), actor=people.SYSTEM, now=NOON)
    with sqlite_database.reading() as session:
        assert {draft.version for draft in drafting.list_drafts(session, case.id)} == {1}


def test_an_unknown_draft_is_named(sqlite_database: Database) -> None:
    """The message gives the id and the command that lists them."""
    with sqlite_database.reading() as session, pytest.raises(InputError, match=r"nope.*drafts list"):
        drafting.get_draft(session, "nope")


def test_drafts_are_listed_in_the_order_of_their_kinds(sqlite_database: Database) -> None:
    """Holding statement first, the FAQ next, the bulletin last."""
    with sqlite_database.writing() as session:
        drafts = drafting.current_drafts(session, opened(session).id)
    assert [*drafts][0::2][:2] == [HOLDING, FAQ]
