"""Topics: when one brand has two crises at once, people split them by risk category, and each is judged by its own posts.

The rule: a post with any of a split alert's categories belongs to that alert, every other post to the brand's main alert. A
topic holds its posts while its alert is active and for a week after it was closed; then they return to the main alert.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.life.lifecycle import RELAPSE
from alerts.life.tables import Alert, AlertState
from posts.hours import Hours, of_buckets
from posts.index import EVERYTHING, Bucket, IndexedPost, Page, PostFilter, PostView, Sort, Split, Term

ANY_RISK = ("*",)


def joined(categories: Sequence[str]) -> str:
    """The categories as `Alert.topic` and `Alert.without` keep them.

    >>> joined(["service", "people", "people"])
    'people,service'
    """
    return ",".join(sorted(set(categories)))


def parted(topic: str) -> tuple[str, ...]:
    """The categories of a topic; none for the main one."""
    return tuple(topic.split(",")) if topic else ()


@dataclass(frozen=True, slots=True)
class Topic:
    """A part of what is said of a brand: posts with one of the categories `of`, or where it is empty, all without `without`."""

    brand: str
    of: str = ""
    without: str = ""

    def narrowed(self, chosen: PostFilter) -> PostFilter | None:
        """`chosen` as far as it is of this topic; None where nothing can be."""
        own = parted(self.of)
        without = tuple(sorted({*chosen.without_risks, *parted(self.without)}))
        if not own:
            return replace(chosen, without_risks=without)
        both = own if chosen.risks in ((), ANY_RISK) else tuple(risk for risk in chosen.risks if risk in own)
        return replace(chosen, risks=both, without_risks=without) if both else None


def topic_of(alert: Alert) -> Topic:
    return Topic(alert.brand, alert.topic, alert.without)


def posts_of(topic: Topic, *, start: datetime, end: datetime) -> PostFilter:
    """The topic's posts in [start, end)."""
    chosen = PostFilter(brands=(topic.brand,), start=start, end=end)
    return topic.narrowed(chosen) or chosen


def topics_at(session: Session, brands: Sequence[str], at: datetime) -> dict[str, tuple[Topic, ...]]:
    """The topics of those brands that have more than one at `at`: the split ones by name, then the main one."""
    query = select(Alert).where(Alert.topic != "", Alert.state != AlertState.MERGED, Alert.replayed.is_(False))
    wanted, live = set(brands), dict[str, set[str]]()
    for alert in session.scalars(query):
        if alert.brand in wanted and _holds_its_posts(alert, at):
            live.setdefault(alert.brand, set()).add(alert.topic)
    return {brand: _divided(brand, sorted(names)) for brand, names in live.items()}


def _divided(brand: str, names: Sequence[str]) -> tuple[Topic, ...]:
    taken = [risk for name in names for risk in parted(name)]
    return (*(Topic(brand, name) for name in names), Topic(brand, "", joined(taken)))


def _holds_its_posts(alert: Alert, at: datetime) -> bool:
    return alert.closed_at is None or at - alert.closed_at <= RELAPSE


class TopicView:
    """The index as a topic sees it: what is asked of its brand is answered from the topic's own posts and categories only.

    The rules need not know that a brand was split.
    """

    def __init__(self, index: PostView, topic: Topic) -> None:
        self._index, self._topic = index, topic

    def search(self, chosen: PostFilter, *, sort: Sort = "newest", limit: int = 20, after: str = "") -> Page:
        asked = self._asked(chosen)
        if asked is None:
            return Page((), 0)
        page = self._index.search(asked, sort=sort, limit=limit, after=after)
        return replace(page, posts=tuple(map(self._seen, page.posts)))

    def scan(self, chosen: PostFilter) -> Iterator[IndexedPost]:
        asked = self._asked(chosen)
        return iter(()) if asked is None else map(self._seen, self._index.scan(asked))

    def earliest(self) -> datetime | None:
        return self._index.earliest()

    def histogram(self, chosen: PostFilter, *, interval: timedelta, by: Split | None = None) -> list[Bucket]:
        asked = self._asked(chosen)
        found = [] if asked is None else self._index.histogram(asked, interval=interval, by=by)
        own = parted(self._topic.of)
        return [bucket for bucket in found if bucket.risk in own] if by == "risk" and own else found

    def hourly(self, chosen: PostFilter) -> dict[str, Hours]:
        asked = self._asked(chosen)
        return of_buckets((), chosen) if asked is None else self._index.hourly(asked)

    def top_posts(self, chosen: PostFilter, *, limit: int = 10) -> list[IndexedPost]:
        asked = self._asked(chosen)
        return [] if asked is None else [self._seen(post) for post in self._index.top_posts(asked, limit=limit)]

    def significant_terms(self, chosen: PostFilter, background: PostFilter, *, limit: int = 20) -> list[Term]:
        asked, usual = self._asked(chosen), self._asked(background)
        return [] if asked is None or usual is None else self._index.significant_terms(asked, usual, limit=limit)

    def count(self, chosen: PostFilter = EVERYTHING) -> int:
        asked = self._asked(chosen)
        return 0 if asked is None else self._index.count(asked)

    def _asked(self, chosen: PostFilter) -> PostFilter | None:
        """What is asked of all brands, as since when anything is known, stays as it is."""
        return self._topic.narrowed(chosen) if chosen.brands else chosen

    def _seen(self, indexed: IndexedPost) -> IndexedPost:
        """A split topic's post, with the categories of the topic alone: it is the others' no more."""
        own = parted(self._topic.of)
        if not own:
            return indexed
        mentions = (
            replace(mention, risks=tuple(risk for risk in mention.risks if risk in own))
            if mention.brand == self._topic.brand
            else mention
            for mention in indexed.mentions
        )
        return replace(indexed, mentions=tuple(mentions))
