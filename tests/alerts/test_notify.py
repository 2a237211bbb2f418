"""Notifications: each told once, until the service itself says that it has it; no secret is stored or logged."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import select, update

from alerts.detect import detect
from alerts.duty.channels import channels, deliver
from alerts.duty.notify import MOST_ATTEMPTS, NotifyReport, send_pending
from alerts.levels import Level
from alerts.life.tables import AlertEvent, Notification, NotificationState
from alerts.policies.policy import CELLS, MatrixPolicy, Policy, Telling
from core.database import Database
from core.errors import UnavailableError
from core.settings import Settings
from tests.alerts.world import BRAND, CRISIS, HOUR, burst, complete, hot, index_of, quiet

NOW = CRISIS + HOUR
TOKEN = "5ec2e7t0ken5ec2e7t0ken"
GOOD = {"errcode": 0, "errmsg": "ok"}
REFUSED = {"errcode": 310000, "errmsg": "sign not match"}


@pytest.fixture
def dingtalk(webhook: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    """钉钉's, 企业微信's and 飞书's own plugins, speaking to a local server instead."""
    from apprise.plugins.dingtalk import NotifyDingTalk
    from apprise.plugins.feishu import NotifyFeishu
    from apprise.plugins.wecombot import NotifyWeComBot

    monkeypatch.setattr(NotifyDingTalk, "notify_url", webhook.url_for("/ding") + "?access_token={token}")
    monkeypatch.setattr(NotifyWeComBot, "notify_url", webhook.url_for("/wecom") + "?key={key}")
    monkeypatch.setattr(NotifyFeishu, "notify_url", webhook.url_for("/feishu") + "/{token}")
    return webhook


def with_channels(settings: Settings, *addresses: str) -> Settings:
    return settings.model_copy(update={"alerts": settings.alerts.model_copy(update={"notify": list(addresses)})})


def generic(server: HTTPServer) -> str:
    return f"json://127.0.0.1:{server.port}/hook/{TOKEN}"


@pytest.fixture
def alarmed(database: Database, tmp_path: Path, settings: Settings, webhook: HTTPServer) -> Settings:
    """Settings with one generic webhook, and an alert opened under them."""
    chosen = with_channels(settings, generic(webhook))
    open_alert(database, tmp_path, chosen)
    return chosen


def open_alert(database: Database, path: Path, settings: Settings) -> None:
    index = index_of(path, [*quiet(), *burst(CRISIS, 20)])
    detect(database, index, at=NOW, brands=(BRAND,), coverage=complete(NOW), settings=settings)
    index.close()


def outbox(database: Database, channel: str = "") -> list[Notification]:
    with database.reading() as session:
        rows = session.scalars(select(Notification).order_by(Notification.channel)).all()
    return [row for row in rows if not channel or row.channel == channel]


def sent_ones(database: Database, settings: Settings) -> Notification:
    (name,) = channels(settings)
    (row,) = outbox(database, name)
    return row


def test_each_event_is_told_once_to_each_channel(database: Database, alarmed: Settings, webhook: HTTPServer) -> None:
    """One message a channel and event, however often detection and sending run; the console has its own at once."""
    webhook.expect_request(f"/hook/{TOKEN}").respond_with_data("thanks")
    assert send_pending(database, settings=alarmed, now=NOW) == NotifyReport(sent=1)
    assert send_pending(database, settings=alarmed, now=NOW + HOUR) == NotifyReport()
    assert len(webhook.log) == 1
    states = {row.channel: row.state for row in outbox(database)}
    assert states.pop("console") == NotificationState.SENT
    assert list(states.values()) == [NotificationState.SENT]


def test_the_message_names_brand_level_reason_posts_and_number(
    database: Database, alarmed: Settings, webhook: HTTPServer
) -> None:
    webhook.expect_request(f"/hook/{TOKEN}").respond_with_data("thanks")
    send_pending(database, settings=alarmed, now=NOW)
    told = json.loads(webhook.log[0][0].data)
    assert BRAND in told["title"] and "新预警" in told["title"]
    row = sent_ones(database, alarmed)
    assert row.body.splitlines()[0].startswith("编号：") and "触发线" in row.body and "信源完整" in row.body
    assert row.body.splitlines()[0] in told["message"]


