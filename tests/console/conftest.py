"""The console over real stores with a made-up crisis in them: filled once a run, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console import town as towns
from tests.console.town import Town


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("town")
    towns.build(home)
    return home


@pytest.fixture
def town(filled_home: Path, tmp_path: Path) -> Iterator[Town]:
    """An office of the test's own."""
    home = shutil.copytree(filled_home, tmp_path / "home")
    opened = towns.open_town(home)
    yield opened
    opened.index.close()
    opened.database.close()


@pytest.fixture(scope="module")
def quiet_town(filled_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One office for a module's tests that change nothing but what was seen by whom."""
    opened = towns.open_town(shutil.copytree(filled_home, tmp_path_factory.mktemp("quiet") / "home"))
    yield opened
    opened.index.close()
    opened.database.close()
