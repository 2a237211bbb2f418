"""Signing in: what is told, what is not, when a session ends, and how guessing is slowed down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from console.auth import ATTEMPTS_PER_ADDRESS, ATTEMPTS_PER_PERSON, WINDOW, Throttle
from core import audit, people
from tests.conftest import NOON
from tests.console.town import PASSWORD, Town


def attempt(client: TestClient, username: str, password: str) -> tuple[int, str]:
    answer = client.post("/sign-in", data={"username": username, "password": password})
    return answer.status_code, answer.text.replace(username, "NAME")


def test_the_right_password_opens_the_alerts(town: Town) -> None:
    answer = town.visitor().post("/sign-in", data={"username": "zhiban", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/alerts")


def test_a_wrong_password_and_an_unknown_name_are_told_apart_by_nothing(town: Town) -> None:
    wrong, unknown = (
        attempt(town.visitor(), "zhiban", "not-the-password"),
        attempt(town.visitor(), "nobody", "not-the-password"),
    )
    assert wrong == unknown
    assert wrong[0] == 401 and "User name or password is wrong" in wrong[1]


def test_the_message_is_in_the_language_that_the_reader_chose(town: Town) -> None:
    client = town.visitor()
    client.post("/language", data={"language": "zh"})
    assert "用户名或密码不对" in attempt(client, "zhiban", "not-the-password")[1]


def test_after_five_wrong_attempts_even_the_right_password_must_wait(town: Town) -> None:
    client = town.visitor()
    for _ in range(ATTEMPTS_PER_PERSON):
        assert attempt(client, "zhiban", "wrong-wrong-wrong")[0] == 401
    status, page = attempt(client, "zhiban", PASSWORD)
    assert status == 429 and "Too many attempts: try again in 15 min" in page


def test_a_sign_in_is_kept_in_the_audit_log(town: Town) -> None:
    attempt(town.visitor(), "zhiban", PASSWORD)
    with town.database.reading() as session:
        entry = audit.entries_for(session, ["person:zhiban"])[0]
    assert (entry.action, entry.actor, entry.details) == ("person.sign_in", "zhiban", {"via": "console"})


def test_who_is_not_signed_in_is_asked_to_and_then_brought_where_they_wanted(town: Town) -> None:
    client = town.visitor()
    refused = client.get("/posts?text=异物")
    assert (refused.status_code, refused.headers["location"]) == (303, "/sign-in")
    answer = client.post("/sign-in", data={"username": "zhiban", "password": PASSWORD})
    assert answer.headers["location"] == "/posts?text=%E5%BC%82%E7%89%A9"


def test_a_polled_part_sends_the_whole_page_to_sign_in(town: Town) -> None:
    answer = town.visitor().get("/alerts", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")


def test_signing_out_ends_the_session(town: Town) -> None:
    client = town.visitor("zhiban")
    client.post("/sign-out")
    assert client.get("/alerts").status_code == 303


def test_a_changed_password_ends_the_other_sessions_and_keeps_ones_own(town: Town) -> None:
    here, there = town.visitor("zhiban"), town.visitor("zhiban")
    form = {"old": PASSWORD, "new": "another-password", "again": "another-password"}
    assert here.post("/account/password", data=form).headers["location"] == "/account"
    assert here.get("/alerts").status_code == 200
    assert there.get("/alerts").headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"old": "wrong", "new": "another-password", "again": "another-password"}, "present password is wrong"),
        ({"old": PASSWORD, "new": "another-password", "again": "yet-another-one"}, "two new passwords differ"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "at least 10 characters"),
    ],
)
def test_a_password_is_not_changed_by_a_wrong_form(town: Town, form: dict[str, str], message: str) -> None:
    client = town.visitor("zhiban")
    client.post("/account/password", data=form, headers={"Referer": "http://testserver/account"})
    assert message in client.get("/account").text
    assert attempt(town.visitor(), "zhiban", PASSWORD)[0] == 303


def test_a_deactivated_person_is_out_at_once(town: Town) -> None:
    client = town.visitor("zhiban")
    with town.database.writing() as session:
        person = people.find_person(session, "zhiban")
        assert person
        people.deactivate_person(session, person, actor="admin", now=town.now)
    assert client.get("/alerts").status_code == 303


def test_a_forged_session_cookie_is_no_session(town: Town) -> None:
    client = town.visitor()
    client.cookies.set("yushao_session", "eyJwZXJzb24iOiAiYSJ9.aaaaaa.bbbbbb")
    assert client.get("/alerts").headers["location"] == "/sign-in"


def test_the_cookie_is_secure_exactly_over_https(town: Town) -> None:
    form = {"username": "zhiban", "password": PASSWORD}
    plain = TestClient(town.app, base_url="http://testserver", follow_redirects=False).post("/sign-in", data=form)
    safe = TestClient(town.app, base_url="https://testserver", follow_redirects=False).post("/sign-in", data=form)
    assert "secure" not in plain.headers["set-cookie"] and "secure" in safe.headers["set-cookie"]
    assert "httponly" in plain.headers["set-cookie"] and "samesite=lax" in plain.headers["set-cookie"]


def test_the_wait_ends_fifteen_minutes_after_the_attempts() -> None:
    throttle = Throttle()
    for minute in range(ATTEMPTS_PER_PERSON):
        throttle.failed("a", "192.0.2.1", now=NOON + timedelta(minutes=minute))
    assert throttle.wait("a", "192.0.2.1", now=NOON + timedelta(minutes=5)) == timedelta(minutes=10)
    assert throttle.wait("a", "192.0.2.1", now=NOON + WINDOW) is None


def test_one_persons_wrong_attempts_do_not_lock_out_another_nor_them_elsewhere() -> None:
    throttle = Throttle()
    for _ in range(ATTEMPTS_PER_PERSON):
        throttle.failed("a", "192.0.2.1", now=NOON)
    assert throttle.wait("b", "192.0.2.1", now=NOON) is None
    assert throttle.wait("a", "192.0.2.2", now=NOON) is None


def test_an_address_that_tries_many_names_must_wait() -> None:
    throttle = Throttle()
    for number in range(ATTEMPTS_PER_ADDRESS):
        throttle.failed(f"name-{number}", "192.0.2.1", now=NOON)
    assert throttle.wait("fresh", "192.0.2.1", now=NOON) == WINDOW


def test_success_forgets_the_wrong_attempts_of_that_name() -> None:
    throttle = Throttle()
    for _ in range(ATTEMPTS_PER_PERSON - 1):
        throttle.failed("a", "192.0.2.1", now=NOON)
    throttle.succeeded("a", "192.0.2.1")
    throttle.failed("a", "192.0.2.1", now=NOON)
    assert throttle.wait("a", "192.0.2.1", now=NOON) is None
