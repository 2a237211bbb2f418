"""What is true of the embedded engine alone: its file, its version, several processes at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import StateError, UnavailableError
from core.post import AuthorKind
from core.settings import Settings
from posts.engines import open_index
from posts.index import IndexedPost, PostFilter
from posts.sqlite import SqliteIndex
from tests.conftest import NOON
from tests.posts.conftest import MOON, put


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SqliteIndex]:
    opened = SqliteIndex(tmp_path / "posts.db")
    opened.setup()
    yield opened
    opened.close()


def test_it_is_the_default_engine_in_the_home_folder(settings: Settings) -> None:
    opened = open_index(settings)
    opened.setup()
    assert opened.check().endswith(str(settings.home / "posts.db"))
    opened.close()


def test_what_was_written_is_there_after_a_restart(index: SqliteIndex, make_post: Any, tmp_path: Path) -> None:
    post = make_post()
    put(index, IndexedPost(post, (MOON,)))
    index.close()
    again = SqliteIndex(tmp_path / "posts.db")
    again.setup()
    assert again.get([post.id]) == {post.id: IndexedPost(post, (MOON,))}
    again.close()


def test_a_file_of_a_newer_version_is_refused_untouched(index: SqliteIndex, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "posts.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StateError, match="99"):
        index.setup()


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_file_of_an_older_version_is_brought_up_to_date(
    index: SqliteIndex, make_post: Any, tmp_path: Path, version: int
) -> None:
    """Version 1 did not keep the post's platform, reach and first sight with each mention, version 2 not what its author is,
    version 3 no counts by hour."""
    given = IndexedPost(make_post(likes=7), (MOON,))
    put(index, given)
    counted = index.histogram(PostFilter(), interval=timedelta(hours=1), by="platform")
    noon = PostFilter(brands=("月光咖啡",), start=NOON, end=NOON + timedelta(hours=1))
    assert index.hourly(noon)["月光咖啡"].tolist() == [[1], [0], [0], [0]]
    with sqlite3.connect(tmp_path / "posts.db") as connection:
        for trigger in ("mention_added", "mention_deleted"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("DROP TABLE hourly")
        for column in ("author_kind", "author_followers") if version < 3 else ():
            connection.execute(f"ALTER TABLE post DROP COLUMN {column}")
        if version == 1:
            connection.execute("DROP INDEX mention_by_brand")
            for column in ("platform", "reach", "seen_at"):
                connection.execute(f"ALTER TABLE mention DROP COLUMN {column}")
            connection.execute("CREATE INDEX mention_by_brand ON mention (brand, published_at)")
        connection.execute(f"PRAGMA user_version = {version}")
    again = SqliteIndex(tmp_path / "posts.db")
    again.setup()
    assert again.histogram(PostFilter(), interval=timedelta(hours=1), by="platform") == counted
    assert [(bucket.platform, bucket.reach) for bucket in counted] == [("weibo", 7)]
    assert again.hourly(noon)["月光咖啡"].tolist() == [[1], [0], [0], [0]]
    assert again.get([given.post.id]) == {given.post.id: given}
    known = IndexedPost(replace(given.post, author_kind=AuthorKind.MEDIA, author_followers=9), (MOON,))
    put(again, known)
    assert again.get([given.post.id]) == {given.post.id: known}
    again.close()


@pytest.mark.parametrize("content", [b"this is no database" * 100, None])
def test_a_path_that_is_no_database_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "posts.db"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(UnavailableError, match=r"posts\.db"):
        SqliteIndex(path).setup()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(UnavailableError, match="file"):
        SqliteIndex(tmp_path / "file" / "posts.db").setup()


def test_readers_do_not_wait_for_a_writer_and_see_whole_batches(index: SqliteIndex, make_post: Any, tmp_path: Path) -> None:
    """The console reads while another process writes: always a multiple of a batch, title and mentions together."""
    other = SqliteIndex(tmp_path / "posts.db")
    batches = [[IndexedPost(make_post(), (MOON,)) for _ in range(50)] for _ in range(20)]

    def read(_: int) -> bool:
        page = other.search(PostFilter(text="星海", brands=("月光咖啡",)), limit=1000)
        return page.total % 50 == 0 and page.total == len(page.posts) and all(given.mentions for given in page.posts)

    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(index.write, batch) for batch in batches]
        assert all(threads.map(read, range(40)))
        assert sum(done.result().indexed for done in writing) == 1000
    other.close()


def test_a_write_that_fails_leaves_nothing_behind(index: SqliteIndex, make_post: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put(index, make_post())
    monkeypatch.setattr("posts.sqlite_write.mention_rows", lambda *_: [("wrong number of columns",)])
    with pytest.raises(UnavailableError):
        index.write([IndexedPost(make_post(), (MOON,))])
    assert index.count() == index.count(PostFilter(text="星海")) == 1
