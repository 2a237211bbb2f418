"""The commands as an operator types them, but in the test's own process and in a home of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from click.testing import CliRunner, Result

from cli import base
from cli.app import build
from core.database import Database
from core.settings import Settings


class CommandLine(Protocol):
    def __call__(self, *arguments: str, typed: str = "", code: int = 0) -> Result: ...


@pytest.fixture
def run(
    sqlite_database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CommandLine]:
    """Run a command on the stores of the test's `settings`; an error of ours is raised as it is, another end must be `code`."""
    monkeypatch.setenv("YUSHAO_HOME", str(settings.home))
    monkeypatch.chdir(tmp_path)
    base.settings.cache_clear()

    def typed_in(*arguments: str, typed: str = "", code: int = 0) -> Result:
        result = CliRunner().invoke(build(), arguments, input=typed)
        if isinstance(result.exception, Exception):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    yield typed_in
    base.settings.cache_clear()
