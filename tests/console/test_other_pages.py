"""Posts, sources, brands, risk words, audit, people, health, and what is said when something fails."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from core.database import open_database
from monitoring.brands import get_brand
from tests.console.alert_walk import send
from tests.console.town import BRAND, PASSWORD, Town


def test_posts_are_found_by_text_sentiment_and_brand(quiet_town: Town) -> None:
    client = quiet_town.visitor("zhiban")
    page = client.get("/posts", params={"text": "異物", "sentiment": "negative", "brand": BRAND}).text
    assert "喝出异物" in page and "真好喝" not in page


def test_posts_are_paged_without_repeating(quiet_town: Town) -> None:
    client = quiet_town.visitor("zhiban")
    first = client.get("/posts", params={"text": "星海茶饮"}).text
    address = first.rpartition('href="/posts?')[2].partition('"')[0].replace("&amp;", "&")
    second = client.get(f"/posts?{address}").text
    times = [page.count("<li>") for page in (first, second)]
    assert times == [20, 20] and "First page" in second and "First page" not in first
    assert set(posts_of(first)).isdisjoint(posts_of(second))


def posts_of(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('<a href="https://')[1:]]


@pytest.mark.parametrize("field", ["from", "to"])
def test_a_date_that_is_none_is_refused_by_name(quiet_town: Town, field: str) -> None:
    answer = quiet_town.visitor("zhiban").get("/posts", params={field: "2026-13-40"})
    assert answer.status_code == 400 and f"the date '{field}' must look like" in answer.text.replace("&#39;", "'")


def test_a_source_says_what_it_is_why_and_what_to_do(quiet_town: Town) -> None:
    client = quiet_town.visitor("yunwei")
    client.post("/language", data={"language": "zh"})
    page = client.get("/sources").text
    for told in ("被拦截", "页面变了", "无内容", "正常", "请降低频率，或联系网站取得许可", "连续失败 4 次"):
        assert told in page
    assert page.index("sina-roll") < page.index("weibo-hot")


def test_an_operator_pauses_and_resumes_a_source(town: Town) -> None:
    client = town.visitor("yunwei")
    assert "news is paused" in send(client, "/sources/news/pause")
    assert "news is resumed" in send(client, "/sources/news/resume")
    assert "nothing" in send(client, "/sources/nothing/pause")


def test_the_quarantine_shows_reason_place_and_count(quiet_town: Town) -> None:
    page = quiet_town.visitor("zhiban").get("/quarantine?source=news").text
    assert "the time cannot be read" in page and "https://news.example/7" in page and "lacks items" not in page


def test_a_lead_adds_a_brand_and_its_past_posts_are_owed(town: Town) -> None:
    client = town.visitor("fayan")
    form = {"name": "月汐咖啡", "keywords": "月汐咖啡，月汐\nyuexi", "aliases": "", "exclusions": "月汐湾"}
    assert "月汐咖啡 is saved" in send(client, "/brands", **form)
    with town.database.reading() as session:
        brand = get_brand(session, "月汐咖啡")
    assert brand and brand.keywords == ["月汐咖啡", "月汐", "yuexi"] and brand.matched_revision < brand.revision
    assert "月汐湾" in client.get("/brands/edit", params={"name": "月汐咖啡"}).text
    assert "no longer watched" in send(client, "/brands/deactivate", name="月汐咖啡")


def test_a_brand_without_a_name_is_refused(town: Town) -> None:
    assert "a brand&#39;s name has" in send(town.visitor("fayan"), "/brands", name="", keywords="x")


def test_risk_words_are_added_and_removed(town: Town) -> None:
    client = town.visitor("fayan")
    assert "塑料味 is added" in send(client, "/risk-words", term="塑料味", category="quality_safety")
    assert "塑料味 is removed" in send(client, "/risk-words/remove", term="塑料味")
    assert "no risk category" in send(client, "/risk-words", term="塑料味", category="nothing")


def test_the_audit_page_checks_the_whole_chain(town: Town) -> None:
    client = town.visitor("fayan")
    assert "The chain is whole" in client.get("/audit").text
    with town.database.writing() as session:
        for (name,) in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).tuples().all():
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text("UPDATE audit_entry SET actor = 'somebody' WHERE sequence = 3"))
    assert "The chain is broken at entry 3" in client.get("/audit").text


def test_an_administrator_adds_a_person_who_can_then_sign_in(town: Town) -> None:
    admin = town.visitor("admin")
    form = {"username": "xinren", "display_name": "新人", "role": "duty", "password": PASSWORD}
    assert "xinren is added" in send(admin, "/people", **form)
    answer = town.visitor().post("/sign-in", data={"username": "xinren", "password": PASSWORD})
    assert answer.headers["location"] == "/alerts"
    assert "is deactivated" in send(admin, "/people/xinren/deactivate")


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"username": "zhiban", "role": "duty", "password": PASSWORD}, "is taken"),
        ({"username": "neu", "role": "king", "password": PASSWORD}, "choose a role"),
        ({"username": "neu", "role": "duty", "password": "short"}, "at least 10 characters"),
    ],
)
def test_a_person_is_not_added_by_a_wrong_form(town: Town, form: dict[str, str], message: str) -> None:
    assert message in send(town.visitor("admin"), "/people", display_name="新人", **form)


def test_no_one_deactivates_themselves(town: Town) -> None:
    assert "you cannot deactivate yourself" in send(town.visitor("admin"), "/people/admin/deactivate")


def test_a_reset_password_ends_the_persons_sessions(town: Town) -> None:
    client = town.visitor("zhiban")
    send(town.visitor("admin"), "/people/zhiban/password", password="a-new-password")
    assert client.get("/alerts").headers["location"] == "/sign-in"


def test_an_unknown_page_is_answered_in_the_readers_language(quiet_town: Town) -> None:
    client = quiet_town.visitor()
    assert (client.get("/nothing").status_code, "Not found" in client.get("/nothing").text) == (404, True)
    client.post("/language", data={"language": "zh"})
    assert "没有找到" in client.get("/nothing").text


def test_a_form_refused_is_answered_on_the_page_it_was_sent_from_only_if_that_is_ours(town: Town) -> None:
    client, form = town.visitor("fayan"), {"name": ""}
    ours = client.post("/brands", data=form, headers={"Referer": "http://testserver/brands/edit?name=x"})
    other = client.post("/brands", data=form, headers={"Referer": "http://evil.example/brands"})
    assert (ours.status_code, ours.headers["location"]) == (303, "/brands/edit?name=x")
    assert other.status_code == 400


def test_health_needs_no_sign_in_and_names_what_is_down(town: Town) -> None:
    assert town.visitor().get("/healthz").json() == {"database": "ok", "index": "ok", "duty": "fault", "models": "ok"}
    town.app.state.services = type(town.app.state.services)(
        **{
            **{name: getattr(town.app.state.services, name) for name in town.app.state.services.__slots__},
            "database": open_database("postgresql://nobody:secret@127.0.0.1:1/none"),
        }
    )
    answer = town.visitor().get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"database": "unavailable", "index": "ok", "models": "ok"})
    page = TestClient(town.app, cookies=town.visitor("zhiban").cookies, follow_redirects=False).get("/alerts")
    assert page.status_code == 503 and "database cannot be reached" in page.text and "secret" not in page.text


def test_health_tells_of_a_chosen_model_that_cannot_be_read(town: Town) -> None:
    models = town.app.state.services.settings.models_path
    models.mkdir(parents=True, exist_ok=True)
    (models / "current").write_text("gone\n")
    answer = town.visitor().get("/healthz")
    assert (answer.status_code, answer.json()["models"]) == (200, "fault")


def test_a_form_larger_than_a_megabyte_is_refused(town: Town) -> None:
    assert town.visitor("zhiban").post("/brands", data={"name": "x" * 1_100_000}).status_code == 413
