"""The commands policy, brands try and alerts what-if, as a comms lead uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.database import Database
from core.errors import InputError
from tests.alerts.test_commands import fill_stores
from tests.alerts.world import BRAND
from tests.command_line import CommandLine


@pytest.fixture
def stores(run: CommandLine, sqlite_database: Database) -> None:
    """A brand with three calm weeks and a crisis in the last hours, and its alert."""
    fill_stores(sqlite_database, 60)


def test_a_policy_is_set_shown_loaded_reverted_and_reset(run: CommandLine, stores: None, tmp_path: Path) -> None:
    run("policy", "set", BRAND, "adverse.least", "80", "matrix.steps.volume", "2,4", "--reason", "促销期")
    shown = json.loads(run("policy", "show", BRAND, "--json").stdout)
    assert shown["adverse"]["least"] == 80 and shown["matrix"]["steps"]["volume"] == [2, 4]
    assert "matrix.steps.volume" in run("policy", "show", BRAND).stdout
    file = tmp_path / "policy.json"
    file.write_text(json.dumps({"adverse": {"least": 9}}), encoding="utf-8")
    run("policy", "load", BRAND, str(file), "--reason", "促销结束")
    run("policy", "revert", BRAND, "1", "--reason", "又促销")
    assert json.loads(run("policy", "show", BRAND, "--json").stdout)["adverse"]["least"] == 80
    run("policy", "reset", BRAND, "--reason", "恢复")
    assert json.loads(run("policy", "show", BRAND, "--json").stdout)["adverse"]["least"] == 6
    history = run("policy", "history", BRAND).stdout
    assert [word in history for word in ("促销期", "促销结束", "又促销", "恢复", "│ 4")] == [True] * 5


def test_the_default_is_set_for_all_brands_and_live_detection_takes_it(run: CommandLine, stores: None) -> None:
    run(
        "policy",
        "set",
        "default",
        "adverse.on",
        "off",
        "volume.on",
        "off",
        "clusters.on",
        "off",
        "share.on",
        "off",
        "--reason",
        "静默演练",
    )
    assert "opened 0" in run("detect", "--no-send").stdout
    run("policy", "reset", "default", "--reason", "结束")
    assert "opened 1" in run("detect", "--no-send").stdout


def test_a_policy_tried_tells_the_alerts_that_vanish_and_saves_nothing(run: CommandLine, stores: None) -> None:
    tried = json.loads(
        run(
            "policy", "try", BRAND, "adverse.on", "off", "volume.on", "off", "clusters.on", "off", "share.on", "off", "--json"
        ).stdout
    )
    assert tried["counts"]["vanishes"] == 1 and tried["alerts"][0]["posts"]
    assert (
        "vanishes 1"
        in run("policy", "try", BRAND, "adverse.on", "off", "volume.on", "off", "clusters.on", "off", "share.on", "off").stdout
    )
    assert "│ 1" not in run("policy", "history", BRAND).stdout
    with pytest.raises(InputError, match="成对"):
        run("policy", "try", BRAND, "adverse.on")


def test_keywords_tried_tell_the_mentions_lost_and_save_nothing(run: CommandLine, stores: None) -> None:
    tried = json.loads(run("brands", "try", BRAND, "--exclusions", f"{BRAND}的第", "--json").stdout)
    assert tried["lost"] == tried["scanned"] > 60 and tried["counts"]["vanishes"] == 1
    assert "lost" in run("brands", "try", BRAND, "--exclusions", f"{BRAND}的第").stdout
    assert "排除词 exclusions: —" in run("brands", "show", BRAND).stdout


def test_what_if_prints_the_rows_that_change_and_what_would_turn_the_level(run: CommandLine, stores: None) -> None:
    run("detect", "--no-send")
    [alert] = json.loads(run("alerts", "list", "--json").stdout)
    told = run(
        "alerts",
        "what-if",
        alert["number"],
        "--official",
        "--category",
        "accident",
        "--platforms",
        "3",
        "--traffic",
        "4",
        "--hours",
        "9",
        "--hot-search",
        "6",
    ).stdout
    assert all(word in told for word in ("传播平台数", "事故与伤亡", "raised by", "lowered by", "moderate"))
    with pytest.raises(InputError, match="nonsense"):
        run("alerts", "what-if", alert["number"], "--category", "nonsense")
