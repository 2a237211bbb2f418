"""Live detection on a real index and a real database: one alert a crisis, each thing told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts import actions
from alerts.detect import DetectReport, detect
from alerts.levels import Level
from alerts.life import queries
from alerts.life.tables import Alert, AlertEvent, AlertState, Notification
from core.database import Database
from core.post import AuthorKind
from core.settings import Settings
from posts.index import IndexedPost, PostIndex
from tests.alerts.world import BRAND, CRISIS, HOUR, burst, complete, gappy, hot, index_of, post, quiet


def run(
    database: Database,
    index: PostIndex,
    at: datetime,
    settings: Settings,
    *,
    covered: bool = True,
    brands: tuple[str, ...] = (BRAND,),
) -> DetectReport:
    coverage = complete(at) if covered else gappy(at)
    return detect(database, index, at=at, brands=brands, coverage=coverage, settings=settings)


def stored(database: Database) -> dict[str, object]:
    """Everything that is kept of alerts, as plain values."""
    with database.reading() as session:
        return {
            table.__tablename__: sorted(
                str({column.key: getattr(row, column.key) for column in table.__table__.columns})
                for row in session.scalars(select(table))
            )
            for table in (Alert, AlertEvent, Notification)
        }


def only(database: Database) -> Alert:
    with database.reading() as session:
        (alert,) = queries.list_alerts(session)
        return alert


def kinds(database: Database, alert: Alert) -> list[str]:
    with database.reading() as session:
        return [event.kind for event in queries.events(session, alert.id)]


@pytest.fixture
def crisis(tmp_path: Path) -> PostIndex:
    """Sixteen calm days, then eleven adverse posts in one hour and thirty in the next."""
    return index_of(tmp_path, [*quiet(), *burst(CRISIS, 11), *burst(CRISIS + HOUR, 30)])


def test_a_burst_opens_one_alert_that_explains_itself(database: Database, crisis: PostIndex, settings: Settings) -> None:
    """The alert says when it started, by which post, what rose against which baseline, why this level, and its coverage."""
    report = run(database, crisis, CRISIS + HOUR, settings)
    assert (report.signals, report.opened) == (1, 1)
    alert = only(database)
    assert (alert.brand, alert.state, alert.started_at) == (BRAND, AlertState.OPEN, CRISIS)
    assert alert.explanation["first_post"]["published_at"] == CRISIS.isoformat()
    (reason,) = (line for line in alert.explanation["reasons"] if line["rule"] == "adverse")
    assert reason["observed"] == 11 and reason["expected"] < 1 and reason["threshold"] >= 6
    assert len(alert.explanation["evidence"]) == 11
    assert alert.coverage["complete"] is True
    assert alert.matrix["likelihood"] + alert.matrix["impact"] == sum(row["points"] for row in alert.matrix["rows"])


@pytest.mark.parametrize(
    ("kind", "followers", "said"),
    [
        (AuthorKind.AUTHORITY, None, "来自官方："),
        (AuthorKind.MEDIA, None, "来自媒体："),
        (AuthorKind.VERIFIED, 1_200_000, "来自认证账号（粉丝 120 万）："),
    ],
)
def test_one_post_by_who_is_heard_by_all_opens_an_alert_that_names_it(
    sqlite_database: Database, tmp_path: Path, settings: Settings, kind: AuthorKind, followers: int | None, said: str
) -> None:
    """Though nobody has passed it on yet; and among louder posts it is still among those quoted."""
    notice = post(CRISIS, 1, text="抽检不合格", adverse=True, author_kind=kind, author_followers=followers)
    index = index_of(tmp_path, [*quiet(), notice])
    assert run(sqlite_database, index, CRISIS + timedelta(minutes=1), settings).opened == 1
    assert f"{said}“抽检不合格”" in only(sqlite_database).explanation["summary_zh"]
    index.write([post(CRISIS + timedelta(minutes=place), 10 + place, adverse=True, heat=100) for place in range(2, 40)])
    run(sqlite_database, index, CRISIS + HOUR, settings)
    assert notice.post.id in {quoted["post_id"] for quoted in only(sqlite_database).explanation["evidence"]}


def test_one_post_by_an_ordinary_person_opens_nothing(sqlite_database: Database, tmp_path: Path, settings: Settings) -> None:
    said = post(CRISIS, 1, text="抽检不合格", adverse=True, author_kind=AuthorKind.PERSON, author_followers=500)
    index = index_of(tmp_path, [*quiet(), said])
    assert run(sqlite_database, index, CRISIS + timedelta(minutes=1), settings).signals == 0


def test_authorities_and_media_that_speak_are_pickup_each_once_and_copies_are_none(
    sqlite_database: Database, tmp_path: Path, settings: Settings
) -> None:
    def said(number: int, author: str, kind: AuthorKind, text: str) -> IndexedPost:
        made = post(CRISIS + timedelta(minutes=number), number, text=text, adverse=True, author_kind=kind)
        return replace(made, post=replace(made.post, author_hash=author))

    speak = [
        ("paper", AuthorKind.MEDIA, "记者走访星海茶饮城东店，后厨积水发霉"),
        ("roll", AuthorKind.MEDIA, "记者走访星海茶饮城东店，后厨积水发霉"),
        ("paper", AuthorKind.MEDIA, "多名顾客称喝完腹泻，客服始终无人接听"),
        ("office", AuthorKind.AUTHORITY, "抽检不合格产品名单公布，共十二批次"),
        ("somebody", AuthorKind.PERSON, "以后不去了，钱也不退"),
    ]
    index = index_of(tmp_path, [*quiet(), *(said(place, *each) for place, each in enumerate(speak))])
    run(sqlite_database, index, CRISIS + HOUR, settings)
    alert = only(sqlite_database)
    assert alert.matrix["situation"]["pickup"] == 2
    assert [row["points"] for row in alert.matrix["rows"] if row["key"] == "pickup"] == [1]


def test_passes_again_and_older_passes_change_nothing(database: Database, crisis: PostIndex, settings: Settings) -> None:
    """Running the same moment twice, or an older one afterwards, leaves every row as it was: nothing is told again."""
    moments = [CRISIS + timedelta(minutes=minutes) for minutes in (20, 40, 60, 90, 120)]
    for at in moments:
        run(database, crisis, at, settings)
    before = stored(database)
    for at in (*moments, moments[-1]):
        report = run(database, crisis, at, settings)
        assert (report.opened, report.raised, report.updated, report.reopened) == (0, 0, 0, 0)
    assert stored(database) == before


def test_a_crisis_of_a_day_is_one_alert(sqlite_database: Database, tmp_path: Path, settings: Settings) -> None:
    """Twenty-four loud hours, judged every hour, make one alert; people are told when it opens, rises and doubles."""
    posts = [each for hour in range(24) for each in burst(CRISIS + hour * HOUR, 10 + 5 * hour)]
    index = index_of(tmp_path, [*quiet(), *posts])
    for hour in range(24):
        run(sqlite_database, index, CRISIS + (hour + 0.5) * HOUR, settings)
    alert = only(sqlite_database)
    happened = kinds(sqlite_database, alert)
    assert happened[0] == "opened" and happened.count("raised") <= 2 and len(happened) < 12
    with sqlite_database.reading() as session:
        told = queries.notifications(session, alert.id)
    assert len(told) == 1 + happened.count("raised") + happened.count("worsened")
    assert happened.count("worsened") <= 6


def test_quiet_days_open_nothing(sqlite_database: Database, tmp_path: Path, settings: Settings) -> None:
    index = index_of(tmp_path, quiet())
    for hour in range(48):
        assert run(sqlite_database, index, CRISIS + hour * HOUR, settings).signals == 0
    assert stored(sqlite_database)["alert"] == []


def test_nothing_is_known_before_it_was_seen(sqlite_database: Database, tmp_path: Path, settings: Settings) -> None:
    """Posts that arrive an hour after publication are judged when they have arrived, in the hour they were published in."""
    late = [post(CRISIS + timedelta(minutes=place), 50 + place, adverse=True, seen_after=HOUR) for place in range(30)]
    index = index_of(tmp_path, [*quiet(), *late])
    assert run(sqlite_database, index, CRISIS + HOUR, settings).signals == 0
    assert run(sqlite_database, index, CRISIS + 1.5 * HOUR, settings).opened == 1
    assert only(sqlite_database).started_at == CRISIS


def test_posts_from_the_future_open_nothing(sqlite_database: Database, tmp_path: Path, settings: Settings) -> None:
    """A source whose clock runs ahead is believed when that hour has come."""
    ahead = [post(CRISIS + 5 * HOUR, 90 + place, adverse=True, seen_after=-5 * HOUR) for place in range(30)]
    index = index_of(tmp_path, [*quiet(), *ahead])
    assert run(sqlite_database, index, CRISIS + HOUR, settings).signals == 0


def test_one_hot_search_entry_opens_the_alert_with_itself_as_evidence(
    sqlite_database: Database, tmp_path: Path, settings: Settings
) -> None:
    index = index_of(tmp_path, [*quiet(), hot(CRISIS, "星海茶饮回应喝出异物")])
    assert run(sqlite_database, index, CRISIS + timedelta(minutes=1), settings).opened == 1
    alert = only(sqlite_database)
    assert [quoted["text"] for quoted in alert.explanation["evidence"]] == ["星海茶饮回应喝出异物"]
    assert "星海茶饮回应喝出异物" in alert.explanation["summary_zh"]


def test_missing_sources_are_shown_and_hold_the_alert_open(database: Database, crisis: PostIndex, settings: Settings) -> None:
    """While a source is blocked, quiet is not calm: the alert stays open and says which source is missing."""
    run(database, crisis, CRISIS + HOUR, settings)
    later = CRISIS + timedelta(hours=40)
    assert run(database, crisis, later, settings, covered=False).resolved == 0
    alert = only(database)
    assert alert.state == AlertState.OPEN
    assert [source["status"] for source in alert.coverage["sources"] if source["share"] < 1] == ["blocked"]
    assert run(database, crisis, later + HOUR, settings).resolved == 1
    assert only(database).state == AlertState.RESOLVED


def test_no_source_at_all_is_not_calm(sqlite_database: Database, crisis: PostIndex, settings: Settings) -> None:
    from core.coverage import Coverage

    run(sqlite_database, crisis, CRISIS + HOUR, settings)
    later = CRISIS + timedelta(hours=40)
    nothing = Coverage(later - timedelta(days=1), later)
    assert detect(sqlite_database, crisis, at=later, brands=(BRAND,), coverage=nothing, settings=settings).resolved == 0


def test_a_dismissed_alert_stays_silent_until_it_is_worse(database: Database, tmp_path: Path, settings: Settings) -> None:
    """After a dismissal the episode goes on silently; a higher level reopens the same alert and tells people."""
    titles = [hot(CRISIS + 3 * HOUR, f"星海茶饮事故第{place}报", risks=("accident",)) for place in range(5)]
    index = index_of(
        tmp_path,
        [
            *quiet(),
            hot(CRISIS, "星海茶饮的杯子太丑", risks=("other",)),
            hot(CRISIS + HOUR, "星海茶饮的杯子又丑了", risks=()),
            *titles,
        ],
    )
    run(database, index, CRISIS + HOUR / 2, settings)
    alert = only(database)
    assert alert.level == Level.MINOR
    with database.writing() as session:
        actions.dismiss(session, alert.id, reason="例行公告", actor="li", now=CRISIS + timedelta(minutes=40))
    run(database, index, CRISIS + 2 * HOUR, settings)
    assert kinds(database, alert) == ["opened", "dismissed"]
    run(database, index, CRISIS + 3.5 * HOUR, settings)
    assert kinds(database, alert) == ["opened", "dismissed", "reopened"]
    assert only(database).state == AlertState.OPEN


def test_brands_are_judged_apart(sqlite_database: Database, tmp_path: Path, settings: Settings) -> None:
    """One brand's crisis says nothing of another, and each has an alert of its own."""
    other = "月河茶饮"
    index = index_of(tmp_path, [*quiet(), *quiet(brand=other), *burst(CRISIS, 20), *burst(CRISIS, 3, brand=other)])
    report = run(sqlite_database, index, CRISIS + HOUR, settings, brands=(BRAND, other))
    assert (report.brands, report.signals, report.opened) == (2, 1, 1)
    assert only(sqlite_database).brand == BRAND


def test_without_brands_nothing_is_asked(sqlite_database: Database, tmp_path: Path, settings: Settings) -> None:
    index = index_of(tmp_path, [])
    assert run(sqlite_database, index, CRISIS, settings, brands=()) == DetectReport(0, 0)


def test_a_pass_that_dies_halfway_leaves_nothing_behind(
    sqlite_database: Database, crisis: PostIndex, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alert, event and messages stand or fall together; the next pass does all of it, once."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr("alerts.detect.tell", killed)
        run(sqlite_database, crisis, CRISIS + HOUR, settings)
    assert stored(sqlite_database) == {"alert": [], "alert_event": [], "notification": []}
    assert run(sqlite_database, crisis, CRISIS + HOUR, settings).opened == 1
    assert kinds(sqlite_database, only(sqlite_database)) == ["opened"]


def test_two_passes_at_once_open_one_alert(database: Database, crisis: PostIndex, settings: Settings) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: run(database, crisis, CRISIS + HOUR, settings), range(4)))
    assert sum(report.opened for report in reports) == 1
    assert kinds(database, only(database)) == ["opened"]
