"""What staff said of a text and a brand, put in place of the models' judgement wherever a mention is made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import InputError
from monitoring.matching import Match
from monitoring.risk import RiskCategory
from monitoring.tables import Correction
from posts.index import Mention, Sentiment


class Verdict(StrEnum):
    """How a text stands towards a brand in a person's eyes; `not_about`: the match is wrong."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"
    NOT_ABOUT = "not_about"

    @property
    def zh(self) -> str:
        return {"negative": "负面", "neutral": "中性", "positive": "正面", "not_about": "与品牌无关"}[self]


class Judgement(NamedTuple):
    """A verdict and the risk categories that go with it; none where the text is not about the brand."""

    verdict: Verdict
    risks: tuple[str, ...] = ()

    @classmethod
    def of(cls, mention: Mention | None) -> Judgement:
        """What the index says: no mention is a text that is not about the brand."""
        return cls(Verdict(mention.sentiment), mention.risks) if mention else cls(Verdict.NOT_ABOUT)

    def mention(self, match: Match) -> Mention | None:
        """The mention that this makes of a match: a person is sure, so P(negative) is 1 or 0."""
        if self.verdict is Verdict.NOT_ABOUT:
            return None
        negative = float(self.verdict is Verdict.NEGATIVE)
        return Mention(match.brand, Sentiment(self.verdict), negative, self.risks, match.keywords)


def judgement(verdict: str, risks: Iterable[str]) -> Judgement:
    """What a form or command says, risks in the order of the categories. Raises InputError for a word that is none."""
    wanted = set(risks)
    if verdict not in list(Verdict) or not wanted <= set(RiskCategory):
        named = ", ".join(sorted(wanted - set(RiskCategory))) or verdict
        raise InputError(
            zh=f"无法识别的判断 {named!r}：情感应为 {'、'.join(Verdict)}，风险类别应为 {'、'.join(RiskCategory)}",
            en=f"{named!r} is no judgement: the verdict is one of {', '.join(Verdict)}, risks are of {', '.join(RiskCategory)}",
        )
    chosen = tuple(category.value for category in RiskCategory if category in wanted)
    return Judgement(Verdict(verdict), () if verdict == Verdict.NOT_ABOUT else chosen)


def fingerprint(plain: str) -> str:
    """By what a normalised text is known: posts with the same one say the same."""
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class InForce:
    """The judgements in force by (brand, fingerprint); `version` grows with every correction and undoing."""

    version: tuple[int, int] = (0, 0)
    judgements: Mapping[tuple[str, str], Judgement] = field(default_factory=dict)

    def applied(self, plain: str, matches: Sequence[Match], mentions: Sequence[Mention]) -> tuple[Mention, ...]:
        """The mentions of a normalised text, for each match in order what a person said, else what the models did."""
        if not self.judgements or not matches:
            return tuple(mentions)
        known, of_text = {mention.brand: mention for mention in mentions}, fingerprint(plain)
        found = (self._mention(match, of_text, known) for match in matches)
        return tuple(mention for mention in found if mention)

    def _mention(self, match: Match, of_text: str, known: Mapping[str, Mention]) -> Mention | None:
        said = self.judgements.get((match.brand, of_text))
        return said.mention(match) if said else known.get(match.brand)


NONE = InForce()


def load_in_force(session: Session, known: InForce = NONE) -> InForce:
    """The judgements in force; `known` itself where nothing was corrected or undone since."""
    version = corrections_version(session)
    if version == known.version:
        return known
    rows = session.execute(
        select(Correction.brand, Correction.fingerprint, Correction.verdict, Correction.risks).where(
            Correction.ended_at.is_(None)
        )
    )
    return InForce(version, {(row.brand, row.fingerprint): Judgement(Verdict(row.verdict), tuple(row.risks)) for row in rows})


def corrections_version(session: Session) -> tuple[int, int]:
    """How many corrections were ever made, and how many have ended: one of them grows with every change."""
    made, ended = session.execute(select(func.count(), func.count(Correction.ended_at)).select_from(Correction)).one()
    return made, ended