def test_a_failing_channel_is_tried_again_later_and_told_once(
    database: Database, alarmed: Settings, webhook: HTTPServer
) -> None:
    """A channel that is down loses nothing: waits grow, and the message goes out once when the channel is back."""
    webhook.expect_ordered_request(f"/hook/{TOKEN}").respond_with_data("down", status=503)
    webhook.expect_ordered_request(f"/hook/{TOKEN}").respond_with_data("thanks")
    assert send_pending(database, settings=alarmed, now=NOW) == NotifyReport(failed=1, pending=1)
    row = sent_ones(database, alarmed)
    assert (row.state, row.attempts) == (NotificationState.FAILED, 1) and "503" in row.last_error
    assert send_pending(database, settings=alarmed, now=NOW + timedelta(seconds=30)) == NotifyReport(pending=1)
    assert send_pending(database, settings=alarmed, now=NOW + timedelta(minutes=2)) == NotifyReport(sent=1)
    assert sent_ones(database, alarmed).last_error == ""


def test_a_channel_that_stays_down_is_given_up_after_a_day_and_says_so(
    sqlite_database: Database, tmp_path: Path, settings: Settings
) -> None:
    """Waits stop at an hour, so a message survives more than a day, then stays as failed with its reason."""
    nobody = with_channels(settings, "json://127.0.0.1:9/hook")
    open_alert(sqlite_database, tmp_path, nobody)
    now, attempts = NOW, 0
    while send_pending(sqlite_database, settings=nobody, now=now).pending:
        now, attempts = now + HOUR, attempts + 1
        assert attempts < 200
    row = sent_ones(sqlite_database, nobody)
    assert (row.state, row.attempts, row.next_attempt_at) == (NotificationState.FAILED, MOST_ATTEMPTS, None)
    assert now - NOW > timedelta(days=1)
    assert "ConnectionError" in row.last_error


def test_a_process_killed_between_sending_and_marking_repeats_one_message_with_its_number(
    sqlite_database: Database, tmp_path: Path, settings: Settings, webhook: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one honest gap: the same text with the same number goes out again, after the dead process's claim ran out."""
    chosen = with_channels(settings, generic(webhook))
    open_alert(sqlite_database, tmp_path, chosen)
    webhook.expect_request(f"/hook/{TOKEN}").respond_with_data("thanks")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr("alerts.duty.notify._mark", killed)
        send_pending(sqlite_database, settings=chosen, now=NOW)
    assert sent_ones(sqlite_database, chosen).state == NotificationState.SENDING
    assert send_pending(sqlite_database, settings=chosen, now=NOW + timedelta(minutes=5)) == NotifyReport(pending=1)
    assert send_pending(sqlite_database, settings=chosen, now=NOW + timedelta(minutes=11)) == NotifyReport(sent=1)
    first, second = (json.loads(request.data)["message"] for request, _ in webhook.log)
    assert first == second and "编号：" in first


def test_a_message_claimed_by_another_process_is_not_sent(
    sqlite_database: Database, tmp_path: Path, settings: Settings
) -> None:
    chosen = with_channels(settings, "json://127.0.0.1:9/hook")
    open_alert(sqlite_database, tmp_path, chosen)
    with sqlite_database.writing() as session:
        session.execute(update(Notification).values(state=NotificationState.SENDING, claimed_at=NOW, next_attempt_at=NOW))
    assert send_pending(sqlite_database, settings=chosen, now=NOW).failed == 0


def test_a_channel_taken_out_of_the_settings_fails_with_that_reason(database: Database, alarmed: Settings) -> None:
    (name,) = channels(alarmed)
    assert send_pending(database, settings=with_channels(alarmed), now=NOW).failed == 1
    (row,) = outbox(database, name)
    assert name in row.last_error


@pytest.mark.parametrize(
    ("address", "path", "answer"),
    [
        (f"dingtalk://{TOKEN}/", "/ding", REFUSED),
        (f"wecombot://{TOKEN}/", "/wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}),
        (f"feishu://{TOKEN}/", f"/feishu/{TOKEN}", {"code": 9499, "msg": "Bad Request"}),
        (f"dingtalk://{TOKEN}/", "/ding", "<html>请登录网络</html>"),
    ],
)
def test_a_200_that_is_no_yes_is_a_failure(dingtalk: HTTPServer, address: str, path: str, answer: object) -> None:
    """These services answer 200 to what they refuse, and a captive portal to everything: only their own 0 is success."""
    dingtalk.expect_request(path).respond_with_data(answer if isinstance(answer, str) else json.dumps(answer))
    with pytest.raises(UnavailableError) as refused:
        deliver(address, title="题", body="文")
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "path", "answer"),
    [
        (f"dingtalk://{TOKEN}/", "/ding", GOOD),
        (f"wecombot://{TOKEN}/", "/wecom", GOOD),
        (f"feishu://{TOKEN}/", f"/feishu/{TOKEN}", {"code": 0, "msg": "success"}),
        (f"feishu://{TOKEN}/", f"/feishu/{TOKEN}", {"StatusCode": 0, "StatusMessage": "success"}),
    ],
)
def test_a_service_that_says_yes_has_the_message(dingtalk: HTTPServer, address: str, path: str, answer: object) -> None:
    dingtalk.expect_request(path).respond_with_json(answer)
    deliver(address, title="题", body="文")
    dingtalk.check_assertions()


