"""The one normaliser and the one tokeniser: matching, scoring and both search engines see the same text."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache
from typing import Any

TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_CHARACTER_TOKEN = re.compile(r"[a-z0-9_]+|[^\s\w]|\w", re.UNICODE)
_WORD = re.compile(r"\w", re.UNICODE)
_PLAIN = re.compile(r"[0-9a-z\u4e00-\u9fff ]*")


def normalise(text: str) -> str:
    """`text` as matching and scoring see it: entities and tags undone, NFKC, lower case, simplified, invisible characters out.

    Emoji and Weibo's `[doge]` codes stay; a `#topic#`'s words stay; runs of white space become one space.

    >>> normalise("<a href='/n/x'>ＡＢＣ</a>&amp;華為\\u200b  手機[怒]")
    'abc&华为 手机[怒]'
    """
    if _PLAIN.fullmatch(text) and "  " not in text:
        return _simplified(text).strip()
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = TAG.sub("", text)
    text = _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFKC", text).lower()
    return _simplified(_SPACE.sub(" ", text)).strip()


def characters(normalised: str) -> list[str]:
    """Single characters, with runs of Latin letters and digits whole: a phrase of these finds any Chinese substring.

    >>> characters("b站 的 iphone15!")
    ['b', '站', '的', 'iphone15', '!']
    """
    return _CHARACTER_TOKEN.findall(normalised)


def words(normalised: str) -> list[str]:
    """Words in reading order, as rjieba cuts them, without punctuation: what significant terms are counted in."""
    cut: list[str] = _segmenter().cut(normalised, True)
    if _PLAIN.fullmatch(normalised):  # most texts: nothing but spaces to leave out
        return [word for word in cut if word != " "]
    return [word for word in cut if _WORD.search(word)]


def _simplified(text: str) -> str:
    """Traditional characters made simplified; the converter is asked only for texts that hold one, as it costs 0.1 ms."""
    return _converter().convert(text) if _traditional().search(text) else text


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _traditional() -> re.Pattern[str]:
    """Every common character that the converter changes, as one class."""
    letters = "".join(map(chr, range(0x4E00, 0xA000)))
    changed = [
        before
        for before, after in zip(letters, _converter().convert("\n".join(letters)).split("\n"), strict=True)
        if before != after
    ]
    return re.compile(f"[{''.join(changed)}]")


@cache
def _segmenter() -> Any:
    import rjieba

    return rjieba
