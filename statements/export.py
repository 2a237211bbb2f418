"""Export: an approved text as a file, with who approved which exact text when set apart below it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Literal, get_args

import nh3
from markdown_it import MarkdownIt
from sqlalchemy.orm import Session

from core.clock import shown
from core.errors import InputError, StateError
from statements.drafting import get_draft, text_hash
from statements.guards import get_case
from statements.tables import Draft, DraftKind, DraftState, Script

Format = Literal["md", "txt", "html"]


@dataclass(frozen=True, slots=True)
class Exported:
    """A file to hand out."""

    filename: str
    media_type: str
    content: bytes


def export(session: Session, draft_id: str, format: Format) -> Exported:
    """The approved or published text of a draft as Markdown, plain text or HTML, in UTF-8.

    Raises StateError for a draft in another state or one whose text is not the approved one, InputError for another format.
    """
    if format not in get_args(Format):
        raise InputError(
            zh=f"不支持的导出格式 {format!r}，可用：md、txt、html", en=f"unknown format {format!r}: use md, txt or html"
        )
    draft = _exportable(get_draft(session, draft_id))
    media_type, write = _WRITERS[format]
    brand = re.sub(r"[^\w.-]+", "_", get_case(session, draft.case_id).brand)
    name = f"{brand}-{draft.kind}-{draft.script}-v{draft.version}.{format}"
    return Exported(name, f"{media_type}; charset=utf-8", write(draft, _record_of(draft)).encode())


def _exportable(draft: Draft) -> Draft:
    if draft.state not in (DraftState.APPROVED, DraftState.PUBLISHED):
        raise StateError(
            zh=f"文稿 {draft.id} 的状态是“{DraftState(draft.state).zh}”，只有已批准或已发布的才能导出",
            en=f"draft {draft.id} is {draft.state}; only an approved or published one can be exported",
        )
    if draft.approved_hash != text_hash(draft.text):
        raise StateError(
            zh=f"文稿 {draft.id} 的内容与批准时不一致，不能导出：请核查审计记录",
            en=f"draft {draft.id} is not the text that was approved and cannot be exported: look into the audit log",
        )
    return draft


def _record_of(draft: Draft) -> list[tuple[str, str]]:
    """What the file says of the approval, as (label, value), in the script of the text."""
    labels = (
        ("文稿", "批准人", "批准時間", "發布時間", "內容雜湊")
        if draft.script == Script.HANT
        else ("文稿", "批准人", "批准时间", "发布时间", "内容哈希")
    )
    values = (
        f"{DraftKind(draft.kind).zh} {draft.id} v{draft.version}",
        draft.approver or "",
        shown(draft.approved_at) if draft.approved_at else "",
        shown(draft.published_at) if draft.published_at else "",
        f"sha256:{draft.approved_hash}",
    )
    return [(label, value) for label, value in zip(labels, values, strict=True) if value]


def _markdown(draft: Draft, record: list[tuple[str, str]]) -> str:
    return f"{draft.text}\n---\n\n" + "".join(f"- {label}: {value}\n" for label, value in record)


def _plain(draft: Draft, record: list[tuple[str, str]]) -> str:
    lines = re.sub(r"(?m)^#{1,6}\s*|^>\s?", "", draft.text)
    lines = re.sub(r"(?m)^\s*[-*+]\s+", "· ", lines)
    lines = re.sub(r"(?m)^-{3,}\s*$", "", lines)
    return (
        re.sub(r"\*\*(.+?)\*\*", r"\1", lines)
        + "\n"
        + "=" * 40
        + "\n"
        + "".join(f"{label}: {value}\n" for label, value in record)
    )


def _html(draft: Draft, record: list[tuple[str, str]]) -> str:
    """A whole page; what the text holds of HTML is shown, not run, and the result is cleaned once more."""
    body = nh3.clean(MarkdownIt("commonmark", {"html": False}).enable("table").render(draft.text))
    title = next((line.lstrip("# ") for line in draft.text.splitlines() if line.startswith("#")), DraftKind(draft.kind).zh)
    rows = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in record)
    language = "zh-Hant" if draft.script == Script.HANT else "zh-Hans"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8"><title>{escape(title)}</title></head>\n'
        f"<body>\n<article>\n{body}</article>\n<hr>\n<footer><dl>{rows}</dl></footer>\n</body>\n</html>\n"
    )


_WRITERS: dict[str, tuple[str, Callable[[Draft, list[tuple[str, str]]], str]]] = {
    "md": ("text/markdown", _markdown),
    "txt": ("text/plain", _plain),
    "html": ("text/html", _html),
}
