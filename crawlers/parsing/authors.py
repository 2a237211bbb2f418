"""What an author is by the source's own word: marks of verification as sites and exports write them.

Nothing is concluded from an author's name, which anyone may take.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from core.post import AuthorKind

_PERSON, _VERIFIED, _COMPANY, _MEDIA, _AUTHORITY = list(AuthorKind)[1:]

_WORDS = {
    **{kind.value: kind for kind in AuthorKind},
    **dict.fromkeys(("政府", "政务", "政府机构", "政府认证", "政务认证"), _AUTHORITY),
    **dict.fromkeys(("媒体", "媒体认证", "新闻媒体"), _MEDIA),
    **dict.fromkeys(("企业", "企业认证", "公司"), _COMPANY),
    **dict.fromkeys(
        ("蓝v", "黄v", "红v", "金v", "橙v", "大v", "个人认证", "名人", "机构", "机构认证", "认证用户", "已认证"), _VERIFIED
    ),
    **dict.fromkeys(("普通用户", "普通", "个人", "未认证", "无"), _PERSON),
    **dict.fromkeys(("是", "true", "yes"), _VERIFIED),
    **dict.fromkeys(("否", "false", "no"), _PERSON),
}
"""Words of exports. A blue V is a verified body, but which kind of body it does not say; 个人 is the ordinary user."""

_WEIBO_CODES = {
    **dict.fromkeys(("-1", "8", "10", "200", "220"), _PERSON),
    **dict.fromkeys(("0", "4", "5", "6", "7", "400"), _VERIFIED),
    "1": _AUTHORITY,
    "2": _COMPANY,
    "3": _MEDIA,
}
"""Weibo's `verified_type`: -1 none, 0 person, 1 government, 2 company, 3 medium, 4 campus, 5 website, 6 application, 7 body,
8 a company not yet verified, 10, 200 and 220 merits without verification, 400 a verified person who has died."""

_YES_NO = {"1": _VERIFIED, "0": _PERSON}


def kind_of(value: Any, platform: str = "") -> AuthorKind:
    """What a kind, a word or, on Weibo, a `verified_type` says; UNKNOWN for anything else.

    >>> [kind_of(value).value for value in ("媒体", "蓝V", "普通用户", "company", "官方", 3)]
    ['media', 'verified', 'person', 'company', '', '']
    >>> kind_of("3.0", "weibo").value, kind_of(-1, "weibo").value
    ('media', 'person')
    """
    told = _written(value)
    codes = _WEIBO_CODES if platform == "weibo" else {}
    return _WORDS.get(told) or codes.get(told, AuthorKind.UNKNOWN)


def verified_of(value: Any) -> AuthorKind:
    """What yes or no to "verified?" says.

    >>> [verified_of(value).value for value in (True, "1", "False", "否", "")]
    ['verified', 'verified', 'person', 'person', '']
    """
    return _YES_NO.get(_written(value)) or kind_of(value)


def is_government_site(url: str) -> bool:
    """Whether the page is on a host under gov.cn, a name that only authorities are given.

    >>> is_government_site("https://www.samr.gov.cn/a.html"), is_government_site("https://gov.cn.example.com/samr.gov.cn")
    (True, False)
    """
    if "gov.cn" not in url:
        return False
    host = urlsplit(url).hostname or ""
    return host == "gov.cn" or host.endswith(".gov.cn")


def _written(value: Any) -> str:
    """The value in lower case; pandas writes a column of numbers in which some are missing as 3.0."""
    return str(value).strip().lower().removesuffix(".0")
