"""The past that is most like: by words, categories and level, of every brand, with what was done and how it ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from alerts.actions import acknowledge, dismiss, resolve, review
from alerts.life.tables import Alert
from casework.similar import LEAST, most_similar
from core.database import Database
from tests.casework.world import JUDGED, add_alert
from tests.conftest import NOON
from tests.statements.desk import staff


def told(session: Session, *texts: str, risk: str = "quality_safety", **fields: Any) -> Alert:
    """An alert that quotes these texts."""
    quoted = [
        {
            "post_id": f"weibo:{place}",
            "text": text,
            "url": "",
            "platform": "weibo",
            "published_at": NOON.isoformat(),
            "reach": 0,
            "risks": [risk],
        }
        for place, text in enumerate(texts)
    ]
    return add_alert(session, **JUDGED | {"explanation": {**JUDGED["explanation"], "evidence": quoted}} | fields)


def test_the_most_alike_of_all_brands_comes_first_and_what_is_not_alike_is_left_out(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        now = told(session, "奶茶喝出玻璃碎片划伤孩子", "门店后厨发现玻璃碎片")
        same = told(session, "顾客喝到玻璃碎片", state="resolved", brand="月河茶饮")
        kin = told(session, "外卖里吃出虫子", state="dismissed", brand="月河茶饮")
        told(session, "高管辞职引发股价下跌", risk="finance", level="minor", state="resolved")
        told(session, "奶茶喝出玻璃碎片", state="open")
        found = most_similar(session, now)
    assert [one.alert.id for one in found] == [same.id, kin.id]
    assert found[0].likeness > found[1].likeness >= LEAST and "玻璃" in found[0].words


def test_the_same_story_is_wholly_alike(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        now, past = told(session, "奶茶喝出玻璃"), told(session, "奶茶喝出玻璃", state="resolved")
        [found] = most_similar(session, now)
    assert found.alert.id == past.id and round(found.likeness, 6) == 1.0


def test_it_says_what_was_done_how_long_it_took_and_the_review_s_findings(sqlite_database: Database) -> None:
    end = NOON + timedelta(hours=9)
    with sqlite_database.writing() as session:
        staff(session)
        now, past = told(session, "奶茶喝出玻璃"), told(session, "奶茶喝出玻璃")
        acknowledge(session, past.id, actor="duty", now=NOON)
        resolve(session, past.id, reason="已澄清", actor="duty", now=end)
        assert most_similar(session, now)[0].outcome == "已澄清"
        review(session, past.id, note="后厨抽检改为每周", actor="lead", now=end)
        [found] = most_similar(session, now)
    assert (found.outcome, found.lasted) == ("后厨抽检改为每周", timedelta(hours=9))
    assert [event.kind for event in found.done] == ["acknowledged", "resolved", "reviewed"]


def test_a_dismissal_is_an_outcome_too(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        now, past = told(session, "奶茶喝出玻璃"), told(session, "奶茶喝出玻璃")
        dismiss(session, past.id, reason="同名的船", actor="duty", now=NOON)
        assert [one.outcome for one in most_similar(session, now)] == ["同名的船"]


def test_an_alert_without_posts_or_history_is_like_nothing(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        assert most_similar(session, told(session)) == []
        told(session, "奶茶喝出玻璃", state="resolved")
        assert most_similar(session, told(session)) == []
