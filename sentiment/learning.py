"""Learning from corrections: a candidate is taught beside the model that it starts from, and takes its place only if better.

Better is judged three ways. On the corrections: each is asked of a twin that was not taught it (five folds by the text's own
checksum), and the twins must put right significantly more than they spoil. On posts that staff left uncorrected: hardly any
answer may change. On made-up sentences that ship with the product: the candidate may not fall behind the shipped model, so
that no series of small steps leads away from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any, Generic, Protocol, TypeVar
from zlib import crc32

from core.text import normalise

FOLDS = 5
SURE = 0.05
"""A lead in corrections put right over corrections spoilt counts if chance alone gives it this rarely (a sign test)."""
MOST_CHANGED = 0.10
"""Share of the uncorrected posts of which the answer may change."""
LEAST_KEPT = 20
"""Fewer uncorrected posts say nothing of the share that changes."""
MOST_LOST = 0.02
"""By what share less of the made-up sentences the candidate may have right than the shipped model: by one of them."""

Model = TypeVar("Model")
Example = TypeVar("Example")


Asked = TypeVar("Asked", contravariant=True)


class Student(Protocol[Model, Asked]):
    """One kind of model: how it is taught, what it answers, and what would be right."""

    def taught(self, model: Model, examples: Sequence[Asked], *, name: str) -> Model: ...

    def answers(self, model: Model, examples: Sequence[Asked]) -> list[str]: ...

    def wanted(self, example: Asked) -> str: ...

    def text(self, example: Asked) -> str: ...


@dataclass(frozen=True, slots=True)
class Material(Generic[Example]):
    """`corrected`: what staff said; `known`: which of these the model in use was taught; `kept`: posts left as they were,
    labelled as the base has them; `guard`: made-up sentences that no model was taught."""

    corrected: Sequence[Example]
    known: Sequence[bool]
    kept: Sequence[Example]
    guard: Sequence[Example]


@dataclass(frozen=True, slots=True)
class Lesson(Generic[Model]):
    """A candidate and what speaks for and against it."""

    model: Model
    corrections: int
    gained: int
    lost: int
    kept: int
    changed: int
    guard: float
    shipped_guard: float

    @property
    def chance(self) -> float:
        """How often chance alone would put right so many of the corrections on which the two differ."""
        return sign_test(self.gained, self.lost)

    @property
    def leads(self) -> bool:
        return self.gained > self.lost and self.chance <= SURE

    @property
    def is_calm(self) -> bool:
        return self.kept < LEAST_KEPT or self.changed <= MOST_CHANGED * self.kept

    @property
    def is_sound(self) -> bool:
        return self.guard >= self.shipped_guard - MOST_LOST

    @property
    def better(self) -> bool:
        return self.leads and self.is_calm and self.is_sound

    def figures(self) -> dict[str, Any]:
        """All of it, JSON-ready."""
        return {
            "corrections": self.corrections,
            "gained": self.gained,
            "lost": self.lost,
            "chance": round(self.chance, 4),
            "kept": self.kept,
            "changed": self.changed,
            "guard": self.guard,
            "shipped_guard": self.shipped_guard,
            "leads": self.leads,
            "calm": self.is_calm,
            "sound": self.is_sound,
        }


def learn(
    student: Student[Model, Example],
    material: Material[Example],
    *,
    base: Model,
    shipped: Model,
    name: str,
    progress: Callable[[str], None] = lambda text: None,
) -> Lesson[Model]:
    """Teach `base` all that was corrected and measure it beside the model in use, which is `base` taught what is `known`.

    Always from the base and with every correction in force, so that nothing is learned twice, and what was undone not at all.
    """
    known = [one for one, old in zip(material.corrected, material.known, strict=True) if old]
    wanted = [student.wanted(one) for one in material.corrected]
    asked = [*material.corrected, *material.kept]
    progress("measure")
    new = _by_twins(student, base, material.corrected, material.kept, asked)
    old = _by_twins(student, base, known, material.kept, asked) if known else student.answers(base, asked)
    pairs = list(zip(new, old, strict=True))
    right = [(now == one, before == one) for (now, before), one in zip(pairs[: len(wanted)], wanted, strict=True)]
    among_kept = pairs[len(wanted) :]
    progress("fit")
    candidate = student.taught(base, [*material.corrected, *material.kept], name=name)
    return Lesson(
        candidate,
        corrections=len(wanted),
        gained=sum(now and not before for now, before in right),
        lost=sum(before and not now for now, before in right),
        kept=len(among_kept),
        changed=sum(now != before for now, before in among_kept),
        guard=accuracy(student, candidate, material.guard),
        shipped_guard=accuracy(student, shipped, material.guard),
    )


def sign_test(gained: int, lost: int) -> float:
    """P(at least `gained` of `gained + lost` fair coins show heads).

    >>> sign_test(5, 0), sign_test(0, 0)
    (0.03125, 1.0)
    """
    both = gained + lost
    return float(sum(comb(both, heads) for heads in range(gained, both + 1)) / 2**both)


def accuracy(student: Student[Model, Example], model: Model, examples: Sequence[Example]) -> float:
    """The share of examples that the model answers right."""
    answers = student.answers(model, examples)
    right = sum(answer == student.wanted(one) for answer, one in zip(answers, examples, strict=True))
    return round(right / len(examples), 4)


def _by_twins(
    student: Student[Model, Example],
    base: Model,
    corrected: Sequence[Example],
    kept: Sequence[Example],
    asked: Sequence[Example],
) -> list[str]:
    """What is asked, answered by twins of the base, each taught all but the fold that it is asked."""
    answered: dict[int, str] = {}
    for fold in range(FOLDS):
        places = [place for place, one in enumerate(asked) if _fold(student.text(one)) == fold]
        if places:
            teaching = [one for one in (*corrected, *kept) if _fold(student.text(one)) != fold]
            twin = student.taught(base, teaching, name="twin") if teaching else base
            answered |= dict(zip(places, student.answers(twin, [asked[place] for place in places]), strict=True))
    return [answered[place] for place in range(len(asked))]


def _fold(text: str) -> int:
    """By the text's own checksum, so that a repost never teaches the twin that it is asked of."""
    return crc32(normalise(text).replace(" ", "").encode()) % FOLDS
