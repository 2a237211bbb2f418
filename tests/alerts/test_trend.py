"""A brand's trend: every figure, by platform and category; late, future and missing posts; JSON and CSV; the command."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detect import detect
from alerts.detection.copies import groups, resemblance, shingles
from alerts.life.queries import list_alerts
from alerts.views import trend as trends
from alerts.views.trend import By, Figures, Per, Trend, trend
from alerts.views.trend_export import to_csv, to_json
from core.clock import now
from core.database import Database
from core.errors import InputError
from core.settings import Settings
from crawlers.coverage import told_shares
from posts.index import IndexedPost, PostIndex
from tests.alerts.test_commands import fill_stores
from tests.alerts.world import BRAND, CRISIS, HOUR, START, burst, complete, index_of, post, quiet
from tests.command_line import CommandLine
from tests.crawlers.test_coverage import AFTERNOON, bad, ok, record

STALE_AFTER = timedelta(hours=6)


@pytest.fixture
def index(either_index: PostIndex) -> PostIndex:
    return either_index


def put(index: PostIndex, *posts: IndexedPost) -> None:
    index.write(posts)
    index.refresh()


def by_(post: IndexedPost, author: str) -> IndexedPost:
    return replace(post, post=replace(post.post, author_hash=author * 32))


def shown(
    database: Database, index: PostIndex, at: datetime, *, hours: int = 3, by: By | None = None, per: Per = Per.HOUR
) -> Trend:
    """The trend of the last hours at `at`."""
    with database.reading() as session:
        watched = partial(told_shares, session, until=at, stale_after=STALE_AFTER)
        return trend(index, BRAND, start=at - hours * HOUR, end=at, at=at, watched=watched, per=per, by=by)


def test_every_figure_of_an_hour_is_told(sqlite_database: Database, index: PostIndex) -> None:
    """Copies of one text count once as texts, one author with two posts once as author; without an author the text speaks."""
    copied = "星海茶饮的柠檬茶里有一只很大的虫子，店员还不承认，太恶心了"
    put(
        index,
        by_(post(CRISIS, 1, text=copied, adverse=True, heat=100), "a"),
        by_(post(CRISIS, 2, text=copied + "！！", adverse=True, heat=20), "b"),
        by_(post(CRISIS, 3, text="星海茶饮今天排队的人真多", heat=3), "a"),
        post(CRISIS, 4, text="有人知道星海茶饮几点关门吗", risks=("service",)),
    )
    found = shown(sqlite_database, index, CRISIS + HOUR, hours=2)
    assert found.starts == (CRISIS - HOUR, CRISIS)
    whole = Figures(posts=4, negative=2, adverse=3, reach=123, highest=100, authors=3, texts=3)
    assert found.slots == (Figures(highest=0, authors=0, texts=0), whole)
    assert found.total == whole and whole.share == 0.5 and found.coverage == (None, None)


def test_platforms_and_categories_have_series_of_their_own(sqlite_database: Database, index: PostIndex) -> None:
    """The largest first; a post of two categories counts in both, one of none under ""."""
    put(
        index,
        post(CRISIS, 1, text="一杯里有虫子", adverse=True, risks=("quality_safety", "service"), heat=5),
        post(CRISIS + HOUR, 2, text="客服不理人", adverse=True, risks=("service",), platform="zhihu"),
        post(CRISIS + HOUR, 3, text="新品上市啦"),
    )
    at = CRISIS + 2 * HOUR
    platforms, risks, moods = (shown(sqlite_database, index, at, hours=2, by=by) for by in ("platform", "risk", "mood"))
    told = {part.name: [figures.posts if figures else None for figures in part.slots] for part in risks.parts}
    assert told == {"service": [1, 1], "": [0, 1], "quality_safety": [1, 0]}
    assert [(part.name, part.total.posts, part.total.authors) for part in platforms.parts] == [("weibo", 2, 2), ("zhihu", 1, 1)]
    assert [(part.name, part.total.posts) for part in moods.parts] == [("negative", 2), ("neutral", 1)]
    assert risks.parts[2].total == Figures(1, 1, 1, 5, 5, 1, 1)
    assert platforms.total == risks.total == moods.total


def test_a_day_is_a_day_in_china(sqlite_database: Database, tmp_path: Path) -> None:
    midnight = START + timedelta(days=1, hours=16)
    index = index_of(tmp_path, [post(midnight - timedelta(minutes=1), 1), post(midnight, 2), post(midnight + 23 * HOUR, 3)])
    found = shown(sqlite_database, index, midnight + 30 * HOUR, hours=31, per=Per.DAY)
    assert found.starts == (midnight - 24 * HOUR, midnight, midnight + 24 * HOUR)
    assert [figures.posts for figures in found.slots if figures] == [1, 2, 0]


def test_a_post_that_comes_six_hours_late_changes_its_hour_and_opens_nothing(
    database: Database, index: PostIndex, settings: Settings
) -> None:
    """The hour counts it as soon as it is there; the pass judges what is fresh, and that day was judged in its time."""
    put(index, *quiet())
    at = CRISIS + 6 * HOUR
    before = shown(database, index, at, hours=8)
    late = [replace(one, post=replace(one.post, seen_at=at - timedelta(minutes=1))) for one in burst(CRISIS, 40)]
    put(index, *late)
    after = shown(database, index, at, hours=8)
    place = after.starts.index(CRISIS)
    assert CRISIS < after.settled_before <= at
    assert [figures.negative if figures else None for figures in after.slots][place - 1 : place + 2] == [0, 40, 0]
    assert before.slots[place] != after.slots[place] and before.slots[:place] == after.slots[:place]
    report = detect(database, index, at=at, brands=[BRAND], coverage=complete(at), settings=settings)
    with database.reading() as session:
        assert report.opened == 0 and list_alerts(session) == []


def test_the_same_posts_in_time_would_have_opened_an_alert(database: Database, index: PostIndex, settings: Settings) -> None:
    put(index, *quiet(), *burst(CRISIS, 40))
    at = CRISIS + HOUR
    assert detect(database, index, at=at, brands=[BRAND], coverage=complete(at), settings=settings).opened == 1


def test_a_post_from_the_future_is_not_counted_before_its_time(sqlite_database: Database, index: PostIndex) -> None:
    """A source whose clock is ahead: held until the hour that it tells."""
    ahead = post(CRISIS + 8 * HOUR, 1, adverse=True, seen_after=-8 * HOUR)
    put(index, *quiet(), ahead)
    early, then = (shown(sqlite_database, index, CRISIS + hours * HOUR, hours=24) for hours in (1, 9))
    assert early.total.negative == 0 and early.end == CRISIS + HOUR
    assert then.total.negative == 1 and then.slots[-1] == Figures(1, 1, 1, 0, 0, 1, 1)


def test_an_hour_without_a_crawl_is_missing_and_not_zero(database: Database, index: PostIndex) -> None:
    """Unless its posts came in by another way; and before the first crawl nothing is told of who watched."""
    record(database, *(ok(minute) for minute in range(0, 90, 10)), *(bad(minute) for minute in range(90, 300, 10)))
    put(index, post(AFTERNOON + timedelta(hours=3, minutes=5), 1))
    first = AFTERNOON.replace(minute=0)
    at = first + 5 * HOUR
    found = shown(database, index, at, hours=6)
    assert found.coverage[0] is None and found.coverage[1] == 1 and found.coverage[-1] == 0
    assert [figures and figures.posts for figures in found.slots] == [0, 0, 0, None, 1, None]
    assert found.total.posts == 1
    parts = shown(database, index, at, hours=6, by="platform").parts
    assert [figures and figures.posts for figures in parts[0].slots] == [0, 0, 0, None, 1, None]


def test_more_posts_than_can_be_read_are_counted_only(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trends, "MOST_READ", 9)
    index = index_of(tmp_path, burst(CRISIS, 10))
    total = shown(sqlite_database, index, CRISIS + HOUR, by="risk").total
    assert total == Figures(posts=10, negative=10, adverse=10)


def test_an_empty_window_is_refused(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"window is empty|时段为空"):
        shown(sqlite_database, index_of(tmp_path, []), CRISIS, hours=0)


def test_exports_leave_a_missing_slot_empty(database: Database, tmp_path: Path) -> None:
    record(database, *(ok(minute) for minute in range(0, 90, 10)), *(bad(minute) for minute in range(90, 300, 10)))
    first = AFTERNOON.replace(minute=0)
    index = index_of(tmp_path, [post(first, 1, adverse=True, risks=("service",))])
    found = shown(database, index, first + 4 * HOUR, hours=4, by="risk")
    told = to_json(found)
    assert (told["slots"][0]["posts"], told["slots"][0]["negative_share"], told["slots"][3]["posts"]) == (1, 1.0, None)
    assert told["parts"][0]["name"] == "service" and told["parts"][0]["slots"][3] == dict.fromkeys(told["parts"][0]["slots"][3])
    text = to_csv(found)
    rows = list(csv.DictReader(text.removeprefix("\ufeff").splitlines()))
    assert text.startswith("\ufeff") and len(rows) == 8
    assert [row["posts"] for row in rows if row["part"] == ""] == ["1", "0", "", ""]
    assert {row["part"] for row in rows} == {"", "service"}


def test_the_command_prints_and_writes_the_series(run: CommandLine, sqlite_database: Database, tmp_path: Path) -> None:
    fill_stores(sqlite_database, 12)
    told: dict[str, Any] = json.loads(run("series", "--brand", BRAND, "--by", "risk", "--json").stdout)
    assert told["total"]["negative"] == 12 and {part["name"] for part in told["parts"]} == {"", "quality_safety"}
    assert len(told["slots"]) == 25 and datetime.fromisoformat(told["to"]) <= now()
    written = tmp_path / "series.csv"
    assert "合计" in run("series", "--brand", BRAND, "--per", "day", "--csv", str(written)).output
    assert len(written.read_text(encoding="utf-8").splitlines()) in (30, 31)
    with pytest.raises(InputError):
        run("series", "--brand", "没有的品牌")


@given(st.lists(st.text("茶饮虫子好喝", max_size=12), max_size=12), st.sampled_from([0.12, 0.4, 0.7, 1.0]))
def test_texts_are_grouped_as_if_each_were_compared_with_all(texts: list[str], least: float) -> None:
    """Looking only at texts that share a rare run leaves none out."""
    runs = [shingles(text) for text in texts]
    firsts: list[int] = []
    expected = []
    for place, run_ in enumerate(runs):
        group = next((n for n, first in enumerate(firsts) if resemblance(runs[first], run_) >= least), len(firsts))
        if group == len(firsts):
            firsts.append(place)
        expected.append(group)
    assert groups(runs, least) == expected
