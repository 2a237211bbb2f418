"""Crawls as they really run: the child process, a real web site, a real kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.database import Database
from core.errors import InputError, StateError
from core.post import Post
from core.settings import Settings
from crawlers.runner import CrawlOutcome, crawl
from crawlers.sources import find_source, pause, sync_sources
from crawlers.status import SourceStatus
from crawlers.tables import CrawlRun, SourceState
from posts import inbox, quarantine
from tests.crawlers.conftest import AFTERNOON, WithSources, fixture
from tests.crawlers.site import Site

pytestmark = pytest.mark.processes

REPOSITORY = Path(__file__).parents[2]


def delivered(database: Database) -> list[Post]:
    with database.reading() as session:
        return [post for batch in inbox.oldest(session, 100) for post in batch.posts()]


def state(database: Database, name: str = "s") -> SourceState:
    with database.reading() as session:
        return find_source(session, name)


def runs(database: Database) -> list[CrawlRun]:
    with database.reading() as session:
        return list(session.scalars(select(CrawlRun).order_by(CrawlRun.id)))


def until(met: Callable[[], Any]) -> Any:
    """What `met` gives once it is truthy; fails after half a minute."""
    for _ in range(600):
        if found := met():
            return found
        time.sleep(0.05)
    raise AssertionError("not met within 30 s")


def test_a_feed_is_crawled_politely_and_asked_for_again_only_if_it_changed(
    site: Site, with_sources: WithSources, sqlite_database: Database
) -> None:
    """robots.txt first, an honest User-Agent, the posts in the inbox; then 304: ok, nothing new, nothing doubled."""
    site.give("/robots.txt", "User-agent: *\nDisallow: /private\n")
    url = site.give("/rss.xml", fixture("rss2.xml"), headers={"ETag": '"v1"', "Last-Modified": "Mon, 02 Nov 2026 06:30:00 GMT"})
    settings = with_sources(("s", "feed", url))

    first = crawl("s", settings)
    assert (first.status, first.posts, first.quarantined) == (SourceStatus.OK, 1, 0)
    assert [asked.target for asked in site.asked] == ["/robots.txt", "/rss.xml"]
    assert site.asked[1].headers["User-Agent"] == "Yushao/0.1.0 (+pr@xinghai.example)"
    assert "Cookie" not in site.asked[1].headers
    (post,) = delivered(sqlite_database)
    assert post.title == "星海茶饮回应异物事件：涉事门店停业"
    after = state(sqlite_database)
    assert (after.status, after.etag, after.newest_item_at) == ("ok", '"v1"', datetime(2026, 11, 2, 6, 30, tzinfo=UTC))
    assert after.robots.endswith("HTTP 200, allows /rss.xml")

    again = crawl("s", settings)
    assert site.asked[-1].headers["If-None-Match"] == '"v1"'
    assert site.asked[-1].headers["If-Modified-Since"] == "Mon, 02 Nov 2026 06:30:00 GMT"
    assert (again.status, again.posts) == (SourceStatus.OK, 0)
    assert len(delivered(sqlite_database)) == 1


def test_robots_txt_is_obeyed(site: Site, with_sources: WithSources, sqlite_database: Database) -> None:
    site.give("/robots.txt", "User-agent: Yushao\nDisallow: /\n\nUser-agent: *\nAllow: /\n")
    outcome = crawl("s", with_sources(("s", "feed", site.give("/rss.xml", fixture("rss2.xml")))))
    assert outcome.status is SourceStatus.BLOCKED
    assert "robots.txt" in outcome.detail_zh and "robots.txt" in outcome.detail_en
    assert site.targets() == []
    assert "disallows /rss.xml" in state(sqlite_database).robots


def test_a_robots_txt_that_the_site_fails_to_give_forbids_all(
    site: Site, with_sources: WithSources, sqlite_database: Database
) -> None:
    """RFC 9309: a server error is not a permission."""
    site.give("/robots.txt", "down", status=503)
    outcome = crawl("s", with_sources(("s", "feed", site.give("/rss.xml", fixture("rss2.xml")))))
    assert (outcome.status, site.targets()) == (SourceStatus.FAILED, [])


def test_a_page_that_asks_for_patience_is_left_alone(site: Site, with_sources: WithSources, sqlite_database: Database) -> None:
    """429 with Retry-After: asked once, its reserve address not at all, and not again before the time."""
    url = site.give("/ajax/side/hotSearch", status=429, headers={"Retry-After": "3600"})
    settings = with_sources(("s", "weibo_hot", url))
    first, second = crawl("s", settings), crawl("s", settings)
    assert first.status is second.status is SourceStatus.BLOCKED
    assert "429" in first.detail_en
    assert site.targets() == ["/ajax/side/hotSearch"]
    assert len(runs(sqlite_database)) == 1


def test_the_reserve_address_is_asked_where_the_first_is_refused(
    site: Site, with_sources: WithSources, sqlite_database: Database
) -> None:
    url = site.give("/weibo/ajax/side/hotSearch?x=1", "<html>403</html>", status=403)
    site.give("/weibo/ajax/statuses/hot_band", '{"ok":1,"data":{"band_list":[{"word":"喝出异物","num":3}]}}')
    outcome = crawl("s", with_sources(("s", "weibo_hot", url)))
    assert (outcome.status, outcome.posts) == (SourceStatus.OK, 1)
    assert "403" in outcome.detail_zh


def test_a_captcha_page_is_a_block_and_is_kept(site: Site, with_sources: WithSources, sqlite_database: Database) -> None:
    outcome = crawl("s", with_sources(("s", "sina_roll", site.give("/api/roll/get", fixture("weibo_mobile_captcha.json")))))
    assert (outcome.status, outcome.posts, outcome.quarantined) == (SourceStatus.BLOCKED, 0, 1)
    with sqlite_database.reading() as session:
        (item,) = quarantine.recent(session, source="s")
        assert item.page_id is not None
        page = quarantine.page(session, item.page_id)
    assert page is not None and page.url.endswith("/api/roll/get")
    assert "captcha" in item.reason_en and "验证码" in item.reason_zh


def test_unreadable_items_go_to_quarantine_with_their_page_and_the_rest_is_delivered(
    site: Site, with_sources: WithSources, sqlite_database: Database
) -> None:
    body = '{"status":"success","items":[{"id":"1","title":"甲"},{"id":"2"},{"id":"3","title":"乙","pubDate":"某日"}]}'
    outcome = crawl("s", with_sources(("s", "newsnow", site.give("/api/s?id=x", body))))
    assert (outcome.status, outcome.posts, outcome.quarantined) == (SourceStatus.OK, 1, 2)
    with sqlite_database.reading() as session:
        assert {item.item for item in quarantine.recent(session)} == {
            '{"id": "2"}',
            '{"id": "3", "title": "乙", "pubDate": "某日"}',
        }


def test_a_page_that_is_too_large_is_not_read_to_its_end(
    site: Site, with_sources: WithSources, sqlite_database: Database
) -> None:
    outcome = crawl("s", with_sources(("s", "feed", site.give("/rss.xml", b"x" * (17 * 1024 * 1024)))))
    assert outcome.status is SourceStatus.FAILED
    assert "16 MB" in outcome.detail_zh and "16 MB" in outcome.detail_en


def roll(*moments: int) -> str:
    data = ",".join(f'{{"docid":"d{at}","title":"第{at}条","ctime":"{1793600000 + at}"}}' for at in moments)
    return f'{{"result":{{"status":{{"code":0}},"data":[{data}]}}}}'


def test_the_roll_is_paged_back_to_where_it_was_read_before(
    site: Site, with_sources: WithSources, sqlite_database: Database
) -> None:
    """After a pause nothing between two crawls is missed; and a page that fails on the way leaves the mark where it was."""
    url = site.give("/api/roll/get?num=2&page=1", roll(20, 10))
    settings = with_sources(("s", "sina_roll", url))
    crawl("s", settings)
    site.give("/api/roll/get?num=2&page=1", roll(60, 50))
    site.give("/api/roll/get?num=2&page=2", "oops", status=503)
    assert crawl("s", settings).status is SourceStatus.FAILED
    assert state(sqlite_database).newest_item_at == datetime.fromtimestamp(1793600020, UTC)
    site.give("/api/roll/get?num=2&page=2", roll(40, 30))
    site.give("/api/roll/get?num=2&page=3", roll(20, 10))
    outcome = crawl("s", settings)
    assert (outcome.status, outcome.posts) == (SourceStatus.OK, 6)
    assert {post.native_id for post in delivered(sqlite_database)} == {f"d{at}" for at in range(10, 61, 10)}
    assert state(sqlite_database).newest_item_at == datetime.fromtimestamp(1793600060, UTC)


def test_a_site_that_never_answers_is_stopped_after_the_time_limit(
    site: Site, with_sources: WithSources, sqlite_database: Database
) -> None:
    held = threading.Event()
    url = site.give("/rss.xml", fixture("rss2.xml"), hold=held)
    with ThreadPoolExecutor() as pool:
        running = pool.submit(crawl, "s", with_sources(("s", "feed", url)), limit_seconds=5)
        outcome = running.result()
        held.set()
    assert outcome.status is SourceStatus.FAILED
    assert "5" in outcome.detail_zh and "crawl.timeout_seconds" in outcome.detail_en
    assert [run.status for run in runs(sqlite_database)] == ["failed"]


def children() -> list[int]:
    """The crawl processes that this test's process started."""
    found = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False)
    return [int(line.split()[0]) for line in found.stdout.splitlines() if "-m crawlers" in line]


