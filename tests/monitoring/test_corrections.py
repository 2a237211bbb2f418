"""What a person says of a text holds in place of the models' judgement: at once, on every repost, and whatever comes after."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from core import audit
from core.database import Database
from core.errors import InputError, StateError
from core.settings import SearchSettings
from core.text import normalise
from monitoring.amending import amend_owing
from monitoring.brands import BrandRule
from monitoring.corrections import correct, forget_authors, list_corrections, undo
from monitoring.in_force import Judgement, Verdict, fingerprint, judgement
from monitoring.ingest import ingest
from monitoring.rematch import rematch_changed_brands
from posts.elastic import ElasticIndex
from posts.index import IndexedPost, Mention, PostIndex, Sentiment, WriteReport
from posts.sqlite import SqliteIndex
from sentiment.linear_scorer import LinearScorer
from sentiment.model import SHIPPED
from sentiment.scorer import Score
from tests.conftest import NOON
from tests.monitoring.conftest import MakePost, deposit, watch

TEA = BrandRule("星海茶饮", ("星海",))
COFFEE = BrandRule("北岸咖啡", ("北岸",))
SCORER = LinearScorer(SHIPPED)
MODELS = {"mood": "yushao-2", "stance": "stance-2"}
CALM = Judgement(Verdict.NEUTRAL)
WRONG = Judgement(Verdict.NOT_ABOUT)
UPSET = Judgement(Verdict.NEGATIVE, ("service",))
TEXT = "星海喝出异物，已经有人投诉"


@pytest.fixture(params=["sqlite", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def either_index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostIndex]:
    """A fresh index on each engine."""
    opened: PostIndex
    if request.param == "sqlite":
        opened = SqliteIndex(tmp_path / "posts.db")
    else:
        address, prefix = request.getfixturevalue("elasticsearch_url"), request.getfixturevalue("elasticsearch_prefix")
        opened = ElasticIndex(SearchSettings(engine="elasticsearch", url=address, prefix=prefix))
    opened.setup()
    yield opened
    opened.close()


def say(
    database: Database, index: PostIndex, post_id: str, said: Judgement, *, brand: str = TEA.name, seen: str = "", by: str = "a"
) -> str:
    """Correct a post as the console does, up to the moment at which the index is to follow; the correction's id."""
    found = index.get([post_id])[post_id]
    with database.writing() as session:
        return correct(session, found, brand, said, seen=seen, models=MODELS, actor=by, now=NOON).id


def take_back(database: Database, correction_id: str) -> None:
    with database.writing() as session:
        undo(session, correction_id, actor="a", now=NOON)


def of(index: PostIndex, post_id: str, brand: str = TEA.name) -> Mention | None:
    index.refresh()
    return next((mention for mention in index.get([post_id])[post_id].mentions if mention.brand == brand), None)


def gathered(database: Database, index: PostIndex, *posts: object) -> None:
    deposit(database, list(posts))  # type: ignore[arg-type]
    ingest(database, index, SCORER, now=NOON)


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


def test_killed_between_storing_and_annotating_the_next_pass_annotates(
    database: Database, index: SqliteIndex, make_post: MakePost
) -> None:
    class Dying(SqliteIndex):
        def annotate(self, mentions: Mapping[str, tuple[Mention, ...]]) -> WriteReport:
            raise InterruptedError

    watch(database, TEA)
    one = make_post(TEXT)
    gathered(database, index, one)
    made = say(database, index, one.id, WRONG)
    dying = Dying(index._path)
    with pytest.raises(InterruptedError):
        amend_owing(database, dying, SCORER)
    assert of(index, one.id) is not None
    assert amend_owing(database, index, SCORER) == 1
    take_back(database, made)
    with pytest.raises(InterruptedError):
        amend_owing(database, dying, SCORER)
    dying.close()
    assert of(index, one.id) is None
    assert amend_owing(database, index, SCORER) == 1
    assert of(index, one.id) is not None


def test_corrected_while_the_same_post_is_ingested_the_correction_wins(
    database: Database, index: SqliteIndex, make_post: MakePost
) -> None:
    class Slow(SqliteIndex):
        """While it writes, someone corrects the post."""

        corrected = False

        def write(self, posts: Sequence[IndexedPost]) -> WriteReport:
            if not self.corrected:
                self.corrected = True
                say(database, index, one.id, WRONG)
                amend_owing(database, index, SCORER)
            return super().write(posts)

    watch(database, TEA)
    one = make_post(TEXT, native_id="1")
    gathered(database, index, one)
    deposit(database, [make_post(TEXT, native_id="1", likes=9)])
    slow = Slow(index._path)
    ingest(database, slow, SCORER, now=NOON)
    slow.close()
    assert of(index, one.id) is None


def test_corrected_while_another_brand_is_rematched_the_correction_wins(
    database: Database, index: SqliteIndex, make_post: MakePost
) -> None:
    class Meanwhile:
        """While it scores for the other brand, someone corrects the post for the first."""

        name = "meanwhile"

        def score(self, texts: Sequence[str]) -> list[Score]:
            if of(index, one.id) is not None:
                say(database, index, one.id, WRONG)
                amend_owing(database, index, SCORER)
            return SCORER.score(texts)

        def close(self) -> None: ...

    watch(database, TEA)
    one = make_post("星海比北岸难喝，异物也多")
    gathered(database, index, one)
    watch(database, COFFEE)
    rematch_changed_brands(database, index, Meanwhile(), now=NOON)
    assert of(index, one.id) is None
    assert of(index, one.id, COFFEE.name) is not None


def test_two_people_at_once_one_is_told_what_the_other_said(
    database: Database, index: SqliteIndex, make_post: MakePost
) -> None:
    watch(database, TEA)
    one = make_post(TEXT)
    gathered(database, index, one)
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def person(name: str, said: Judgement) -> None:
        together.wait()
        try:
            say(database, index, one.id, said, by=name)
            outcomes.append("kept")
        except StateError as error:
            outcomes.append(error.en)

    people = [threading.Thread(target=person, args=one_of) for one_of in (("lin", CALM), ("chen", WRONG))]
    for each in people:
        each.start()
    for each in people:
        each.join()
    with database.reading() as session:
        (standing,) = list_corrections(session)
        assert audit.verify(session).broken_at is None
    outcomes.remove("kept")
    assert outcomes[0].startswith(f"{standing.made_by} has just corrected it")


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
