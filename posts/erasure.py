"""What may be kept: the posts of a person who asked to be removed are not, nor posts older than their retention.

Both hold for posts that come again: a crawl of an old page must not bring back what was deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.post import Post
from posts.index import PostIndex
from posts.tables import ErasedAuthor


@dataclass(frozen=True, slots=True)
class Admission:
    """Whose posts, and posts from when on, may be taken in; `since` None admits every age."""

    erased: frozenset[str] = frozenset()
    since: datetime | None = None

    def admits(self, post: Post) -> bool:
        if post.author_hash and post.author_hash in self.erased:
            return False
        return self.since is None or post.published_at >= self.since


def request_erasure(session: Session, author_hash: str, *, reason: str, actor: str, now: datetime) -> None:
    """Record that this author's posts are to be deleted and never taken in again; asked again, nothing changes."""
    if session.get(ErasedAuthor, author_hash):
        return
    session.add(ErasedAuthor(author_hash=author_hash, at=now, actor=actor, reason=reason))
    audit.record(session, at=now, actor=actor, action="author.erase", subject=f"author:{author_hash}", reason=reason)


def erased_authors(session: Session) -> frozenset[str]:
    """The hashes of all authors who asked to be removed."""
    return frozenset(session.scalars(select(ErasedAuthor.author_hash)))


def erase(index: PostIndex, authors: frozenset[str]) -> int:
    """Delete these authors' posts from the index; the number deleted.

    To be called once the request is committed; and again by upkeep, for a post that was being written at that moment.
    """
    return sum(index.delete_author(author) for author in sorted(authors))
