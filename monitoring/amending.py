"""Amending: every post with a corrected text gets the mention that the correction says, or the models' again once it is undone.

A correction is stored first and owes this step; whoever is killed in between leaves it to the next ingest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from core.database import Database
from core.text import characters, normalise
from monitoring.in_force import fingerprint
from monitoring.judging import Found, judge
from monitoring.rematch import chunks, exchanged, mention_of
from monitoring.rules import Rules, load_rules
from monitoring.tables import Correction
from posts.index import IndexedPost, Mention, PostFilter, PostIndex
from sentiment.scorer import Scorer
from sentiment.stance import StanceModel

LONGEST_PHRASE = 40
"""Characters of a text by which its reposts are looked for; what is found is compared in full."""
_BORDER = re.compile(r"[\s&<>;]+")


def amend_owing(database: Database, index: PostIndex, scorer: Scorer, *, stances: StanceModel | None = None) -> int:
    """Bring the index in line with every correction that was made or undone since; the number of posts that changed.

    One process at a time, so that two corrections of one post do not overwrite each other's mention.
    Raises UnavailableError where index or scorer cannot be used; what is owed then stays owed.
    """
    with database.reading() as session:
        if session.scalars(select(Correction.id).where(Correction.owing).limit(1)).first() is None:
            return 0
    index.refresh()
    with database.writing() as session:
        _alone(session)
        changed = 0
        rules = load_rules(session)
        for correction in session.scalars(select(Correction).where(Correction.owing).order_by(Correction.id)).all():
            changed += _amend(correction, index, _Judges(rules, scorer, stances))
            correction.owing = False
    index.refresh()
    return changed


class _Judges(NamedTuple):
    """What makes a mention of a text."""

    rules: Rules
    scorer: Scorer
    stances: StanceModel | None


def _alone(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":  # SQLite's writers are alone already
        session.execute(sql("SELECT pg_advisory_xact_lock(7957844)"))


def _amend(correction: Correction, index: PostIndex, judges: _Judges) -> int:
    changed = 0
    for posts in chunks(_posts_of(correction, index)):
        had = [mention_of(correction.brand, found) for found in posts]
        different = {
            found.post.id: exchanged(found.mentions, old, new)
            for found, old, new in zip(posts, had, _mentions(correction.brand, posts, judges), strict=True)
            if old != new
        }
        index.annotate(different)
        changed += len(different)
    return changed


def _mentions(brand: str, posts: Sequence[IndexedPost], judges: _Judges) -> list[Mention | None]:
    """The brand's mention of each post, as ingest would make it."""
    originals = [found.post.full_text for found in posts]
    found = [_found(brand, normalise(text), judges.rules) for text in originals]
    judged = judge(found, originals, judges.scorer, judges.rules.in_force, judges.stances)
    return [next(iter(mentions), None) for mentions in judged]


def _found(brand: str, plain: str, rules: Rules) -> Found:
    matches = tuple(match for match in rules.matcher.match_normalised(plain) if match.brand == brand)
    return Found(plain, matches, rules.lexicon.categories_normalised(plain))


def _posts_of(correction: Correction, index: PostIndex) -> Iterator[IndexedPost]:
    """Every post with the corrected text."""
    for found in index.scan(PostFilter(text=_phrase(correction))):
        if fingerprint(normalise(found.post.full_text)) == correction.fingerprint:
            yield found


def _phrase(correction: Correction) -> str:
    """The longest stretch of the text that no space or mark-up divides; the keyword, once the text is erased."""
    stretches = _BORDER.split(normalise(correction.text or correction.keywords[0]))
    return "".join(characters(max(stretches, key=len))[:LONGEST_PHRASE])
