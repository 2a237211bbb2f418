"""From alert to case: what a case takes over, what the system proposes, and that asking again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from alerts.life.merging import merge
from alerts.life.queries import get_alert
from alerts.life.tables import AlertState
from casework.open import DraftReport, close, draft_waiting, open_from_alert, review, take
from core.database import Database
from core.errors import ForbiddenError, InputError, StateError
from core.settings import CompanySettings, Settings
from posts.index import PostIndex
from posts.sqlite import SqliteIndex
from statements import cases, drafting, facts
from statements.tables import CaseState
from tests.casework.world import BRAND, JUDGED, add_alert, fill
from tests.conftest import NOON
from tests.statements.desk import staff, tell


@pytest.fixture
def index(settings: Settings, make_post: Any) -> Iterator[PostIndex]:
    """Three posts of the brand within the alert's window, the second of greatest reach."""
    opened = SqliteIndex(settings.posts_path)
    opened.setup()
    fill(opened, [make_post("喝出异物", likes=1), make_post("门店态度很差", likes=900), make_post("希望给个说法", likes=5)])
    yield opened
    opened.close()


def test_a_person_opens_a_case_from_an_alert(database: Database, settings: Settings, index: PostIndex) -> None:
    """The case is theirs, drafted, linked both ways; the alert is in it and theirs too."""
    with database.writing() as session:
        staff(session)
        alert_id = add_alert(session).id
    case_id = open_from_alert(database, index, alert_id, actor="duty", now=NOON, settings=settings)
    with database.reading() as session:
        case, alert = cases.get_case(session, case_id), get_alert(session, alert_id)
        assert (case.state, case.taken_by, case.alert_id) == (CaseState.OPEN, "duty", alert_id)
        assert (alert.case_id, alert.state, alert.holder) == (case_id, AlertState.IN_CASE, "duty")
        assert len(drafting.current_drafts(session, case_id)) == 6


def test_a_case_keeps_the_alert_s_words_and_posts(sqlite_database: Database, settings: Settings, index: PostIndex) -> None:
    """The alert's own quotations, which the index may have lost, and those of the index; the claims by reach."""
    with sqlite_database.writing() as session:
        staff(session)
        alert_id = add_alert(session).id
    case_id = open_from_alert(sqlite_database, index, alert_id, actor="duty", now=NOON, settings=settings)
    with sqlite_database.reading() as session:
        origin = cases.origin_of(cases.get_case(session, case_id))
        claims = facts.current_facts(session, case_id)["public_claims"]
    assert [item.text for item in origin.evidence] == ["已被删除的第一帖", "喝出异物", "门店态度很差", "希望给个说法"]
    assert (origin.brand, origin.summary) == (BRAND, "12:00 至 13:00 有负面帖 3 条")
    assert claims.value == "“门店态度很差”；“希望给个说法”；“喝出异物”"
    assert "weibo:9 https://weibo.example/9" in claims.evidence


def test_the_number_that_people_say_opens_the_case_too(sqlite_database: Database, settings: Settings, index: PostIndex) -> None:
    """And asking a second time gives the same case."""
    with sqlite_database.writing() as session:
        staff(session)
        alert = add_alert(session)
    asked = [
        open_from_alert(sqlite_database, index, name, actor="duty", now=NOON, settings=settings)
        for name in (alert.number, alert.id)
    ]
    assert asked[0] == asked[1]


def test_what_cannot_be_opened_says_why(sqlite_database: Database, settings: Settings, index: PostIndex) -> None:
    """An unknown alert is named; an operator is told who may; neither leaves anything behind."""
    with sqlite_database.writing() as session:
        staff(session)
        alert_id = add_alert(session).id
    with pytest.raises(InputError, match="nope"):
        open_from_alert(sqlite_database, index, "nope", actor="duty", now=NOON, settings=settings)
    with pytest.raises(ForbiddenError, match="运维"):
        open_from_alert(sqlite_database, index, alert_id, actor="ops", now=NOON, settings=settings)
    with sqlite_database.reading() as session:
        assert cases.list_cases(session) == []


def test_serious_alerts_get_a_proposed_case(database: Database, settings: Settings, index: PostIndex) -> None:
    """Moderate and major ones that nobody has settled; not minor ones, not dismissed ones, not replayed history."""
    with database.writing() as session:
        wanted = {add_alert(session).id, add_alert(session, level="major", state=AlertState.ACKNOWLEDGED).id}
        add_alert(session, level="minor")
        add_alert(session, state=AlertState.DISMISSED)
        add_alert(session, replayed=True)
    report = draft_waiting(database, index, now=NOON, settings=settings)
    with database.reading() as session:
        found = cases.list_cases(session)
        assert {case.alert_id for case in found} == wanted
        assert {case.state for case in found} == {CaseState.PROPOSED}
        assert {get_alert(session, alert).case_id for alert in wanted} == {case.id for case in found}
    assert (set(report.proposed), report.cases, report.drafts) == ({case.id for case in found}, 2, 12)


