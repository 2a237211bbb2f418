"""Rematch: past posts are matched again after a brand or risk word was added, changed or taken out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlalchemy import select, update

from core.database import Database
from core.text import normalise
from monitoring.brands import rule_of
from monitoring.matching import Match, Matcher
from monitoring.risk import RiskLexicon, load_lexicon
from monitoring.rules import mention
from monitoring.tables import Brand
from posts.index import IndexedPost, Mention, PostFilter, PostIndex
from sentiment.scorer import Score, Scorer

CHUNK = 1000
"""Posts that are scored and annotated at once."""


@dataclass(frozen=True, slots=True)
class RematchReport:
    """How many brands were gone over, how many posts were looked at, and how many mentions were gained and lost."""

    brands: int = 0
    scanned: int = 0
    gained: int = 0
    lost: int = 0

    def __add__(self, more: RematchReport) -> RematchReport:
        return RematchReport(
            self.brands + more.brands, self.scanned + more.scanned, self.gained + more.gained, self.lost + more.lost
        )


def owing_brands(database: Database) -> list[Brand]:
    """The brands, inactive ones too, whose rule changed since past posts were matched to them."""
    with database.reading() as session:
        return list(session.scalars(select(Brand).where(Brand.matched_revision < Brand.revision).order_by(Brand.name)))


def rematch_changed_brands(database: Database, index: PostIndex, scorer: Scorer, *, now: datetime) -> RematchReport:
    """Give past posts the mentions that the rules in force give them; other brands' mentions stay as they are.

    A brand is done when all its posts are annotated, so a pass that is killed is simply made again. Known mentions keep
    their sentiment. Raises UnavailableError where index or scorer cannot be used.
    """
    report = RematchReport()
    # The brands before the words: a word that changes in between raises the revisions once more, so it is not missed.
    owing = owing_brands(database)
    with database.reading() as session:
        lexicon = load_lexicon(session)
    for brand in owing:
        report += _rematch(brand, index, scorer, lexicon)
        with database.writing() as session:
            of_this_rule = update(Brand).where(Brand.id == brand.id, Brand.matched_revision < brand.revision)
            session.execute(of_this_rule.values(matched_revision=brand.revision, matched_at=now))
    return report


def _rematch(brand: Brand, index: PostIndex, scorer: Scorer, lexicon: RiskLexicon) -> RematchReport:
    report = RematchReport(brands=1)
    matcher = Matcher([rule_of(brand)] if brand.active else [])
    index.refresh()
    for posts in _chunks(_candidates(brand, index)):
        had = [_mention_of(brand.name, found) for found in posts]
        has = _mentions(posts, had, matcher, lexicon, scorer)
        index.annotate(
            {
                found.post.id: _exchanged(found.mentions, old, new)
                for found, old, new in zip(posts, had, has, strict=True)
                if old != new
            }
        )
        report += RematchReport(
            scanned=len(posts),
            gained=sum(new is not None and old is None for old, new in zip(had, has, strict=True)),
            lost=sum(new is None and old is not None for old, new in zip(had, has, strict=True)),
        )
    index.refresh()
    return report


def _candidates(brand: Brand, index: PostIndex) -> Iterator[IndexedPost]:
    """Every post that the rule could match, found by the index, and every one that it matched before; each once."""
    words = (*brand.keywords, *brand.aliases) if brand.active else ()
    seen: set[str] = set()
    for chosen in (PostFilter(brands=(brand.name,)), *(PostFilter(text=word) for word in words)):
        for found in index.scan(chosen):
            if found.post.id not in seen:
                seen.add(found.post.id)
                yield found


def _mentions(
    posts: Sequence[IndexedPost], had: Sequence[Mention | None], matcher: Matcher, lexicon: RiskLexicon, scorer: Scorer
) -> list[Mention | None]:
    """The mention that each post has by the rule in force; only those that had none are scored."""
    plain = [normalise(found.post.full_text) for found in posts]
    matches = [next(iter(matcher.match_normalised(text)), None) for text in plain]
    new = [found.post.full_text for found, match, old in zip(posts, matches, had, strict=True) if match and not old]
    scores = iter(scorer.score(new))
    return [
        _mention(match, old, lexicon.categories_normalised(text), scores)
        for text, match, old in zip(plain, matches, had, strict=True)
    ]


def _mention(match: Match | None, old: Mention | None, risks: tuple[str, ...], scores: Iterator[Score]) -> Mention | None:
    if match is None:
        return None
    if old:
        return replace(old, risks=risks, keywords=match.keywords)
    return mention(match, risks, next(scores))


def _mention_of(brand: str, found: IndexedPost) -> Mention | None:
    return next((mention for mention in found.mentions if mention.brand == brand), None)


def _exchanged(mentions: tuple[Mention, ...], old: Mention | None, new: Mention | None) -> tuple[Mention, ...]:
    return (*(mention for mention in mentions if mention is not old), *((new,) if new else ()))


def _chunks(found: Iterable[IndexedPost]) -> Iterator[list[IndexedPost]]:
    iterator = iter(found)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
