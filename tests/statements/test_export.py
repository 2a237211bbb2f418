"""Export: the approved text and nothing else, with the record of its approval apart."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from core.database import Database
from core.errors import InputError, StateError
from statements import drafting, review
from statements.export import export
from statements.tables import DraftKind, Script
from tests.conftest import NOON
from tests.statements.desk import approved, complete, newest, submitted


@pytest.mark.parametrize("format", ["md", "txt", "html"])
def test_a_file_names_approver_time_and_hash(database: Database, format: Any) -> None:
    """In every format, below the text; times as people in China read them."""
    with database.writing() as session:
        draft = approved(session)
    with database.reading() as session:
        exported = export(session, draft.id, format)
    content = exported.content.decode()
    assert exported.filename == f"星海茶饮-holding_statement-hans-v{draft.version}.{format}"
    assert "星海市城东店" in content
    record = content[content.index("批准人") :]
    assert "lead" in record and "2026-11-02 12:00" in record and f"sha256:{draft.text_hash}" in record


def test_markdown_holds_the_text_to_the_letter(sqlite_database: Database) -> None:
    """The file starts with exactly the bytes that were approved."""
    with sqlite_database.writing() as session:
        draft = approved(session)
        content = export(session, draft.id, "md").content
    approved_text = content[: len(draft.text.encode())].decode()
    assert drafting.text_hash(approved_text) == draft.approved_hash
    assert "批准人" not in approved_text


def test_plain_text_has_no_markup(sqlite_database: Database) -> None:
    """Headings, bold and lists read as plain lines."""
    with sqlite_database.writing() as session:
        content = export(session, approved(session).id, "txt").content.decode()
    assert content.startswith("关于城东店顾客反映饮品中有异物的情况说明\n")
    assert "**" not in content and "· 发生地点：星海市城东店" in content


def test_a_page_runs_nothing_that_the_text_brought_along(sqlite_database: Database) -> None:
    """Scripts, handlers and script addresses in a text are shown as text or dropped."""
    hostile = "# 说明 <b>\n\n<script>alert(1)</script>\n\n[点我](javascript:alert(1)) <img src=x onerror=alert(1)>\n\n**重点**"
    with sqlite_database.writing() as session:
        draft = newest(session, complete(session))
        review.edit_draft(session, draft.id, hostile, text_hash=draft.text_hash, actor="duty", now=NOON)
        review.submit(session, draft.id, actor="duty", now=NOON)
        review.approve(session, draft.id, text_hash=draft.text_hash, actor="lead", now=NOON)
        page = export(session, draft.id, "html").content.decode()
    assert "<script" not in page and "<img" not in page and 'href="javascript' not in page
    assert "<strong>重点</strong>" in page and "<title>说明 &lt;b&gt;</title>" in page


def test_a_traditional_text_has_a_traditional_record(sqlite_database: Database) -> None:
    """Labels and the page's language follow the script."""
    with sqlite_database.writing() as session:
        draft = approved(session, (DraftKind.HOLDING_STATEMENT, Script.HANT))
        page = export(session, draft.id, "html").content.decode()
    assert '<html lang="zh-Hant">' in page and "批准時間" in page


def test_only_an_approved_text_leaves_the_house(sqlite_database: Database) -> None:
    """A submitted draft is refused, by its state."""
    with sqlite_database.writing() as session:
        draft = submitted(session)
        with pytest.raises(StateError, match="待审批"):
            export(session, draft.id, "md")


def test_a_text_that_is_not_the_approved_one_is_refused(sqlite_database: Database) -> None:
    """Altered in the database after the approval: the export points to the audit log."""
    with sqlite_database.writing() as session:
        draft = approved(session)
        session.execute(text("UPDATE draft SET text = '别的话' WHERE id = :id"), {"id": draft.id})
        with pytest.raises(StateError, match="审计"):
            export(session, draft.id, "md")


def test_an_unknown_format_lists_the_known_ones(sqlite_database: Database) -> None:
    """Asked for something else, it says what there is."""
    unknown: Any = "docx"
    with sqlite_database.writing() as session:
        draft = approved(session)
        with pytest.raises(InputError, match=r"docx.*md、txt、html"):
            export(session, draft.id, unknown)
