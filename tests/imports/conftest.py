"""What the tests of imports share: importing a text as a file, and reading what reached the inbox and the quarantine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.database import Database
from core.errors import language
from core.post import Post, PostKind
from core.settings import Settings
from crawlers.imports import ImportReport, import_files, parse_map
from posts import inbox, quarantine
from tests.conftest import NOON

NOW = NOON.replace(year=2027)


@pytest.fixture(autouse=True)
def messages_in_english() -> Iterator[None]:
    token = language.set("en")
    yield
    language.reset(token)


@dataclass(frozen=True)
class Imported:
    report: ImportReport
    posts: list[Post]
    reasons: dict[str, str]
    """Place to English reason, of everything in quarantine."""
    kept: str
    """All the text that the quarantine keeps."""


Import = Callable[..., Imported]


@pytest.fixture
def imported(sqlite_database: Database, settings: Settings, tmp_path: Path) -> Import:
    """Import a file of this name and content, and tell what became of it."""

    def run(
        name: str, content: str | bytes, *, map: str = "", platform: str | None = None, kind: PostKind | None = None
    ) -> Imported:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        report = import_files(
            [path],
            database=sqlite_database,
            settings=settings,
            mapping=parse_map(map) if map else None,
            platform=platform,
            kind=kind,
            now=NOW,
        )
        with sqlite_database.reading() as session:
            posts = [post for batch in inbox.oldest(session, 100) for post in batch.posts()]
            items = quarantine.recent(session, limit=1000)
        kept = "\n".join(item.item for item in items)
        return Imported(report, posts, {item.place: item.reason_en for item in items}, kept)

    return run
