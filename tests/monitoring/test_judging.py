"""Which matches become mentions, and what stance, mood and risk words each decide."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.database import Database
from monitoring.brands import BrandRule
from monitoring.ingest import IngestReport, ingest
from monitoring.judging import Found, is_about, judge, mood_share
from monitoring.matching import Match
from monitoring.rematch import rematch_changed_brands
from posts.index import Mention, Sentiment
from posts.sqlite import SqliteIndex
from sentiment.scorer import Score, Scorer
from sentiment.stance import Stance
from tests.conftest import NOON
from tests.monitoring.conftest import MakePost, content, deposit, mentioned, watch

AIRLINE = BrandRule("国航", ("国航",))


class Cheerful:
    """A scorer that finds every text positive."""

    name = "cheerful"

    def score(self, texts: Sequence[str]) -> list[Score]:
        return [Score(0.0, 0.0, 1.0) for _ in texts]

    def close(self) -> None: ...


def mention_of(text: str, *risks: str) -> Mention:
    found = Found(text, (Match("星海茶饮", ("星海",)),), risks)
    ((mention,),) = judge([found], [text], Cheerful())
    return mention


def test_of_a_title_the_stance_decides_whatever_the_mood() -> None:
    assert mention_of("星海被立案调查").sentiment is Sentiment.NEGATIVE


def test_a_long_post_is_judged_by_its_mood_too() -> None:
    title, post = mention_of("星海被立案调查"), mention_of("星海被立案调查" + "，可是我觉得没什么" * 20)
    assert post.negative < title.negative
    assert (mood_share("字" * 40), mood_share("字" * 140), mood_share("字" * 9000)) == (0.0, 0.5, 0.5)


def test_a_longer_text_is_given_up_only_when_the_model_is_surer() -> None:
    doubtful = Stance(0.3, Score(0, 1, 0), ())
    assert not is_about("字" * 40, doubtful)
    assert is_about("字" * 140, doubtful)


def test_risks_come_from_words_and_model_together_in_one_order() -> None:
    assert mention_of("星海被立案调查", "data_security", "accident").risks == ("accident", "data_security", "legal_regulatory")


def test_what_is_not_negative_has_the_risks_of_its_words_only() -> None:
    calm = mention_of("星海新品口令", "service")
    assert (calm.sentiment, calm.risks) == (Sentiment.NEUTRAL, ("service",))


@pytest.mark.parametrize("rematched", [False, True])
def test_a_name_within_another_word_gives_no_mention(
    sqlite_database: Database, index: SqliteIndex, scorer: Scorer, make_post: MakePost, rematched: bool
) -> None:
    posts = [make_post("中国航天员出舱"), make_post("国航客机返航")]
    if not rematched:
        watch(sqlite_database, AIRLINE)
    deposit(sqlite_database, posts)
    report = ingest(sqlite_database, index, scorer, now=NOON)
    if rematched:
        watch(sqlite_database, AIRLINE)
        assert rematch_changed_brands(sqlite_database, index, scorer, now=NOON).gained == 1
    else:
        assert report == IngestReport(batches=1, posts=2, mentions=1, indexed=2)
    assert mentioned(index, "国航") == ["国航客机返航"]


def test_a_second_pass_over_known_mentions_changes_nothing(
    sqlite_database: Database, index: SqliteIndex, scorer: Scorer, make_post: MakePost
) -> None:
    watch(sqlite_database, AIRLINE)
    deposit(
        sqlite_database,
        [make_post(text) for text in ("中国航天员出舱", "国航客机返航", "国航被立案调查", "国航" + "很好" * 90)],
    )
    ingest(sqlite_database, index, scorer, now=NOON)
    before = content(index)
    watch(sqlite_database, BrandRule("国航", ("国航",), exclusions=("无关",)))
    report = rematch_changed_brands(sqlite_database, index, scorer, now=NOON)
    assert (report.brands, report.gained, report.lost, content(index)) == (1, 0, 0, before)
