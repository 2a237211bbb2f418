"""A made-up world for the alert tests: posts about 星海茶饮, hour by hour, in a real embedded index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from alerts.detection.series import BrandSeries, HourCounts, Sighting, Tally, hour_number, series
from core.coverage import Coverage, SourceCoverage
from core.post import AuthorKind, Post, PostKind
from posts.index import IndexedPost, Mention, Sentiment
from posts.sqlite import SqliteIndex

BRAND = "星海茶饮"
START = datetime(2026, 10, 1, tzinfo=UTC)
"""The first moment of history."""
CRISIS = START + timedelta(days=16, hours=6)
"""When the made-up crises begin: after a full baseline."""
HOUR = timedelta(hours=1)


def post(
    at: datetime,
    number: int,
    *,
    text: str = "",
    adverse: bool = False,
    kind: PostKind = PostKind.POST,
    platform: str = "weibo",
    seen_after: timedelta = timedelta(),
    risks: tuple[str, ...] = (),
    brand: str = BRAND,
    heat: int | None = None,
    author_kind: AuthorKind = AuthorKind.UNKNOWN,
    author_followers: int | None = None,
) -> IndexedPost:
    """One post about the brand, seen `seen_after` its publication."""
    made = Post(
        platform=platform,
        native_id=f"{at.isoformat()}-{number}",
        kind=kind,
        text=text or f"{brand}的第 {number} 条",
        published_at=at,
        seen_at=at + seen_after,
        source="test",
        url=f"https://example.invalid/{number}",
        heat=heat,
        author_kind=author_kind,
        author_followers=author_followers,
    )
    sentiment = Sentiment.NEGATIVE if adverse else Sentiment.NEUTRAL
    return IndexedPost(made, (Mention(brand, sentiment, 0.9 if adverse else 0.1, risks, (brand,)),))


def quiet(
    days: float = 18, *, every: timedelta = timedelta(hours=3), brand: str = BRAND, start: datetime = START
) -> list[IndexedPost]:
    """A calm stream: one harmless post every few hours."""
    steps = int(timedelta(days=days) / every)
    return [post(start + place * every + timedelta(minutes=7), place, brand=brand) for place in range(steps)]


def burst(
    start: datetime, count: int, *, over: timedelta = HOUR, adverse: bool = True, brand: str = BRAND
) -> list[IndexedPost]:
    """`count` posts evenly over a time."""
    risks = ("quality_safety",) if adverse else ()
    return [
        post(start + over * place / count, 10_000 + place, adverse=adverse, risks=risks, brand=brand) for place in range(count)
    ]


def hot(
    at: datetime, text: str, *, risks: tuple[str, ...] = ("quality_safety",), adverse: bool = True, brand: str = BRAND
) -> IndexedPost:
    """An entry on a hot-search list."""
    number = sum(map(ord, text))
    return post(
        at, number, text=text, adverse=adverse, risks=risks, kind=PostKind.HOT_SEARCH, platform="weibo_hot", brand=brand
    )


def index_of(path: Path, posts: Iterable[IndexedPost]) -> SqliteIndex:
    index = SqliteIndex(path / "posts.db")
    index.setup()
    index.write(list(posts))
    return index


def complete(at: datetime) -> Coverage:
    return Coverage(at - timedelta(days=1), at, (SourceCoverage("weibo", "weibo", 1.0),))


def gappy(at: datetime) -> Coverage:
    lost = SourceCoverage("news", "news", 0.25, "blocked")
    return Coverage(at - timedelta(days=1), at, (SourceCoverage("weibo", "weibo", 1.0), lost))


def counted(
    posts: Sequence[int], adverse: Sequence[int], *, days: int = 14, known_since: datetime | None = START
) -> BrandSeries:
    """A series whose last hour holds the last of the counts, which start at START."""
    return series(BRAND, tally_of(posts, adverse), at=last_moment(posts), baseline_days=days, known_since=known_since)


def tally_of(posts: Sequence[int], adverse: Sequence[int]) -> Tally:
    """The counts of each hour from START on."""
    tally: Tally = {}
    for place, (all_, bad) in enumerate(zip(posts, adverse, strict=True)):
        cell = HourCounts()
        cell.add(posts=int(all_), negative=int(bad), risky=0, adverse=int(bad), platform="weibo")
        tally[hour_number(START) + place] = cell
    return tally


def last_moment(counts: Sequence[int]) -> datetime:
    """The last minute of the last hour of counts that start at START."""
    return START + len(counts) * HOUR - timedelta(minutes=1)


def poisson(rate: float, hours: int, seed: int) -> list[int]:
    return [int(count) for count in np.random.default_rng(seed).poisson(rate, hours)]


def seen(indexed: IndexedPost) -> Sighting:
    from alerts.detection.series import sighting

    return sighting(indexed, indexed.mentions[0])
