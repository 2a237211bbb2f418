"""What there is to learn from: what staff said, what they left as it was, and how either is put to a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from core.text import normalise
from monitoring.corrections import list_corrections
from monitoring.in_force import InForce, Verdict, fingerprint
from monitoring.tables import Correction
from posts.index import PostFilter, PostIndex
from sentiment.labelled import Labelled
from sentiment.learning import Lesson, Material, learn
from sentiment.model import Model
from sentiment.stance import StanceModel
from sentiment.stance_features import Subject
from sentiment.stance_files import Row
from sentiment.students import NOT_ABOUT, MoodStudent, StanceStudent

MOST_KEPT = 2000
"""Newest uncorrected mentions that a candidate is held to."""
PAGE = 500
SIDES = {Verdict.NEGATIVE: "neg", Verdict.NEUTRAL: "neu", Verdict.POSITIVE: "pos", Verdict.NOT_ABOUT: NOT_ABOUT}


@dataclass(frozen=True, slots=True)
class Ground:
    """`corrections` to learn from, which of them the model in use knows, and what was `left` uncorrected."""

    corrections: Sequence[Correction]
    known: Sequence[bool]
    left: Sequence[Subject]


def usable(session: Session, kind: str) -> list[Correction]:
    """The corrections in force of which the text is there; mood has nothing to learn from a wrong match."""
    found = (one for one in list_corrections(session) if one.text)
    return [one for one in found if kind == "stance" or one.verdict != Verdict.NOT_ABOUT]


def labelled_corrections(session: Session) -> Labelled | None:
    """What staff said, as the rows of a labelled file; None where there are none."""
    rows = [(_side(one), one.text) for one in usable(session, "mood")]
    labels, texts = zip(*rows, strict=True) if rows else ((), ())
    return Labelled("corrections", labels, texts) if rows else None


def stance_rows(session: Session) -> list[Row]:
    """What staff said, as the rows of a table of titles; each counts as much as one there."""
    student = StanceStudent()
    return [
        replace(student.example(_subject(one), _side(one), one.risks or ["other"]), weight=1.0)
        for one in usable(session, "stance")
    ]


def left_uncorrected(index: PostIndex, in_force: InForce) -> list[Subject]:
    """The newest mentions that no one corrected, each text and brand once."""
    index.refresh()
    found: dict[tuple[str, str], Subject] = {}
    after = ""
    for _ in range(MOST_KEPT // PAGE):
        page = index.search(PostFilter(mentioned=True), limit=PAGE, after=after)
        for indexed in page.posts:
            of_text = fingerprint(normalise(indexed.post.full_text))
            for mention in indexed.mentions:
                if (mention.brand, of_text) not in in_force.judgements:
                    found.setdefault((mention.brand, of_text), Subject(indexed.post.full_text, mention.keywords))
        if not (after := page.next):
            break
    return list(found.values())


def teach_stance(
    ground: Ground, base: StanceModel, shipped: StanceModel, name: str, progress: Callable[[str], None]
) -> Lesson[StanceModel]:
    student = StanceStudent()
    examples = [
        student.example(_subject(one), _side(one), [risk for risk in one.risks if risk in base.categories])
        for one in ground.corrections
    ]
    material = Material(examples, ground.known, student.kept(base, ground.left), student.guard())
    return learn(student, material, base=base, shipped=shipped, name=name, progress=progress)


def teach_mood(ground: Ground, base: Model, shipped: Model, name: str, progress: Callable[[str], None]) -> Lesson[Model]:
    student = MoodStudent()
    examples = [student.example(one.text, _side(one)) for one in ground.corrections]
    texts = list(dict.fromkeys(subject.text for subject in ground.left))
    material = Material(examples, ground.known, student.kept(base, texts), student.guard())
    return learn(student, material, base=base, shipped=shipped, name=name, progress=progress)


TEACHING: dict[str, Callable[..., Lesson[Any]]] = {"stance": teach_stance, "mood": teach_mood}


def _subject(correction: Correction) -> Subject:
    return Subject(correction.text, tuple(correction.keywords))


def _side(correction: Correction) -> str:
    return SIDES[Verdict(correction.verdict)]
