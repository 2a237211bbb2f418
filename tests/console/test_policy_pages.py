"""The pages of policies, indicators, dry runs and what-if."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from alerts.indicators.store import load_tables
from alerts.policies.kept import fields, load_policy
from core.audit import recent
from core.clock import now
from monitoring.brands import get_brand
from tests.console.alert_walk import send
from tests.console.town import BRAND, Town

DEAF = {f"{rule}__on": "off" for rule in ("volume", "adverse", "share", "hot_search", "sign", "red_flags", "clusters")}
"""A form in which every rule is off."""


def form(**changes: str) -> dict[str, str]:
    """The policy's form as the page sends it; `__` stands for a point."""
    given = {field.path: field.text for field in fields()}
    return {**given, "brand": BRAND, "version": "0", **{name.replace("__", "."): text for name, text in changes.items()}}


def saved(client: TestClient, address: str, **data: Any) -> str:
    answer = client.post(address, data=data)
    assert answer.status_code == 303, answer.text
    return str(client.get(answer.headers["location"]).text)


def test_a_lead_tries_a_policy_then_saves_it_and_reverts_it(town: Town) -> None:
    client = town.visitor("fayan")
    tried = client.post("/policy/try", data=form(**DEAF, days="14")).text
    assert "Vanishes 1" in tried and "surge of posts: on" in tried and "on → off" in tried and "Not saved yet" in tried
    assert "Never changed" in client.get("/policy", params={"brand": BRAND}).text
    saved(client, "/policy", **form(adverse__least="33", reason="促销"))
    with town.database.reading() as session:
        assert load_policy(session, BRAND).adverse.least == 33
        assert recent(session, 1)[0].action == "policy.save"
    page = client.get("/policy", params={"brand": BRAND}).text
    assert "促销" in page and 'value="33"' in page and "version 1" in page
    saved(client, "/policy/revert", brand=BRAND, reason="结束")
    with town.database.reading() as session:
        assert load_policy(session, BRAND).adverse.least == 6


def test_a_wrong_field_is_told_and_what_was_typed_stays(town: Town) -> None:
    answer = town.visitor("fayan").post("/policy", data=form(adverse__least="many", volume__least="44", reason="x"))
    assert answer.status_code == 400 and "adverse.least" in answer.text
    assert 'value="many"' in answer.text and 'value="44"' in answer.text


def test_a_policy_that_another_saved_meanwhile_is_not_overwritten(town: Town) -> None:
    saved(town.visitor("fayan"), "/policy", **form(adverse__least="33", reason="x"))
    assert "fayan has changed" in send(town.visitor("zhuren"), "/policy", **form(adverse__least="9", reason="y"))


def test_duty_staff_see_the_policy_and_cannot_change_it(quiet_town: Town) -> None:
    client = quiet_town.visitor("zhiban")
    page = client.get("/policy", params={"brand": BRAND}).text
    assert "fieldset" in page and " disabled" in page and "/policy/try" not in page
    assert client.post("/policy", data=form(reason="x")).status_code == 403


def test_the_default_is_tried_on_every_brand_that_follows_it(town: Town) -> None:
    tried = town.visitor("fayan").post("/policy/try", data=form(brand="", **DEAF))
    assert f"Dry run: {BRAND}" in tried.text and "Vanishes 1" in tried.text


def test_keywords_are_tried_before_they_are_saved(town: Town) -> None:
    client = town.visitor("fayan")
    data = {"name": BRAND, "keywords": "星海茶饮", "aliases": "", "exclusions": "星海茶饮", "days": "7"}
    page = client.post("/brands/try", data=data).text
    assert "Lost" in page and "Vanishes 1" in page and "Not saved yet" not in page.split("Mentions")[0]
    with town.database.reading() as session:
        brand = get_brand(session, BRAND)
    assert brand and brand.aliases == ["xinghai tea"]


def test_indicators_show_every_brand_and_one_brands_table(town: Town) -> None:
    client = town.visitor("zhiban")
    overview = client.get("/indicators").text
    assert BRAND in overview and "/ 100" in overview
    page = client.get("/indicators", params={"brand": BRAND}).text
    assert "Negative share" in page and 'class="spark"' in page and "Edit the table" not in page
    assert client.get("/indicators", params={"brand": "月汐"}).status_code == 400


def test_a_lead_edits_the_indicators_and_brings_figures(town: Town) -> None:
    client = town.visitor("fayan")
    rows = {"key": ["volume", "media"], "remove:media": "1", "measure:volume": "ratio", "direction:volume": "up"}
    steps = {"weight:volume": "30", "watch:volume": "2", "warn:volume": "3", "alarm:volume": "9", "weight:media": "1"}
    score = {"score:watch": "20", "score:warn": "35", "score:alarm": "60", "add": "authors"}
    saved(client, "/indicators", brand=BRAND, version="0", reason="试用", **rows, **steps, **score)
    with town.database.reading() as session:
        table = load_tables(session, [BRAND])[BRAND]
    assert [(row.key, row.weight) for row in table.rows] == [("volume", 30), ("authors", 10)] and table.alarm == 60
    day = f"{now():%Y-%m-%d}"
    answer = client.post(
        "/indicators/figures",
        data={"brand": BRAND},
        files={"file": ("figures.csv", f"日期,退货\n{day},7\nbad,8\n".encode(), "text/csv")},
    )
    page = client.get(answer.headers["location"]).text
    assert "Line 3" in page and "1 added" in page and "退货" in page
    saved(client, "/indicators/reset", brand=BRAND, reason="结束")
    with town.database.reading() as session:
        assert len(load_tables(session, [BRAND])[BRAND].rows) > 10


@pytest.mark.parametrize("wrong", ["traffic=abc", "traffic=0.1", "hours=-3", "category=nonsense", "traffic=inf"])
def test_a_supposition_that_cannot_be_read_is_told(quiet_town: Town, wrong: str) -> None:
    answer = quiet_town.visitor("zhiban").get(f"/alerts/{quiet_town.alert_id}/what-if?{wrong}")
    assert answer.status_code == 400 and 'role="alert"' in answer.text


def test_an_alert_shows_what_would_turn_it_and_supposes(quiet_town: Town) -> None:
    client = quiet_town.visitor("zhiban")
    page = client.get(f"/alerts/{quiet_town.alert_id}").text
    assert "What would turn it" in page and "Score" in page and "do not enter the level" in page
    query = "traffic=4&national_media=1&official=1&category=accident&hours=9&platforms=2"
    supposed = client.get(f"/alerts/{quiet_town.alert_id}/what-if?{query}").text
    assert "Outcome" in supposed and "Major" in supposed and "pickup" not in supposed.split("Outcome")[0]
