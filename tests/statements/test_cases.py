"""Cases: one an alert, proposed by the system or opened by a person, worked on only while open."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread

import pytest

from core import people
from core.database import Database
from core.errors import ForbiddenError, InputError, StateError
from core.settings import CompanySettings
from statements import cases, facts
from statements.tables import CaseState, FactStatus
from statements.timeline import timeline
from tests.conftest import NOON
from tests.statements.desk import COMPANY, ORIGIN, opened, render, staff, tell


def test_a_person_s_case_is_open_and_theirs(database: Database) -> None:
    """It keeps the alert's words, level and posts as they were."""
    with database.writing() as session:
        case_id = opened(session).id
    with database.reading() as session:
        case = cases.get_case(session, case_id)
        assert (case.state, case.taken_by, case.brand, case.level) == (CaseState.OPEN, "duty", "星海茶饮", "moderate")
        assert cases.origin_of(case) == ORIGIN


def test_the_system_only_proposes(database: Database) -> None:
    """A proposed case belongs to nobody; its facts cannot be set until a person takes it."""
    with database.writing() as session:
        staff(session)
        case = cases.open_case(session, ORIGIN, actor=people.SYSTEM, now=NOON, company=COMPANY)
        assert (case.state, case.taken_by) == (CaseState.PROPOSED, None)
        with pytest.raises(StateError, match="接手"):
            tell(session, case, "place", "城东店")
        cases.take_case(session, case.id, actor="duty", now=NOON)
        assert tell(session, case, "place", "城东店").status == FactStatus.CONFIRMED
        with pytest.raises(StateError):
            cases.take_case(session, case.id, actor="lead", now=NOON)


def test_asking_again_gives_the_same_case(database: Database) -> None:
    """One case an alert; a person who asks for a proposed one takes it; a higher level is taken over."""
    with database.writing() as session:
        staff(session)
        first = cases.open_case(session, ORIGIN, actor=people.SYSTEM, now=NOON, company=COMPANY)
        again = cases.open_case(session, replace(ORIGIN, level="major"), actor="duty", now=NOON, company=COMPANY)
        assert again.id == first.id
        assert (again.state, again.taken_by, again.level) == (CaseState.OPEN, "duty", "major")
        assert len(cases.list_cases(session)) == 1
        assert cases.case_of_alert(session, "alert-1") is again


def test_two_who_open_at_once_get_one_case(database: Database) -> None:
    """The slower transaction finds the faster one's case instead of failing."""
    with database.writing() as session:
        staff(session)
    start, found = Barrier(2), []

    def open_it() -> None:
        start.wait()
        with database.writing() as session:
            found.append(cases.open_case(session, ORIGIN, actor="duty", now=NOON, company=COMPANY).id)

    threads = [Thread(target=open_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2 and len(set(found)) == 1


def test_operators_do_not_open_cases(sqlite_database: Database) -> None:
    """Cases are the press office's."""
    with sqlite_database.writing() as session:
        staff(session)
        with pytest.raises(ForbiddenError, match="运维"):
            cases.open_case(session, ORIGIN, actor="ops", now=NOON, company=COMPANY)


def test_what_settings_and_alert_know_stands_in_the_sheet(sqlite_database: Database) -> None:
    """The company's name and contact are confirmed by the settings; what the alert says is unconfirmed, with its posts."""
    with sqlite_database.writing() as session:
        sheet = facts.current_facts(session, opened(session).id)
    assert {name: (fact.status, fact.confirmed_by) for name, fact in sheet.items()} == {
        "company_name": ("confirmed", "settings"),
        "contact": ("confirmed", "settings"),
        "brand": ("unconfirmed", None),
        "first_reported_at": ("unconfirmed", None),
        "public_claims": ("unconfirmed", None),
    }
    assert sheet["public_claims"].value == ORIGIN.claims
    assert sheet["public_claims"].source == "alert:alert-1"
    assert sheet["public_claims"].evidence == "weibo:1 https://weibo.example/1"


def test_settings_filled_in_later_reach_the_sheet_once(sqlite_database: Database) -> None:
    """A company name that was missing at the opening is set when known; one that a person set is left alone."""
    with sqlite_database.writing() as session:
        staff(session)
        case = cases.open_case(session, ORIGIN, actor="duty", now=NOON, company=CompanySettings())
        tell(session, case, "contact", "pr@example.invalid")
        for _ in range(2):
            facts.from_settings(session, case, COMPANY, now=NOON)
        sheet = facts.current_facts(session, case.id)
    assert (sheet["company_name"].value, sheet["company_name"].version) == (COMPANY.name, 1)
    assert (sheet["contact"].value, sheet["contact"].version) == ("pr@example.invalid", 1)


def test_a_closed_case_is_closed_for_good(sqlite_database: Database) -> None:
    """Closing needs a reason; afterwards nothing is drafted, and the level stays."""
    with sqlite_database.writing() as session:
        case = opened(session)
        with pytest.raises(InputError, match="理由"):
            cases.close_case(session, case.id, reason=" ", actor="duty", now=NOON)
        cases.close_case(session, case.id, reason="已妥善处理", actor="duty", now=NOON)
        assert (case.closed_by, case.closed_reason) == ("duty", "已妥善处理")
        with pytest.raises(StateError, match="已结案"):
            render(session, case)
        cases.follow_level(session, case.id, "major", actor=people.SYSTEM, now=NOON)
        assert case.level == "moderate"


def test_an_unknown_case_is_named(sqlite_database: Database) -> None:
    """The message gives the id and the command that lists them."""
    with sqlite_database.reading() as session, pytest.raises(InputError, match=r"nope.*cases list"):
        cases.get_case(session, "nope")


def test_cases_are_listed_by_state_and_brand(sqlite_database: Database) -> None:
    """Each filter narrows; no filter lists all."""
    with sqlite_database.writing() as session:
        opened(session)
        other = replace(ORIGIN, alert_id="alert-2", brand="远山咖啡")
        cases.open_case(session, other, actor=people.SYSTEM, now=NOON, company=COMPANY)
        assert [case.brand for case in cases.list_cases(session, states=[CaseState.PROPOSED])] == ["远山咖啡"]
        assert [case.brand for case in cases.list_cases(session, brand="星海茶饮")] == ["星海茶饮"]
        assert len(cases.list_cases(session)) == 2


def test_the_timeline_tells_every_step(sqlite_database: Database) -> None:
    """Case, facts and drafts, the newest first, with who did it."""
    with sqlite_database.writing() as session:
        case = opened(session)
        tell(session, case, "place", "城东店")
        told = timeline(session, case.id)
    assert [(entry.actor, entry.zh) for entry in told[:2]] == [
        ("lead", "确认事实“发生地点”"),
        ("duty", "填写事实“发生地点”：城东店"),
    ]
    assert (told[-1].action, told[-1].en) == ("case.open", "opened the case")
    assert sum(entry.action == "draft.render" for entry in told) == 6
