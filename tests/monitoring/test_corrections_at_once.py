"""A correction and something else at the same moment: a killed process, an ingest, a rematch, another person."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import pytest

from core import audit
from core.database import Database
from core.errors import StateError
from monitoring.amending import amend_owing
from monitoring.corrections import list_corrections
from monitoring.in_force import Judgement
from monitoring.ingest import ingest
from monitoring.rematch import rematch_changed_brands
from posts.index import IndexedPost, Mention, WriteReport
from posts.sqlite import SqliteIndex
from sentiment.scorer import Score
from tests.conftest import NOON
from tests.monitoring.conftest import MakePost, deposit, watch
from tests.monitoring.correcting import CALM, COFFEE, SCORER, TEA, TEXT, WRONG, gathered, of, say, take_back


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
