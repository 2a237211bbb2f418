"""The tokens of posts and queries, the same for both engines: what one finds, the other finds."""

from __future__ import annotations

from core import text
from core.errors import InputError
from core.post import Post

MOST_PHRASES = 50
LONGEST_WORD = 64  # characters; what is longer (an address, a key, "hahaha…") is no word to count


def tokens(post: Post) -> tuple[str, list[str]]:
    """The post's characters in order, joined by spaces, and its different words."""
    normalised = text.normalise(post.full_text)
    return " ".join(text.characters(normalised)), _different_words(normalised)


def _different_words(normalised: str) -> list[str]:
    return [word for word in dict.fromkeys(text.words(normalised)) if len(word) <= LONGEST_WORD]


def phrases(query: str) -> list[str]:
    """The phrases of which a post must hold every one, each as characters joined by spaces; none for a blank query.

    >>> phrases("海天 iPhone15")
    ['海 天', 'iphone15']
    """
    parts = text.normalise(query).split(" ")
    if len(parts) > MOST_PHRASES:
        raise InputError(
            zh=f"检索词太多：最多 {MOST_PHRASES} 个以空格分开的词，得到 {len(parts)} 个，请删减",
            en=f"too many search words: at most {MOST_PHRASES} divided by spaces, got {len(parts)}; leave some out",
        )
    return [phrase for part in parts if (phrase := " ".join(text.characters(part)))]
