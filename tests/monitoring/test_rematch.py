"""A brand or risk word that is added, changed or taken out finds its past posts too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from core.database import Database
from core.errors import UnavailableError
from core.post import Post
from monitoring import rematch
from monitoring.brands import BrandRule, deactivate_brand, get_brand
from monitoring.ingest import ingest
from monitoring.rematch import RematchReport, owing_brands, rematch_changed_brands
from monitoring.risk import add_term
from posts.index import Mention, PostFilter, WriteReport
from posts.sqlite import SqliteIndex
from sentiment.scorer import Score, Scorer
from tests.conftest import NOON
from tests.monitoring.conftest import MakePost, Recording, content, deposit, mentioned, only, watch

TEA = BrandRule("星海茶饮", ("星海", "B站奶茶"), aliases=("StarSea", "星 海"), exclusions=("星海广场",))
COFFEE = BrandRule("北岸咖啡", ("北岸",))
TEXTS = [
    "星海和北岸",
    "星海广场",
    "星海广场的星海",
    "<b>星</b>海",
    "星\u200b海",
    "STARSEA！",
    "starsea2",
    "astarsea",
    "ＳｔａｒＳｅａ新品",
    "b站奶茶",
    "ab站奶茶",
    "星 海",
    "星\n海",
    "北岸",
    "晴天",
    "",
]


@pytest.fixture
def past(database: Database, index: SqliteIndex, scorer: Scorer, make_post: MakePost) -> list[Post]:
    """Posts that are in the index since before any brand was watched."""
    posts = [make_post(text) for text in TEXTS] + [make_post("天气", title="星海")]
    deposit(database, posts)
    ingest(database, index, scorer, now=NOON)
    return posts


def test_a_new_brand_gets_the_mentions_that_it_would_have_had_from_the_start(
    database: Database, index: SqliteIndex, scorer: Scorer, past: list[Post]
) -> None:
    watch(database, TEA, COFFEE)
    report = rematch_changed_brands(database, index, scorer, now=NOON)
    by_rematch = content(index)
    assert report.brands == 2
    assert report.gained == sum(map(len, by_rematch.values())) == 12

    deposit(database, past)
    ingest(database, index, scorer, now=NOON)
    assert content(index) == by_rematch


def test_done_once_nothing_is_owed(database: Database, index: SqliteIndex, scorer: Scorer, past: list[Post]) -> None:
    watch(database, TEA)
    rematch_changed_brands(database, index, scorer, now=NOON)
    assert rematch_changed_brands(database, index, scorer, now=NOON) == RematchReport()
    with database.reading() as session:
        brand = get_brand(session, TEA.name)
        assert brand and (brand.matched_revision, brand.matched_at) == (brand.revision, NOON)


def test_only_new_mentions_are_scored_and_other_brands_keep_theirs(
    sqlite_database: Database, index: SqliteIndex, recording: Recording, make_post: MakePost
) -> None:
    watch(sqlite_database, COFFEE)
    deposit(sqlite_database, [make_post("星海和北岸，难喝"), make_post("北岸")])
    ingest(sqlite_database, index, recording, now=NOON)
    recording.texts.clear()
    watch(sqlite_database, TEA, BrandRule("北岸咖啡", ("北岸", "难喝")))
    report = rematch_changed_brands(sqlite_database, index, recording, now=NOON)
    assert (report.gained, report.lost, recording.texts) == (1, 0, ["星海和北岸，难喝"])
    assert mentioned(index, "北岸咖啡") == ["北岸", "星海和北岸，难喝"]
    assert {mention.keywords for mention in only_of(index, "星海茶饮")} == {("星海",), ("北岸", "难喝")}


def only_of(index: SqliteIndex, brand: str) -> tuple[Mention, ...]:
    """The mentions of the one post that mentions `brand`."""
    (found,) = index.scan(PostFilter(brands=(brand,)))
    return found.mentions


def test_a_narrowed_rule_and_an_inactive_brand_lose_mentions(
    database: Database, index: SqliteIndex, scorer: Scorer, past: list[Post]
) -> None:
    watch(database, TEA, COFFEE)
    rematch_changed_brands(database, index, scorer, now=NOON)
    watch(database, BrandRule("星海茶饮", ("StarSea",), exclusions=("StarSea新品",)))
    assert rematch_changed_brands(database, index, scorer, now=NOON).gained == 0
    assert mentioned(index, "星海茶饮") == ["STARSEA！"]
    with database.writing() as session:
        deactivate_brand(session, "星海茶饮", actor="a", now=NOON)
    assert rematch_changed_brands(database, index, scorer, now=NOON) == RematchReport(brands=1, scanned=1, lost=1)
    assert mentioned(index, "北岸咖啡") == ["北岸", "星海和北岸"]


def test_a_changed_risk_word_changes_past_mentions_and_keeps_their_sentiment(
    sqlite_database: Database, index: SqliteIndex, recording: Recording, make_post: MakePost
) -> None:
    watch(sqlite_database, TEA)
    deposit(sqlite_database, [make_post("星海吸管漏洞百出")])
    ingest(sqlite_database, index, recording, now=NOON)
    (before,) = only(index).mentions
    recording.texts.clear()
    with sqlite_database.writing() as session:
        add_term(session, "吸管", "quality_safety", actor="a", now=NOON)
    rematch_changed_brands(sqlite_database, index, recording, now=NOON)
    (after,) = only(index).mentions
    assert (before.risks, after.risks, recording.texts) == ((), ("quality_safety",), [])
    assert (after.sentiment, after.negative) == (before.sentiment, before.negative)


class DyingIndex(SqliteIndex):
    """Ends the process at its second annotation."""

    annotations = 0

    def annotate(self, mentions: Mapping[str, tuple[Mention, ...]]) -> WriteReport:
        self.annotations += 1
        if self.annotations == 2:
            raise InterruptedError
        return super().annotate(mentions)


def test_a_pass_that_is_killed_is_owed_and_made_again(
    database: Database, index: SqliteIndex, scorer: Scorer, past: list[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rematch, "CHUNK", 3)
    watch(database, TEA)
    dying = DyingIndex(index._path)
    with pytest.raises(InterruptedError):
        rematch_changed_brands(database, dying, scorer, now=NOON)
    dying.close()
    assert [brand.name for brand in owing_brands(database)] == [TEA.name]
    rematch_changed_brands(database, index, scorer, now=NOON)
    assert (len(mentioned(index, TEA.name)), owing_brands(database)) == (10, [])


class ChangingScorer:
    """While it scores, someone changes the brand once more."""

    name = "changing"

    def __init__(self, database: Database, scorer: Scorer) -> None:
        self._database, self._scorer = database, scorer

    def score(self, texts: Sequence[str]) -> list[Score]:
        watch(self._database, COFFEE)
        return self._scorer.score(texts)

    def close(self) -> None: ...


def test_a_change_during_the_pass_is_owed_still(
    database: Database, index: SqliteIndex, scorer: Scorer, past: list[Post]
) -> None:
    watch(database, BrandRule("北岸咖啡", ("星海",)))
    rematch_changed_brands(database, index, ChangingScorer(database, scorer), now=NOON)
    assert [brand.name for brand in owing_brands(database)] == ["北岸咖啡"]
    rematch_changed_brands(database, index, scorer, now=NOON)
    assert mentioned(index, "北岸咖啡") == ["北岸", "星海和北岸"]


def test_without_a_scorer_the_pass_stays_owed(database: Database, index: SqliteIndex, past: list[Post]) -> None:
    class Dead:
        name = "dead"

        def score(self, texts: Sequence[str]) -> list[Score]:
            raise UnavailableError(zh="没有模型", en="no model")

        def close(self) -> None: ...

    watch(database, COFFEE)
    with pytest.raises(UnavailableError):
        rematch_changed_brands(database, index, Dead(), now=NOON)
    assert [brand.name for brand in owing_brands(database)] == ["北岸咖啡"]
