"""Channels keep their own pace: what does not fit is cut well, what is too much waits, who is down holds up nobody else."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from alerts.duty.channels import rate_of, service_of
from alerts.duty.notify import LONGEST_WAIT, NotifyReport, send_pending
from alerts.duty.shortening import in_bytes, shortened
from alerts.levels import Level
from alerts.life.tables import NotificationState
from core.database import Database
from core.settings import Settings
from tests.alerts.duty_room import MINUTE, MONDAY, alarm, manned, outbox, with_alerts

LINK = "https://yushao.example/told/abc.def-123"
TOKEN = "5ec2e7t0ken5ec2e7t0ken"
parts = st.lists(st.sampled_from([LINK, "12,345", "茶饮", "喝出异物", "\n", "A-17", "。", "😀"]), max_size=60)


@given(parts, st.integers(0, 300), st.sampled_from([in_bytes, len]))
def test_a_cut_text_fits_and_no_link_or_number_in_it_is_broken(words: list[str], limit: int, measure: object) -> None:
    text = " ".join(words)
    cut = shortened(text, limit, measure)  # type: ignore[arg-type]
    assert measure(cut) <= limit  # type: ignore[operator]
    assert cut == text or cut == "" or "…" in cut
    for found in re.findall(r"https?://[^\s…]+|[0-9A-Z][0-9,A-Z-]*", cut):
        assert found in words


def test_a_short_message_keeps_number_level_and_link() -> None:
    body = f"编号：A1B2C3D4-1\n级别：重大\n查看并确认：{LINK}\n原因：" + "茶" * 500
    kept = shortened(body, 160, len)
    assert "编号：A1B2C3D4-1" in kept and "级别：重大" in kept and LINK in kept and kept.endswith("全文见控制台）")


def test_a_service_is_known_by_its_scheme_or_its_own_web_address() -> None:
    assert service_of(f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}") == "dingtalk"
    assert rate_of(f"wecombot://{TOKEN}") == 18 and rate_of("json://127.0.0.1/x") is None


def test_a_robot_gets_no_more_than_it_takes_in_a_minute_and_all_in_the_end(
    sqlite_database: Database, settings: Settings, webhook: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """25 alerts at once for 钉钉: 18 go now, the rest a minute later, none is lost or doubled."""
    from apprise.plugins.dingtalk import NotifyDingTalk

    monkeypatch.setattr(NotifyDingTalk, "notify_url", webhook.url_for("/ding") + "?access_token={token}")
    webhook.expect_request("/ding").respond_with_json({"errcode": 0})
    chosen = with_alerts(settings, notify=[f"dingtalk://{TOKEN}/"])
    for place in range(25):
        alarm(sqlite_database, chosen, brand=f"品牌{place}")
    assert send_pending(sqlite_database, settings=chosen, now=MONDAY) == NotifyReport(sent=18, pending=7)
    assert send_pending(sqlite_database, settings=chosen, now=MONDAY + timedelta(seconds=30)).sent == 0
    assert send_pending(sqlite_database, settings=chosen, now=MONDAY + MINUTE) == NotifyReport(sent=7)
    told = [json.loads(request.data)["text"]["content"] for request, _ in webhook.log]
    assert len({text.partition("编号")[2][:12] for text in told}) == len(told) == 25


def test_a_channel_that_is_down_for_a_day_holds_up_nobody_and_is_told_once(
    database: Database, settings: Settings, webhook: HTTPServer
) -> None:
    """zhao's webhook fails for a day; the administrator's works all the time; back, zhao has each message once."""
    chosen = manned(database, settings, port=webhook.port, levels=(Level.MINOR,))
    webhook.expect_request("/admin").respond_with_data("thanks")
    webhook.expect_request("/zhao").respond_with_data("down", status=503)
    for place in range(3):
        alarm(database, chosen, brand=f"品牌{place}")
    now = MONDAY
    for _ in range(30):
        send_pending(database, settings=chosen, now=now)
        now += LONGEST_WAIT
    assert [row.state for row in outbox(database)["admin-hook"]] == [NotificationState.SENT] * 3
    assert sum(request.path == "/zhao" for request, _ in webhook.log) <= 35  # one message a pass asks, not all
    webhook.clear()
    webhook.expect_request("/zhao").respond_with_data("thanks")
    for _ in range(3):
        send_pending(database, settings=chosen, now=now)
        now += LONGEST_WAIT
    assert [row.state for row in outbox(database)["zhao-hook"]] == [NotificationState.SENT] * 3
    assert len(webhook.log) == 3


def test_a_clock_that_is_put_back_a_day_delays_no_message(
    sqlite_database: Database, settings: Settings, webhook: HTTPServer
) -> None:
    chosen = with_alerts(settings, notify=[f"json://127.0.0.1:{webhook.port}/all"])
    webhook.expect_ordered_request("/all").respond_with_data("down", status=503)
    webhook.expect_ordered_request("/all").respond_with_data("thanks")
    alarm(sqlite_database, chosen)
    assert send_pending(sqlite_database, settings=chosen, now=MONDAY).failed == 1
    assert send_pending(sqlite_database, settings=chosen, now=MONDAY - timedelta(days=1)).sent == 1
