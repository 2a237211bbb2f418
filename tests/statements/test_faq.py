"""The FAQ: what the newest published 问答更新 says, entry by entry."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from core.database import Database
from core.errors import InputError
from statements import drafting, faq, review
from statements.tables import Draft, Script
from tests.conftest import NOON
from tests.statements.desk import FAQ, LATER, SHIPPED, approved, complete, newest


def publish_text(session: Session, draft: Draft, text: str) -> Draft:
    """Write, submit, approve and publish a text of one's own as the next version of `draft`."""
    if draft.state == "published":
        draft = drafting.redraft(session, draft.id, templates=SHIPPED, actor="duty", now=NOON)
    review.edit_draft(session, draft.id, text, text_hash=draft.text_hash, actor="duty", now=NOON)
    review.submit(session, draft.id, actor="duty", now=NOON)
    review.approve(session, draft.id, text_hash=draft.text_hash, actor="lead", now=NOON)
    return review.publish(session, draft.id, actor="lead", now=LATER)


def test_publishing_makes_the_entries(database: Database) -> None:
    """Each question of the shipped template with its answer, in order; before publication there is none."""
    with database.writing() as session:
        draft = approved(session, FAQ)
        assert faq.list_entries(session) == []
        review.publish(session, draft.id, actor="lead", now=LATER)
    with database.reading() as session:
        entries = faq.list_entries(session, case_id=draft.case_id, script=Script.HANS)
        assert [entry.question for entry in entries][:2] == ["发生了什么？", "原因是什么？"]
        assert entries[0].answer == "一位顾客在城东店购买的饮品中发现异物。"
        assert "正在调查" in entries[1].answer
        assert faq.list_entries(session, script=Script.HANT) == []


def test_a_later_update_changes_answers_and_retires_questions(database: Database) -> None:
    """A question asked before keeps its entry; one left out is no longer in force; one that comes back is again."""
    with database.writing() as session:
        first = publish_text(session, newest(session, complete(session), FAQ), "## 问：甲？\n\n一。\n\n## 问：乙？\n\n二。")
        ids = {entry.question: entry.id for entry in faq.list_entries(session)}
        second = publish_text(session, first, "## 问：丙？\n\n三。\n\n## 问：甲？\n\n新的一。")
        entries = faq.list_entries(session)
        assert [(entry.question, entry.answer) for entry in entries] == [("丙？", "三。"), ("甲？", "新的一。")]
        assert entries[1].id == ids["甲？"]
        publish_text(session, second, "## 问：乙？\n\n二。")
        assert [entry.id for entry in faq.list_entries(session)] == [ids["乙？"]]


def test_a_withdrawn_update_takes_its_entries_along(sqlite_database: Database) -> None:
    """Nothing that was withdrawn stays in the FAQ."""
    with sqlite_database.writing() as session:
        draft = review.publish(session, approved(session, FAQ).id, actor="lead", now=NOON)
        review.withdraw_statement(session, draft.id, reason="有误", actor="lead", now=LATER)
        assert faq.list_entries(session) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("没有问题。", "没有问题"),
        ("## 问：甲？\n\n## 问：乙？\n\n二。", "甲"),
        ("## 问：甲？\n\n一。\n\n## 问：甲？\n\n二。", "重复"),
        (f"## 问：{'字' * 501}\n\n一。", "500"),
    ],
)
def test_an_update_that_is_no_faq_is_refused_at_submission(sqlite_database: Database, text: str, says: str) -> None:
    """No question, no answer, one question twice, an endless one."""
    with sqlite_database.writing() as session:
        draft = newest(session, complete(session), FAQ)
        review.edit_draft(session, draft.id, text, text_hash=draft.text_hash, actor="duty", now=NOON)
        with pytest.raises(InputError, match=says):
            review.submit(session, draft.id, actor="duty", now=NOON)


def test_an_answer_may_have_several_paragraphs() -> None:
    """It ends at the next heading or rule; traditional and Latin headings are read too."""
    text = "# 常見問題\n\n## 問：甲？\n一。\n\n二。\n\n### Q: 乙？\n\n三。\n\n---\n署名"
    assert faq.questions(text) == [("甲？", "一。\n\n二。"), ("乙？", "三。")]
