"""One `yushao up` a home, ports that are free, and settings that every process of the run reads."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import SettingError, StateError
from core.settings import (
    AlertSettings,
    ConsoleSettings,
    SearchSettings,
    SentimentSettings,
    Settings,
    SourceSettings,
    load_settings,
)
from flows.home import chosen_port, next_free_port, only_one, write_effective

HOLDS = """
import pathlib, sys
from flows.home import only_one
with only_one(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def holder(home: Path) -> subprocess.Popen[str]:
    held = subprocess.Popen([sys.executable, "-c", HOLDS, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert held.stdout and held.stdout.readline() == "held\n"
    return held


def test_a_second_start_on_the_same_home_is_refused_and_the_first_named(tmp_path: Path) -> None:
    first = holder(tmp_path)
    try:
        with pytest.raises(StateError) as caught, only_one(tmp_path):
            pass
        assert str(first.pid) in caught.value.en
        assert "YUSHAO_HOME" in caught.value.en
    finally:
        first.kill()
        first.communicate()


def test_a_home_whose_owner_was_killed_is_free_at_once(tmp_path: Path) -> None:
    first = holder(tmp_path)
    first.kill()
    first.communicate()
    with only_one(tmp_path):
        assert (tmp_path / "up.lock").read_text() == str(os.getpid())


def test_a_taken_port_that_nobody_set_gives_way_to_the_next_free_one(taken: int) -> None:
    assert next_free_port("127.0.0.1", taken) > taken


def test_a_free_port_is_taken_as_it_is() -> None:
    section = ConsoleSettings()
    assert chosen_port(section, "console") >= section.port


def test_a_taken_port_that_the_operator_set_is_an_error_that_names_the_setting(taken: int) -> None:
    with pytest.raises(SettingError) as caught:
        chosen_port(ConsoleSettings(port=taken), "console")
    assert f"console.port is set to {taken}" in caught.value.en
    assert "YUSHAO_CONSOLE_PORT" in caught.value.en
    assert f"console.port 设为 {taken}" in caught.value.zh


def test_the_settings_of_a_run_are_read_back_as_they_were(tmp_path: Path) -> None:
    source = SourceSettings(name="news", kind="feed", url="http://127.0.0.1/rss?a=\"b\"&c='d'", interval_seconds=30)
    settings = Settings(
        home=tmp_path / '家 \\ "home"',
        secret_key="秘密\n第二行",
        search=SearchSettings(engine="elasticsearch", url="http://127.0.0.1:9201"),
        sources=(source, source.model_copy(update={"name": "blog"})),
    )
    settings.home.mkdir()
    assert load_settings(write_effective(settings)) == settings


@pytest.mark.parametrize("weights", [None, Path("词典.marshal")])
def test_settings_of_tables_and_of_nothing_are_read_back(tmp_path: Path, weights: Path | None) -> None:
    contacts = {"a.b": 'json://127.0.0.1/?a="b"', "zhiban-sms": "mailto://甲:乙@例子"}
    settings = Settings(home=tmp_path, alerts=AlertSettings(contacts=contacts), sentiment=SentimentSettings(snownlp=weights))
    assert load_settings(write_effective(settings)) == settings


def test_only_the_operator_may_read_the_settings_of_a_run(settings: Settings) -> None:
    settings.home.mkdir(parents=True)
    write_effective(settings)
    file = write_effective(settings)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.home.iterdir()] == ["running.toml"]


def test_what_the_environment_sets_is_written_down_for_other_terminals(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command elsewhere must not use another home or another engine than the run."""
    monkeypatch.setenv("YUSHAO_HOME", str(settings.home))
    monkeypatch.setenv("YUSHAO_SEARCH_ENGINE", "elasticsearch")
    settings.home.mkdir(parents=True)
    file = write_effective(settings.model_copy(update={"search": SearchSettings(engine="elasticsearch")}))
    monkeypatch.delenv("YUSHAO_HOME")
    monkeypatch.delenv("YUSHAO_SEARCH_ENGINE")
    assert (load_settings(file).home, load_settings(file).search.engine) == (settings.home, "elasticsearch")


def test_a_secret_of_the_environment_is_not_written_down(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUSHAO_SECRET_KEY", "from-the-environment")
    monkeypatch.setenv("YUSHAO_SEARCH_PASSWORD", "from-the-environment")
    settings.home.mkdir(parents=True)
    given = settings.model_copy(
        update={
            "secret_key": "from-the-environment",
            "search": SearchSettings(password="from-the-environment", url="http://es:9200"),
        }
    )
    file = write_effective(given)
    assert "from-the-environment" not in file.read_text(encoding="utf-8")
    assert load_settings(file) == given
