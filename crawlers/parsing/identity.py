"""Identities: what makes two crawled items one post, where the source's own id is missing or cannot be trusted."""

from __future__ import annotations

import hashlib
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from core.clock import shown

LONGEST_IDENTITY = 200
"""Bytes; Elasticsearch takes ids of at most 512, and the platform stands before it."""

_TRACKING = ("utm_", "spm", "share_token", "fbclid", "gclid")


def hot_search_id(word: str, moment: datetime) -> str:
    """A hot-search entry is its word on one day in Shanghai: the day it came on board, or was first seen.

    The same words on another day are another event; on the same day they are one entry however long it stays.

    >>> from datetime import UTC
    >>> hot_search_id("星海茶饮喝出异物", datetime(2026, 11, 1, 16, 30, tzinfo=UTC))
    '2026-11-02/星海茶饮喝出异物'
    """
    return bounded(f"{shown(moment, '%Y-%m-%d')}/{word}")


def address_id(address: str) -> str:
    """A web address as an identity: without the scheme, tracking parameters and a closing slash, which sites change.

    >>> address_id("http://News.example.cn/a/1.html?utm_source=rss&id=7"), address_id("https://news.example.cn/a/")
    ('news.example.cn/a/1.html?id=7', 'news.example.cn/a')
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return bounded(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not name.startswith(_TRACKING)]
    query = f"?{urlencode(kept)}" if kept else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return bounded(f"{parts.netloc.lower()}{parts.path.rstrip('/')}{query}{fragment}")


def text_id(*texts: str) -> str:
    """The identity of an item that has neither address nor id: a hash of its words.

    >>> text_id("标题", "正文")
    'text-9ada00a0ee1e3df054ae8132'
    """
    return f"text-{_digest(chr(0x1F).join(texts))}"


def bounded(identity: str) -> str:
    """`identity`, or a hash of it where it is too long to be a key."""
    return identity if len(identity.encode("utf-8", "replace")) <= LONGEST_IDENTITY else f"long-{_digest(identity)}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
