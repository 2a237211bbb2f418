"""Dry run: which alerts would appear, vanish or change level, by another policy or another rule; nothing is written."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alerts.backtesting.dry_run import Difference, try_policy
from alerts.policies.kept import with_fields
from alerts.policies.policy import DEFAULT
from casework.trying import try_rule
from core.database import Database
from core.errors import InputError
from core.settings import Settings
from monitoring.brands import BrandRule, list_brands, save_brand
from posts.index import IndexedPost
from posts.sqlite import SqliteIndex
from posts.window import affordable_start
from sentiment.scorer import open_scorer
from tests.alerts.world import BRAND, CRISIS, burst, index_of, post, quiet

NOW = CRISIS + timedelta(hours=8)


@pytest.fixture
def index(tmp_path: Path) -> SqliteIndex:
    return index_of(tmp_path, [*quiet(), *burst(CRISIS - timedelta(days=9), 9), *burst(CRISIS, 60)])


def differences(index: SqliteIndex, settings: Settings, **fields: str) -> list[Difference]:
    tried = with_fields(DEFAULT, {name.replace("__", "."): text for name, text in fields.items()})
    run = try_policy(index, BRAND, DEFAULT, tried, at=NOW, days=10, settings=settings)
    assert not run.is_cut and run.days == 10
    return [pair.difference for pair in run.pairs]


def test_the_same_policy_changes_nothing(index: SqliteIndex, settings: Settings) -> None:
    assert differences(index, settings) == [Difference.SAME, Difference.SAME]


def test_a_higher_threshold_makes_the_small_one_vanish_and_back(index: SqliteIndex, settings: Settings) -> None:
    assert differences(index, settings, adverse__least="20") == [Difference.VANISHES, Difference.SAME]
    tried = with_fields(DEFAULT, {"adverse.least": "20"})
    run = try_policy(index, BRAND, tried, DEFAULT, at=NOW, days=10, settings=settings)
    assert [pair.difference for pair in run.pairs] == [Difference.APPEARS, Difference.SAME]
    assert run.pairs[0].posts and run.counts()["appears"] == 1


def test_another_cell_of_the_matrix_changes_the_level(index: SqliteIndex, settings: Settings) -> None:
    cells = {
        f"matrix__cells__{one}/{other}": "minor" for one in ("low", "middle", "high") for other in ("low", "middle", "high")
    }
    assert differences(index, settings, **cells)[-1] is Difference.LOWERED


def test_too_many_posts_are_read_only_as_far_back_as_can_be_afforded(index: SqliteIndex) -> None:
    from posts.index import PostFilter

    def filters(since: object) -> list[PostFilter]:
        return [PostFilter(brands=(BRAND,), start=since, end=NOW)]  # type: ignore[arg-type]

    start = NOW - timedelta(days=16)
    cut = affordable_start(index, filters, start=start, end=NOW, most=80)
    assert start < cut < NOW - timedelta(days=1) and index.count(filters(cut)[0]) <= 80
    assert affordable_start(index, filters, start=start, end=NOW, most=10_000) == start
    assert affordable_start(index, filters, start=start, end=NOW, most=0) == NOW - timedelta(days=1)


def about(name: str, count: int, place: int) -> list[IndexedPost]:
    """Complaints in which only the nickname of the brand stands, so that no brand matches them."""
    return [
        IndexedPost(
            post(
                CRISIS + timedelta(minutes=number),
                place + number,
                text=f"在{name}喝出异物，店员态度恶劣，太恶心了，已经投诉，要求退款第{number}次",
            ).post
        )
        for number in range(count)
    ]


def test_keywords_tried_show_mentions_and_alerts_gained_and_write_nothing(
    sqlite_database: Database, settings: Settings, tmp_path: Path
) -> None:
    index = index_of(tmp_path, [*quiet(), *about("海小茶", 40, 500)])
    rule = BrandRule(BRAND, (BRAND,))
    with sqlite_database.writing() as session:
        save_brand(session, rule, actor="test", now=NOW)
    scorer = open_scorer(settings)
    tried = BrandRule(BRAND, (BRAND,), aliases=("海小茶",))
    with sqlite_database.reading() as session:
        trial = try_rule(session, index, scorer, tried, at=NOW, days=7, settings=settings)
        same = try_rule(session, index, scorer, rule, at=NOW, days=7, settings=settings)
        assert list_brands(session)[0].aliases == []
    assert (trial.preview.gained, trial.preview.lost) == (40, 0) and len(trial.preview.gained_examples) == 8
    assert [pair.difference for pair in trial.alerts.pairs] == [Difference.APPEARS]
    assert (same.preview.gained, same.preview.lost, same.alerts.pairs) == (0, 0, ())
    assert index.count() == 144 + 40 and not any(found.mentions for found in index.get(["weibo:x"]).values())


def test_an_exclusion_tried_shows_mentions_lost_and_alerts_that_vanish(
    sqlite_database: Database, settings: Settings, tmp_path: Path
) -> None:
    index = index_of(tmp_path, [*quiet(), *burst(CRISIS, 40)])
    tried = BrandRule(BRAND, (BRAND,), exclusions=(f"{BRAND}的第",))
    with sqlite_database.reading() as session:
        trial = try_rule(session, index, open_scorer(settings), tried, at=NOW, days=7, settings=settings)
    assert trial.preview.lost == 133 + 40 and [pair.difference for pair in trial.alerts.pairs] == [Difference.VANISHES]
    assert trial.to_json()["lost_examples"]


def test_a_rule_that_could_not_be_saved_is_not_tried(sqlite_database: Database, settings: Settings, index: SqliteIndex) -> None:
    with sqlite_database.reading() as session, pytest.raises(InputError, match="品牌名"):
        try_rule(session, index, open_scorer(settings), BrandRule("", ("x",)), at=NOW, days=7, settings=settings)
