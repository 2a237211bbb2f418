"""The fact sheet: set, confirmed by a lead who read that very value, withdrawn; nothing that was ever said is lost."""

from __future__ import annotations

import pytest

from core.database import Database
from core.errors import ForbiddenError, InputError, StateError
from core.people import Role
from statements import facts
from statements.fact_names import CATALOGUE, fact_name, required_for
from statements.tables import DraftKind, FactStatus
from tests.conftest import NOON
from tests.statements.desk import opened, tell


def test_a_fact_is_unconfirmed_until_a_lead_confirms_it(database: Database) -> None:
    """Set with its source, confirmed with who and when."""
    with database.writing() as session:
        case = opened(session)
        fact = facts.set_fact(session, case.id, "place", " 城东店 ", source="门店", evidence="weibo:1", actor="duty", now=NOON)
        assert (fact.value, fact.status, fact.set_by) == ("城东店", FactStatus.UNCONFIRMED, "duty")
        assert "place" not in facts.confirmed_values(session, case.id)
        facts.confirm_fact(session, fact.id, actor="lead", now=NOON)
    with database.reading() as session:
        kept = facts.get_fact(session, fact.id)
        assert (kept.status, kept.confirmed_by, kept.confirmed_at) == (FactStatus.CONFIRMED, "lead", NOON)
        assert facts.confirmed_values(session, case.id)["place"] == "城东店"


@pytest.mark.parametrize("actor", ["duty", "ops"])
def test_only_leads_and_administrators_confirm(sqlite_database: Database, actor: str) -> None:
    """Duty staff and operators are told who may."""
    with sqlite_database.writing() as session:
        case = opened(session)
        fact = facts.set_fact(session, case.id, "place", "城东店", source="门店", actor="duty", now=NOON)
        with pytest.raises(ForbiddenError, match=Role.LEAD.zh):
            facts.confirm_fact(session, fact.id, actor=actor, now=NOON)
        assert facts.confirm_fact(session, fact.id, actor="admin", now=NOON).confirmed_by == "admin"


def test_a_changed_value_is_unconfirmed_again_and_the_old_one_kept(database: Database) -> None:
    """The history tells every value, the newest first."""
    with database.writing() as session:
        case = opened(session)
        tell(session, case, "place", "城东店")
        facts.set_fact(session, case.id, "place", "城西店", source="门店", actor="duty", now=NOON)
        assert "place" not in facts.confirmed_values(session, case.id)
    with database.reading() as session:
        history = facts.fact_history(session, case.id, "place")
        assert [(fact.value, fact.status) for fact in history] == [("城西店", "unconfirmed"), ("城东店", "confirmed")]


def test_setting_the_same_again_changes_nothing(sqlite_database: Database) -> None:
    """A form sent twice does not unconfirm what was confirmed."""
    with sqlite_database.writing() as session:
        case = opened(session)
        fact = tell(session, case, "place", "城东店")
        again = facts.set_fact(session, case.id, "place", "城东店", source="门店值班经理", actor="duty", now=NOON)
        assert again.id == fact.id and again.status == FactStatus.CONFIRMED


def test_a_value_that_was_replaced_meanwhile_is_not_confirmed(sqlite_database: Database) -> None:
    """The lead confirms what was read, never what took its place."""
    with sqlite_database.writing() as session:
        case = opened(session)
        read = facts.set_fact(session, case.id, "place", "城东店", source="门店", actor="duty", now=NOON)
        facts.set_fact(session, case.id, "place", "城西店", source="门店", actor="duty", now=NOON)
        with pytest.raises(StateError, match="新值"):
            facts.confirm_fact(session, read.id, actor="lead", now=NOON)


def test_a_withdrawn_fact_is_open_again(sqlite_database: Database) -> None:
    """Withdrawing needs a reason; a withdrawn value cannot be confirmed, a new one can be set."""
    with sqlite_database.writing() as session:
        case = opened(session)
        fact = tell(session, case, "place", "城东店")
        with pytest.raises(InputError, match="理由"):
            facts.withdraw_fact(session, fact.id, reason="", actor="duty", now=NOON)
        facts.withdraw_fact(session, fact.id, reason="地点有误", actor="duty", now=NOON)
        assert "place" not in facts.confirmed_values(session, case.id)
        with pytest.raises(StateError, match="已撤回"):
            facts.confirm_fact(session, fact.id, actor="lead", now=NOON)
        assert tell(session, case, "place", "城东店").version == 2


def test_an_unknown_name_lists_the_known_ones(sqlite_database: Database) -> None:
    """The same for setting and for reading a history."""
    with sqlite_database.writing() as session:
        case = opened(session)
        with pytest.raises(InputError, match=r"weather.*headline"):
            facts.set_fact(session, case.id, "weather", "晴", source="窗外", actor="duty", now=NOON)
        with pytest.raises(InputError, match="weather"):
            facts.fact_history(session, case.id, "weather")


@pytest.mark.parametrize(
    ("name", "value", "source"),
    [
        ("place", " ", "门店"),
        ("place", "字" * 5001, "门店"),
        ("place", "城东店", " "),
        ("place", "城东店", "字" * 201),
        ("next_update_at", "今晚六点", "公关"),
    ],
)
def test_what_cannot_be_a_fact_is_refused(sqlite_database: Database, name: str, value: str, source: str) -> None:
    """Empty, over long, without a source, or words where a time is needed: the message names the fact."""
    with sqlite_database.writing() as session:
        case = opened(session)
        with pytest.raises(InputError, match=CATALOGUE[name].zh):
            facts.set_fact(session, case.id, name, value, source=source, actor="duty", now=NOON)


@pytest.mark.parametrize("given", ["2026-11-02 18:00", "2026-11-02T18:00+08:00", "2026-11-02T10:00Z"])
def test_a_moment_is_kept_in_one_form(given: str) -> None:
    """Without a zone it is Beijing time."""
    assert facts.checked_value(fact_name("next_update_at"), given) == "2026-11-02T18:00+08:00"


def test_the_sheet_is_listed_in_the_catalogue_s_order(sqlite_database: Database) -> None:
    """Whatever the order in which the facts were set."""
    with sqlite_database.writing() as session:
        names = [fact.name for fact in facts.list_facts(session, opened(session).id)]
    assert names == [name for name in CATALOGUE if name in names]


def test_what_a_holding_statement_needs_is_in_the_catalogue() -> None:
    """Headline, time, place, what happened, actions, contact and the next update; never the cause."""
    needed = {fact.name for fact in required_for(DraftKind.HOLDING_STATEMENT)}
    assert needed >= {"headline", "occurred_at", "place", "incident", "actions_taken", "contact", "next_update_at", "as_of"}
    assert "cause" not in needed
    assert all(fact.publishable for fact in required_for(DraftKind.HOLDING_STATEMENT))


def test_every_label_and_hint_is_told_in_each_language() -> None:
    """No fact of the catalogue lacks a label or a hint, and labels differ."""
    for fact in CATALOGUE.values():
        assert all((fact.zh, fact.hant, fact.en, fact.hint_zh, fact.hint_en)), fact.name
    assert len({fact.zh for fact in CATALOGUE.values()}) == len({fact.hant for fact in CATALOGUE.values()}) == len(CATALOGUE)
