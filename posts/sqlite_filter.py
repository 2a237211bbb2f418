"""A PostFilter as SQL conditions on the tables `post` and `mention`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from posts.index import PostFilter
from posts.moments import to_micros
from posts.tokens import phrases


@dataclass(slots=True)
class Conditions:
    """Conditions that must all hold, and the values for their question marks."""

    parts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, part: str, *values: Any) -> None:
        self.parts.append(part)
        self.values.extend(values)

    def one_of(self, column: str, values: Sequence[str]) -> None:
        """The column holds one of the values; no values, no condition."""
        if values:
            self.add(f"{column} IN ({', '.join('?' * len(values))})", *values)

    def include(self, other: Conditions) -> None:
        self.add(str(other), *other.values)

    def __str__(self) -> str:
        return " AND ".join(self.parts) or "TRUE"


def post_conditions(chosen: PostFilter) -> Conditions:
    """What is asked of the post itself."""
    conditions = Conditions()
    conditions.one_of("post.platform", chosen.platforms)
    conditions.one_of("post.kind", chosen.kinds)
    conditions.one_of("post.source", chosen.sources)
    conditions.one_of("post.author_hash", chosen.authors)
    _within(conditions, "post.published_at", chosen)
    if chosen.seen_before is not None:
        conditions.add("post.seen_at < ?", to_micros(chosen.seen_before))
    if wanted := phrases(chosen.text):
        quoted = " AND ".join(f'"{phrase.replace(chr(34), chr(34) * 2)}"' for phrase in wanted)
        conditions.add("post.number IN (SELECT rowid FROM post_text WHERE post_text MATCH ?)", quoted)
    if chosen.mentioned is not None:
        has = "EXISTS" if chosen.mentioned else "NOT EXISTS"
        conditions.add(f"{has} (SELECT 1 FROM mention WHERE mention.post = post.number)")
    return conditions


def mention_conditions(chosen: PostFilter) -> Conditions:
    """What is asked of one and the same mention."""
    conditions = Conditions()
    conditions.one_of("mention.brand", chosen.brands)
    conditions.one_of("mention.sentiment", chosen.sentiments)
    if "*" in chosen.risks:
        conditions.add("mention.risks != '[]'")
    elif chosen.risks:
        conditions.add(f"EXISTS {_risks_among(chosen.risks)}", *chosen.risks)
    if chosen.without_risks:
        conditions.add(f"NOT EXISTS {_risks_among(chosen.without_risks)}", *chosen.without_risks)
    return conditions


def _risks_among(risks: Sequence[str]) -> str:
    return f"(SELECT 1 FROM json_each(mention.risks) WHERE value IN ({', '.join('?' * len(risks))}))"


def conditions_on_posts(chosen: PostFilter) -> Conditions:
    """The whole filter, as conditions on `post`."""
    conditions = post_conditions(chosen)
    mention = mention_conditions(chosen)
    if mention.parts:
        _within(mention, "mention.published_at", chosen)
        conditions.add(f"post.number IN (SELECT mention.post FROM mention WHERE {mention})", *mention.values)
    return conditions


def conditions_on_mentions(chosen: PostFilter) -> tuple[str, Conditions]:
    """The whole filter, as tables and conditions on them: `mention`, joined with its `post` only where that must be asked."""
    conditions = mention_conditions(chosen)
    conditions.one_of("mention.platform", chosen.platforms)
    _within(conditions, "mention.published_at", chosen)
    if chosen.seen_before is not None:
        conditions.add("mention.seen_at < ?", to_micros(chosen.seen_before))
    if not (chosen.text or chosen.kinds or chosen.sources or chosen.authors or chosen.mentioned is False):
        return "mention", conditions
    conditions.include(post_conditions(chosen))
    return "mention JOIN post ON post.number = mention.post", conditions


def _within(conditions: Conditions, column: str, chosen: PostFilter) -> None:
    if chosen.start is not None:
        conditions.add(f"{column} >= ?", to_micros(chosen.start))
    if chosen.end is not None:
        conditions.add(f"{column} < ?", to_micros(chosen.end))
