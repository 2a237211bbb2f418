"""What a case takes over from an alert: its words, its level, and the posts that stand behind it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from alerts.life.tables import Alert
from alerts.views import evidence
from alerts.views.first import first_posts
from posts.index import IndexedPost, PostIndex
from statements.cases import CaseOrigin, EvidenceItem

FIRST, TOP, QUOTED, QUOTE_LENGTH = 5, 10, 3, 80
"""Posts taken over: the earliest, those of greatest reach; and how many of these, cut to what length, tell the claims."""


def origin_of_alert(index: PostIndex, alert: Alert) -> CaseOrigin:
    """The origin of a case about `alert`: its own quoted posts with the first and the widest-reaching ones of the index.

    It began with the first post that is likely of the crisis; where none is known, with the alert's first signal.
    """
    top = evidence.top_posts(index, alert, limit=TOP)
    first = first_posts(index, alert, evidence.top_terms(index, alert), limit=FIRST)
    found = [*(_item(early.found) for early in first), *map(_item, top)]
    posts = {item.post_id: item for item in [*map(_quoted, alert.explanation.get("evidence", ())), *found]}
    return CaseOrigin(
        alert_id=alert.id,
        brand=alert.brand,
        level=alert.level,
        started_at=first[0].found.post.published_at if first and first[0].is_likely else alert.started_at,
        summary=alert.explanation.get("summary_zh", ""),
        claims=_claims(post.post.full_text for post in top),
        evidence=tuple(sorted(posts.values(), key=lambda item: (item.published_at, item.post_id))),
        fingerprint=alert.fingerprint,
    )


def _item(found: IndexedPost) -> EvidenceItem:
    post = found.post
    return EvidenceItem(post.id, post.full_text, post.url, post.published_at)


def _quoted(post: dict[str, Any]) -> EvidenceItem:
    return EvidenceItem(post["post_id"], post["text"], post["url"], datetime.fromisoformat(post["published_at"]))


def _claims(texts: Iterable[str]) -> str:
    """The most spread words of the public, as quotations, each once."""
    lines = dict.fromkeys(" ".join(text.split())[:QUOTE_LENGTH] for text in texts)
    return "；".join(f"“{line}”" for line in list(lines)[:QUOTED])