def test_a_proposal_leaves_the_alert_for_people(sqlite_database: Database, settings: Settings, index: PostIndex) -> None:
    """It stays open until somebody takes the case, who then has the alert as well."""
    with sqlite_database.writing() as session:
        staff(session)
        alert_id = add_alert(session).id
    [case_id] = draft_waiting(sqlite_database, index, now=NOON, settings=settings).proposed
    with sqlite_database.writing() as session:
        assert get_alert(session, alert_id).state == AlertState.OPEN
        assert take(session, case_id, actor="duty", now=NOON).state == CaseState.OPEN
        assert get_alert(session, alert_id).state == AlertState.IN_CASE


def test_a_second_pass_changes_nothing(database: Database, settings: Settings, index: PostIndex) -> None:
    """Run as often as one likes: same cases, same drafts."""
    with database.writing() as session:
        add_alert(session)
    draft_waiting(database, index, now=NOON, settings=settings)
    again = draft_waiting(database, index, now=NOON + timedelta(minutes=1), settings=settings)
    assert again == DraftReport(proposed=(), cases=1, drafts=0)


def test_a_pass_brings_cases_to_what_is_known_now(sqlite_database: Database, settings: Settings, index: PostIndex) -> None:
    """A confirmed fact, a raised alert, a company name that was configured since: each reaches case and drafts."""
    with sqlite_database.writing() as session:
        staff(session)
        alert_id = add_alert(session).id
    case_id = open_from_alert(sqlite_database, index, alert_id, actor="duty", now=NOON, settings=settings)
    with sqlite_database.writing() as session:
        case = cases.get_case(session, case_id)
        tell(session, case, "place", "城东店")
        get_alert(session, alert_id).level = "major"
    configured = settings.model_copy(update={"company": CompanySettings(name="星海茶饮有限公司", contact="400-000-0000")})
    assert draft_waiting(sqlite_database, index, now=NOON, settings=configured).drafts == 6
    with sqlite_database.reading() as session:
        assert cases.get_case(session, case_id).level == "major"
        texts = {draft.kind: draft.text for draft in drafting.current_drafts(session, case_id).values()}
    assert all("星海茶飲有限公司" in text or "星海茶饮有限公司" in text for text in texts.values())


def test_a_closed_case_is_left_alone(sqlite_database: Database, settings: Settings, index: PostIndex) -> None:
    """Its alert gets no second one, and asking for it gives the closed one."""
    with sqlite_database.writing() as session:
        staff(session)
        alert_id = add_alert(session).id
    case_id = open_from_alert(sqlite_database, index, alert_id, actor="duty", now=NOON, settings=settings)
    with sqlite_database.writing() as session:
        close(session, case_id, reason="误报", actor="duty", now=NOON)
    assert draft_waiting(sqlite_database, index, now=NOON, settings=settings) == DraftReport()
    assert open_from_alert(sqlite_database, index, alert_id, actor="duty", now=NOON, settings=settings) == case_id


def test_closing_the_case_resolves_its_alert_which_a_lead_then_reviews(
    database: Database, settings: Settings, index: PostIndex
) -> None:
    with database.writing() as session:
        staff(session)
        alert_id = add_alert(session).id
    case_id = open_from_alert(database, index, alert_id, actor="duty", now=NOON, settings=settings)
    with database.writing() as session:
        with pytest.raises(StateError, match=case_id):
            review(session, alert_id, note="培训不足", actor="lead", now=NOON)
        close(session, case_id, reason="已赔付", actor="duty", now=NOON)
        assert get_alert(session, alert_id).state == AlertState.RESOLVED
        assert review(session, alert_id, note="培训不足", actor="lead", now=NOON).state == AlertState.REVIEWED


def test_turning_a_proposal_down_leaves_the_alert_as_it_is(
    sqlite_database: Database, settings: Settings, index: PostIndex
) -> None:
    with sqlite_database.writing() as session:
        staff(session)
        alert_id = add_alert(session).id
    [case_id] = draft_waiting(sqlite_database, index, now=NOON, settings=settings).proposed
    with sqlite_database.writing() as session:
        close(session, case_id, reason="不必立案", actor="duty", now=NOON)
        assert get_alert(session, alert_id).state == AlertState.OPEN


def test_the_case_of_a_merged_alert_is_that_of_the_alert_it_went_into(
    sqlite_database: Database, settings: Settings, index: PostIndex
) -> None:
    """Asked for by either, it is one case; it follows the level of the alert that lives, and resolves it when it is closed."""
    with sqlite_database.writing() as session:
        staff(session)
        gone, stays = (add_alert(session, **JUDGED).id for _ in range(2))
    case_id = open_from_alert(sqlite_database, index, gone, actor="duty", now=NOON, settings=settings)
    with sqlite_database.writing() as session:
        assert merge(session, gone, into=stays, actor="duty", now=NOON).state == AlertState.IN_CASE
        get_alert(session, stays).level = "major"
    asked = {open_from_alert(sqlite_database, index, one, actor="duty", now=NOON, settings=settings) for one in (gone, stays)}
    with sqlite_database.writing() as session:
        assert asked == {case_id} and cases.get_case(session, case_id).level == "major"
        close(session, case_id, reason="已赔付", actor="duty", now=NOON)
        assert get_alert(session, stays).state == AlertState.RESOLVED
