"""Walls: the login, captcha and "too often" pages that sites show in place of what was asked for."""

from __future__ import annotations

import re
from typing import Any

from crawlers.parsing.page import Page, PageBlocked, PageChanged, PageError
from crawlers.parsing.values import mapping, text_of

_LOOKED_AT = 20_000
"""Characters from the page's start; a wall is a short page."""

_LOGIN = re.compile(
    r"sina visitor system|passport\.|请先?登[录陆]|登[录陆]后|扫码登[录陆]|/login|/signin|sign in to|log in to", re.IGNORECASE
)
_CAPTCHA = re.compile(
    r"captcha|验证码|安全验证|人机验证|滑动验证|just a moment|cf-chl|verify you are human|robot check|unusual traffic|安全检查",
    re.IGNORECASE,
)
_TOO_OFTEN = re.compile(r"过于频繁|too many requests|rate limit|访问受限|异常访问|access denied|禁止访问", re.IGNORECASE)

_WALLS = (
    (_CAPTCHA, "要求验证码", "asks for a captcha"),
    (_LOGIN, "要求登录", "asks for a login"),
    (_TOO_OFTEN, "拒绝了访问", "refuses access"),
)


def wall_in(text: str, page: Page) -> PageBlocked | None:
    """The wall that `text`, which should have been data, is; None where it is none that we know."""
    for pattern, zh, en in _WALLS:
        if pattern.search(text, 0, _LOOKED_AT):
            return PageBlocked(
                zh=f"{page.url} {zh}；登录与验证码不会被绕过：请加大间隔，或换用开放的信源",
                en=f"{page.url} {en}; no login or captcha is bypassed: crawl it more rarely, or use an open source instead",
            )
    return None


def wall_in_answer(value: Any, page: Page) -> PageBlocked | None:
    """The wall that a JSON answer is: Weibo's `ok: -100`, or an error's words or address."""
    answer = mapping(value)
    words = " ".join(text_of(answer.get(name)) for name in ("url", "msg", "message", "error", "errmsg", "error_msg"))
    if answer.get("ok") == -100 and not words.strip():
        words = "/login"
    return wall_in(words, page)


def html_instead(text: str, page: Page) -> PageError | None:
    """The error for an HTML page where data was asked for; None for any other text."""
    if not re.match(r"\s*(?:<!doctype html|<html|<head|<body|<script|<div|<meta)", text, re.IGNORECASE):
        return None
    return wall_in(text, page) or PageChanged(
        zh=f"{page.url} 返回的是网页，而不是数据；请在浏览器中核对该地址是否已变",
        en=f"{page.url} gave a web page instead of data; check in a browser whether the address has changed",
    )
