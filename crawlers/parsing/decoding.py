"""From a page's bytes to its text: UTF-8 where the bytes are that, else the encoding that is declared, else GB18030."""

from __future__ import annotations

import codecs
from typing import Any

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

from crawlers.parsing.page import Page, PageChanged


def page_text(page: Page) -> str:
    """The page's text; raises PageChanged for an empty page, or one that is no text.

    What reads as UTF-8 is UTF-8, whatever is declared: sites moved to it and left `charset=gb2312` standing, under which
    UTF-8 reads as rubbish, while other encodings do not read as UTF-8. A declared GB2312 or GBK is read as GB18030, which
    holds both: sites declare the small one and write the large one.
    """
    if not page.body.strip():
        raise PageChanged(
            zh=f"{page.url} 返回了空页面；请在浏览器中核对该地址",
            en=f"{page.url} gave an empty page; check the address in a browser",
        )
    for encoding in _candidates(page):
        try:
            return page.body.decode(encoding).removeprefix("\ufeff")
        except (UnicodeDecodeError, LookupError):
            continue
    raise PageChanged(
        zh=f"{page.url} 返回的不是文本（{len(page.body)} 字节）；请在浏览器中核对该地址",
        en=f"{page.url} gave something that is not text ({len(page.body)} bytes); check the address in a browser",
    )


def _candidates(page: Page) -> list[str]:
    marked = read_bom(page.body)[0]
    declared: list[Any] = [http_content_type_encoding(page.content_type), html_body_declared_encoding(page.body)]
    return [*([marked] if marked else []), "utf-8", *(_chinese(name) for name in declared if name), "gb18030"]


def _chinese(name: str) -> str:
    """The larger Chinese encoding for a smaller one."""
    resolved = resolve_encoding(name) or name
    try:
        return "gb18030" if codecs.lookup(resolved).name in ("gb2312", "gbk", "hz") else resolved
    except LookupError:
        return resolved
