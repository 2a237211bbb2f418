"""What a person says of a text holds in place of the models' judgement: on every repost, whatever comes after, until undone."""

from __future__ import annotations

import pytest

from core import audit
from core.database import Database
from core.errors import InputError, StateError
from core.text import normalise
from monitoring.amending import amend_owing
from monitoring.brands import BrandRule
from monitoring.corrections import forget_authors, list_corrections
from monitoring.in_force import Judgement, Verdict, fingerprint, judgement
from monitoring.rematch import rematch_changed_brands
from posts.index import Mention, PostIndex, Sentiment
from posts.sqlite import SqliteIndex
from tests.conftest import NOON
from tests.monitoring.conftest import MakePost, watch
from tests.monitoring.correcting import CALM, COFFEE, MODELS, SCORER, TEA, TEXT, UPSET, WRONG, gathered, of, say, take_back


def test_a_correction_holds_for_the_post_and_its_reposts_and_for_nothing_else(
    sqlite_database: Database, either_index: PostIndex, make_post: MakePost
) -> None:
    watch(sqlite_database, TEA, COFFEE)
    one, again, longer, other = (
        make_post(TEXT + " 北岸"),
        make_post("星海喝出異物，已經有人投訴  北岸", platform="zhihu"),
        make_post(TEXT + " 北岸！"),
        make_post("北岸" + TEXT),
    )
    gathered(sqlite_database, either_index, one, again, longer, other)
    of_coffee = of(either_index, one.id, COFFEE.name)
    say(sqlite_database, either_index, one.id, Judgement(Verdict.POSITIVE, ("finance",)))
    assert amend_owing(sqlite_database, either_index, SCORER) == 2
    said = Mention(TEA.name, Sentiment.POSITIVE, 0.0, ("finance",), ("星海",))
    assert [of(either_index, post.id) for post in (one, again)] == [said, said]
    assert of(either_index, one.id, COFFEE.name) == of_coffee is not None
    assert said not in (of(either_index, longer.id), of(either_index, other.id))
    assert amend_owing(sqlite_database, either_index, SCORER) == 0


def test_a_wrong_match_takes_the_mention_away_and_undoing_brings_it_back(
    database: Database, either_index: PostIndex, make_post: MakePost
) -> None:
    watch(database, TEA)
    one, again = make_post(TEXT), make_post(TEXT)
    gathered(database, either_index, one, again)
    before = of(either_index, one.id)
    made = say(database, either_index, one.id, WRONG)
    amend_owing(database, either_index, SCORER)
    assert of(either_index, one.id) is of(either_index, again.id) is None
    take_back(database, made)
    assert amend_owing(database, either_index, SCORER) == 2
    assert of(either_index, one.id) == of(either_index, again.id) == before is not None


@pytest.mark.parametrize("said", [CALM, UPSET, WRONG])
def test_it_survives_updates_new_reposts_and_changes_of_the_rule(
    database: Database, index: SqliteIndex, make_post: MakePost, said: Judgement
) -> None:
    watch(database, TEA)
    one = make_post(TEXT, native_id="1", likes=1)
    gathered(database, index, one)
    say(database, index, one.id, said)
    amend_owing(database, index, SCORER)
    stands = of(index, one.id)
    repost = make_post(TEXT)
    gathered(database, index, make_post(TEXT, native_id="1", likes=2), repost)
    assert of(index, one.id) == of(index, repost.id) == stands
    watch(database, BrandRule(TEA.name, ("星海", "异物")))
    rematch_changed_brands(database, index, SCORER, now=NOON)
    after = of(index, one.id)
    assert (after and (after.sentiment, after.risks)) == (stands and (stands.sentiment, stands.risks))
    watch(database, BrandRule(TEA.name, ("月亮",)))
    rematch_changed_brands(database, index, SCORER, now=NOON)
    assert of(index, one.id) is None


def test_a_later_correction_by_who_saw_the_first_supersedes_it_and_the_history_stays(
    database: Database, index: SqliteIndex, make_post: MakePost
) -> None:
    watch(database, TEA)
    one = make_post(TEXT)
    gathered(database, index, one)
    first = say(database, index, one.id, WRONG)
    amend_owing(database, index, SCORER)
    second = say(database, index, one.id, UPSET, seen=first, by="b")
    assert say(database, index, one.id, UPSET, by="c") == second
    amend_owing(database, index, SCORER)
    mention = of(index, one.id)
    assert mention and (mention.sentiment, mention.negative, mention.risks) == (Sentiment.NEGATIVE, 1.0, ("service",))
    with database.reading() as session:
        new, old = list_corrections(session, ended=None)
        assert (old.end, old.ended_by, new.before) == (
            "superseded",
            "b",
            {"verdict": "not_about", "negative": None, "risks": []},
        )
        assert old.before["verdict"] == "negative" and old.before["negative"] > 0.5
        assert [entry.action for entry in audit.recent(session, 2)] == ["correction.make", "correction.make"]
        assert (new.models, new.made_at) == (MODELS, NOON)
    with pytest.raises(StateError, match="撤销或改正"):
        take_back(database, first)


def test_a_mention_that_the_model_refused_can_be_claimed(database: Database, index: SqliteIndex, make_post: MakePost) -> None:
    watch(database, BrandRule("国航", ("国航",)))
    one = make_post("中国航天员出舱")
    gathered(database, index, one)
    assert of(index, one.id, "国航") is None
    say(database, index, one.id, UPSET, brand="国航")
    amend_owing(database, index, SCORER)
    assert of(index, one.id, "国航") == Mention("国航", Sentiment.NEGATIVE, 1.0, ("service",), ("国航",))


def test_what_is_no_judgement_or_no_match_is_refused(database: Database, index: SqliteIndex, make_post: MakePost) -> None:
    watch(database, TEA)
    one = make_post("北岸")
    gathered(database, index, one)
    with pytest.raises(InputError, match="不合品牌"):
        say(database, index, one.id, CALM)
    with pytest.raises(InputError, match="angry"):
        judgement("angry", ())
    with pytest.raises(InputError, match="weather"):
        judgement("negative", ("service", "weather"))
    assert judgement("not_about", ("service",)) == WRONG


def test_an_erased_author_leaves_the_judgement_and_no_text(database: Database, index: SqliteIndex, make_post: MakePost) -> None:
    watch(database, TEA)
    one, again = make_post(TEXT, author_hash="x" * 64), make_post(TEXT)
    gathered(database, index, one, again)
    made = say(database, index, one.id, WRONG)
    amend_owing(database, index, SCORER)
    with database.writing() as session:
        assert forget_authors(session, {"x" * 64}) == 1
    with database.reading() as session:
        (kept,) = list_corrections(session)
    assert (kept.text, kept.post_id, kept.fingerprint) == ("", "", fingerprint(normalise(TEXT)))
    take_back(database, made)
    assert amend_owing(database, index, SCORER) == 2


def test_odd_texts_can_be_corrected(database: Database, index: SqliteIndex, make_post: MakePost) -> None:
    watch(database, TEA)
    odd = [
        make_post(text)
        for text in ("星海\ud83d", "星海\x00\x00", "<b>星海</b>&amp;&lt;", "星 海 星海" * 3000, "😡星海\n\n" * 60)
    ]
    gathered(database, index, *odd)
    for post in odd:
        found = index.get([post.id]).get(post.id)
        if found:  # what the index cannot hold is in quarantine
            say(database, index, post.id, UPSET)
    amend_owing(database, index, SCORER)
    assert {mention.negative for post in index.get([post.id for post in odd]).values() for mention in post.mentions} == {1.0}
