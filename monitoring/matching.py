"""Which brands a text mentions: one pass for all brands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from core.text import normalise
from monitoring.brands import BrandRule
from monitoring.phrases import Found, Phrases


class Match(NamedTuple):
    """A brand that a text mentions, by which of its keywords and aliases, as the rule spells and orders them."""

    brand: str
    keywords: tuple[str, ...]


class _Term(NamedTuple):
    """A word of the rule at `rule`: its `position` among the keywords and aliases, None for an exclusion."""

    rule: int
    position: int | None


class Matcher:
    """Matches texts to brands; building it costs as much as matching a few hundred texts, so keep it.

    An occurrence of a keyword counts unless an exclusion of the same brand overlaps that very place; other occurrences of
    the keyword in the same text still do. Words keep to the borders that `Phrases` states.
    """

    def __init__(self, rules: Sequence[BrandRule]) -> None:
        self._rules = tuple(rules)
        self._phrases = Phrases((normalise(word), term) for word, term in self._terms())

    def match(self, text: str) -> tuple[Match, ...]:
        """The brands that `text` mentions, in the order of the rules."""
        return self.match_normalised(normalise(text))

    def match_normalised(self, plain: str) -> tuple[Match, ...]:
        """The same for a text that went through `core.text.normalise` already."""
        found = self._phrases.find(plain)
        if not found:
            return ()
        positions: dict[int, set[int]] = {}
        for rule, position in _kept(found):
            positions.setdefault(rule, set()).add(position)
        return tuple(self._match(rule, positions[rule]) for rule in sorted(positions))

    def _match(self, rule: int, positions: set[int]) -> Match:
        words = _words(self._rules[rule])
        return Match(self._rules[rule].name, tuple(words[position] for position in sorted(positions)))

    def _terms(self) -> Iterator[tuple[str, _Term]]:
        for number, rule in enumerate(self._rules):
            for position, word in enumerate(_words(rule)):
                yield word, _Term(number, position)
            for exclusion in rule.exclusions:
                yield exclusion, _Term(number, None)


def _words(rule: BrandRule) -> tuple[str, ...]:
    return rule.keywords + rule.aliases


def _kept(found: Sequence[Found[_Term]]) -> Iterator[tuple[int, int]]:
    """(rule, position) of every occurrence that no exclusion of its rule overlaps."""
    vetoes = [(place, term.rule) for place in found for term in place.values if term.position is None]
    for place in found:
        for rule, position in place.values:
            if position is None:
                continue
            if not any(by == rule and veto.start < place.end and place.start < veto.end for veto, by in vetoes):
                yield rule, position
