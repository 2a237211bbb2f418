"""Real flow runs on a real Prefect server: what a run's page shows, what fails it and what does not."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import text

from alerts.life.queries import list_alerts
from core import audit, people
from core.clock import HOUR
from core.database import Database
from core.errors import StateError
from core.settings import Settings, SourceSettings
from crawlers.sources import SourceStatus
from flows.collect import collect
from flows.detect import detect
from flows.home import write_effective
from flows.maintain import maintain
from posts import inbox
from posts.index import PostIndex
from tests.conftest import NOON
from tests.flows.conftest import BRAND, crisis

pytestmark = [pytest.mark.prefect, pytest.mark.usefixtures("prefect_server")]

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>星海日报</title><link>http://127.0.0.1/</link><description>虚构</description>
<item><title>星海茶饮被投诉喝出异物</title><link>http://127.0.0.1/1</link><guid>news-1</guid>
<pubDate>Mon, 02 Nov 2026 04:00:00 GMT</pubDate><description>门店称正在核实</description></item>
</channel></rss>"""


@pytest.fixture
def site(httpserver: HTTPServer) -> HTTPServer:
    """A site with a feed that is open to us, and one that refuses us."""
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nAllow: /\n")
    httpserver.expect_request("/open.xml").respond_with_data(FEED, content_type="application/rss+xml")
    httpserver.expect_request("/closed.xml").respond_with_data("no", status=403)
    return httpserver


@pytest.fixture
def sources(site: HTTPServer, configured: Settings, stored: Database) -> Settings:
    made = [SourceSettings(name=name, kind="feed", url=site.url_for(f"/{name}.xml")) for name in ("open", "closed")]
    crawl = configured.crawl.model_copy(update={"delay_seconds": 0})
    settings = configured.model_copy(update={"sources": tuple(made), "crawl": crawl})
    write_effective(settings)
    return settings


def artifact(key: str) -> str:
    """The newest artifact of that key, as the run's page shows it."""
    from prefect.artifacts import Artifact

    found: Any = Artifact.get(key)
    assert found is not None
    return str(found.data)


def test_a_blocked_source_is_shown_and_fails_nothing(sources: Settings, stored: Database) -> None:
    outcomes = {outcome.source: outcome for outcome in collect()}
    assert outcomes["open"].posts == 1
    assert outcomes["closed"].status == SourceStatus.BLOCKED
    shown = artifact("sources")
    assert "| open | ok | 1 |" in shown or "| open | stale | 1 |" in shown
    assert "| closed | blocked | 0 |" in shown
    with stored.reading() as session:
        assert inbox.backlog(session).posts == 1


def test_a_detection_shows_its_moment_its_alerts_and_what_was_not_watched(
    sources: Settings, stored: Database, index: PostIndex, make_post: Any
) -> None:
    index.write(crisis(make_post))
    assert detect(NOON).opened == 1
    assert detect(NOON).opened == 0
    shown = artifact("alerts")
    assert "2026-11-02 12:00" in shown
    with stored.reading() as session:
        assert [(alert.brand, alert.opened_at) for alert in list_alerts(session)] == [(BRAND, NOON)]


def test_a_run_without_a_moment_judges_the_time_it_was_scheduled_for(
    stored: Database, index: PostIndex, make_post: Any
) -> None:
    from prefect.client.orchestration import get_client
    from prefect.flow_engine import run_flow
    from prefect.states import Scheduled

    index.write(crisis(make_post))
    with get_client(sync_client=True) as client:
        run = client.create_flow_run(detect, state=Scheduled(scheduled_time=NOON))
    run_flow(detect, flow_run=run)
    with stored.reading() as session:
        assert [alert.opened_at for alert in list_alerts(session)] == [NOON]


def test_a_broken_audit_log_fails_the_run_that_finds_it(stored: Database, index: PostIndex) -> None:
    maintain(NOON)
    assert "whole" in artifact("maintenance")
    _change_the_past(stored)
    with pytest.raises(StateError, match="entry 1"):
        maintain(NOON + HOUR)
    assert "BROKEN" in artifact("maintenance")


def _change_the_past(database: Database) -> None:
    with database.writing() as session:
        audit.record(session, at=NOON, actor=people.SYSTEM, action="test.step", subject="test:1")
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
        for trigger in session.scalars(text(triggers)).all():
            session.execute(text(f"DROP TRIGGER {trigger}"))
        session.execute(text("UPDATE audit_entry SET actor = 'someone' WHERE sequence = 1"))
