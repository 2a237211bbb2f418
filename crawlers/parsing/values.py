"""Single values as the sites write them: text, counts with 万 and 亿, web addresses. None of these ever raises."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

LARGEST_COUNT = 2**53

_COUNT = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)(?!\d)\s*([万亿]?)")
_UNITS = {"": 1, "万": 10**4, "亿": 10**8}


def text_of(value: Any) -> str:
    """A string or number as text without outer white space; "" for anything else. NUL and half emoji become U+FFFD.

    >>> text_of(" 星海茶饮\\ud83d "), text_of(12), text_of(None), text_of(["x"])
    ('星海茶饮\\ufffd', '12', '', '')
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _whole(str(value)).strip()


def count_of(value: Any) -> int | None:
    """A count as a number; None where the value tells none.

    >>> count_of(2453012), count_of("1,203"), count_of("1080 万热度"), count_of("1.2亿"), count_of("热"), count_of(-1)
    (2453012, 1203, 10800000, 120000000, None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value) if 0 <= value <= LARGEST_COUNT else None
    if not isinstance(value, str):
        return None
    found = _COUNT.match(value.strip().replace(",", ""))
    if found is None:
        return None
    number = round(float(found[1]) * _UNITS[found[2]])
    return number if number <= LARGEST_COUNT else None


def web_address(link: Any, base: str = "") -> str:
    """`link` made absolute on `base`; "" for what is no http(s) address, as a post's address is shown as a link.

    >>> web_address("/a/1.html", "https://news.example.cn/rss"), web_address("javascript:void(0)"), web_address("http://[")
    ('https://news.example.cn/a/1.html', '', '')
    """
    try:
        address = urljoin(base, text_of(link)) if text_of(link) else ""
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


def mapping(value: Any) -> dict[str, Any]:
    """`value` where it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def _whole(text: str) -> str:
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
