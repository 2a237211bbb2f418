"""Before anything runs: ports that are free, a search engine that answers, a schema, someone who can sign in."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import people
from core.database import migrate, open_database
from core.errors import UnavailableError
from core.people import Role, add_person, generated_password, list_people
from core.settings import Settings, secret_key
from deploy import elasticsearch_server
from drill.prepare import drill_settings
from drill.prepare import prepare as prepare_drill
from drill.site import HOST as DRILL_HOST
from drill.state import PORT as DRILL_PORT
from drill.state import Drill, begin, remembered_drill
from flows.home import chosen_port, next_free_port
from flows.supervisor import Service
from posts.engines import open_index

Login = tuple[str, str]
"""A user name and its first password, which is shown once and kept nowhere."""


def with_ports(settings: Settings) -> Settings:
    """`settings` with the ports that console and Prefect server will use."""
    prefect = changed(settings, "prefect", port=chosen_port(settings.prefect, "prefect"))
    return changed(prefect, "console", port=chosen_port(prefect.console, "console"))


def changed(settings: Settings, section: str, **values: Any) -> Settings:
    """`settings` with some values of one section replaced."""
    return settings.model_copy(update={section: getattr(settings, section).model_copy(update=values)})


@dataclass(frozen=True, slots=True)
class OwnServer:
    url: str
    service: Service


def require_database(settings: Settings) -> None:
    """Raise UnavailableError where the state database does not answer."""
    database = open_database(settings.database_url)
    try:
        database.check()
    finally:
        database.close()


def own_elasticsearch(settings: Settings) -> OwnServer | None:
    """A development server to start, where Elasticsearch is asked for, none answers, and the operator named none.

    Raises UnavailableError where the one that was named does not answer, or where Maven or Java is missing.
    """
    if settings.search.engine != "elasticsearch" or _answers(settings):
        return None
    if problem := elasticsearch_server.missing_tools():
        raise problem
    port, data = next_free_port("127.0.0.1", 9200), settings.home / "elasticsearch"
    url, command = f"http://127.0.0.1:{port}", [sys.executable, "-m", "deploy.elasticsearch_server"]
    service = Service(
        name="elasticsearch",
        command=[*command, "--port", str(port), "--data", str(data)],
        is_ready=lambda: elasticsearch_server.is_healthy(url),
        # The first start fetches 107 MB from Maven Central.
        ready_seconds=600,
    )
    return OwnServer(url, service)


def with_drill(settings: Settings, *, now: datetime) -> tuple[Settings, Drill]:
    """`settings` with the drill's sources and company, and its story, which begins now or goes on where it was begun before."""
    remembered = remembered_drill(settings)
    port = next_free_port(DRILL_HOST, remembered.port if remembered else DRILL_PORT)
    story = begin(settings, now=now, port=port)
    return drill_settings(settings), story


def prepare_stores(settings: Settings, *, drill: bool, now: datetime) -> list[Login]:
    """Bring the schema and the index up to date; returns the logins that were made, [] where people are there already."""
    # Made here, before several processes would make it at once.
    secret_key(settings)
    index = open_index(settings)
    try:
        index.setup()
    finally:
        index.close()
    database = open_database(settings.database_url)
    try:
        migrate(database)
        if drill:
            return prepare_drill(database, settings, now=now)
        with database.writing() as session:
            if list_people(session):
                return []
            password = generated_password()
            add_person(
                session,
                username="admin",
                display_name="管理员",
                role=Role.ADMIN,
                password=password,
                actor=people.TERMINAL,
                now=now,
            )
            return [("admin", password)]
    finally:
        database.close()


def _answers(settings: Settings) -> bool:
    index = open_index(settings)
    try:
        index.check()
    except UnavailableError:
        if "url" in settings.search.model_fields_set:
            raise
        return False
    finally:
        index.close()
    return True