def test_a_killed_crawl_loses_nothing_and_the_next_one_heals(
    site: Site, with_sources: WithSources, sqlite_database: Database
) -> None:
    """SIGKILL after page one of the roll: reported failed, the mark unmoved; the next crawl delivers everything."""
    url = site.give("/api/roll/get?page=1", roll(20, 10))
    settings = with_sources(("s", "sina_roll", url))
    crawl("s", settings)
    held = threading.Event()
    site.give("/api/roll/get?page=1", roll(60, 50), headers={"ETag": '"v2"'})
    site.give("/api/roll/get?page=2", roll(40, 20), hold=held)
    with ThreadPoolExecutor() as pool:
        running = pool.submit(crawl, "s", settings)
        until(lambda: "/api/roll/get?page=2" in site.targets())
        for process in children():
            os.kill(process, signal.SIGKILL)
        outcome = running.result()
    held.set()
    assert outcome.status is SourceStatus.FAILED
    assert "SIGKILL" in outcome.detail_zh
    assert state(sqlite_database).etag == ""

    assert crawl("s", settings).status is SourceStatus.OK
    assert {post.native_id for post in delivered(sqlite_database)} == {"d10", "d20", "d40", "d50", "d60"}
    assert [run.status for run in runs(sqlite_database)] == ["ok", "failed", "ok"]


