"""The quarantine: what could not become a post waits here with its reason and its source page, and is counted."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from posts.tables import QuarantinedItem, QuarantinePage

Kind = Literal["page", "item", "row", "rejected"]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One thing that could not become a post.

    `kind`: a whole page, an item of a page, a row of a file, or a post that the index rejected. `place` is the address or
    `file:line`, `item` the text that was met there, `page` the body it came from.
    """

    source: str
    kind: Kind
    reason_zh: str
    reason_en: str
    place: str
    item: str = ""
    page: bytes | None = None
    page_url: str = ""


def add(session: Session, items: Sequence[Quarantined], *, now: datetime) -> int:
    """Keep the items, each page once, in the caller's transaction; what was met before is counted up. The number given."""
    pages = {page_id(item.page): item for item in items if item.page is not None}
    if pages:
        statement = _insert(session, QuarantinePage).on_conflict_do_nothing()
        session.execute(statement, [_page_row(identity, item, now) for identity, item in pages.items()])
    if items:
        statement = _insert(session, QuarantinedItem)
        again = {"times": QuarantinedItem.times + 1, "at": statement.excluded.at, "page_id": statement.excluded.page_id}
        statement = statement.on_conflict_do_update(index_elements=["id"], set_=again)
        session.execute(statement, [_item_row(item, now) for item in items])
    return len(items)


def counts(session: Session) -> dict[str, int]:
    """How many different things of each source are in quarantine."""
    query = select(QuarantinedItem.source, func.count()).group_by(QuarantinedItem.source)
    return dict(session.execute(query).tuples().all())


def recent(session: Session, *, source: str | None = None, limit: int = 50) -> list[QuarantinedItem]:
    """What was met last, newest first."""
    query = select(QuarantinedItem).order_by(QuarantinedItem.at.desc(), QuarantinedItem.id).limit(limit)
    if source is not None:
        query = query.where(QuarantinedItem.source == source)
    return list(session.scalars(query))


def find(session: Session, id_or_start: str) -> QuarantinedItem | None:
    """The item whose id is, or alone begins with, `id_or_start`; None where there is none or more than one."""
    query = select(QuarantinedItem).where(QuarantinedItem.id.startswith(id_or_start, autoescape=True)).limit(2)
    found = session.scalars(query).all()
    return found[0] if len(found) == 1 else None


def page(session: Session, identity: str) -> QuarantinePage | None:
    return session.get(QuarantinePage, identity)


def page_id(body: bytes) -> str:
    """A page's identity: the SHA-256 of its body, in hex."""
    return hashlib.sha256(body).hexdigest()


def discard_before(session: Session, moment: datetime) -> int:
    """Throw away what was last met before `moment`, and the pages that nothing points to any more; the number of items."""
    discarded = session.execute(delete(QuarantinedItem).where(QuarantinedItem.at < moment).returning(QuarantinedItem.id))
    number = len(discarded.all())
    used = select(QuarantinedItem.page_id).where(QuarantinedItem.page_id == QuarantinePage.id)
    session.execute(delete(QuarantinePage).where(QuarantinePage.fetched_at < moment, ~used.exists()))
    return number


def _insert(session: Session, table: type[QuarantinedItem] | type[QuarantinePage]) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of the session's database."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    target = table.__table__
    assert isinstance(target, Table)
    return dialect.insert(target)


def _page_row(identity: str, item: Quarantined, now: datetime) -> dict[str, Any]:
    body = zlib.compress(item.page or b"")
    return {"id": identity, "url": _storable(item.page_url or item.place)[:2000], "body": body, "fetched_at": now}


def _item_row(item: Quarantined, now: datetime) -> dict[str, Any]:
    texts = {name: _storable(getattr(item, name)) for name in ("source", "kind", "reason_zh", "reason_en", "place", "item")}
    texts["source"] = texts["source"][:200]
    page = page_id(item.page) if item.page is not None else None
    return {"id": _item_id(texts), **texts, "page_id": page, "times": 1, "at": now}


def _item_id(texts: dict[str, str]) -> str:
    parts = "\x1f".join(texts[name] for name in ("source", "kind", "reason_en", "place", "item"))
    return hashlib.blake2b(parts.encode(), digest_size=16).hexdigest()


def _storable(text: str) -> str:
    """Broken input is just what comes here: PostgreSQL takes no NUL, and no database a half of a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
