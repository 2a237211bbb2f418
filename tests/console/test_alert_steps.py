"""The steps on an alert's page: from taken to reviewed, the level by hand, splitting and merging, and two people at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from alerts.levels import Level
from alerts.life.queries import events, get_alert, list_alerts
from alerts.life.tables import Alert
from console.alert_view import duration
from core.errors import language
from posts.index import IndexedPost, Mention, PostFilter, Sentiment
from tests.console.test_alert_pages import follow
from tests.console.town import BRAND, HOSTILE, Town


def the_alert(town: Town) -> Alert:
    with town.database.reading() as session:
        return get_alert(session, town.alert_id)


def unrest(town: Town, count: int = 14) -> None:
    """Posts about the staff beside those about food."""
    [known] = town.index.search(PostFilter(brands=(BRAND,)), limit=1).posts
    for place in range(count):
        made = replace(
            known.post, native_id=f"unrest-{place}", text="星海茶饮拖欠员工工资", published_at=town.now - timedelta(hours=2)
        )
        town.index.write([IndexedPost(made, (Mention(BRAND, Sentiment.NEGATIVE, 0.9, ("people",), (BRAND,)),))])
    town.index.refresh()


def posted(client: TestClient, address: str, **form: object) -> str:
    answer = client.post(address, data=form, headers={"Referer": "http://testserver/alerts"})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_the_road_from_taken_to_reviewed(town: Town) -> None:
    duty, lead, address = town.visitor("zhiban"), town.visitor("fayan"), f"/alerts/{town.alert_id}"
    assert "林小满 has it" in follow(duty, f"{address}/acknowledge")
    case = posted(duty, f"{address}/case")
    assert "In case" in duty.get(address).text
    assert "is in_case" in follow(duty, f"{address}/dismiss", reason="误报")
    posted(duty, f"{case}/close", reason="已赔付并公示")
    page = duty.get(address).text
    assert "Resolved" in page and "Waits for a lead" in page and "Case closed" in page
    assert duty.post(f"{address}/review", data={"note": "x"}).status_code == 403
    assert "Reviewed" in follow(lead, f"{address}/review", note="后厨抽检改为每周")
    assert "后厨抽检改为每周" in duty.get(address).text


def test_a_level_set_by_hand_stands_on_the_page_with_who_and_why(town: Town) -> None:
    """A lead lowers the town's alert, duty staff raise it again but cannot lower."""
    said = Level(the_alert(town).level).name.capitalize()
    duty, lead, address = town.visitor("zhiban"), town.visitor("fayan"), f"/alerts/{town.alert_id}/level"
    assert "this step needs lead" in follow(duty, address, level="minor", reason="没事")
    page = follow(lead, address, level="minor", reason="只是玩笑<b>")
    assert "Set to Minor by hand: 只是玩笑&lt;b&gt;" in page and "陈立言" in page and f"the matrix then said {said}" in page
    assert "a reason is needed" in follow(duty, address, level="moderate", reason=" ")
    assert "Set to Moderate by hand" in follow(duty, address, level="moderate", reason="监管来电")
    assert "no level" in follow(duty, address, level="worst", reason="x")
    assert (the_alert(town).level, the_alert(town).override and the_alert(town).override["by"]) == ("moderate", "zhiban")


def test_splitting_and_merging_back(town: Town) -> None:
    unrest(town)
    client, main = town.visitor("zhiban"), town.alert_id
    made = posted(client, f"/alerts/{main}/split", category=["people"], reason="两件事")
    page = client.get(made).text
    assert "星海茶饮拖欠员工工资" in page and "喝出异物" not in page
    assert made.rpartition("/")[2] in client.get(f"/alerts/{main}").text
    chosen = client.get(f"/alerts/merge?alert={main}&alert={made.rpartition('/')[2]}").text
    assert chosen.count('type="radio"') == 2
    back = posted(client, "/alerts/merge", alert=[main, made.rpartition("/")[2]], into=main, reason="一件事")
    assert back == f"/alerts/{main}"
    gone = client.get(made).text
    assert "was merged into" in gone and f'href="/alerts/{main}"' in gone
    assert "Took in another" in client.get(back).text


def test_choosing_posts_without_a_category_is_refused_on_the_page(town: Town) -> None:
    page = follow(town.visitor("zhiban"), f"/alerts/{town.alert_id}/split", post="weibo:none")
    assert "carry no risk category" in page
    with town.database.reading() as session:
        assert len(list_alerts(session)) == 1


