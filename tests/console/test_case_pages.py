"""From the case to a published statement: facts confirmed by a lead, text approved by another, bound to its hash."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from core import audit
from core.clock import shown
from statements.cases import get_case, list_cases
from statements.drafting import current_drafts, draft_case, get_draft
from statements.facts import confirm_fact, current_facts, set_fact
from statements.tables import DraftKind, Script
from statements.templates import TemplateLibrary
from tests.console.alert_walk import SHEET, send
from tests.console.town import Town


@pytest.fixture
def case_id(town: Town) -> str:
    return str(town.visitor("zhiban").post(f"/alerts/{town.alert_id}/case").headers["location"].rpartition("/")[2])


def holding(town: Town, case_id: str) -> str:
    with town.database.reading() as session:
        return current_drafts(session, case_id)[DraftKind.HOLDING_STATEMENT, Script.HANS].id


def fact_id(town: Town, case_id: str, name: str) -> str:
    with town.database.reading() as session:
        return current_facts(session, case_id)[name].id


def set_all(town: Town, case_id: str) -> None:
    """Duty staff write the whole sheet, a lead confirms it: past the pages, which the walk in a browser fills in."""
    sheet = {**SHEET, "as_of": shown(town.now), "next_update_at": shown(town.now + timedelta(hours=6))}
    with town.database.writing() as session:
        for name, value in sheet.items():
            set_fact(session, case_id, name, value, source="门店店长电话", actor="zhiban", now=town.now)
        known = current_facts(session, case_id)
        for name in (*sheet, "brand"):
            confirm_fact(session, known[name].id, actor="fayan", now=town.now)
        draft_case(session, get_case(session, case_id), templates=TemplateLibrary(), actor="fayan", now=town.now)


def submitted(town: Town, case_id: str) -> tuple[str, str]:
    """The holding statement handed in by duty staff: its id and hash."""
    set_all(town, case_id)
    draft = holding(town, case_id)
    send(town.visitor("zhiban"), f"/drafts/{draft}/submit")
    with town.database.reading() as session:
        return draft, get_draft(session, draft).text_hash


def test_a_new_case_shows_its_facts_drafts_and_evidence(town: Town, case_id: str) -> None:
    page = town.visitor("fayan").get(f"/cases/{case_id}").text
    for told in ("Holding statement", "FAQ update", "Internal bulletin", "Fact sheet", "Posts as evidence", "Timeline"):
        assert told in page
    assert "&lt;script&gt;" in page and "<script>alert" not in page


def test_a_draft_marks_every_slot_and_cannot_be_submitted(town: Town, case_id: str) -> None:
    client, draft = town.visitor("zhiban"), holding(town, case_id)
    page = client.get(f"/drafts/{draft}").text
    assert '<mark class="slot">【待核实：发生时间】</mark>' in page and "slots are open" in page
    assert "has open slots" in send(client, f"/drafts/{draft}/submit")


def test_duty_staff_set_a_fact_but_only_a_lead_confirms_it(town: Town, case_id: str) -> None:
    duty, lead = town.visitor("zhiban"), town.visitor("fayan")
    send(duty, f"/cases/{case_id}/facts/place", value="星海市城东店", source="店长电话")
    address = f"/facts/{fact_id(town, case_id, 'place')}/confirm"
    assert duty.post(address).status_code == 403
    assert "Confirmed; the drafts follow" in send(lead, address)
    assert "星海市城东店" in lead.get(f"/drafts/{holding(town, case_id)}").text


def test_a_fact_without_a_source_is_refused_by_name(town: Town, case_id: str) -> None:
    page = send(town.visitor("zhiban"), f"/cases/{case_id}/facts/place", value="星海市", source="")
    assert "the fact place needs a source" in page


def test_a_moment_that_is_none_is_refused_with_an_example(town: Town, case_id: str) -> None:
    page = send(town.visitor("zhiban"), f"/cases/{case_id}/facts/as_of", value="昨晚", source="店长")
    assert "must be a time such as" in page


def test_an_unknown_fact_is_not_found(town: Town, case_id: str) -> None:
    answer = town.visitor("zhiban").get(f"/cases/{case_id}/facts/colour")
    assert answer.status_code == 404 and "no known fact" in answer.text


def test_a_withdrawn_fact_opens_its_slot_again(town: Town, case_id: str) -> None:
    set_all(town, case_id)
    send(town.visitor("fayan"), f"/facts/{fact_id(town, case_id, 'place')}/withdraw", reason="地址有误")
    assert "【待核实：发生地点】" in town.visitor("fayan").get(f"/drafts/{holding(town, case_id)}").text


def test_the_road_to_a_published_statement_takes_two_people(town: Town, case_id: str) -> None:
    draft, text_hash = submitted(town, case_id)
    lead = town.visitor("fayan")
    assert f'name="text_hash" value="{text_hash}"' in lead.get(f"/drafts/{draft}").text
    assert "Approved; it can be exported" in send(lead, f"/drafts/{draft}/approve", text_hash=text_hash)
    assert "Recorded as published" in send(lead, f"/drafts/{draft}/publish")
    with town.database.reading() as session:
        entry = next(entry for entry in audit.recent(session) if entry.action == "draft.approve")
        assert audit.verify(session).broken_at is None
    assert (entry.actor, entry.details["text_hash"], entry.details["via"]) == ("fayan", text_hash, "console")


def test_whoever_submitted_a_text_cannot_approve_it(town: Town, case_id: str) -> None:
    set_all(town, case_id)
    draft, lead = holding(town, case_id), town.visitor("fayan")
    assert "another lead must approve it" in send(lead, f"/drafts/{draft}/submit")
    with town.database.reading() as session:
        text_hash = get_draft(session, draft).text_hash
    assert "may not approve it" in send(lead, f"/drafts/{draft}/approve", text_hash=text_hash)


def test_an_approval_of_another_text_than_the_one_read_is_refused(town: Town, case_id: str) -> None:
    draft, _ = submitted(town, case_id)
    assert "the text changed since you read it" in send(town.visitor("fayan"), f"/drafts/{draft}/approve", text_hash="0" * 64)


def test_a_text_is_sent_back_with_a_reason_that_its_writers_see(town: Town, case_id: str) -> None:
    draft, _ = submitted(town, case_id)
    send(town.visitor("fayan"), f"/drafts/{draft}/send-back", reason="语气再诚恳一些")
    page = town.visitor("zhiban").get(f"/drafts/{draft}").text
    assert "陈立言 sent this text back" in page and "语气再诚恳一些" in page


def test_an_edit_over_someone_elses_is_refused_and_the_words_are_not_lost(town: Town, case_id: str) -> None:
    draft, client = holding(town, case_id), town.visitor("zhiban")
    answer = client.post(f"/drafts/{draft}", data={"text": "我写了很久的一段话", "text_hash": "0" * 64})
    assert answer.status_code == 409
    assert "我写了很久的一段话</textarea>" in answer.text and "the text changed since you read it" in answer.text


def test_an_edited_text_is_kept_and_rendered_anew_on_request(town: Town, case_id: str) -> None:
    draft, client = holding(town, case_id), town.visitor("zhiban")
    with town.database.reading() as session:
        text_hash = get_draft(session, draft).text_hash
    assert "Saved" in send(client, f"/drafts/{draft}", text="# 我们自己的话\r\n\r\n正文", text_hash=text_hash)
    assert "我们自己的话" in client.get(f"/drafts/{draft}").text
    assert "Version 2 was made" in send(client, f"/drafts/{draft}/redraft")


def test_only_an_approved_text_can_be_downloaded(town: Town, case_id: str) -> None:
    draft, text_hash = submitted(town, case_id)
    lead = town.visitor("fayan")
    assert lead.get(f"/drafts/{draft}/export.md").status_code == 409
    send(lead, f"/drafts/{draft}/approve", text_hash=text_hash)
    file = lead.get(f"/drafts/{draft}/export.md")
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert "星海市城东店" in file.text and text_hash in file.text
    assert lead.get(f"/drafts/{draft}/export.exe").status_code == 404


def test_a_proposed_case_waits_to_be_taken(town: Town) -> None:
    from casework.open import draft_waiting

    draft_waiting(town.database, town.index, now=town.now, settings=town.settings)
    with town.database.reading() as session:
        case = list_cases(session)[0]
    client: TestClient = town.visitor("zhiban")
    assert "Take this case" in client.get(f"/cases/{case.id}").text
    assert "The case is yours" in send(client, f"/cases/{case.id}/take")


def test_a_case_is_closed_with_a_reason(town: Town, case_id: str) -> None:
    client = town.visitor("fayan")
    assert "needs a reason" in send(client, f"/cases/{case_id}/close", reason="")
    assert "事件已平息" in send(client, f"/cases/{case_id}/close", reason="事件已平息")
    assert re.search(r"Closed", client.get("/cases?state=closed").text)
