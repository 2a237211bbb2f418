"""The public questions and answers: read from a published 问答更新, one entry a question."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import InputError
from core.ids import new_id
from statements.tables import Draft, FaqEntry, Script

LONGEST_QUESTION = 500
_HEADING = re.compile(r"^#{2,6}\s*(?:问|問|Q)\s*[：:]\s*(.+?)\s*$", re.MULTILINE)
_ANY_HEADING = re.compile(r"^(?:#{1,6}\s|-{3,}\s*$)", re.MULTILINE)


def questions(text: str) -> list[tuple[str, str]]:
    """The (question, answer) pairs of a text: each heading `## 问：…` with what follows up to the next heading or rule.

    Raises InputError where there is none, where one has no answer, or where one stands twice.

    >>> questions("## 问：还能喝吗？\\n\\n涉事批次已下架。\\n\\n---\\n\\n联系我们")
    [('还能喝吗？', '涉事批次已下架。')]
    """
    found = [(heading.group(1), _answer(text[heading.end() :])) for heading in _HEADING.finditer(text)]
    if not found:
        raise InputError(
            zh="问答更新中没有问题：每个问题写成一行“## 问：……”，答复写在下面",
            en="the FAQ update has no question: write each as a line ## 问：…",
        )
    asked = [question for question, _ in found]
    for question, answer in found:
        if not answer or asked.count(question) > 1 or len(question) > LONGEST_QUESTION:
            raise InputError(
                zh=f"问题“{question[:50]}”没有答复、重复或超过 {LONGEST_QUESTION} 字",
                en=f"the question “{question[:50]}” has no answer, stands twice or exceeds {LONGEST_QUESTION} characters",
            )
    return found


def publish_entries(session: Session, draft: Draft, *, now: datetime) -> list[FaqEntry]:
    """Make the case's FAQ in this script what the draft says: known questions get the new answer, others are retired."""
    known = {entry.question: entry for entry in _of_case(session, draft)}
    pairs = questions(draft.text)
    entries = [known.pop(question) if question in known else _new(draft, question, now) for question, _ in pairs]
    for position, (entry, (_, answer)) in enumerate(zip(entries, pairs, strict=True)):
        entry.draft_id, entry.position, entry.answer, entry.active, entry.updated_at = draft.id, position, answer, True, now
    session.add_all(entries)
    for left_out in known.values():
        left_out.active, left_out.updated_at = False, now
    return entries


def retire_entries(session: Session, draft: Draft, *, now: datetime) -> None:
    """Take the entries that came from this draft out of the FAQ."""
    for entry in session.scalars(select(FaqEntry).where(FaqEntry.draft_id == draft.id, FaqEntry.active)):
        entry.active, entry.updated_at = False, now


def list_entries(session: Session, *, case_id: str | None = None, script: Script | None = None) -> list[FaqEntry]:
    """The entries that are in force, case by case in their order."""
    query = select(FaqEntry).where(FaqEntry.active).order_by(FaqEntry.case_id, FaqEntry.script, FaqEntry.position)
    if case_id:
        query = query.where(FaqEntry.case_id == case_id)
    return list(session.scalars(query.where(FaqEntry.script == script) if script else query))


def _of_case(session: Session, draft: Draft) -> list[FaqEntry]:
    return list(session.scalars(select(FaqEntry).where(FaqEntry.case_id == draft.case_id, FaqEntry.script == draft.script)))


def _new(draft: Draft, question: str, now: datetime) -> FaqEntry:
    return FaqEntry(id=new_id(), case_id=draft.case_id, script=draft.script, question=question, first_published_at=now)


def _answer(rest: str) -> str:
    end = _ANY_HEADING.search(rest)
    return (rest[: end.start()] if end else rest).strip()
