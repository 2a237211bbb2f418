"""Merging and splitting by hand, over a brand with two crises at once: food safety and its staff."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts.actions import dismiss, link_case, resolve
from alerts.detect import DetectReport, detect
from alerts.life import queries
from alerts.life.lifecycle import RELAPSE
from alerts.life.merging import merge
from alerts.life.splitting import categories_of, part_of, split
from alerts.life.tables import Alert, AlertState
from core import audit
from core.database import Database
from core.errors import ForbiddenError, InputError, StateError
from core.settings import Settings
from posts.index import IndexedPost
from posts.sqlite import SqliteIndex
from tests.alerts.world import BRAND, CRISIS, HOUR, burst, complete, index_of, post, quiet
from tests.statements.desk import staff

AT = CRISIS + HOUR
MINUTE = timedelta(minutes=1)
SPLIT_AT = AT + timedelta(minutes=5)


def of_staff(start: datetime, count: int) -> list[IndexedPost]:
    """Posts about the staff, evenly over an hour."""
    return [
        post(start + HOUR * place / count, 50_000 + place, text=f"星海茶饮欠薪 {place}", adverse=True, risks=("people",))
        for place in range(count)
    ]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SqliteIndex]:
    opened = index_of(tmp_path, [*quiet(30), *burst(CRISIS, 20), *of_staff(CRISIS, 12)])
    yield opened
    opened.close()


@pytest.fixture
def office(database: Database, index: SqliteIndex, settings: Settings) -> Database:
    """The staff, and one alert of both crises."""
    with database.writing() as session:
        staff(session)
    assert seen(database, index, settings, AT).opened == 1
    return database


def seen(database: Database, index: SqliteIndex, settings: Settings, at: datetime) -> DetectReport:
    return detect(database, index, at=at, brands=(BRAND,), coverage=complete(at), settings=settings)


def the_alert(database: Database, topic: str = "") -> Alert:
    with database.reading() as session:
        found = [alert for alert in queries.list_alerts(session) if alert.topic == topic]
    assert len(found) == 1
    return found[0]


def split_off(database: Database, index: SqliteIndex, *categories: str, at: datetime = SPLIT_AT) -> Alert:
    main = the_alert(database)
    part = part_of(index, main, categories, at=at, baseline_days=14)
    with database.writing() as session:
        return split(session, main.id, part, reason="两件事", actor="duty", now=at)


def merged(database: Database, alert: Alert, into: Alert, at: datetime = SPLIT_AT + HOUR) -> Alert:
    with database.writing() as session:
        return merge(session, alert.id, into=into.id, reason="一件事", actor="duty", now=at)


def test_a_split_category_is_an_alert_of_its_own_judged_by_its_own_posts(office: Database, index: SqliteIndex) -> None:
    """Own fingerprint, number, level and posts; the quoted posts of the category leave the first alert."""
    made = split_off(office, index, "people")
    main = the_alert(office)
    assert made.brand == main.brand and made.fingerprint != main.fingerprint and made.number != main.number
    assert (made.topic, main.without, made.split_from) == ("people", "people", main.id)
    assert {risk for one in made.explanation["evidence"] for risk in one["risks"]} == {"people"}
    assert {risk for one in main.explanation["evidence"] for risk in one["risks"]} == {"quality_safety"}
    assert {reason["observed"] for reason in made.explanation["reasons"]} == {12}
    with office.reading() as session:
        kinds = [[event.kind for event in queries.events(session, alert.id)] for alert in (main, made)]
        assert kinds == [["opened", "split"], ["split"]]
        assert audit.entries_for(session, [f"alert:{main.id}"])[0].details["categories"] == ["people"]


def test_a_topic_too_small_for_any_rule_is_split_off_with_the_points_that_it_has(office: Database, index: SqliteIndex) -> None:
    """No spike, so likelihood is nil; its category and its share count."""
    index.write([post(CRISIS + 20 * MINUTE, 7, text="星海茶饮数据泄露", adverse=True, risks=("data_security",))])
    made = split_off(office, index, "data_security")
    points = {row["key"]: row["points"] for row in made.matrix["rows"]}
    assert (made.level, points["volume"], points["severity"]) == ("minor", 0, 2)
    assert made.explanation["reasons"] == [] and "拆出" in made.explanation["summary_zh"]


def test_later_signals_go_to_the_alert_they_belong_to(office: Database, index: SqliteIndex, settings: Settings) -> None:
    made, main, later = split_off(office, index, "people"), the_alert(office), AT + 6 * HOUR
    index.write(of_staff(later, 40))
    report = seen(office, index, settings, later + HOUR)
    assert (report.opened, report.signals) == (0, 1)
    assert the_alert(office, "people").last_signal_at > made.last_signal_at
    assert the_alert(office).last_signal_at == main.last_signal_at
    index.write(burst(later + 6 * HOUR, 40))
    seen(office, index, settings, later + 7 * HOUR)
    assert the_alert(office).last_signal_at > main.last_signal_at


def test_a_brand_s_two_alerts_are_resolved_each_by_its_own_quiet(
    office: Database, index: SqliteIndex, settings: Settings
) -> None:
    split_off(office, index, "people")
    index.write(burst(AT + 12 * HOUR, 40))
    seen(office, index, settings, AT + 13 * HOUR)
    report = seen(office, index, settings, AT + 26 * HOUR)
    assert report.resolved == 1
    assert (the_alert(office, "people").state, the_alert(office).state) == (AlertState.RESOLVED, AlertState.OPEN)


def test_a_week_after_its_end_a_topic_s_posts_are_the_main_alert_s_again(
    office: Database, index: SqliteIndex, settings: Settings
) -> None:
    made = split_off(office, index, "people")
    with office.writing() as session:
        resolve(session, made.id, actor="duty", now=SPLIT_AT)
        resolve(session, made.split_from or "", actor="duty", now=SPLIT_AT)
    later = SPLIT_AT + RELAPSE + HOUR
    index.write(of_staff(later, 40))
    assert seen(office, index, settings, later + HOUR).opened == 1
    with office.reading() as session:
        assert [alert.topic for alert in queries.list_alerts(session, states=["open"])] == [""]


def test_merging_back_undoes_the_split_and_splitting_again_brings_the_same_alert_back(
    office: Database, index: SqliteIndex, settings: Settings
) -> None:
    before = the_alert(office)
    made = split_off(office, index, "people")
    joined = merged(office, made, the_alert(office))
    assert (joined.number, joined.without, joined.topic) == (before.number, "", "")
    assert {risk for one in joined.explanation["evidence"] for risk in one["risks"]} == {"people", "quality_safety"}
    index.write(of_staff(AT + 6 * HOUR, 40))
    seen(office, index, settings, AT + 7 * HOUR)
    assert the_alert(office).last_signal_at > joined.last_signal_at
    with office.reading() as session:
        assert queries.get_alert(session, made.id).state == AlertState.MERGED
        assert queries.living_alert(session, made.number).id == joined.id
    again = split_off(office, index, "people", at=AT + 8 * HOUR)
    assert (again.id, again.number, again.merged_into) == (made.id, made.number, None)
    assert AlertState(again.state).is_active


def test_what_was_merged_can_be_reached_from_the_alert_it_went_into(office: Database, index: SqliteIndex) -> None:
    made = split_off(office, index, "people")
    main = merged(office, made, the_alert(office))
    with office.reading() as session:
        ids = [alert.id for alert in queries.family(session, main)]
        assert ids == [main.id, made.id]
        kinds = {(event.alert_id, event.kind) for event in queries.events(session, *ids)}
    assert {(main.id, "absorbed"), (made.id, "merged"), (made.id, "split")} <= kinds


def test_merging_keeps_the_higher_level_the_earlier_start_and_the_case(office: Database, index: SqliteIndex) -> None:
    made, main = split_off(office, index, "people"), the_alert(office)
    with office.writing() as session:
        link_case(session, made.id, case_id="case1", actor="duty", now=SPLIT_AT)
        queries.get_alert(session, made.id).level = "major"
    joined = merged(office, made, main)
    assert (joined.level, joined.case_id, joined.state) == ("major", "case1", AlertState.IN_CASE)
    assert joined.started_at == min(made.started_at, main.started_at)


def test_merging_and_splitting_twice_change_nothing(office: Database, index: SqliteIndex) -> None:
    made = split_off(office, index, "people")
    assert split_off(office, index, "people").id == made.id
    first = merged(office, made, the_alert(office))
    assert merged(office, made, first).id == first.id
    with office.reading() as session:
        assert [event.kind for event in queries.events(session, first.id)] == ["opened", "split", "absorbed"]


@pytest.mark.parametrize(
    ("categories", "at"),
    [((), SPLIT_AT), (("finance",), SPLIT_AT), (("quality_safety", "people"), CRISIS + timedelta(minutes=5))],
)
def test_none_and_all_and_foreign_categories_cannot_be_split_off(
    office: Database, index: SqliteIndex, categories: tuple[str, ...], at: datetime
) -> None:
    """In the first minutes every post carries one of the two, so that nothing would be left."""
    with pytest.raises(InputError):
        part_of(index, the_alert(office), categories, at=at, baseline_days=14)


def test_posts_name_the_categories_to_split_off(office: Database, index: SqliteIndex) -> None:
    main = the_alert(office)
    by_category = {risk: one["post_id"] for one in main.explanation["evidence"] for risk in one["risks"]}
    assert categories_of(index, main, [by_category["people"]]) == ("people",)
    with pytest.raises(InputError, match="风险类别"):
        categories_of(index, main, ["weibo:unknown"])


def test_what_cannot_be_merged_says_why(office: Database, index: SqliteIndex) -> None:
    made, main = split_off(office, index, "people"), the_alert(office)
    with pytest.raises(InputError, match="自己"):
        merged(office, main, main)
    with office.writing() as session:
        link_case(session, main.id, case_id="case1", actor="duty", now=SPLIT_AT)
        link_case(session, made.id, case_id="case2", actor="duty", now=SPLIT_AT)
    with pytest.raises(StateError, match="都已立案"):
        merged(office, made, main)
    with office.writing() as session, pytest.raises(ForbiddenError):
        merge(session, made.id, into=main.id, actor="ops", now=SPLIT_AT)


def test_nothing_is_merged_into_a_closed_alert(office: Database, index: SqliteIndex) -> None:
    made, main = split_off(office, index, "people"), the_alert(office)
    with office.writing() as session:
        dismiss(session, main.id, reason="误报", actor="duty", now=SPLIT_AT)
    with pytest.raises(StateError, match="已忽略"):
        merged(office, made, main)


def test_only_alerts_of_one_brand_are_merged(office: Database, index: SqliteIndex, settings: Settings) -> None:
    other = "月河茶饮"
    index.write([*quiet(30, brand=other), *burst(CRISIS, 20, brand=other)])
    detect(office, index, at=AT, brands=(other,), coverage=complete(AT), settings=settings)
    with office.reading() as session:
        [theirs] = queries.list_alerts(session, brand=other)
        [ours] = queries.list_alerts(session, brand=BRAND)
    with pytest.raises(InputError, match=other):
        merged(office, theirs, ours)
