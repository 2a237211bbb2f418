"""JSON and JSONP pages: their value, or the error that says why there is none."""

from __future__ import annotations

import json
import re
from typing import Any

from crawlers.parsing.decoding import page_text
from crawlers.parsing.page import Page, PageChanged, PageError
from crawlers.parsing.values import mapping, text_of
from crawlers.parsing.walls import html_instead, wall_in, wall_in_answer

_CALL = re.compile(r"\s*(?:/\*.{0,200}?\*/)?\s*(try\s*\{\s*)?[\w$.]{1,200}\s{0,9}\(", re.DOTALL)


def json_value(page: Page) -> Any:
    """The page's JSON value, taken out of a JSONP call where it is in one. Raises PageBlocked or PageChanged."""
    return json_of_text(page_text(page), page)


def json_of_text(text: str, page: Page) -> Any:
    """The JSON value of a page's text; control characters inside strings are forgiven, a cut page is not."""
    if error := html_instead(text, page):
        raise error
    try:
        return json.loads(_out_of_call(text), strict=False)
    except (ValueError, RecursionError) as problem:
        raise wall_in(text, page) or _not_json(page, problem) from problem


def unexpected(value: Any, page: Page, expected: str) -> PageError:
    """The error for an answer without the list that was `expected`: a wall, the site's own words, or a changed shape."""
    if wall := wall_in_answer(value, page):
        return wall
    answer = mapping(value)
    words = next((said for name in ("msg", "message", "error", "errmsg") if (said := text_of(answer.get(name)))), "")
    return PageChanged(
        zh=f"{page.url} 的回答里没有 {expected}{f'，它说：{words[:200]}' if words else ''}；请核对地址，或该接口已改版",
        en=f"{page.url} answered without {expected}{f', saying: {words[:200]}' if words else ''}; "
        "check the address, or the interface has changed",
    )


def _out_of_call(text: str) -> str:
    """What a JSONP page passes to its function; other texts as they are.

    >>> _out_of_call('try{back({"a": 1});}catch(e){};'), _out_of_call('[1]')
    ('{"a": 1}', '[1]')
    """
    called = _CALL.match(text)
    if called is None:
        return text
    end = text.rfind("catch") if called[1] else len(text)
    return text[called.end() : text.rfind(")", called.end(), end)]


def _not_json(page: Page, error: ValueError | RecursionError) -> PageError:
    return PageChanged(
        zh=f"{page.url} 返回的不是完整的 JSON（{_place(error)}）；若非传输中断，请核对地址",
        en=f"{page.url} gave no whole JSON ({_place(error)}); unless the transfer was cut, check the address",
    )


def _place(error: Exception) -> str:
    return f"{error.msg}, {error.pos}" if isinstance(error, json.JSONDecodeError) else type(error).__name__
