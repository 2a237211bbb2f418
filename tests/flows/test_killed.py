"""Kill a flow's process at any moment and run the flow again: same posts, same alerts, same messages, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import func, select

from alerts.duty.notify import send_pending
from alerts.duty.telling import CONSOLE
from alerts.life.queries import list_alerts
from alerts.life.tables import AlertEvent, EventKind, Notification, NotificationState
from core.clock import now
from core.database import Database
from core.settings import Settings
from flows.home import write_effective
from posts import inbox
from posts.index import PostFilter, PostIndex
from statements.tables import Case, Draft
from tests.conftest import NOON
from tests.flows.conftest import BRAND, crisis, deposit

pytestmark = pytest.mark.prefect

PATIENCE_SECONDS = 120
AT_NOON = f"datetime.datetime.fromisoformat({NOON.isoformat()!r})"
POSTS, MENTIONS = 12_000, 120


class Flows:
    """Runs flows as the runner does, each in a process of its own that reports to the Prefect server."""

    def __init__(self, server: str) -> None:
        self._environment = {**os.environ, "PREFECT_API_URL": server}

    def start(self, flow: str, arguments: str = "") -> subprocess.Popen[bytes]:
        """Start `flow`, in a process group of its own with whatever it starts."""
        program = f"import datetime\nfrom flows.{flow} import {flow}\n{flow}({arguments})"
        return subprocess.Popen([sys.executable, "-c", program], env=self._environment, start_new_session=True)

    def kill_when(self, condition: Callable[[], object], flow: str, arguments: str = "") -> None:
        """Start `flow` and kill it, with all that it started, as soon as the condition holds."""
        process, deadline = self.start(flow, arguments), time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert process.poll() is None, "it was over before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, "it was over before it could be killed"

    def run(self, flow: str, arguments: str = "") -> None:
        assert self.start(flow, arguments).wait(PATIENCE_SECONDS) == 0


@pytest.fixture
def flows(prefect_server: str, configured: Settings) -> Flows:
    return Flows(prefect_server)


def count(database: Database, table: type[Any]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_an_ingest_killed_half_way_is_finished_by_the_next(
    flows: Flows, stored: Database, index: PostIndex, make_post: Any
) -> None:
    posts = [make_post("今天天气不错" if number % (POSTS // MENTIONS) else "在星海茶饮喝出异物") for number in range(POSTS)]
    deposit(stored, posts)
    flows.kill_when(index.count, "ingest")
    assert index.count() < POSTS
    flows.run("ingest")
    assert {indexed.post.id for indexed in index.scan(PostFilter())} == {post.id for post in posts}
    assert index.count() == POSTS
    assert index.count(PostFilter(brands=(BRAND,))) == MENTIONS
    with stored.reading() as session:
        assert inbox.backlog(session).batches == 0


def test_a_detection_killed_after_it_opened_an_alert_opens_no_second_one_and_tells_once(
    flows: Flows, configured: Settings, stored: Database, index: PostIndex, make_post: Any, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    hook = f"json://127.0.0.1:{httpserver.port}/hook"
    settings = configured.model_copy(update={"alerts": configured.alerts.model_copy(update={"notify": [hook]})})
    write_effective(settings)
    index.write(crisis(make_post))
    flows.kill_when(lambda: count(stored, AlertEvent), "detect", AT_NOON)
    flows.run("detect", AT_NOON)
    # A message that was being sent when its process died is tried again once its claim has run out.
    send_pending(stored, settings=settings, now=now() + timedelta(minutes=11))
    with stored.reading() as session:
        assert [alert.opened_at for alert in list_alerts(session)] == [NOON]
        messages = list(session.scalars(select(Notification).where(Notification.channel != CONSOLE)))
        opened = session.scalars(select(AlertEvent.id).where(AlertEvent.kind == EventKind.OPENED)).one()
    assert {message.state for message in messages} == {NotificationState.SENT}
    # That nobody took it since is told too, each thing once.
    assert [message.event_id for message in messages].count(opened) == 1
    assert len({(message.event_id, message.channel) for message in messages}) == len(messages)
    assert {request.get_json()["title"] for request, _ in httpserver.log} == {message.title for message in messages}


def test_drafting_killed_after_it_proposed_a_case_proposes_no_second_one(
    flows: Flows, stored: Database, index: PostIndex, make_post: Any
) -> None:
    index.write(crisis(make_post))
    flows.run("detect", AT_NOON)
    flows.kill_when(lambda: count(stored, Case), "draft")
    flows.run("draft")
    made = count(stored, Draft)
    flows.run("draft")
    assert count(stored, Case) == 1
    assert count(stored, Draft) == made > 0
