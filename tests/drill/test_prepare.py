"""Preparing the drill: once, and safe to run again."""

from datetime import timedelta

import pytest

from alerts.duty.roster import Watch, on_duty
from alerts.duty.rota import load_roster
from alerts.levels import Level
from core.database import Database
from core.errors import StateError
from core.people import authenticate
from core.settings import Settings
from drill.prepare import drill_settings, prepare
from drill.scenario import BRAND
from drill.state import begin, remembered_drill
from monitoring.brands import get_brand
from tests.conftest import NOON


def test_the_first_run_makes_the_brand_and_people_who_can_sign_in(sqlite_database: Database, settings: Settings) -> None:
    logins = prepare(sqlite_database, settings, now=NOON)
    with sqlite_database.reading() as session:
        people = [authenticate(session, *login) for login in logins]
        brand = get_brand(session, BRAND)
        duty = [on_duty(load_roster(session, settings), level, NOON) for level in Level]
    assert [(person.username, person.role) for person in people if person] == [
        ("zhiban", "duty"),
        ("lead", "lead"),
        ("admin", "admin"),
    ]
    assert brand and brand.active and "星海小区" in brand.exclusions
    assert duty == [(Watch("zhiban", "lead"),)] * 3


def test_a_restart_goes_on_with_the_same_drill_and_makes_nothing_twice(sqlite_database: Database, settings: Settings) -> None:
    prepare(sqlite_database, settings, now=NOON)
    assert prepare(sqlite_database, settings, now=NOON + timedelta(hours=1)) == []
    drill = remembered_drill(settings)
    assert drill and drill.started == NOON


def test_what_people_changed_in_the_drill_stays(sqlite_database: Database, settings: Settings) -> None:
    from monitoring.brands import BrandRule, save_brand

    prepare(sqlite_database, settings, now=NOON)
    with sqlite_database.writing() as session:
        save_brand(session, BrandRule(BRAND, ("星海茶饮",)), actor="admin", now=NOON)
    prepare(sqlite_database, settings, now=NOON)
    with sqlite_database.reading() as session:
        brand = get_brand(session, BRAND)
    assert brand and brand.keywords == ["星海茶饮"]


def test_the_drills_settings_have_its_sources_at_its_port(settings: Settings) -> None:
    begin(settings, now=NOON, port=18791)
    played = drill_settings(settings)
    assert not played.is_drill and len(played.sources) == 8
    assert all(source.url.startswith("http://127.0.0.1:18791/") for source in played.sources)
    assert played.crawl.delay_seconds == 0 and "@" in played.crawl.contact
    assert played.company.name == BRAND and played.home == settings.home
    assert Settings.model_validate(played.model_dump()) == played


def test_a_port_given_is_remembered_and_the_story_goes_on(settings: Settings) -> None:
    begin(settings, now=NOON)
    begin(settings, now=NOON + timedelta(hours=1), port=18792)
    drill = remembered_drill(settings)
    assert drill and (drill.started, drill.port) == (NOON, 18792)


@pytest.mark.parametrize("content", ["", "{}", '{"started": "yesterday", "port": 1}', '{"started": 5, "port": 1}', "[]"])
def test_a_damaged_record_is_named_with_the_remedy(settings: Settings, content: str) -> None:
    settings.home.mkdir(parents=True)
    (settings.home / "drill.json").write_text(content)
    with pytest.raises(StateError) as raised:
        drill_settings(settings)
    assert "drill.json" in raised.value.en and "删除" in raised.value.zh
