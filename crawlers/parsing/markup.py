"""HTML inside feeds made text: what a reader would see, one line a paragraph."""

from __future__ import annotations

import html
import re

_HIDDEN = (
    (re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE), re.compile(r"</script\s*>", re.IGNORECASE)),
    (re.compile(r"<style\b.*?</style\s*>", re.DOTALL | re.IGNORECASE), re.compile(r"</style\s*>", re.IGNORECASE)),
    (re.compile(r"<!--.*?-->", re.DOTALL), re.compile("-->")),
)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?h[1-6]|/?tr|/?blockquote|hr)\b[^<>]*>", re.IGNORECASE)
_ALT = re.compile(r"""<img\b[^<>]{0,500}\balt=["'](\[[^"'<>\]]{1,20}\])["'][^<>]{0,500}>""", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<![a-zA-Z][^<>]*>")
_SPACE = re.compile(r"[ \t\r\f\v\u00a0\u3000]+")


def text_of_html(markup: str) -> str:
    """The text of an HTML fragment; plain text passes unchanged but for white space.

    Emoji that a site draws as pictures keep their code, `[怒]`, which tells the tone.

    >>> text_of_html('<p>门店已<b>停业</b>&amp;整顿。</p><p>1 &lt; 2 <img alt="[怒]" src="x"></p><script>x()</script>')
    '门店已停业&整顿。\\n1 < 2 [怒]'
    """
    if "<" in markup:
        for whole, end in _HIDDEN:
            markup = _without(markup, whole, end)
        markup = _BREAK.sub("\n", markup)
        markup = _TAG.sub("", _ALT.sub(r"\1", markup))
    if "&" in markup:
        markup = html.unescape(markup)
    lines = (_SPACE.sub(" ", line).strip() for line in markup.split("\n"))
    return "\n".join(line for line in lines if line)


def _without(markup: str, whole: re.Pattern[str], end: re.Pattern[str]) -> str:
    """`markup` without what `whole` finds, looked for before the last `end` only, so that openings without one cost nothing."""
    last = max((found.end() for found in end.finditer(markup)), default=0)
    return whole.sub("", markup[:last]) + markup[last:] if last else markup
