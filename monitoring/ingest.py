"""Ingest: from the inbox to the index, matched to brands first, so that only posts with a match are judged.

A round of batches leaves the inbox only after the index confirmed its posts, and writing them again changes nothing: killed
anywhere, the next run ends with the same index. While one round's matches are judged, the next is matched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import orjson

from core.database import Database
from core.post import Post
from core.text import normalise
from monitoring.judging import Found, judge
from monitoring.rules import Rules, current_version, load_rules
from posts import inbox, quarantine
from posts.erasure import Admission, erased_authors
from posts.index import IndexedPost, Mention, PostIndex, WriteReport
from posts.quarantine import Quarantined
from sentiment.scorer import Scorer
from sentiment.stance import StanceModel

ROUND = 5
"""Batches a round: 5,000 posts are few enough for memory, and enough for index and workers to run at full speed."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What was taken from the inbox, and what became of it: every post was indexed, updated, rejected, or withheld because
    its author asked to be removed or its age is past the retention."""

    batches: int = 0
    posts: int = 0
    mentions: int = 0
    indexed: int = 0
    updated: int = 0
    rejected: int = 0
    withheld: int = 0


class _Hit(NamedTuple):
    """The post at `place` of its round matches some brand."""

    place: int
    found: Found


@dataclass(frozen=True, slots=True)
class _Round:
    """Some batches, matched by `rules`, with the hits' mentions under way."""

    batch_ids: tuple[int, ...]
    taken: int
    posts: list[Post]
    rules: Rules
    hits: list[_Hit]
    mentions: Future[list[tuple[Mention, ...]]]


@dataclass(frozen=True, slots=True)
class _Workshop:
    """What every step of a run works with."""

    database: Database
    index: PostIndex
    scorer: Scorer
    beside: Executor
    kept_since: datetime | None
    stances: StanceModel | None


def ingest(
    database: Database,
    index: PostIndex,
    scorer: Scorer,
    *,
    now: datetime,
    limit: int | None = None,
    kept_since: datetime | None = None,
    stances: StanceModel | None = None,
) -> IngestReport:
    """Drain the inbox, or its oldest `limit` batches; posts published before `kept_since` are withheld.

    `stances` is the stance model in use, else the shipped one.

    Raises UnavailableError where index or scorer cannot be used; what the index has not confirmed then waits in the inbox.
    """
    report = IngestReport()
    with ThreadPoolExecutor(1) as beside:
        shop = _Workshop(database, index, scorer, beside, kept_since, stances)
        for prepared in _one_ahead(_rounds(shop, limit)):
            report = _added(report, prepared, _finished(prepared, shop, now))
    index.refresh()
    return report


def _rounds(shop: _Workshop, limit: int | None) -> Iterator[_Round]:
    """The inbox in rounds, oldest batch first; the round before may still be in the inbox, and is passed over."""
    rules, last, left = None, 0, limit
    while left is None or left > 0:
        with shop.database.reading() as session:
            rules = load_rules(session, rules)
            admission = Admission(erased_authors(session), shop.kept_since)
            batches = [batch for batch in inbox.oldest(session, 2 * ROUND) if batch.id > last][: min(ROUND, left or ROUND)]
        if not batches:
            return
        last = batches[-1].id
        left = None if left is None else left - len(batches)
        posts = [post for batch in batches for post in batch.posts() if admission.admits(post)]
        taken = sum(batch.count for batch in batches)
        yield _prepared(tuple(batch.id for batch in batches), taken, posts, rules, shop)


def _one_ahead(rounds: Iterator[_Round]) -> Iterator[_Round]:
    """The same rounds, each handed out when the next is prepared."""
    held = next(rounds, None)
    while held is not None:
        following = next(rounds, None)
        yield held
        held = following


def _prepared(batch_ids: tuple[int, ...], taken: int, posts: list[Post], rules: Rules, shop: _Workshop) -> _Round:
    hits = list(_hits(posts, rules))
    texts = [posts[hit.place].full_text for hit in hits]
    judged = shop.beside.submit(judge, [hit.found for hit in hits], texts, shop.scorer, rules.in_force, shop.stances)
    return _Round(batch_ids, taken, posts, rules, hits, judged)


def _hits(posts: Sequence[Post], rules: Rules) -> Iterator[_Hit]:
    for place, post in enumerate(posts):
        plain = normalise(post.full_text)
        if matches := rules.matcher.match_normalised(plain):
            yield _Hit(place, Found(plain, matches, rules.lexicon.categories_normalised(plain)))


def _finished(prepared: _Round, shop: _Workshop, now: datetime) -> WriteReport:
    """Write the round and take it from the inbox.

    Where a rule changed or something was corrected meanwhile, the pass over past posts may have run before these were
    written, and would not come again: so they are matched once more, by the new rules, before they leave the inbox.
    """
    written = shop.index.write(_indexed(prepared))
    with shop.database.writing() as session:
        if current_version(session) == prepared.rules.version:
            quarantine.add(session, _quarantined(prepared.posts, written), now=now)
            inbox.remove(session, prepared.batch_ids)
            return written
        rules = load_rules(session)
    return _finished(_prepared(prepared.batch_ids, prepared.taken, prepared.posts, rules, shop), shop, now)


def _indexed(prepared: _Round) -> list[IndexedPost]:
    found = [IndexedPost(post) for post in prepared.posts]
    for hit, mentions in zip(prepared.hits, prepared.mentions.result(), strict=True):
        found[hit.place] = IndexedPost(prepared.posts[hit.place], mentions)
    return found


def _quarantined(posts: Sequence[Post], written: WriteReport) -> list[Quarantined]:
    by_id = {post.id: post for post in posts} if written.rejected else {}
    return [
        Quarantined(
            source=by_id[rejection.id].source,
            kind="rejected",
            reason_zh=f"索引拒绝了这条帖子：{rejection.reason}",
            reason_en=f"the index rejected this post: {rejection.reason}",
            place=by_id[rejection.id].url or rejection.id,
            item=orjson.dumps(by_id[rejection.id].to_record()).decode(),
        )
        for rejection in written.rejected
    ]


def _added(report: IngestReport, prepared: _Round, written: WriteReport) -> IngestReport:
    return IngestReport(
        batches=report.batches + len(prepared.batch_ids),
        posts=report.posts + prepared.taken,
        mentions=report.mentions + sum(map(len, prepared.mentions.result())),
        indexed=report.indexed + written.indexed,
        updated=report.updated + written.updated,
        rejected=report.rejected + len(written.rejected),
        withheld=report.withheld + prepared.taken - len(prepared.posts),
    )
