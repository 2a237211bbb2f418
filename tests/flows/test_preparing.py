"""Before anything runs: who can sign in, what the drill adds, and which search engine answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from core.database import open_database
from core.errors import UnavailableError
from core.people import Role, authenticate, find_person
from core.settings import DatabaseSettings, SearchSettings, Settings
from deploy import elasticsearch_server
from deploy.ports import free_port
from drill.state import PORT as DRILL_PORT
from flows import preparing
from flows.prefect_server import api_url, environment
from tests.conftest import NOON


@pytest.fixture
def taken_drill_port() -> Iterator[None]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", DRILL_PORT))
            listener.listen()
        except OSError:
            pass  # taken by someone else, which is as good
        yield


def test_an_empty_home_gets_one_administrator_whose_password_is_told_once(settings: Settings) -> None:
    [(username, password)] = preparing.prepare_stores(settings, drill=False, now=NOON)
    assert preparing.prepare_stores(settings, drill=False, now=NOON) == []
    database = open_database(settings.database_url)
    with database.reading() as session:
        person = authenticate(session, username, password)
        assert person and person.role == Role.ADMIN
    database.close()


def test_the_drill_brings_its_own_people_and_no_administrator_of_ours(settings: Settings) -> None:
    chosen, _ = preparing.with_drill(settings, now=NOON)
    logins = dict(preparing.prepare_stores(chosen, drill=True, now=NOON))
    database = open_database(settings.database_url)
    with database.reading() as session:
        assert {find_person(session, username).role for username in logins} >= {Role.DUTY, Role.LEAD}  # type: ignore[union-attr]
    database.close()


def test_the_drill_goes_on_after_a_restart_and_moves_where_its_port_is_taken(
    settings: Settings, taken_drill_port: None
) -> None:
    first, story = preparing.with_drill(settings, now=NOON)
    again, continued = preparing.with_drill(settings, now=NOON.replace(year=2027))
    assert continued.started == story.started == NOON
    assert story.port != DRILL_PORT
    assert all(source.url.startswith(story.address) for source in first.sources)
    assert all(source.url.startswith(continued.address) for source in again.sources)


def test_elasticsearch_is_not_started_where_it_is_not_asked_for(settings: Settings) -> None:
    assert preparing.own_elasticsearch(settings) is None


def test_an_elasticsearch_that_the_operator_named_must_answer(settings: Settings) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    search = SearchSettings(engine="elasticsearch", url=url, timeout_seconds=1)
    with pytest.raises(UnavailableError) as caught:
        preparing.own_elasticsearch(settings.model_copy(update={"search": search}))
    assert url in caught.value.en


def test_what_is_missing_for_a_development_elasticsearch_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "_answers", lambda settings: False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnavailableError) as caught:
        preparing.own_elasticsearch(settings.model_copy(update={"search": SearchSettings(engine="elasticsearch")}))
    assert "mvn" in caught.value.en
    assert "YUSHAO_SEARCH_URL" in caught.value.en


@pytest.mark.skipif(elasticsearch_server.missing_tools() is not None, reason="Maven or Java is missing")
def test_a_development_elasticsearch_keeps_its_data_in_the_home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "_answers", lambda settings: False)
    own = preparing.own_elasticsearch(settings.model_copy(update={"search": SearchSettings(engine="elasticsearch")}))
    assert own is not None
    assert str(settings.home / "elasticsearch") in own.service.command
    assert own.url.rpartition(":")[2] in own.service.command


def test_a_database_that_does_not_answer_is_named_without_its_password(settings: Settings) -> None:
    url = f"postgresql://yushao:secret@127.0.0.1:{free_port()}/yushao"
    with pytest.raises(UnavailableError) as caught:
        preparing.require_database(settings.model_copy(update={"database": DatabaseSettings(url=url)}))
    assert "127.0.0.1" in caught.value.en
    assert "secret" not in caught.value.en


def test_prefect_keeps_to_this_home_and_tells_nobody(settings: Settings) -> None:
    made = environment(
        settings, {"PREFECT_API_URL": "http://elsewhere/api", "PREFECT_API_DATABASE_CONNECTION_URL": "postgresql://x"}
    )
    assert made["PREFECT_HOME"] == str(settings.home / "prefect")
    assert made["PREFECT_API_URL"] == api_url(settings) == "http://127.0.0.1:4200/api"
    assert made["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert made["DO_NOT_TRACK"] == "1"
    assert made["PREFECT_API_DATABASE_CONNECTION_URL"] == "postgresql://x"
