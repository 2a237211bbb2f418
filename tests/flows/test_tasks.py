"""Each task does its room's work with the stores that the settings name; done again, it changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from alerts.life.queries import list_alerts, notifications
from core import audit, people
from core.clock import HOUR
from core.database import Database
from core.errors import InputError, SettingError, UnavailableError
from core.ids import new_id
from core.settings import Settings
from crawlers.tables import CrawlRun
from flows import detect, draft, ingest, maintain
from flows.stores import worth_retrying
from monitoring.brands import BrandRule, save_brand
from posts import erasure, quarantine
from posts.index import IndexedPost, PostFilter, PostIndex
from posts.quarantine import Quarantined
from tests.conftest import NOON
from tests.flows.conftest import BRAND, crisis, deposit
from tests.forging import drop_guards


def test_ingesting_empties_the_inbox_into_the_index(stored: Database, index: PostIndex, make_post: Any) -> None:
    deposit(stored, [make_post(), make_post(text="今天天气不错")])
    report = ingest.ingest_inbox.fn()
    assert (report.posts, report.mentions, report.indexed) == (2, 1, 2)
    assert ingest.inbox_backlog.fn().posts == 0
    assert index.count(PostFilter(brands=(BRAND,))) == 1


def test_posts_that_come_again_are_updated_not_doubled(stored: Database, index: PostIndex, make_post: Any) -> None:
    post = make_post()
    for _ in range(2):
        deposit(stored, [post])
        report = ingest.ingest_inbox.fn()
    assert (report.indexed, report.updated) == (0, 1)
    assert index.count() == 1


def test_a_brand_added_later_finds_its_past_posts(stored: Database, index: PostIndex, make_post: Any) -> None:
    deposit(stored, [make_post(text="云岭咖啡的杯子漏了")])
    ingest.ingest_inbox.fn()
    with stored.writing() as session:
        save_brand(session, BrandRule("云岭咖啡", keywords=("云岭咖啡",)), actor="test", now=NOON)
    assert ingest.rematch_brands.fn().gained == 1
    assert index.count(PostFilter(brands=("云岭咖啡",))) == 1


def test_detecting_twice_at_one_moment_opens_one_alert(stored: Database, index: PostIndex, make_post: Any) -> None:
    index.write(crisis(make_post))
    first, second = (detect.detect_alerts.fn(NOON, detect.measure_coverage.fn(NOON)) for _ in range(2))
    assert (first.opened, second.opened) == (1, 0)
    with stored.reading() as session:
        assert [alert.brand for alert in list_alerts(session)] == [BRAND]


def test_a_back_fill_of_an_earlier_moment_leaves_a_later_alert_alone(
    stored: Database, index: PostIndex, make_post: Any
) -> None:
    index.write(crisis(make_post))
    detect.detect_alerts.fn(NOON, detect.measure_coverage.fn(NOON))
    with stored.reading() as session:
        before = [(alert.id, alert.state, alert.level, alert.last_signal_at) for alert in list_alerts(session)]
    earlier = NOON - 24 * HOUR
    detect.detect_alerts.fn(earlier, detect.measure_coverage.fn(earlier))
    with stored.reading() as session:
        assert [(alert.id, alert.state, alert.level, alert.last_signal_at) for alert in list_alerts(session)] == before


def test_a_window_that_nobody_watched_has_no_coverage(stored: Database) -> None:
    assert detect.measure_coverage.fn(NOON).share == 0


def test_drafting_twice_makes_each_draft_once(stored: Database, index: PostIndex, make_post: Any) -> None:
    index.write(crisis(make_post))
    detect.detect_alerts.fn(NOON, detect.measure_coverage.fn(NOON))
    first, second = draft.draft_cases.fn(), draft.draft_cases.fn()
    assert len(first.proposed) == 1
    assert first.drafts > 0
    assert (second.proposed, second.drafts) == ((), 0)


def test_notifying_twice_tells_once(stored: Database, index: PostIndex, make_post: Any) -> None:
    index.write(crisis(make_post))
    detect.detect_alerts.fn(NOON, detect.measure_coverage.fn(NOON))
    detect.notify.fn()
    with stored.reading() as session:
        told = [(each.key, each.attempts) for alert in list_alerts(session) for each in notifications(session, alert.id)]
    detect.notify.fn()
    with stored.reading() as session:
        again = [(each.key, each.attempts) for alert in list_alerts(session) for each in notifications(session, alert.id)]
    assert again == told


def test_posts_are_kept_for_good_unless_a_retention_is_set(stored: Database, index: PostIndex, make_post: Any) -> None:
    index.write([IndexedPost(make_post(published_at=NOON - timedelta(days=3000)))])
    assert maintain.discard_posts.fn(NOON) == 0
    assert index.count() == 1


def test_records_of_crawls_past_their_retention_are_deleted(stored: Database, configured: Settings) -> None:
    with stored.writing() as session:
        for days in (configured.retention.crawls_days + 1, 1):
            session.add(CrawlRun(id=new_id(), source="news", started_at=NOON - timedelta(days=days), finished_at=NOON))
    assert maintain.discard_crawls.fn(NOON) == 1


def test_upkeep_deletes_what_came_in_of_an_author_while_they_were_erased(
    stored: Database, index: PostIndex, make_post: Any
) -> None:
    with stored.writing() as session:
        erasure.request_erasure(session, "hash", reason="申请 7", actor="operator", now=NOON)
    index.write([IndexedPost(make_post(author_hash="hash")), IndexedPost(make_post())])
    assert maintain.erase_authors.fn() == 1
    assert index.count() == 1


def test_quarantine_is_emptied_of_what_is_past_its_retention(stored: Database, configured: Settings) -> None:
    old = Quarantined(source="news", kind="item", reason_zh="无日期", reason_en="no date", place="http://example.invalid/")
    with stored.writing() as session:
        quarantine.add(session, [old], now=NOON - timedelta(days=configured.retention.quarantine_days + 1))
    assert maintain.discard_quarantine.fn(NOON) == 1


def test_a_changed_past_shows_in_the_audit_task(stored: Database) -> None:
    with stored.writing() as session:
        audit.record(session, at=NOON, actor=people.SYSTEM, action="test.step", subject="test:1")
    assert maintain.verify_audit.fn().broken_at is None
    with stored.writing() as session:
        drop_guards(session.connection())
        session.execute(text("UPDATE audit_entry SET actor = 'someone' WHERE sequence = 1"))
    assert maintain.verify_audit.fn().broken_at == 1


def test_tidying_folds_the_write_ahead_logs_in(stored: Database, index: PostIndex, configured: Settings) -> None:
    assert maintain.tidy_sqlite.fn() == ["yushao.db", "posts.db"]
    assert (configured.home / "yushao.db-wal").stat().st_size == 0


@pytest.mark.parametrize(("kind", "retried"), [(UnavailableError, True), (SettingError, False), (InputError, False)])
def test_only_what_may_pass_by_itself_is_retried(kind: type[Any], retried: bool) -> None:
    from prefect.states import Failed

    error = kind(zh="错", en="wrong")
    assert worth_retrying(None, None, Failed(data=error)) is retried
