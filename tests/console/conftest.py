"""The console over real stores with a made-up crisis in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.database import Database
from core.settings import Settings
from tests.console import town as towns
from tests.console.town import Town


@pytest.fixture
def town(settings: Settings, sqlite_database: Database) -> Iterator[Town]:
    built = towns.build(settings, sqlite_database)
    yield built
    built.index.close()
