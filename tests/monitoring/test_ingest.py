"""From the inbox to the index: nothing is lost, nothing is doubled, and only mentions are scored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from core.database import Database
from core.errors import UnavailableError
from monitoring.brands import BrandRule
from monitoring.ingest import ROUND, IngestReport, ingest
from posts import quarantine
from posts.index import IndexedPost, Sentiment, WriteReport
from posts.sqlite import SqliteIndex
from sentiment.scorer import Score, Scorer
from tests.conftest import NOON
from tests.monitoring.conftest import MakePost, Recording, content, deposit, mentioned, only, waiting, watch

TEA = BrandRule("星海茶饮", ("星海",), exclusions=("星海广场",))


def test_posts_are_matched_scored_and_indexed_and_leave_the_inbox(
    database: Database, index: SqliteIndex, recording: Recording, make_post: MakePost
) -> None:
    watch(database, TEA, BrandRule("北岸咖啡", ("北岸",)))
    deposit(database, [make_post("星海和北岸都吃出異物，太差了"), make_post("星海广场的天气")], [make_post("早", title="北岸")])
    report = ingest(database, index, recording, now=NOON)
    assert report == IngestReport(batches=2, posts=3, mentions=3, indexed=3)
    assert waiting(database) == 0
    assert recording.texts == ["星海和北岸都吃出異物，太差了", "北岸\n早"]
    assert mentioned(index, "星海茶饮") == ["星海和北岸都吃出異物，太差了"]
    assert mentioned(index, "北岸咖啡") == ["北岸\n早", "星海和北岸都吃出異物，太差了"]


def test_a_mention_carries_sentiment_risks_and_the_keywords_found(
    sqlite_database: Database, index: SqliteIndex, scorer: Scorer, make_post: MakePost
) -> None:
    watch(sqlite_database, TEA)
    deposit(sqlite_database, [make_post("星海吃出異物，太差了，垃圾")])
    ingest(sqlite_database, index, scorer, now=NOON)
    (mention,) = only(index).mentions
    assert (mention.brand, mention.sentiment) == ("星海茶饮", Sentiment.NEGATIVE)
    assert mention.negative > 0.5
    assert mention.risks == ("quality_safety",)
    assert mention.keywords == ("星海",)


def test_an_empty_inbox_is_no_work(sqlite_database: Database, index: SqliteIndex, scorer: Scorer) -> None:
    assert ingest(sqlite_database, index, scorer, now=NOON) == IngestReport()


def test_many_batches_go_in_rounds_and_each_post_once(
    sqlite_database: Database, index: SqliteIndex, scorer: Scorer, make_post: MakePost
) -> None:
    watch(sqlite_database, TEA)
    batches = [[make_post(f"星海 {number}")] for number in range(2 * ROUND + 1)]
    deposit(sqlite_database, *batches)
    report = ingest(sqlite_database, index, scorer, now=NOON)
    assert (report.batches, report.posts, report.mentions, index.count()) == (11, 11, 11, 11)


def test_a_limit_takes_the_oldest_batches_only(
    sqlite_database: Database, index: SqliteIndex, scorer: Scorer, make_post: MakePost
) -> None:
    deposit(sqlite_database, *[[make_post(str(number))] for number in range(ROUND + 3)])
    assert ingest(sqlite_database, index, scorer, now=NOON, limit=ROUND + 1).batches == ROUND + 1
    assert (waiting(sqlite_database), index.count()) == (2, ROUND + 1)


def test_the_same_post_again_updates_it(
    sqlite_database: Database, index: SqliteIndex, scorer: Scorer, make_post: MakePost
) -> None:
    watch(sqlite_database, TEA)
    deposit(sqlite_database, [make_post("星海", native_id="1", likes=1), make_post("星海", native_id="1", likes=2)])
    assert ingest(sqlite_database, index, scorer, now=NOON) == IngestReport(1, 2, 2, indexed=1, updated=1)
    deposit(sqlite_database, [make_post("星海", native_id="1", likes=3)])
    assert ingest(sqlite_database, index, scorer, now=NOON).updated == 1
    assert only(index).post.likes == 3


class Killed(Exception):
    """The process ended here."""


class DyingIndex(SqliteIndex):
    """Ends the process right after the index confirmed the `deaths`-th write."""

    deaths = 1

    def write(self, posts: Sequence[IndexedPost]) -> WriteReport:
        written = super().write(posts)
        self.deaths -= 1
        if self.deaths == 0:
            raise Killed
        return written


@pytest.mark.parametrize("killed_at", [1, 2, 3])
def test_killed_between_index_and_inbox_the_next_run_ends_with_the_same_index(
    database: Database, index: SqliteIndex, scorer: Scorer, make_post: MakePost, killed_at: int
) -> None:
    watch(database, TEA)
    batches = [[make_post(f"星海喝出异物 {number}"), make_post("晴天")] for number in range(2 * ROUND + 1)]
    deposit(database, *batches)
    dying = DyingIndex(index._path)
    dying.deaths = killed_at
    with pytest.raises(Killed):
        ingest(database, dying, scorer, now=NOON)
    dying.close()
    assert waiting(database) == len(batches) - (killed_at - 1) * ROUND

    ingest(database, index, scorer, now=NOON)
    after_kill = content(index)
    deposit(database, *batches)
    ingest(database, index, scorer, now=NOON)
    assert content(index) == after_kill
    assert (len(after_kill), waiting(database)) == (22, 0)


class DeadScorer:
    name = "dead"

    def score(self, texts: Sequence[str]) -> list[Score]:
        raise UnavailableError(zh="没有模型", en="no model")

    def close(self) -> None: ...


def test_without_a_scorer_nothing_leaves_the_inbox(sqlite_database: Database, index: SqliteIndex, make_post: MakePost) -> None:
    watch(sqlite_database, TEA)
    deposit(sqlite_database, [make_post("星海")])
    with pytest.raises(UnavailableError):
        ingest(sqlite_database, index, DeadScorer(), now=NOON)
    assert (waiting(sqlite_database), index.count()) == (1, 0)


def test_what_the_index_rejects_goes_to_quarantine_and_the_rest_is_indexed(
    database: Database, index: SqliteIndex, scorer: Scorer, make_post: MakePost
) -> None:
    ancient = make_post("旧", published_at=datetime(1900, 1, 1, tzinfo=UTC), url="https://example.com/1")
    deposit(database, [ancient, make_post("新")])
    report = ingest(database, index, scorer, now=NOON)
    assert (report.indexed, report.rejected, waiting(database)) == (1, 1, 0)
    with database.reading() as session:
        (item,) = quarantine.recent(session)
    assert (item.kind, item.source, item.place) == ("rejected", "test", "https://example.com/1")
    assert "1970" in item.reason_en and "1970" in item.reason_zh
    assert '"旧"' in item.item


class SlowIndex(SqliteIndex):
    """While it writes for the first time, someone changes a brand."""

    def __init__(self, index: SqliteIndex, database: Database) -> None:
        super().__init__(index._path)
        self._database: Database | None = database

    def write(self, posts: Sequence[IndexedPost]) -> WriteReport:
        written = super().write(posts)
        if self._database:
            watch(self._database, BrandRule("北岸咖啡", ("北岸",)))
            self._database = None
        return written


def test_a_brand_added_while_posts_are_written_still_finds_them(
    database: Database, index: SqliteIndex, scorer: Scorer, make_post: MakePost
) -> None:
    deposit(database, [make_post("北岸")])
    slow = SlowIndex(index, database)
    ingest(database, slow, scorer, now=NOON)
    slow.close()
    assert (mentioned(index, "北岸咖啡"), waiting(database)) == (["北岸"], 0)