def test_two_crawls_of_one_source_at_once_are_one(site: Site, with_sources: WithSources, sqlite_database: Database) -> None:
    """The second waits for the first and reports its outcome; the site is asked once."""
    held = threading.Event()
    settings = with_sources(("s", "feed", site.give("/rss.xml", fixture("rss2.xml"), hold=held)))
    with ThreadPoolExecutor() as pool:
        first = pool.submit(crawl, "s", settings)
        until(site.targets)
        second = pool.submit(crawl, "s", settings)
        until(lambda: len(children()) == 2)
        until(lambda: len(children()) == 1)
        held.set()
        outcomes: list[CrawlOutcome] = [first.result(), second.result()]
    assert [(outcome.status, outcome.posts) for outcome in outcomes] == [(SourceStatus.OK, 1)] * 2
    assert site.targets() == ["/rss.xml"]
    assert len(runs(sqlite_database)) == 1


def test_a_crawl_that_crashes_is_failed_and_says_where_its_log_is(
    site: Site, with_sources: WithSources, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment of its process was broken after this one read the settings."""
    settings = with_sources(("s", "feed", site.give("/rss.xml", fixture("rss2.xml"))))
    monkeypatch.setenv("YUSHAO_SEARCH_ENGINE", "bogus")
    outcome = crawl("s", settings)
    assert outcome.status is SourceStatus.FAILED
    assert str(settings.home / "crawls" / "s.log") in outcome.detail_zh
    assert state(sqlite_database).consecutive_failures == 1
    assert len(runs(sqlite_database)) == 1
    monkeypatch.delenv("YUSHAO_SEARCH_ENGINE")
    assert crawl("s", settings).posts == 1


def test_an_unknown_or_paused_source_is_an_error_that_says_what_to_do(
    with_sources: WithSources, sqlite_database: Database
) -> None:
    settings = with_sources(("s", "feed", "http://127.0.0.1:9/rss"))
    with pytest.raises(InputError, match="nowhere"):
        crawl("nowhere", settings)
    with sqlite_database.writing() as session:
        sync_sources(session, settings.sources, AFTERNOON)
        pause(session, "s", actor="operator", now=AFTERNOON)
    with pytest.raises(StateError) as error:
        crawl("s", settings)
    assert "yushao sources resume s" in error.value.zh


def test_scrapy_s_own_command_finds_the_spiders() -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert listed.stdout.split() == ["feed", "newsnow", "sina_roll", "weibo_hot"]


def test_the_time_limit_leaves_room_for_every_retry(settings: Settings) -> None:
    from crawlers.runner import time_limit

    assert time_limit(settings) > 6 * settings.crawl.timeout_seconds
