"""Who asked to be removed stays removed, and what is past its retention does not come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import audit
from core.clock import now
from core.database import Database
from core.errors import InputError
from core.privacy import author_hash
from monitoring.ingest import ingest
from posts import inbox
from posts.erasure import Admission, erase, erased_authors, request_erasure
from posts.index import IndexedPost, PostFilter, PostIndex
from posts.sqlite import SqliteIndex
from sentiment.scorer import Scorer
from tests.command_line import CommandLine
from tests.conftest import NOON

KEY = "test-key-test-key-test-key"
ERASED = author_hash("weibo", "1000000001", KEY.encode())


@pytest.fixture
def index(tmp_path: Path) -> Iterator[PostIndex]:
    opened = SqliteIndex(tmp_path / "home" / "posts.db")
    opened.setup()
    yield opened
    opened.close()


def ask(database: Database) -> None:
    with database.writing() as session:
        request_erasure(session, ERASED, reason="申请 7", actor="operator", now=NOON)


def test_a_request_is_recorded_once_and_audited(database: Database) -> None:
    ask(database)
    ask(database)
    with database.reading() as session:
        assert erased_authors(session) == {ERASED}
        assert [entry.action for entry in audit.entries_for(session, [f"author:{ERASED}"])] == ["author.erase"]


def test_an_erased_authors_posts_leave_the_index_and_others_stay(index: PostIndex, make_post: Any) -> None:
    index.write([IndexedPost(make_post(author_hash=ERASED)), IndexedPost(make_post(author_hash="other"))])
    assert erase(index, frozenset({ERASED})) == 1
    assert [hit.post.author_hash for hit in index.search(PostFilter()).posts] == ["other"]


def test_a_later_crawl_does_not_bring_an_erased_author_back(
    sqlite_database: Database, index: PostIndex, make_post: Any, scorer: Scorer
) -> None:
    ask(sqlite_database)
    posts = [make_post("云来了", author_hash=ERASED), make_post("云走了", author_hash="other"), make_post("没有作者")]
    with sqlite_database.writing() as session:
        inbox.deposit(session, posts, source="weibo", now=NOON)
    report = ingest(sqlite_database, index, scorer, now=NOON)
    assert (report.posts, report.indexed, report.withheld) == (3, 2, 1)
    with sqlite_database.reading() as session:
        assert inbox.backlog(session).posts == 0
    assert {hit.post.text for hit in index.search(PostFilter()).posts} == {"云走了", "没有作者"}


def test_a_post_older_than_the_retention_is_withheld(make_post: Any) -> None:
    admission = Admission(since=NOON)
    assert admission.admits(make_post(published_at=NOON))
    assert not admission.admits(make_post(published_at=NOON - timedelta(seconds=1)))


def test_the_command_erases_by_platform_and_account(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch, sqlite_database: Database, index: PostIndex, make_post: Any
) -> None:
    index.write([IndexedPost(make_post(author_hash=ERASED))])
    monkeypatch.setenv("YUSHAO_SECRET_KEY", KEY)
    assert "1" in run("erase", "--platform", "weibo", "--account", "1000000001", "--reason", "申请 7").output
    assert index.count() == 0
    with sqlite_database.reading() as session:
        assert erased_authors(session) == {ERASED}


def test_the_command_asks_for_one_way_to_name_the_author(run: CommandLine) -> None:
    with pytest.raises(InputError):
        run("erase", "--platform", "weibo", "--reason", "x")


def test_the_retention_is_a_moment_or_none(settings: Any) -> None:
    moment = now()
    assert settings.retention.posts_since(moment) is None
    kept = settings.retention.model_copy(update={"posts_days": 30})
    assert kept.posts_since(moment) == moment - timedelta(days=30)
