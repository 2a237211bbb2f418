"""The trend of a brand: what each hour or day held, also told apart by platform, risk category or mood.

Every post counts in the hour of its publication, whenever it came in: a late one changes the hour's figures the next time
they are asked for, and alerts judge only the hours from `settled_before` on. An hour of which no source delivered anything
is missing, not zero. Posts from the future do not count before their time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Literal, TypeVar

from alerts.detection.copies import COPY, groups, shingles
from alerts.detection.series import Sighting, sightings
from alerts.detection.voices import fresh_since
from core.clock import HOUR, SHANGHAI, floor_hour, shown, to_utc
from core.errors import InputError
from posts.index import Bucket, PostFilter, PostView, Sentiment

MOST_READ = 5_000
"""Posts of a window that are read one by one, for what counts alone do not tell: authors, texts, the highest reach."""
LONGEST = timedelta(days=92)

By = Literal["platform", "risk", "mood"]
Watched = Callable[[Sequence[datetime]], Sequence[float | None]]
"""Asked of consecutive hours: the share of the sources that delivered in each, None where it is not told."""

WHOLE = "*"
_Cell = tuple[str, datetime | None]
"""A part, or the WHOLE, and a slot, or None for all of the window."""
Kept = TypeVar("Kept")


class Per(StrEnum):
    """How long a slot of a series is: an hour, or a day of China's calendar."""

    HOUR = "hour"
    DAY = "day"

    def slot(self, moment: datetime) -> datetime:
        """The start of the slot that holds a moment, in UTC."""
        if self is Per.HOUR:
            return floor_hour(moment)
        return to_utc(datetime.combine(moment.astimezone(SHANGHAI).date(), time()))

    @property
    def length(self) -> timedelta:
        return HOUR if self is Per.HOUR else timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a slot, or a whole window, held. `adverse` posts are negative, or carry a risk category and are not praise.

    `authors`, `texts` (copies of one text count once) and `highest`, the reach of the post that had most, are None where there
    were too many posts to be read one by one. Authors of whom nothing is told are counted by their texts.
    """

    posts: int = 0
    negative: int = 0
    adverse: int = 0
    reach: int = 0
    highest: int | None = None
    authors: int | None = None
    texts: int | None = None

    @property
    def share(self) -> float | None:
        """The negative share, None without posts."""
        return self.negative / self.posts if self.posts else None


NOTHING = Figures(highest=0, authors=0, texts=0)


@dataclass(frozen=True, slots=True)
class Part:
    """One platform, category or mood: its figures in each slot, None where the slot is missing; "" is without a category."""

    name: str
    slots: tuple[Figures | None, ...]
    total: Figures


@dataclass(frozen=True, slots=True)
class Trend:
    """A brand's series over [start, end). `starts` are its slots; `slots` their figures, None where nothing was watched.

    `coverage` is the share of the sources that delivered in each slot, None where it is not told, as before the first crawl.
    """

    brand: str
    start: datetime
    end: datetime
    per: Per
    settled_before: datetime
    starts: tuple[datetime, ...]
    coverage: tuple[float | None, ...]
    slots: tuple[Figures | None, ...]
    total: Figures
    parts: tuple[Part, ...] = ()


def trend(
    index: PostView,
    brand: str,
    *,
    start: datetime,
    end: datetime,
    at: datetime,
    watched: Watched,
    per: Per = Per.HOUR,
    by: By | None = None,
) -> Trend:
    """The brand's series from the slot that holds `start` up to `end`, LONGEST at most and not beyond `at`.

    Raises InputError for a window that is empty, UnavailableError where the index cannot be reached.
    """
    end = min(end, at)
    if start >= end:
        raise InputError(
            zh=f"时段为空：{shown(start)} 不早于 {shown(end)}，请改起止时间",
            en=f"the window is empty: {shown(start)} is not before {shown(end)}; change from and to",
        )
    start = per.slot(max(start, end - LONGEST))
    starts = tuple(_starts(start, end, per))
    coverage = _coverage(starts, per, watched)
    chosen = PostFilter(brands=(brand,), start=start, end=end)
    cells = _cells(_counted(index, chosen, per, by), _read(index, chosen, per, by))
    missing = {slot for slot, share in zip(starts, coverage, strict=True) if share == 0 and (WHOLE, slot) not in cells}

    def series(part: str) -> tuple[Figures | None, ...]:
        return tuple(None if slot in missing else cells.get((part, slot), NOTHING) for slot in starts)

    names = [part for part, slot in cells if slot is None and part != WHOLE]
    parts = [Part(part, series(part), cells[part, None]) for part in names]
    return Trend(
        brand=brand,
        start=start,
        end=end,
        per=per,
        settled_before=fresh_since(at),
        starts=starts,
        coverage=coverage,
        slots=series(WHOLE),
        total=cells.get((WHOLE, None), NOTHING),
        parts=tuple(sorted(parts, key=lambda part: (-part.total.posts, part.name))),
    )


@dataclass(frozen=True, slots=True)
class _Voice:
    """What is kept of one post: its author, the number of its text (copies have the same), its reach."""

    author: str
    text: int
    reach: int


def _starts(start: datetime, end: datetime, per: Per) -> Iterator[datetime]:
    while start < end:
        yield start
        start += per.length


def _coverage(starts: Sequence[datetime], per: Per, watched: Watched) -> tuple[float | None, ...]:
    """The share watched of each slot: the mean of its hours, as far as it is told."""
    hours = [slot + place * HOUR for slot in starts for place in range(per.length // HOUR)]
    of_slot: dict[datetime, list[float]] = defaultdict(list)
    for hour, share in zip(hours, watched(hours), strict=True):
        if share is not None:
            of_slot[per.slot(hour)].append(share)
    return tuple(sum(shares) / len(shares) if (shares := of_slot.get(slot)) else None for slot in starts)


def _counted(index: PostView, chosen: PostFilter, per: Per, by: By | None) -> dict[_Cell, list[Bucket]]:
    """The buckets that each cell is made of."""
    found: dict[_Cell, list[Bucket]] = defaultdict(list)
    for bucket in index.histogram(chosen, interval=HOUR):
        _put(found, (WHOLE, bucket.sentiment) if by == "mood" else (WHOLE,), per.slot(bucket.start), bucket)
    if by in ("platform", "risk"):
        for bucket in index.histogram(chosen, interval=HOUR, by=by):
            _put(found, (bucket.platform if by == "platform" else bucket.risk,), per.slot(bucket.start), bucket)
    return found


def _read(index: PostView, chosen: PostFilter, per: Per, by: By | None) -> dict[_Cell, list[_Voice]] | None:
    """The voices in each cell; None where they are too many to be read."""
    if index.count(chosen) > MOST_READ:
        return None
    (brand,) = chosen.brands
    posts = [seen for indexed in index.scan(chosen) for name, seen in sightings(indexed) if name == brand]
    texts = groups([shingles(post.text) for post in posts], COPY)
    found: dict[_Cell, list[_Voice]] = defaultdict(list)
    for post, text in zip(posts, texts, strict=True):
        _put(found, (WHOLE, *_parts(post, by)), per.slot(post.published_at), _Voice(post.author, text, post.reach))
    return found


def _parts(post: Sighting, by: By | None) -> tuple[str, ...]:
    match by:
        case "platform":
            return (post.platform,)
        case "risk":
            return post.risks or ("",)
        case "mood":
            return (post.sentiment,)
    return ()


def _put(cells: dict[_Cell, list[Kept]], parts: Sequence[str], slot: datetime, value: Kept) -> None:
    """Into the slot's cell and the window's, of each part."""
    for part in parts:
        cells[part, slot].append(value)
        cells[part, None].append(value)


def _cells(counted: Mapping[_Cell, Sequence[Bucket]], read: Mapping[_Cell, Sequence[_Voice]] | None) -> dict[_Cell, Figures]:
    return {cell: _figures(buckets, None if read is None else read.get(cell, ())) for cell, buckets in counted.items()}


def _figures(buckets: Sequence[Bucket], voices: Sequence[_Voice] | None) -> Figures:
    counts = Figures(
        posts=sum(bucket.posts for bucket in buckets),
        negative=sum(bucket.posts for bucket in buckets if bucket.sentiment == Sentiment.NEGATIVE),
        adverse=sum(bucket.adverse for bucket in buckets),
        reach=sum(bucket.reach for bucket in buckets),
    )
    if voices is None:
        return counts
    authors = {voice.author for voice in voices if voice.author}
    nameless = {voice.text for voice in voices if not voice.author}
    return replace(
        counts,
        highest=max((voice.reach for voice in voices), default=0),
        authors=len(authors) + len(nameless),
        texts=len({voice.text for voice in voices}),
    )