def test_merging_needs_two_ticked_alerts(quiet_town: Town) -> None:
    client = quiet_town.visitor("zhiban")
    for ticked in ("", f"?alert={quiet_town.alert_id}", f"?alert={quiet_town.alert_id}&alert={quiet_town.alert_id}"):
        answer = client.get(f"/alerts/merge{ticked}")
        assert answer.status_code == 303
        assert "Tick at least two alerts" in client.get("/alerts").text
    assert client.get("/alerts/merge?alert=nothing").status_code == 400


def test_the_second_of_two_people_sees_what_the_first_did(town: Town) -> None:
    address = f"/alerts/{town.alert_id}"
    follow(town.visitor("zhiban"), f"{address}/acknowledge")
    page = follow(town.visitor("fayan"), f"{address}/acknowledge")
    assert "acknowledged by zhiban" in page
    follow(town.visitor("fayan"), f"{address}/resolve", reason="已澄清")
    assert "resolved by fayan" in follow(town.visitor("zhiban"), f"{address}/dismiss", reason="误报")


def test_a_closed_alert_can_be_reopened_with_a_reason(town: Town) -> None:
    client, address = town.visitor("zhiban"), f"/alerts/{town.alert_id}"
    follow(client, f"{address}/dismiss", reason="误报")
    assert "a reason is needed" in follow(client, f"{address}/reopen", reason="")
    assert "Reopened: the alert is yours" in follow(client, f"{address}/reopen", reason="看错了")


def test_what_is_new_is_marked_in_the_list_until_it_was_looked_at(town: Town) -> None:
    duty, lead = town.visitor("zhiban"), town.visitor("fayan")
    assert 'class="unread"' in duty.get("/alerts").text
    duty.get(f"/alerts/{town.alert_id}")
    assert 'class="unread"' not in duty.get("/alerts").text
    follow(lead, f"/alerts/{town.alert_id}/note", text="已联系门店")
    assert 'class="unread"' in duty.get("/alerts").text


def test_the_rail_counts_the_alerts_that_wait_for_somebody(town: Town) -> None:
    client = town.visitor("zhiban")
    assert 'class="count"' in client.get("/posts").text
    follow(client, f"/alerts/{town.alert_id}/acknowledge")
    assert 'class="count"' not in client.get("/posts").text


def test_the_page_stands_on_what_the_alert_kept_when_its_posts_are_gone(town: Town) -> None:
    """Retention has deleted everything: why, level and quoted posts are still there, and every form works."""
    town.index.delete_before(town.now + timedelta(days=1))
    client = town.visitor("zhiban")
    page = client.get(f"/alerts/{town.alert_id}").text
    assert "Evidence kept by the alert" in page and "The index has no posts of this time any more" in page
    quoted = the_alert(town).explanation["evidence"][0]["text"]
    assert quoted[:8] in page and HOSTILE not in page
    assert "has no posts of the categories" in follow(client, f"/alerts/{town.alert_id}/split", category="people")
    assert "已联系门店" in follow(client, f"/alerts/{town.alert_id}/note", text="已联系门店")


def test_what_people_write_is_shown_and_never_run(town: Town) -> None:
    page = follow(town.visitor("zhiban"), f"/alerts/{town.alert_id}/note", text=HOSTILE)
    assert "<script>alert" not in page and "&lt;script&gt;" in page


def test_a_past_alert_that_is_like_it_is_shown_with_its_outcome(town: Town) -> None:
    with town.database.writing() as session:
        now = get_alert(session, town.alert_id)
        fields = {column.name: getattr(now, column.name) for column in Alert.__table__.columns}
        past = Alert(**fields | {"id": "past", "number": "PAST", "fingerprint": "past", "brand": "月河茶饮", "state": "open"})
        session.add(past)
    client = town.visitor("fayan")
    follow(client, "/alerts/past/resolve", reason="门店停业整改")
    page = client.get(f"/alerts/{town.alert_id}").text
    assert 'href="/alerts/past"' in page and "Outcome: 门店停业整改" in page and "alike" in page


@pytest.mark.parametrize(("minutes", "told"), [(0, "0 min"), (59, "59 min"), (61, "1 h 1 min"), (50 * 60, "2 d 2 h")])
def test_a_span_is_told_in_its_largest_two_units(minutes: int, told: str) -> None:
    chosen = language.set("en")
    try:
        assert duration(timedelta(minutes=minutes)) == told
    finally:
        language.reset(chosen)


def test_every_step_of_a_person_is_in_the_history_under_their_name(town: Town) -> None:
    client, address = town.visitor("zhiban"), f"/alerts/{town.alert_id}"
    follow(client, f"{address}/acknowledge")
    follow(client, f"{address}/note", text="已联系门店")
    with town.database.reading() as session:
        assert [event.actor for event in events(session, town.alert_id)][-2:] == ["zhiban", "zhiban"]
