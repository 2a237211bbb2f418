"""`yushao import` and `yushao drill`, as an operator uses them."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.errors import InputError
from tests.command_line import CommandLine

TITLES = "1777609800\t星海茶饮喝出异物\n1777609860\t秋天的第一杯奶茶\n坏\t异物\n"


@pytest.fixture(autouse=True)
def told_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUSHAO_LANGUAGE", "en")


@pytest.fixture
def titles(tmp_path: Path) -> str:
    path = tmp_path / "titles.tsv"
    path.write_text(TITLES, encoding="utf-8")
    return str(path)


ARCHIVE = ("--map", "text=2,published_at=1", "--platform", "weibo_hot")


def test_an_import_is_in_the_index_when_the_command_ends(run: CommandLine, titles: str) -> None:
    told = run("import", titles, *ARCHIVE).output
    assert "rows 3" in told and "deposited 2" in told and "quarantined 1" in told
    assert "titles.tsv:3: '坏' is no time that can be read" in told
    assert "indexed 2" in told
    again = run("import", titles, *ARCHIVE).output
    assert "indexed 0" in again and "updated 2" in again


def test_a_deposit_alone_waits_for_the_next_ingest(run: CommandLine, titles: str) -> None:
    assert "ingested" not in run("import", titles, *ARCHIVE, "--no-ingest").output
    assert "indexed 2" in run("ingest").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("missing.csv",), "missing.csv"), (("--map", "text"), "--map"), (("--map", "text=9,published_at=1"), "column 9")],
)
def test_wrong_input_is_named_before_anything_is_imported(
    run: CommandLine, titles: str, arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        run("import", titles, "--platform", "weibo_hot", *arguments)
    assert "posts 0" in run("ingest").output


@pytest.mark.processes
def test_the_drills_site_is_served_until_it_is_told_to_stop(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"YUSHAO_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "cli", "drill", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            assert _answers(port), "the site did not come up"
        finally:
            process.send_signal(2)
        assert process.wait(20) == 130
    assert (tmp_path / "drill.json").exists()


def _answers(port: int) -> bool:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/robots.txt")
            return connection.getresponse().status == 200
        except ConnectionError:
            time.sleep(0.1)
    return False
