"""Alerts in the console: what rose, why, since when and who; and every step that duty staff take."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from alerts.life.queries import events, get_alert
from alerts.life.tables import Alert
from console.alert_view import headline
from core.errors import language
from tests.console.town import BRAND, Town


def follow(client: TestClient, address: str, **form: str) -> str:
    """Send a form from the alert's page and read the page that answers."""
    answer = client.post(address, data=form, headers={"Referer": f"http://testserver{address.rpartition('/')[0]}"})
    assert answer.status_code == 303
    return str(client.get(answer.headers["location"]).text)


def test_the_list_says_what_rose_how_bad_since_when_and_what_was_not_watched(quiet_town: Town) -> None:
    page = quiet_town.visitor("zhiban").get("/alerts").text
    for told in (f"{BRAND}: ", "adverse posts in", "Major", "Signals since ", "Open", "Coverage 9"):
        assert told in page


def test_the_list_can_be_asked_for_by_state_and_brand(quiet_town: Town) -> None:
    client = quiet_town.visitor("zhiban")
    assert BRAND in client.get("/alerts?state=open").text
    assert "No alert matches" in client.get("/alerts?state=closed").text
    assert "No alert matches" in client.get("/alerts?state=all&brand=另一家").text


def test_an_empty_list_does_not_claim_calm(quiet_town: Town) -> None:
    assert "No alert is not the same as calm" in quiet_town.visitor("zhiban").get("/alerts?state=closed").text


def test_htmx_is_given_the_list_alone_and_asks_again_with_the_same_filter(quiet_town: Town) -> None:
    client = quiet_town.visitor("zhiban")
    part = client.get("/alerts?state=open", headers={"HX-Request": "true"}).text
    assert "<html" not in part and part.lstrip().startswith("<section")
    assert 'hx-get="/alerts?state=open"' in part and "every 15s" in part


def test_the_page_opens_every_number(quiet_town: Town) -> None:
    """Chart, matrix points, words, first and top posts, splits, timeline and notifications are all there."""
    page = quiet_town.visitor("zhiban").get(f"/alerts/{quiet_town.alert_id}").text
    told = ("How it began and spread", "Likelihood", "Impact", "New words", "First posts", "Posts of greatest reach")
    assert [title for title in (*told, "Sentiment", "Platform", "Timeline", "Notifications") if title not in page] == []
    assert 'class="chart"' in page and "Alert starts" in page and "forum" in page
    with quiet_town.database.reading() as session:
        rows = get_alert(session, quiet_town.alert_id).matrix["rows"]
    assert all(f"{row['points']} / {row['most']}" in page for row in rows)


def test_the_chart_tells_which_hours_were_not_fully_watched(quiet_town: Town) -> None:
    page = quiet_town.visitor("zhiban").get(f"/alerts/{quiet_town.alert_id}").text
    assert re.search(r'<rect class="partly"', page) and re.search(r'<rect class="watched"', page)


def test_acknowledging_is_recorded_under_the_persons_name(town: Town) -> None:
    page = follow(town.visitor("zhiban"), f"/alerts/{town.alert_id}/acknowledge")
    assert "Acknowledged: the alert is yours" in page
    with town.database.reading() as session:
        assert [event.actor for event in events(session, town.alert_id)][-1] == "zhiban"


def test_dismissing_without_a_reason_is_refused_on_the_same_page(town: Town) -> None:
    page = follow(town.visitor("zhiban"), f"/alerts/{town.alert_id}/dismiss", reason="  ")
    assert "a reason is needed to dismiss an alert" in page
    with town.database.reading() as session:
        assert get_alert(session, town.alert_id).state == "open"


def test_dismissing_twice_says_that_it_was_done(town: Town) -> None:
    client, address = town.visitor("zhiban"), f"/alerts/{town.alert_id}/dismiss"
    follow(client, address, reason="同名的船在上热搜")
    assert "同名的船在上热搜" in client.get(f"/alerts/{town.alert_id}").text
    assert "is dismissed" in follow(client, address, reason="再来一次")


def test_a_note_and_a_resolution_enter_the_timeline(town: Town) -> None:
    client = town.visitor("zhiban")
    assert "已联系门店" in follow(client, f"/alerts/{town.alert_id}/note", text="已联系门店")
    assert "Marked as resolved" in follow(client, f"/alerts/{town.alert_id}/resolve", reason="误会已澄清")
    assert BRAND in client.get("/alerts?state=closed").text


def test_opening_a_case_twice_leads_to_the_same_case(town: Town) -> None:
    client, address = town.visitor("zhiban"), f"/alerts/{town.alert_id}/case"
    first, second = (client.post(address).headers["location"] for _ in range(2))
    assert first == second and first.startswith("/cases/")


def test_an_unknown_alert_is_not_found(quiet_town: Town) -> None:
    answer = quiet_town.visitor("zhiban").get("/alerts/nothing")
    assert answer.status_code == 404 and "there is no alert nothing" in answer.text


@pytest.mark.parametrize(
    ("rule", "part", "said"),
    [
        (
            "category",
            "quality_safety",
            "12 adverse posts of “Quality and food safety” in 2 h, usually under one of this category",
        ),
        ("platform", "douyin", "12 adverse posts on Douyin in 2 h, usually under one there"),
    ],
)
def test_the_surge_of_a_part_is_named_by_it(rule: str, part: str, said: str) -> None:
    """The headline holds the part's own numbers, not the brand's."""
    span = {"start": "2026-11-02T06:00:00+00:00", "end": "2026-11-02T08:00:00+00:00"}
    alert = Alert(brand=BRAND, explanation={"reasons": [{"rule": rule, "part": part, "observed": 12, "expected": 0.1, **span}]})
    token = language.set("en")
    try:
        assert headline(alert) == f"{BRAND}: {said}"
    finally:
        language.reset(token)
