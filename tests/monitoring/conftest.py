"""Fixtures of this room: an embedded index, a scorer that tells what it was asked, and short ways to set a scene."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from core.database import Database
from core.post import Post
from monitoring.brands import BrandRule, save_brand
from posts import inbox
from posts.index import IndexedPost, PostFilter
from posts.sqlite import SqliteIndex
from sentiment.scorer import Score, Scorer
from tests.conftest import NOON

Content = dict[str, frozenset[object]]


class Recording:
    """A scorer that remembers the texts it was given."""

    def __init__(self, scorer: Scorer) -> None:
        self.name = scorer.name
        self.texts: list[str] = []
        self._scorer = scorer

    def score(self, texts: Sequence[str]) -> list[Score]:
        self.texts += texts
        return self._scorer.score(texts)

    def close(self) -> None: ...


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SqliteIndex]:
    opened = SqliteIndex(tmp_path / "posts.db")
    opened.setup()
    yield opened
    opened.close()


@pytest.fixture
def recording(scorer: Scorer) -> Recording:
    return Recording(scorer)


def content(index: SqliteIndex) -> Content:
    """Every post of the index by id, with its mentions in no order."""
    return {found.post.id: frozenset(found.mentions) for found in index.scan(PostFilter())}


def mentioned(index: SqliteIndex, brand: str) -> list[str]:
    """The texts that mention the brand, sorted."""
    return sorted(found.post.full_text for found in index.scan(PostFilter(brands=(brand,))))


def only(index: SqliteIndex) -> IndexedPost:
    (found,) = index.scan(PostFilter())
    return found


def deposit(database: Database, *batches: Sequence[Post]) -> None:
    with database.writing() as session:
        for batch in batches:
            inbox.deposit(session, batch, source="test", now=NOON)


def waiting(database: Database) -> int:
    """How many batches are in the inbox."""
    with database.reading() as session:
        return inbox.backlog(session).batches


def watch(database: Database, *rules: BrandRule) -> None:
    with database.writing() as session:
        for rule in rules:
            save_brand(session, rule, actor="a", now=NOON)


MakePost = Callable[..., Post]