def test_a_generic_webhook_that_answers_with_an_error_code_has_failed(webhook: HTTPServer) -> None:
    """A company's own relay to 钉钉 passes `errcode` on; it is believed as well."""
    webhook.expect_request(f"/hook/{TOKEN}").respond_with_json(REFUSED)
    with pytest.raises(UnavailableError, match="310000"):
        deliver(generic(webhook), title="题", body="文")


def test_long_messages_are_cut_to_the_channels_limit_and_say_so(dingtalk: HTTPServer) -> None:
    """企业微信 takes 2,048 bytes: the text ends with a whole character and a word that there is more."""
    dingtalk.expect_request("/wecom").respond_with_json(GOOD)
    deliver(f"wecombot://{TOKEN}/", title="【舆哨】星海茶饮", body="编号：A-1\n" + "茶" * 5000)
    content = json.loads(dingtalk.log[0][0].data)["text"]["content"]
    assert len(content.encode()) <= 2048
    assert "编号：A-1" in content and content.endswith("全文见控制台）") and "\ufffd" not in content


def test_an_address_that_apprise_does_not_know_is_named_as_such() -> None:
    with pytest.raises(UnavailableError, match=r"alerts\.notify"):
        deliver(f"nonsense://{TOKEN}", title="题", body="文")


def test_neither_names_nor_logs_hold_a_secret(
    settings: Settings, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A channel is known by its service and a keyed hash; a failing plugin's own log line, token and all, is not let out."""
    from apprise.plugins.lark import NotifyLark

    addresses = (
        f"dingtalk://{TOKEN}/",
        f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}",
        f"mailto://u:{TOKEN}@a.invalid",
    )
    names = channels(with_channels(settings, *addresses))
    assert len(names) == 3 and TOKEN not in " ".join(names)
    monkeypatch.setattr(NotifyLark, "notify_url", "http://127.0.0.1:9/hook/")
    monkeypatch.setattr(NotifyLark, "request_rate_per_sec", 0)
    with pytest.raises(UnavailableError) as failed:
        deliver(f"lark://{TOKEN}", title="题", body="文")
    captured = capfd.readouterr()
    assert TOKEN not in captured.out + captured.err + caplog.text + str(failed.value)


def test_updates_are_recorded_and_told_to_nobody(sqlite_database: Database, tmp_path: Path, settings: Settings) -> None:
    """Another title is news to the alert; people are called only where it opened, rose, came back or clearly worsened."""
    titles = [hot(CRISIS + timedelta(hours=place), f"星海茶饮声明{place}", risks=("other",)) for place in range(2)]
    index = index_of(tmp_path, [*quiet(), *titles])
    patient = Policy(telling=Telling(points=20), matrix=MatrixPolicy(cells=dict.fromkeys(CELLS, Level.MINOR)))
    for hours in (0.5, 1.5):
        at = CRISIS + timedelta(hours=hours)
        detect(
            sqlite_database, index, at=at, brands=(BRAND,), coverage=complete(at), settings=settings, policies={BRAND: patient}
        )
    with sqlite_database.reading() as session:
        kinds = [kind for (kind,) in session.execute(select(AlertEvent.kind).order_by(AlertEvent.sequence))]
    assert kinds == ["opened", "updated"]
    assert [row.channel for row in outbox(sqlite_database)] == ["console"]
