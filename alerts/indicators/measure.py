"""What a day of posts about a brand comes to: the counts that the indicators are read from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from alerts.indicators.table import COMPLAINTS
from core.clock import SHANGHAI, to_utc
from core.post import PostKind
from posts.index import IndexedPost, Mention, PostFilter, PostIndex, Sentiment

ENOUGH_FOR_SHARE = 5
"""Posts under which a share says nothing."""
MOST_READ = 2000
"""Posts of a brand in a day that a page still reads one by one."""
_DAY = timedelta(days=1)
_ASKING = (PostKind.COMPLAINT, PostKind.QUESTION)
_MEDIA = (PostKind.ARTICLE, PostKind.HOT_SEARCH)


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts of one brand in one window.

    `authors` are the different ones known, None where posts name none. `answerable` questions and complaints are those whose
    replies are told at all (by their number, or by a reply that mentions the brand); `unanswered` of them have none.
    `complaints` are negative posts, and posts of the kind complaint, by risk category. `media` are articles and hot-search
    entries.
    """

    posts: int = 0
    negative: int = 0
    media: int = 0
    authors: int | None = 0
    answerable: int = 0
    unanswered: int = 0
    complaints: Mapping[str, int] = field(default_factory=dict)

    def value(self, key: str) -> float | None:
        """The value of the indicator `key`; None where the posts do not tell it."""
        if key.startswith(COMPLAINTS):
            return self.complaints.get(key.removeprefix(COMPLAINTS), 0)
        values = {"volume": self.posts, "media": self.media, "authors": self.authors}
        if key == "negative_share":
            return self.negative / self.posts if self.posts >= ENOUGH_FOR_SHARE else None
        if key == "unanswered":
            return self.unanswered if self.answerable else None
        return values[key]

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__ if name != "complaints"} | {
            "complaints": dict(self.complaints)
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Counted:
        return cls(**content)


def day_of(moment: datetime) -> date:
    """The day of China's calendar that holds `moment`."""
    return moment.astimezone(SHANGHAI).date()


def day_start(day: date) -> datetime:
    """Its first moment, in UTC."""
    return to_utc(datetime.combine(day, time()))


def count(index: PostIndex, brands: Iterable[str], *, start: datetime, end: datetime) -> dict[str, Counted]:
    """The counts of every brand in [start, end), by one reading of their posts; memory holds the authors and no post.

    Raises UnavailableError where the index cannot be reached.
    """
    tallies = {brand: _Tally() for brand in brands}
    for indexed in index.scan(PostFilter(brands=tuple(tallies), start=start, end=end)) if tallies else ():
        for mention in indexed.mentions:
            if tally := tallies.get(mention.brand):
                tally.add(indexed, mention)
    return {brand: tally.counted() for brand, tally in tallies.items()}


def count_quickly(index: PostIndex, brands: Iterable[str], *, start: datetime, end: datetime) -> dict[str, Counted]:
    """The same within a second or two: a brand of more than MOST_READ posts is counted by the index, its posts unread.

    Of them only the first MOST_READ questions and complaints are read; its authors stay untold.
    """
    window = PostFilter(brands=tuple(brands), start=start, end=end)
    posts = Counter[str]()
    for bucket in index.histogram(window, interval=_DAY) if window.brands else ():
        posts[bucket.brand] += bucket.posts
    busy = {brand for brand in window.brands if posts[brand] > MOST_READ}
    counted = count(index, (brand for brand in window.brands if brand not in busy), start=start, end=end)
    return counted | {brand: _unread(index, replace(window, brands=(brand,))) for brand in busy}


def _unread(index: PostIndex, window: PostFilter) -> Counted:
    """One brand's counts as the index tells them."""
    told = Counter[Sentiment]()
    for bucket in index.histogram(window, interval=_DAY):
        told[bucket.sentiment] += bucket.posts
    asked, complaints = _Tally(), _negative_by_risk(index, window)
    for indexed in islice(index.scan(replace(window, kinds=_ASKING)), MOST_READ):
        for mention in indexed.mentions:
            if mention.brand in window.brands:
                asked.add(indexed, mention)
                calm = indexed.post.kind is PostKind.COMPLAINT and mention.sentiment is not Sentiment.NEGATIVE
                complaints.update(mention.risks if calm else ())
    return replace(
        asked.counted(),
        posts=sum(told.values()),
        negative=told[Sentiment.NEGATIVE],
        media=index.count(replace(window, kinds=_MEDIA)),
        authors=None,
        complaints=dict(sorted(complaints.items())),
    )


def _negative_by_risk(index: PostIndex, window: PostFilter) -> Counter[str]:
    found = Counter[str]()
    for bucket in index.histogram(replace(window, sentiments=(Sentiment.NEGATIVE,)), interval=_DAY, by="risk"):
        if bucket.risk:
            found[bucket.risk] += bucket.posts
    return found


@dataclass(slots=True)
class _Tally:
    posts: int = 0
    negative: int = 0
    media: int = 0
    authors: set[str] = field(default_factory=set)
    complaints: Counter[str] = field(default_factory=Counter)
    asked: dict[str, int | None] = field(default_factory=dict)
    replied: set[str] = field(default_factory=set)

    def add(self, indexed: IndexedPost, mention: Mention) -> None:
        post, is_negative = indexed.post, mention.sentiment is Sentiment.NEGATIVE
        self.posts += 1
        self.negative += is_negative
        self.media += post.kind in _MEDIA
        if post.author_hash:
            self.authors.add(post.author_hash)
        if is_negative or post.kind is PostKind.COMPLAINT:
            self.complaints.update(mention.risks)
        if post.kind in _ASKING:
            self.asked[f"{post.platform}:{post.native_id}"] = post.comments
        if post.parent_id:
            self.replied.add(f"{post.platform}:{post.parent_id}")

    def counted(self) -> Counted:
        told = {name: comments or 0 for name, comments in self.asked.items() if comments is not None}
        told |= dict.fromkeys(self.asked.keys() & self.replied, 1)
        return Counted(
            posts=self.posts,
            negative=self.negative,
            media=self.media,
            authors=len(self.authors) if self.authors or not self.posts else None,
            answerable=len(told),
            unanswered=sum(not comments for comments in told.values()),
            complaints=dict(sorted(self.complaints.items())),
        )
