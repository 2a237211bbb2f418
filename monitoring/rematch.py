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
from monitoring.in_force import NONE, InForce, load_in_force
from monitoring.judging import Found, is_about, judge, stances_of, with_likely
from monitoring.matching import Matcher
from monitoring.risk import RiskLexicon, load_lexicon
from monitoring.tables import Brand
from posts.index import IndexedPost, Mention, PostFilter, PostIndex
from sentiment.scorer import Scorer
from sentiment.stance import StanceModel

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


def rematch_changed_brands(
    database: Database, index: PostIndex, scorer: Scorer, *, now: datetime, stances: StanceModel | None = None
) -> RematchReport:
    """Give past posts the mentions that the rules in force give them; other brands' mentions stay as they are.

    A brand is done when all its posts are annotated, so a pass that is killed is simply made again. Known mentions keep
    their sentiment, corrected ones what the correction says. Raises UnavailableError where index or scorer cannot be used.
    """
    report = RematchReport()
    # The brands before the words: a word that changes in between raises the revisions once more, so it is not missed.
    owing = owing_brands(database)
    with database.reading() as session:
        lexicon = load_lexicon(session)
    for brand in owing:
        judging = Judging(Matcher([rule_of(brand)] if brand.active else []), lexicon, scorer, stances)
        report += _rematch(_Pass(database, index, brand, judging))
        with database.writing() as session:
            of_this_rule = update(Brand).where(Brand.id == brand.id, Brand.matched_revision < brand.revision)
            session.execute(of_this_rule.values(matched_revision=brand.revision, matched_at=now))
    return report


@dataclass(frozen=True, slots=True)
class Judging:
    """What decides whether a post mentions a brand, and how."""

    matcher: Matcher
    lexicon: RiskLexicon
    scorer: Scorer
    stances: StanceModel | None = None


@dataclass(frozen=True, slots=True)
class _Pass:
    """One brand's pass over past posts, and what it works with."""

    database: Database
    index: PostIndex
    brand: Brand
    judging: Judging

    def in_force(self, known: InForce = NONE) -> InForce:
        with self.database.reading() as session:
            return load_in_force(session, known)


def _rematch(over: _Pass) -> RematchReport:
    report = RematchReport(brands=1)
    over.index.refresh()
    begun = over.in_force()
    words = (*over.brand.keywords, *over.brand.aliases) if over.brand.active else ()
    for posts in chunks(candidates(over.index, could_match(over.brand.name, words))):
        report += RematchReport(scanned=len(posts)) + _gone_over(posts, over, begun)
    over.index.refresh()
    return report


def _gone_over(posts: Sequence[IndexedPost], over: _Pass, read_under: InForce) -> RematchReport:
    """Annotate the posts, read while the corrections `read_under` were in force.

    What was corrected since then may stand in the index already, and must not be overwritten: then they are read again.
    """
    in_force = over.in_force(read_under)
    if in_force is not read_under:
        posts = list(over.index.get([found.post.id for found in posts]).values())
    had = [mention_of(over.brand.name, found) for found in posts]
    has = mentions_by(posts, had, over.judging, in_force)
    over.index.annotate(
        {
            found.post.id: exchanged(found.mentions, old, new)
            for found, old, new in zip(posts, had, has, strict=True)
            if old != new
        }
    )
    report = RematchReport(
        gained=sum(new is not None and old is None for old, new in zip(had, has, strict=True)),
        lost=sum(new is None and old is not None for old, new in zip(had, has, strict=True)),
    )
    return report if over.in_force(in_force) is in_force else report + _gone_over(posts, over, in_force)


def could_match(
    brand: str, words: Iterable[str], *, start: datetime | None = None, end: datetime | None = None
) -> list[PostFilter]:
    """What the index must be asked for, for every post that one of the words could match and every mention there is."""
    return [PostFilter(brands=(brand,), start=start, end=end), *(PostFilter(text=word, start=start, end=end) for word in words)]


def candidates(index: PostIndex, filters: Iterable[PostFilter]) -> Iterator[IndexedPost]:
    """The posts that any of the filters chooses, each once."""
    seen: set[str] = set()
    for chosen in filters:
        for found in index.scan(chosen):
            if found.post.id not in seen:
                seen.add(found.post.id)
                yield found


def mentions_by(
    posts: Sequence[IndexedPost], had: Sequence[Mention | None], judging: Judging, in_force: InForce
) -> list[Mention | None]:
    """The mention that each post has by the rule in force; only those that had none are judged anew."""
    found = [_found(post, judging.matcher, judging.lexicon) for post in posts]
    new = [place for place, one in enumerate(found) if one.matches and not had[place]]
    known = [place for place, one in enumerate(found) if one.matches and had[place]]
    texts = [posts[place].post.full_text for place in new]
    judged = judge([found[place] for place in new], texts, judging.scorer, stances=judging.stances)
    kept = _kept([found[place] for place in known], [had[place] for place in known], judging.stances)
    has = dict(zip((*new, *known), (*(next(iter(mentions), None) for mentions in judged), *kept), strict=True))
    return [_corrected(one, has.get(place), in_force) for place, one in enumerate(found)]


def _corrected(found: Found, mention: Mention | None, in_force: InForce) -> Mention | None:
    return next(iter(in_force.applied(found.text, found.matches, (mention,) if mention else ())), None)


def _found(indexed: IndexedPost, matcher: Matcher, lexicon: RiskLexicon) -> Found:
    plain = normalise(indexed.post.full_text)
    return Found(plain, matcher.match_normalised(plain), lexicon.categories_normalised(plain))


def _kept(found: Sequence[Found], had: Sequence[Mention | None], stances: StanceModel | None) -> list[Mention | None]:
    """Known mentions with the keywords and risks that they have now; None where the text is not about the brand after all."""
    return [
        replace(old, risks=with_likely(one.risks, old.sentiment, towards), keywords=one.matches[0].keywords)
        if old and is_about(one.text, towards)
        else None
        for one, old, towards in zip(found, had, stances_of(found, stances), strict=True)
    ]


def mention_of(brand: str, found: IndexedPost) -> Mention | None:
    return next((mention for mention in found.mentions if mention.brand == brand), None)


def exchanged(mentions: tuple[Mention, ...], old: Mention | None, new: Mention | None) -> tuple[Mention, ...]:
    return (*(mention for mention in mentions if mention is not old), *((new,) if new else ()))


def chunks(found: Iterable[IndexedPost]) -> Iterator[list[IndexedPost]]:
    iterator = iter(found)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
