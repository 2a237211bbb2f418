"""The house itself: the rooms' import arrows, the examples in docstrings, what the repository must not hold."""

from __future__ import annotations

import doctest
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("core", "posts", "crawlers", "monitoring", "sentiment", "alerts", "statements")


def test_rooms_only_look_downwards() -> None:
    """The contracts stand in pyproject.toml; docs/architecture.md draws them."""
    code = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("room", ROOMS)
def test_examples_in_docstrings_hold(room: str) -> None:
    package = import_module(room)
    modules = [info.name for info in pkgutil.walk_packages(package.__path__, f"{room}.")]
    for name in modules:
        if not re.search(r"migrations|__main__|\.spiders", name):
            assert doctest.testmod(import_module(name)).failed == 0, name


def test_locks_name_hashes_and_no_index() -> None:
    for lock in ROOT.glob("*.lock"):
        text = lock.read_text()
        assert not re.search(r"https?://", text), lock.name
        assert text.count("==") <= text.count("--hash=sha256:"), lock.name
