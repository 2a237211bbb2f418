"""The posts behind a signal: asked of the index by live detection, picked from what is in memory by a replay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from alerts.detection.facets import Facet
from alerts.detection.rules import Gather, Gathered
from alerts.detection.series import DAY, Sighting, sightings
from posts.index import IndexedPost, PostFilter, PostView, Sentiment

LEADING = 50
"""Posts of greatest reach that a signal's category and reach are judged by."""


def gather_from(index: PostView, brand: str, at: datetime) -> Gather:
    """Ask the index, as it stood at `at`."""

    def gather(started_at: datetime, facet: Facet | None = None) -> Gathered:
        day = PostFilter(brands=(brand,), start=at - DAY, end=at, seen_before=at)
        adverse = _adverse(day, facet)
        leading = (hit for chosen in adverse for hit in _of(brand, index.top_posts(chosen, limit=LEADING)))
        found = _greatest(leading) or _greatest(_of(brand, index.top_posts(day, limit=LEADING)))
        since = PostFilter(brands=(brand,), start=started_at, end=at, seen_before=at)
        firsts = [hit for chosen in _adverse(since, facet) for hit in _of(brand, _first(index, chosen))]
        return Gathered(found, _earliest(firsts or list(_of(brand, _first(index, since)))))

    return gather


def gather_among(known: Iterable[Sighting], at: datetime) -> Gather:
    """Pick from a brand's sightings of the last day and more, all known at `at`."""

    def gather(started_at: datetime, facet: Facet | None = None) -> Gathered:
        day = [post for post in known if at - DAY <= post.published_at < at and (facet is None or facet.holds(post))]
        adverse = [post for post in day if post.is_adverse]
        since = [post for post in day if post.published_at >= started_at]
        firsts = [post for post in since if post.is_adverse]
        return Gathered(_greatest(adverse) or _greatest(day), _earliest(firsts or since))

    return gather


def _adverse(chosen: PostFilter, facet: Facet | None) -> list[PostFilter]:
    adverse = replace(chosen, sentiments=(Sentiment.NEGATIVE,)), replace(chosen, risks=("*",))
    return [facet.narrowed(each) if facet else each for each in adverse]


def _of(brand: str, posts: Iterable[IndexedPost]) -> Iterator[Sighting]:
    return (seen for indexed in posts for name, seen in sightings(indexed) if name == brand)


def _first(index: PostView, chosen: PostFilter) -> list[IndexedPost]:
    return list(index.search(chosen, sort="oldest", limit=1).posts)


def _greatest(posts: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """The LEADING posts of greatest reach, then the newest, each once."""
    unique = {post.id: post for post in posts}.values()
    return tuple(sorted(unique, key=lambda post: (-post.reach, -post.published_at.timestamp(), post.id))[:LEADING])


def _earliest(posts: Iterable[Sighting]) -> Sighting | None:
    return min(posts, key=lambda post: (post.published_at, post.id), default=None)
