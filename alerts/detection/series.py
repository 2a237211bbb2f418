"""Hourly series: how many posts about a brand were published in each hour, as far as they had been seen by a moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from core.clock import HOUR, floor_hour
from core.post import AuthorKind
from posts.hours import Hours
from posts.index import Bucket, IndexedPost, Mention, PostFilter, PostView, Sentiment, Split

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

DAY = timedelta(days=1)
GUARD_HOURS = 4
"""The newest hours, which are judged and hence teach the baseline nothing."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the detector keeps of one post about a brand. `known_at` is the first moment at which it counts.

    `negative` is P(negative towards the brand); `author` is a keyed hash, empty where unknown, `followers` None where not told;
    `letters` counts the letters and digits of the text beside the brand's own words.
    """

    id: str
    known_at: datetime
    published_at: datetime
    kind: str
    platform: str
    text: str
    url: str
    reach: int
    sentiment: Sentiment
    negative: float
    risks: tuple[str, ...]
    author: str = ""
    letters: int = 0
    author_kind: AuthorKind = AuthorKind.UNKNOWN
    followers: int | None = None

    @property
    def is_adverse(self) -> bool:
        """Negative, or with a risk word and not praise."""
        return self.sentiment == Sentiment.NEGATIVE or (bool(self.risks) and self.sentiment != Sentiment.POSITIVE)


@dataclass(frozen=True, slots=True)
class BrandSeries:
    """Counts by hour, the last one the hour that holds the moment of judgement (and so perhaps begun only).

    `adverse` posts are negative, or carry a risk category and are not praise. `known_hours` is for how many of the hours
    before the guarded ones there is history at all; what is older than the oldest post was not quiet but unknown.
    In the hours that are `missing` no source delivered anything. `platforms` are those with adverse posts in the last 24
    hours.
    """

    brand: str
    last_hour: datetime
    posts: Counts
    adverse: Counts
    negative: Counts
    risky: Counts
    known_hours: int
    missing: Flags
    platforms: frozenset[str] = frozenset()

    def hour(self, place: int) -> datetime:
        """The start of the hour at `place`, counted from the end: -1 is the last."""
        return self.last_hour + (place + 1) * HOUR


@dataclass(slots=True)
class HourCounts:
    """The counts of one hour of one brand, while they are added up."""

    posts: int = 0
    adverse: int = 0
    negative: int = 0
    risky: int = 0
    adverse_platforms: set[str] | None = None

    def add(self, *, posts: int, negative: int, risky: int, adverse: int, platform: str) -> None:
        self.posts += posts
        self.negative += negative
        self.risky += risky
        self.adverse += adverse
        if adverse:
            self.adverse_platforms = (self.adverse_platforms or set()) | {platform}


Tally = dict[int, HourCounts]
"""Hours since 1970 to their counts; an hour without posts is not there."""


def sightings(indexed: IndexedPost) -> Iterator[tuple[str, Sighting]]:
    """(brand, sighting) for each brand that the post mentions."""
    for mention in indexed.mentions:
        yield mention.brand, sighting(indexed, mention)


def sighting(indexed: IndexedPost, mention: Mention) -> Sighting:
    post = indexed.post
    return Sighting(
        id=post.id,
        known_at=max(post.seen_at, post.published_at),
        published_at=post.published_at,
        kind=post.kind,
        platform=post.platform,
        text=post.full_text,
        url=post.url,
        reach=post.reach,
        sentiment=mention.sentiment,
        negative=mention.negative,
        risks=mention.risks,
        author=post.author_hash,
        letters=_letters(post.full_text, mention.keywords),
        author_kind=post.author_kind,
        followers=post.author_followers,
    )


def _letters(text: str, keywords: Sequence[str]) -> int:
    for keyword in sorted(keywords, key=len, reverse=True):
        text = text.replace(keyword, "")
    return sum(map(str.isalnum, text))


def history_from(at: datetime, baseline_days: int) -> datetime:
    """The oldest moment that judging at `at` asks for: the guarded hours, of which the last has begun, and the days of the
    baseline before them."""
    return floor_hour(at) - timedelta(days=baseline_days) - (GUARD_HOURS - 1) * HOUR


def read_tallies(
    index: PostView,
    brands: Sequence[str],
    *,
    start: datetime,
    end: datetime,
    seen_before: datetime | None,
    by: Split | None = None,
) -> dict[str, Tally]:
    """The tallies of all `brands` from `start` to `end`; a brand without posts has an empty one. `seen_before` is the moment
    of judgement, as nothing else was known then, and None for looking back. `by` platform, it is told which had adverse posts.
    """
    tallies: dict[str, Tally] = defaultdict(dict, {brand: {} for brand in brands})
    chosen = PostFilter(brands=tuple(brands), start=start, end=end, seen_before=seen_before)
    for bucket in index.histogram(chosen, interval=HOUR, by=by) if brands else ():
        add_bucket(tallies[bucket.brand], bucket)
    return dict(tallies)


def read_series(
    index: PostView,
    brands: Sequence[str],
    *,
    at: datetime,
    baseline_days: int,
    seen_before: datetime | None,
    known_since: datetime | None,
    blind_hours: Set[datetime] = frozenset(),
) -> dict[str, BrandSeries]:
    """The hours that `at` is judged by, of all `brands`; with `seen_before` None the last one is whole.

    Platforms are told apart in the last day only, as it is all that asks for them; the weeks before it are counted in bulk.
    """
    if not brands:
        return {}
    start = history_from(at, baseline_days)
    recent = max(start, floor_hour(at) - DAY)
    end = at if seen_before else floor_hour(at) + HOUR
    past = index.hourly(PostFilter(brands=tuple(brands), start=start, end=recent, seen_before=seen_before))
    tallies = read_tallies(index, brands, start=recent, end=end, seen_before=seen_before, by="platform")
    return {
        brand: series(
            brand,
            tallies[brand],
            at=at,
            baseline_days=baseline_days,
            known_since=known_since,
            blind_hours=blind_hours,
            past=past[brand],
        )
        for brand in brands
    }


def add_bucket(tally: Tally, bucket: Bucket) -> None:
    is_negative = bucket.sentiment == Sentiment.NEGATIVE
    tally.setdefault(hour_number(bucket.start), HourCounts()).add(
        posts=bucket.posts,
        negative=bucket.posts if is_negative else 0,
        risky=bucket.risky,
        adverse=bucket.adverse,
        platform=bucket.platform,
    )


def add_sighting(tally: Tally, seen: Sighting) -> None:
    tally.setdefault(hour_number(seen.published_at), HourCounts()).add(
        posts=1,
        negative=int(seen.sentiment == Sentiment.NEGATIVE),
        risky=int(bool(seen.risks)),
        adverse=int(seen.is_adverse),
        platform=seen.platform,
    )


def series(
    brand: str,
    tally: Tally,
    *,
    at: datetime,
    baseline_days: int,
    known_since: datetime | None,
    blind_hours: Set[datetime] = frozenset(),
    past: Hours | None = None,
) -> BrandSeries:
    """The hours that `at` is judged by; `known_since` is the publication of the oldest post of all, None for no post.

    `past` holds the counts of the first of these hours, where `tally` has only those that follow.

    An hour of `blind_hours`, of which no source delivered anything, is missing unless it came in by another way.
    """
    last = hour_number(at)
    length = baseline_days * 24 + GUARD_HOURS
    first = last - length + 1
    counts = np.zeros((4, length), dtype=np.int64)
    if past is not None:
        counts[:, : past.shape[1]] = past
    for hour, cell in tally.items():
        if first <= hour <= last:
            counts[:, hour - first] = (cell.posts, cell.adverse, cell.negative, cell.risky)
    blind = np.zeros(length, dtype=bool)
    blind[[place for hour in blind_hours if 0 <= (place := hour_number(hour) - first) < length]] = True
    since = last if known_since is None else hour_number(known_since)
    day = (tally[hour].adverse_platforms or () for hour in range(last - 23, last + 1) if hour in tally)
    return BrandSeries(
        brand=brand,
        last_hour=floor_hour(at.astimezone(UTC)),
        posts=counts[0],
        adverse=counts[1],
        negative=counts[2],
        risky=counts[3],
        known_hours=min(baseline_days * 24, max(0, last - GUARD_HOURS - since)),
        missing=blind & (counts[0] == 0),
        platforms=frozenset(platform for platforms in day for platform in platforms),
    )


def usual_a_day(counted: BrandSeries) -> float:
    """Adverse posts on a usual day: the mean of the known days before the guarded hours, the worst tenth left out; 0 where
    no whole day is known."""
    days = counted.known_hours // 24
    if not days:
        return 0.0
    place = slice(-GUARD_HOURS - days * 24, -GUARD_HOURS)
    watched = ~counted.missing[place].reshape(days, 24).any(axis=1)
    sums = np.sort(counted.adverse[place].reshape(days, 24).sum(axis=1)[watched])
    return float(sums[: -(-len(sums) * 9 // 10)].mean()) if len(sums) else 0.0


def guarded(tally: Tally, at: datetime) -> tuple[int, int]:
    """Posts and adverse posts of the hours that are judged at `at`."""
    last = hour_number(at)
    cells = [cell for hour in range(last - GUARD_HOURS + 1, last + 1) if (cell := tally.get(hour))]
    return sum(cell.posts for cell in cells), sum(cell.adverse for cell in cells)


def hour_number(moment: datetime) -> int:
    return int(moment.timestamp() // 3600)
