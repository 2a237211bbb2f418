"""The index contract: what every room asks of the store of posts. Two engines keep it: `posts.sqlite` and `posts.elastic`.

One suite of tests, `tests/posts/test_index_contract.py`, states the rules and runs against both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

from core.post import Post

if TYPE_CHECKING:
    from posts.hours import Hours


class Sentiment(StrEnum):
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True)
class Mention:
    """A post matched to one brand: the brand's name, its sentiment towards it, P(negative) in [0, 1], its risk categories.

    `keywords` are the brand's keywords that were found, as the brand spells them.
    """

    brand: str
    sentiment: Sentiment
    negative: float
    risks: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexedPost:
    """A post as the index holds it: with its mentions (none for a post that no brand matched)."""

    post: Post
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejection:
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What one bulk write did: every post given is in exactly one of the three."""

    indexed: int = 0
    updated: int = 0
    rejected: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class PostFilter:
    """Which posts are meant; every field that is set narrows. Times are half-open: `start <= published_at < end`.

    `text` is found as a phrase of characters anywhere in title or text, after normalisation; words divided by spaces must
    all be found. `authors` are keyed hashes. `seen_before` keeps posts whose `seen_at` is earlier than it. `brands`,
    `sentiments` and `risks` are asked of one and the same mention; `risks` of ("*",) means any risk category, and a mention
    with any of `without_risks` is left out. `mentioned` True keeps posts with a mention.
    """

    text: str = ""
    brands: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sentiments: tuple[Sentiment, ...] = ()
    risks: tuple[str, ...] = ()
    without_risks: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    seen_before: datetime | None = None
    mentioned: bool | None = None


EVERYTHING = PostFilter()

Sort = Literal["newest", "oldest", "reach"]
Split = Literal["platform", "risk"]
"""What a histogram may tell apart beside start, brand and sentiment."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of hits; `total` is exact; `next` is passed as `after` for the following page, "" on the last."""

    posts: tuple[IndexedPost, ...]
    total: int
    next: str = ""


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many mentions of `brand` with `sentiment` were published in [start, start + interval).

    `risky` of them have a risk category; `reach` is their reach added up. `platform` or `risk` is what was asked to be told
    apart, "" otherwise; `risk` is "" for mentions without a category too.
    """

    start: datetime
    brand: str
    platform: str
    sentiment: Sentiment
    posts: int
    risky: int
    reach: int
    risk: str = ""

    @property
    def adverse(self) -> int:
        """The negative ones, and those with a risk category that are not praise."""
        return {Sentiment.NEGATIVE: self.posts, Sentiment.NEUTRAL: self.risky, Sentiment.POSITIVE: 0}[self.sentiment]


@dataclass(frozen=True, slots=True)
class Term:
    """A word that the chosen posts hold far oftener than the background: counts of posts, how many times as common it is in
    the chosen ones, and the score it is ranked by."""

    word: str
    posts: int
    background: int
    lift: float
    score: float


class PostReader(Protocol):
    """Whatever posts can be read from in order: the index, or posts held in memory to try something on them."""

    def scan(self, chosen: PostFilter) -> Iterator[IndexedPost]:
        """Every post chosen, oldest `published_at` first, in bounded memory."""

    def earliest(self) -> datetime | None:
        """The publication of the oldest post of all, by one look-up; None for an empty index."""


class PostView(PostReader, Protocol):
    """What is asked of posts without changing them: of the whole index, or of the part of it that one topic is."""

    def search(self, chosen: PostFilter, *, sort: Sort = "newest", limit: int = 20, after: str = "") -> Page:
        """One page of the posts chosen; ties are broken by id, so paging neither repeats nor skips."""

    def histogram(self, chosen: PostFilter, *, interval: timedelta, by: Split | None = None) -> list[Bucket]:
        """Counts by start × brand × what `by` tells apart × sentiment, for the mentions that the filter keeps, in this order;
        empty buckets are left out. Buckets are aligned to the epoch (whole hours for one hour). By risk a mention of two
        categories counts in both. To tell nothing apart is much quicker over a long time."""

    def hourly(self, chosen: PostFilter) -> dict[str, Hours]:
        """The mentions of each of `chosen.brands`, by hour from `start` to `end`, which are whole hours: what `histogram`
        counts, for weeks of many brands."""

    def top_posts(self, chosen: PostFilter, *, limit: int = 10) -> list[IndexedPost]:
        """The posts of greatest reach, then newest first."""

    def significant_terms(self, chosen: PostFilter, background: PostFilter, *, limit: int = 20) -> list[Term]:
        """Words much commoner in the posts chosen than in the background, by JLH score (the product of the absolute and
        the relative change of the share of posts), greatest first; at least 2 posts hold each."""

    def count(self, chosen: PostFilter = EVERYTHING) -> int:
        """How many posts are chosen."""


class PostIndex(PostView, Protocol):
    """The index of posts. All methods raise UnavailableError, naming the address, where the engine cannot be reached.

    What was written is sure to be read after `refresh`; `write`, `annotate` and the deletions see all that was written before.
    """

    def setup(self) -> None:
        """Create or bring up to date what the engine needs (tables; templates, mappings, aliases); safe to run again."""

    def write(self, posts: Sequence[IndexedPost]) -> WriteReport:
        """Write by id, whole batch at once; a known id is updated: everything is replaced but `seen_at` and `published_at`,
        which stay as they were the first time. What the engine refuses is reported, the rest is durable on return."""

    def annotate(self, mentions: Mapping[str, tuple[Mention, ...]]) -> WriteReport:
        """Replace the mentions of posts already there, by id; an unknown id is rejected."""

    def get(self, ids: Sequence[str]) -> dict[str, IndexedPost]:
        """The posts of these ids that are there."""

    def delete_before(self, moment: datetime) -> int:
        """Delete posts published before `moment`; the number deleted. An engine may round down to its storage period."""

    def delete_author(self, author_hash: str) -> int:
        """Delete every post of one author; the number deleted."""

    def refresh(self) -> None:
        """Make everything written so far visible to searches."""

    def check(self) -> str:
        """The engine's name and version, for people; raises UnavailableError where it cannot be used."""

    def close(self) -> None: ...
