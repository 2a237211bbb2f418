"""Cutting a message to a channel's limit: never inside a link or a number, and saying that there is more."""

from __future__ import annotations

import re
from collections.abc import Callable

CUT = "\n…（超出通道长度，全文见控制台）"
CUT_SHORT = "…"
_WHOLE = re.compile(r"https?://\S+|[0-9A-Za-z][0-9A-Za-z.,:%/_-]*|.", re.DOTALL)
"""What stands or falls as one: a link, a number or Latin word, else a character."""

Measure = Callable[[str], int]


def in_bytes(text: str) -> int:
    """The length of `text` as services that count bytes count it: in UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def shortened(text: str, limit: int, measure: Measure = in_bytes) -> str:
    """As much of the beginning of `text` as `limit` allows with a word that there is more; all of it where it fits.

    What must arrive (number, level, link) stands first in every message, so it is the rest that is cut.

    >>> shortened("编号：A-1 见 https://yushao.example/told/abc", 30, len)
    '编号：A-1 见…'
    """
    if measure(text) <= limit:
        return text
    mark = CUT if measure(CUT) * 3 <= limit else CUT_SHORT
    room, kept = limit - measure(mark), []
    for whole in _WHOLE.findall(text):
        room -= measure(whole)
        if room < 0:
            break
        kept.append(whole)
    return "".join(kept).rstrip() + mark if measure(mark) <= limit else ""
