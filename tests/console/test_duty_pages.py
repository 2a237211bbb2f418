"""The pages of the reporting path: roster, log, silences, and where a message's link leads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from alerts.duty.desk import open_desk
from alerts.duty.links import link_maker
from alerts.duty.telling import tell
from alerts.levels import Level
from alerts.life.queries import events, get_alert
from alerts.life.tables import AlertState, Notification, NotificationState
from console.app import create_app
from core.clock import now
from core.settings import Settings
from tests.console.alert_walk import send
from tests.console.town import BRAND, Town


def refitted(town: Town, **alerts: object) -> Town:
    """The same office with other settings of alerts, and an address of its own."""
    settings: Settings = town.settings.model_copy(
        update={
            "alerts": town.settings.alerts.model_copy(update=alerts),
            "console": town.settings.console.model_copy(update={"address": "https://yushao.example"}),
        }
    )
    return Town(settings, town.database, town.index, create_app(settings, database=town.database, index=town.index), town.now)


@pytest.fixture
def office(town: Town) -> Town:
    return refitted(town, contacts={"zhiban-sms": "json://127.0.0.1:9/secret-token"}, notify=["json://127.0.0.1:9/all"])


def told(town: Town) -> list[Notification]:
    """Tell of the town's alert once more, as if it had just opened."""
    with town.database.writing() as session:
        alert = get_alert(session, town.alert_id)
        tell(session, alert, events(session, alert.id)[0], open_desk(town.settings), at=now(), again="test")
    with town.database.reading() as session:
        return list(session.scalars(select(Notification).where(Notification.channel != "console")))


def test_an_empty_roster_is_shown_as_a_fault_with_who_is_told_instead(office: Town) -> None:
    visitor = office.visitor("zhiban")
    page = visitor.get("/duty").text
    assert "nobody is on duty now" in page and "陈立言" in page and "Add a shift" not in page
    assert "nobody is on duty now" in visitor.get("/alerts").text


def test_a_lead_mans_the_roster_and_no_address_is_ever_shown(office: Town) -> None:
    """The shift, the contact and the quiet hours show at once; the rehearsal names the person and the contact's name."""
    lead = office.visitor("fayan")
    shift = {"person": "zhiban", "deputy": "zhuren", "days": ["0", "1", "2", "3", "4", "5", "6"], "levels": list(Level)}
    answer = lead.post("/duty/shifts", data={**shift, "start": "00:00", "end": "00:00", "first_day": "2026-01-05"})
    assert answer.headers["location"] == "/duty#shifts"
    page = send(lead, "/duty/contacts", person="zhiban", reference="zhiban-sms")
    assert "nobody is on duty now" not in page and "林小满" in page and "zhiban-sms" in page and "secret-token" not in page
    assert "nobody is on duty now" not in lead.get("/alerts").text
    assert office.visitor().get("/healthz").json()["duty"] == "ok"
    page = send(lead, "/duty/deadlines/major", acknowledge="7", step="9", first_answer="30", full_statement="", review="")
    assert 'value="7"' in page
    assert "the time" in send(lead, "/duty/swaps", person="zhuren", replaces="zhiban", starts_at="soon", ends_at="later")


def test_quiet_hours_are_ones_own_to_set_and_take_away(office: Town) -> None:
    duty = office.visitor("zhiban")
    answer = duty.post("/duty/quiet", data={"days": ["0", "1"], "start": "22:00", "end": "07:00", "up_to": "moderate"})
    assert answer.status_code == 303
    page = duty.get("/duty").text
    assert "Mon, Tue 22:00–07:00" in page
    other = office.visitor("fayan")
    identity = page.partition("/duty/quiet/")[2].partition("/")[0]
    assert "No quiet hours" not in send(other, f"/duty/quiet/{identity}/remove")
    assert "22:00–07:00" not in duty.get("/duty").text


