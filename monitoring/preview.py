"""Preview of a brand's rule: which past posts would be mentions of it, without writing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitoring.brands import BrandRule
from monitoring.in_force import load_in_force
from monitoring.matching import Matcher
from monitoring.rematch import Judging, candidates, chunks, could_match, exchanged, mention_of, mentions_by
from monitoring.risk import load_lexicon
from posts.index import IndexedPost, Mention, PostFilter, PostIndex
from posts.window import affordable_start
from sentiment.scorer import Scorer
from sentiment.stance import StanceModel

MOST = 40_000
"""Posts looked at by one preview: some seconds' work."""
EXAMPLES = 8
"""Posts shown of those gained, and of those lost."""


@dataclass(slots=True)
class Preview:
    """The brand's mentions in [start, end) by the rule tried (`posts`, oldest first) and by what the index holds (`before`).

    `start` is later than was asked where there were too many posts to look at.
    """

    brand: str
    start: datetime
    end: datetime
    scanned: int = 0
    gained: int = 0
    lost: int = 0
    posts: list[IndexedPost] = field(default_factory=list)
    before: list[IndexedPost] = field(default_factory=list)
    gained_examples: list[IndexedPost] = field(default_factory=list)
    lost_examples: list[IndexedPost] = field(default_factory=list)


def preview(
    session: Session,
    index: PostIndex,
    scorer: Scorer,
    rule: BrandRule,
    *,
    start: datetime,
    end: datetime,
    most: int = MOST,
    stances: StanceModel | None = None,
) -> Preview:
    """Match and judge the posts of [start, end) as a rematch by `rule` would; nothing is written.

    Known mentions keep their sentiment, corrections hold. Raises UnavailableError where index or scorer cannot be used.
    """
    words = (*rule.keywords, *rule.aliases)

    def filters(since: datetime) -> list[PostFilter]:
        return could_match(rule.name, words, start=since, end=end)

    begun = affordable_start(index, filters, start=start, end=end, most=most)
    found = Preview(rule.name, begun, end)
    judging, in_force = Judging(Matcher([rule]), load_lexicon(session), scorer, stances), load_in_force(session)
    for posts in chunks(candidates(index, filters(begun))):
        had = [mention_of(rule.name, post) for post in posts]
        _add(found, posts, had, mentions_by(posts, had, judging, in_force))
    for held in (found.posts, found.before):
        held.sort(key=lambda post: (post.post.published_at, post.post.id))
    return found


def _add(found: Preview, posts: Sequence[IndexedPost], had: Sequence[Mention | None], has: Sequence[Mention | None]) -> None:
    found.scanned += len(posts)
    for post, old, new in zip(posts, had, has, strict=True):
        if old:
            found.before.append(post)
        if new:
            found.posts.append(replace(post, mentions=exchanged(post.mentions, old, new)))
        if new and not old:
            found.gained += 1
            _keep(found.gained_examples, post)
        elif old and not new:
            found.lost += 1
            _keep(found.lost_examples, post)


def _keep(examples: list[IndexedPost], post: IndexedPost) -> None:
    """The examples of greatest reach, one of each text."""
    if any(one.post.full_text == post.post.full_text for one in examples):
        return
    examples.append(post)
    examples.sort(key=lambda one: (-one.post.reach, one.post.id))
    del examples[EXAMPLES:]
