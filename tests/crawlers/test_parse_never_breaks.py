"""Whatever a site sends, a parser gives posts and problems, or raises a PageError that names the page. Nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.parsing.feed import parse_feed
from crawlers.parsing.newsnow import parse_newsnow
from crawlers.parsing.page import Origin, PageError, Parsed
from crawlers.parsing.sina_roll import parse_sina_roll
from crawlers.parsing.weibo_hot import parse_weibo_hot
from tests.crawlers.conftest import AFTERNOON, fixture, page_of

PARSERS = (parse_feed, parse_weibo_hot, parse_sina_roll, parse_newsnow)
PAGES = ("rss2.xml", "atom.xml", "jsonfeed.json", "weibo_hotsearch.json", "sina_roll.json", "newsnow.json")

words = st.text(st.characters(codec=None, categories=None), max_size=20)
hostile = st.sampled_from(["https://[", "2026-99-99", "3小时前", "1e999"])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | words | hostile
objects = st.dictionaries(words, scalars, max_size=3)
values = scalars | objects | st.lists(scalars | objects, max_size=3)
NAMES = [
    *("word", "note", "num", "raw_hot", "is_ad", "onboard_time", "word_scheme", "label_name", "docid", "url", "wapurl"),
    *("title", "intro", "ctime", "mtime", "media_name", "id", "mobileUrl", "pubDate", "extra", "desc", "author", "hot"),
    *("timestamp", "content_html", "content_text", "date_published", "date_modified", "authors", "external_url"),
]
items = st.dictionaries(st.sampled_from(NAMES), values, max_size=8)


def check(body: bytes) -> None:
    for parse in PARSERS:
        try:
            parsed = parse(page_of(body), Origin("s", "news", b"k"))
        except PageError as error:
            assert "https://news.example.cn/rss.xml" in error.zh
            assert "https://news.example.cn/rss.xml" in error.en
        else:
            check_posts(parsed)


def check_posts(parsed: Parsed) -> None:
    for post in parsed.posts:
        json.dumps(post.to_record(), ensure_ascii=False).encode()
        assert post.native_id
        assert post.published_at <= AFTERNOON
        assert post.url.startswith(("http://", "https://", "")) and "\x00" not in post.full_text


@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    check(body)


@given(st.sampled_from(PAGES), st.data())
@settings(max_examples=200)
def test_good_pages_cut_and_garbled(name: str, data: st.DataObject) -> None:
    body = fixture(name)
    at = data.draw(st.integers(0, len(body)))
    garbage = data.draw(st.binary(max_size=8))
    check(body[:at] + garbage + data.draw(st.sampled_from([b"", body[at:], body[at + 1 :]])))


@given(st.lists(items | values, max_size=4), values)
@settings(max_examples=200, deadline=None)
def test_right_lists_of_wrong_things(entries: list[Any], other: Any) -> None:
    for value in (
        {"ok": 1, "data": {"realtime": entries}},
        {"result": {"data": entries, "status": other}},
        {"status": "success", "items": entries, "updatedTime": other},
        {"code": 200, "data": entries, "updateTime": other},
        {"version": "https://jsonfeed.org/version/1.1", "items": entries, "home_page_url": other},
        other,
    ):
        check(json.dumps(value).encode())


@pytest.mark.parametrize("parse", PARSERS)
def test_the_right_page_for_another_parser_is_a_page_error(parse: Any) -> None:
    """Every source that is configured with the wrong kind says so."""
    read = 0
    for name in PAGES:
        try:
            read += bool(parse(page_of(fixture(name)), Origin("s", "news", b"k")).posts)
        except PageError:
            continue
    assert read == (3 if parse is parse_feed else 1)