def test_a_silence_mutes_and_says_what_it_kept_back(office: Town) -> None:
    lead = office.visitor("fayan")
    send(lead, "/silences", kind="silence", brand=BRAND, up_to="major", hours="2", reason="新品发布会")
    assert {row.state for row in told(office)} == {NotificationState.MUTED}
    page = lead.get("/silences").text
    assert "新品发布会" in page and "1 alerts" in page
    identity = page.partition('action="/silences/')[2].partition("/")[0]
    assert "Ended" in send(lead, f"/silences/{identity}/end")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"brand": BRAND, "hours": "200", "reason": "x"}, "lasts 7 days at most"),
        ({"brand": BRAND, "hours": "2", "reason": " "}, "needs a reason"),
        ({"hours": "2", "reason": "x"}, "names a brand, a platform or a rule"),
        ({"brand": BRAND, "reason": "x"}, "until when"),
        ({"brand": BRAND, "hours": "2", "reason": "x", "up_to": "major"}, "this step needs"),
    ],
)
def test_a_silence_without_end_reason_or_aim_is_refused(office: Town, form: dict[str, str], said: str) -> None:
    assert said in send(office.visitor("zhiban"), "/silences", kind="silence", **form)


def test_the_log_shows_each_message_and_who_has_seen_it(office: Town) -> None:
    told(office)
    duty = office.visitor("zhiban")
    page = duty.get("/notifications").text
    assert "Pending" in page and "Shared channel" in page and "secret-token" not in page
    duty.get(f"/alerts/{office.alert_id}")
    assert "林小满" in duty.get("/notifications").text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "No such messages" in duty.get("/notifications", params={"state": "sent"}).text


def test_a_message_that_was_given_up_is_retried_by_hand(office: Town) -> None:
    row = told(office)[0]
    with office.database.writing() as session:
        message = session.get_one(Notification, row.id)
        message.state, message.next_attempt_at, message.attempts = NotificationState.FAILED, None, 40
    duty = office.visitor("zhiban")
    assert "given up" in duty.get("/duty").text and "given up" in duty.get("/notifications").text
    assert "sent again" in send(duty, f"/notifications/{row.id}/retry")
    assert "needs no retry" in send(duty, f"/notifications/{row.id}/retry")


def test_a_test_message_says_what_came_of_it(office: Town) -> None:
    """The channel of the fixture is a closed port; its address is not told."""
    page = send(office.visitor("fayan"), "/notifications/test", channel="zhiban-sms")
    assert "did not take the message" in page and "secret-token" not in page
    assert "there is no channel" in send(office.visitor("yunwei"), "/notifications/test", channel="none")


def link(town: Town) -> str:
    body = told(town)[0].body
    return body.partition("https://yushao.example")[2].partition("\n")[0]


def test_a_messages_link_asks_for_the_sign_in_shows_and_takes_the_alert(office: Town) -> None:
    """Opening it marks the message as seen and changes nothing; only the form's POST acknowledges."""
    address = link(office)
    assert office.visitor().get(address).headers["location"] == "/sign-in"
    duty = office.visitor("zhiban")
    page = duty.get(address)
    assert page.status_code == 200 and BRAND in page.text
    with office.database.reading() as session:
        assert get_alert(session, office.alert_id).state == AlertState.OPEN
        assert session.scalars(select(Notification.seen_by).where(Notification.seen_by.is_not(None))).first() == "zhiban"
    assert duty.post(address).headers["location"] == f"/alerts/{office.alert_id}"
    assert duty.post(address).status_code == 303  # a second press does no harm
    with office.database.reading() as session:
        assert get_alert(session, office.alert_id).state == AlertState.ACKNOWLEDGED


def test_a_link_that_was_altered_or_is_older_than_a_week_leads_nowhere(office: Town) -> None:
    duty = office.visitor("zhiban")
    address = link(office)
    assert "altered" in duty.get(address[:-2] + "xx").text
    old = link_maker(office.settings).link("x", at=office.now - timedelta(days=8)).removeprefix("https://yushao.example")
    assert "expired" in duty.get(old).text


def test_without_an_address_of_the_console_messages_have_no_link(town: Town) -> None:
    plain = refitted(town, notify=["json://127.0.0.1:9/all"])
    settings = plain.settings.model_copy(update={"console": town.settings.console})
    assert link_maker(settings).link("x", at=town.now) == ""
