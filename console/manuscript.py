"""A draft's Markdown as it will be read, every slot that still waits for a fact marked."""

from __future__ import annotations

import re

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "blockquote", "hr", "br", "code", "pre"} | {
    "table", "thead", "tbody", "tr", "th", "td"
}  # fmt: skip
_SLOT = re.compile(r"【\s*待核[实實][^】<]*】?")


def shown(text: str) -> Markup:
    """`text` as HTML without links, pictures or anything that runs; slots stand in `<mark class="slot">`.

    >>> shown("截至【待核实：地点】<b>")
    Markup('<p>截至<mark class="slot">【待核实：地点】</mark>&lt;b&gt;</p>\\n')
    """
    page = nh3.clean(
        MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").render(text), tags=_TAGS, attributes={}
    )
    return Markup(_SLOT.sub(lambda found: f'<mark class="slot">{found.group(0)}</mark>', page))
