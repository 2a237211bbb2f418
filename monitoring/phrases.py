"""Many phrases in one pass over a text: an Aho-Corasick automaton that knows where words end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, NamedTuple, TypeVar

import ahocorasick

Value = TypeVar("Value")

_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
"""What a run of Latin letters and digits is made of, as in `core.text.characters`: the index searches by such runs."""


class Found(NamedTuple, Generic[Value]):
    """A phrase at text[start:end], with every value that it was given."""

    start: int
    end: int
    values: tuple[Value, ...]


class Phrases(Generic[Value]):
    """Phrases, each with values; phrases and texts must both be normalised.

    A phrase that starts or ends in a Latin letter or digit is found only where a run of those starts or ends there: oppo
    is not in opportunity, b站 is in 上b站去. Chinese has no such borders and is found anywhere.
    """

    def __init__(self, phrases: Iterable[tuple[str, Value]]) -> None:
        values: dict[str, list[Value]] = {}
        for phrase, value in phrases:
            values.setdefault(phrase, []).append(value)
        self._automaton: Any = _automaton({phrase: tuple(given) for phrase, given in values.items()}) if values else None

    def find(self, text: str) -> list[Found[Value]]:
        """Every occurrence, overlapping ones too, by its end."""
        if self._automaton is None:
            return []
        found = []
        for last, (length, is_word_at_start, is_word_at_end, values) in self._automaton.iter(text):
            start, end = last + 1 - length, last + 1
            if is_word_at_start and start > 0 and text[start - 1] in _WORD:
                continue
            if is_word_at_end and end < len(text) and text[end] in _WORD:
                continue
            found.append(Found(start, end, values))
        return found


def _automaton(values: dict[str, tuple[Value, ...]]) -> Any:
    automaton = ahocorasick.Automaton()
    for phrase, given in values.items():
        automaton.add_word(phrase, (len(phrase), phrase[0] in _WORD, phrase[-1] in _WORD, given))
    automaton.make_automaton()
    return automaton
