"""The timeline of a case: what was done to it, its facts and its drafts, told from the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core import audit
from core.clock import shown
from statements.drafting import list_drafts
from statements.fact_names import CATALOGUE
from statements.tables import Draft, DraftKind, Script


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One step: `action` as the audit log names it, told in both languages; `subject` is `case:ID` or `draft:ID`."""

    at: datetime
    actor: str
    action: str
    subject: str
    zh: str
    en: str
    details: dict[str, Any]


_VERBS = {
    "case.propose": ("系统建议立案", "proposed the case"),
    "case.open": ("立案", "opened the case"),
    "case.take": ("接手个案", "took the case"),
    "case.level": ("级别变为", "changed the level to"),
    "case.close": ("结案", "closed the case"),
    "fact.set": ("填写", "set"),
    "fact.confirm": ("确认", "confirmed"),
    "fact.withdraw": ("撤回", "withdrew"),
    "draft.render": ("生成", "rendered"),
    "draft.edit": ("修改", "edited"),
    "draft.submit": ("提交审批", "submitted"),
    "draft.approve": ("批准", "approved"),
    "draft.send_back": ("退回", "sent back"),
    "draft.publish": ("发布", "published"),
    "draft.withdraw": ("撤回", "withdrew"),
    "draft.supersede": ("由新版取代", "superseded"),
}


def timeline(session: Session, case_id: str, *, limit: int = 500) -> list[TimelineEntry]:
    """The newest steps on a case, newest first."""
    drafts = {f"draft:{draft.id}": draft for draft in list_drafts(session, case_id)}
    entries = audit.entries_for(session, [f"case:{case_id}", *drafts], limit)
    return [_told(entry, drafts.get(entry.subject)) for entry in entries]


def _told(entry: audit.AuditEntry, draft: Draft | None) -> TimelineEntry:
    zh, en = _VERBS.get(entry.action, (entry.action, entry.action))
    thing_zh, thing_en = _thing(entry, draft)
    more = entry.details.get("reason") or _value(entry) or entry.details.get("after") or ""
    return TimelineEntry(
        entry.at, entry.actor, entry.action, entry.subject,
        _joined(f"{zh}{thing_zh}", more, "："), _joined(f"{en} {thing_en}".strip(), more, ": "), entry.details,
    )  # fmt: skip


def _thing(entry: audit.AuditEntry, draft: Draft | None) -> tuple[str, str]:
    if draft:
        kind, script = DraftKind(draft.kind), Script(draft.script)
        return f"“{kind.zh}·{script.zh} v{draft.version}”", f"the {kind.en}, {script.en}, v{draft.version}"
    if fact := CATALOGUE.get(entry.details.get("name", "")):
        return f"事实“{fact.zh}”", f"the fact {fact.en}"
    return "", ""


def _value(entry: audit.AuditEntry) -> str:
    """What a fact was set to, a moment as people read it."""
    value: str = entry.details.get("value") or ""
    fact = CATALOGUE.get(entry.details.get("name", ""))
    return shown(datetime.fromisoformat(value)) if value and fact and fact.kind == "moment" else value


def _joined(sentence: str, more: str, colon: str) -> str:
    return f"{sentence}{colon}{more}" if more else sentence
