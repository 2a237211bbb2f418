"""The drill's pages in the real sites' shapes: RSS 2.0, Atom, JSON Feed, Weibo's hot search, Sina's roll, newsnow."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree

from core.clock import SHANGHAI, shown
from drill.hot_list import HotEntry, hot_list
from drill.scenario import ARCHIVED, BRAND, Channel, Item, find, items

NEWEST = 400
"""How many posts the live feed shows; more than are published between two crawls at the crisis's height."""
ROLL = 50

JSON_TYPE, FEED_TYPE, RSS_TYPE, ATOM_TYPE = (
    f"application/{name}; charset=utf-8" for name in ("json", "feed+json", "rss+xml", "atom+xml")
)
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_ATOM = "http://www.w3.org/2005/Atom"
ElementTree.register_namespace("dc", _DUBLIN_CORE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page is made from: the story's start, the moment of the visit, the site's own address, and the query."""

    started: datetime
    moment: datetime
    address: str
    query: Mapping[str, str]

    def items(self, channel: Channel) -> list[Item]:
        return items(self.started, self.moment, channel)


@dataclass(frozen=True, slots=True)
class Page:
    """`changed` is the moment of the newest thing on the page, None where there is none."""

    media_type: str
    body: bytes
    changed: datetime | None = None
    status: int = 200


def hot_search(asked: Asked) -> Page:
    """`/ajax/side/hotSearch` as weibo.com answers it; an advertisement stands among the entries."""
    entries = hot_list(asked.started, asked.moment)
    realtime = [_hot_entry(rank, entry, asked.moment) for rank, entry in enumerate(entries)]
    return _json({"ok": 1, "data": {"realtime": realtime, "hotgovs": []}}, asked.moment.replace(second=0, microsecond=0))


def _hot_entry(rank: int, entry: HotEntry, moment: datetime) -> dict[str, Any]:
    label = entry.label(moment)
    return {
        "rank": rank,
        "realpos": rank + 1,
        "word": entry.title,
        "note": entry.title,
        "word_scheme": f"#{entry.title}#",
        "num": entry.heat,
        "raw_hot": entry.heat,
        "label_name": label,
        "icon_desc": label,
        "flag": 0,
        "flag_desc": "",
        "is_ad": int(entry.is_ad),
        "onboard_time": int(entry.onboard.timestamp()),
    }


def keyword_feed(asked: Asked) -> Page:
    """RSSHub's `/weibo/keyword/…?format=json`: the newest posts, none of which the archive holds."""
    border = asked.started - ARCHIVED
    return _json_feed(asked, [item for item in asked.items(Channel.WEIBO) if item.at >= border][:NEWEST], [])


def archive_feed(asked: Asked) -> Page:
    """The quiet days' posts, in a page that never changes; two entries are damaged, as happens, and cannot be read."""
    border = asked.started - ARCHIVED
    damaged: list[dict[str, Any]] = [
        {"id": "", "url": "", "title": "", "content_html": "", "date_published": shown(border)},
        {
            "id": "https://weibo.example.cn/damaged",
            "title": BRAND,
            "content_html": BRAND,
            "date_published": "0000-00-00T99:99:99",
        },
    ]
    return _json_feed(asked, [item for item in asked.items(Channel.WEIBO) if item.at < border], damaged)


def _json_feed(asked: Asked, chosen: list[Item], damaged: list[dict[str, Any]]) -> Page:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"又有人在微博提到{BRAND}了",
        "home_page_url": asked.address,
        "language": "zh-cn",
        "items": [_feed_item(asked, item) for item in chosen] + damaged,
    }
    return _json(feed, _newest(chosen), FEED_TYPE)


def _feed_item(asked: Asked, item: Item) -> dict[str, Any]:
    return {
        "id": f"https://weibo.example.cn/1000000001/{item.id}",
        "url": f"{asked.address}/post/{item.id}",
        "title": f"{item.author}: {item.text[:30]}",
        "content_html": html.escape(item.text, quote=False),
        "date_published": _iso(item.at),
        "authors": [{"name": item.author}],
        "tags": [BRAND] if BRAND in item.text else [],
    }


def news_feed(asked: Asked) -> Page:
    """An RSS 2.0 feed of the press."""
    chosen = asked.items(Channel.NEWS)
    rss = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(rss, "channel")
    _add(channel, "title", "测试新闻")
    _add(channel, "link", asked.address)
    for item in chosen:
        entry = ElementTree.SubElement(channel, "item")
        _add(entry, "title", item.title)
        _add(entry, "link", f"{asked.address}/post/{item.id}")
        _add(entry, "guid", item.id, isPermaLink="false")
        _add(entry, "pubDate", format_datetime(item.at.astimezone(SHANGHAI)))
        _add(entry, f"{{{_DUBLIN_CORE}}}creator", item.author)
        _add(entry, "category", "消费")
        _add(entry, "description", f"<p>{html.escape(item.text)}</p>")
    return _xml(rss, _newest(chosen), RSS_TYPE)


def blog_feed(asked: Asked) -> Page:
    """An Atom feed of essays; the last entry has neither a title nor a text nor a time that can be read."""
    chosen = asked.items(Channel.BLOG)
    feed = ElementTree.Element("feed", xmlns=_ATOM)
    _add(feed, "title", "测试博客")
    _add(feed, "id", "tag:blog.example.cn,2026:1")
    _add(feed, "updated", _iso(_newest(chosen) or asked.started))
    for item in chosen:
        entry = ElementTree.SubElement(feed, "entry")
        _add(entry, "title", item.title)
        _add(entry, "link", rel="alternate", type="text/html", href=f"{asked.address}/post/{item.id}")
        _add(entry, "id", f"tag:blog.example.cn,2026:{item.id}")
        _add(entry, "published", _iso(item.at))
        _add(entry, "updated", _iso(item.at))
        _add(ElementTree.SubElement(entry, "author"), "name", item.author)
        _add(entry, "category", term="消费")
        _add(entry, "content", f"<p>{html.escape(item.text)}</p>", type="html")
    damaged = ElementTree.SubElement(feed, "entry")
    _add(damaged, "id", "tag:blog.example.cn,2026:damaged")
    _add(damaged, "updated", "昨日")
    return _xml(feed, _newest(chosen), ATOM_TYPE)


def roll(asked: Asked) -> Page:
    """`/api/roll/get` as Sina's news roll answers it: the newest fifty."""
    chosen = asked.items(Channel.ROLL)[:ROLL]
    data = [
        {
            "docid": item.id,
            "url": f"{asked.address}/post/{item.id}",
            "wapurl": f"{asked.address}/post/{item.id}",
            "title": item.title,
            "intro": item.text,
            "ctime": str(int(item.at.timestamp())),
            "mtime": str(int(item.at.timestamp())),
            "media_name": "测试财经",
            "keywords": BRAND if BRAND in item.title else "",
        }
        for item in chosen
    ]
    result = {"result": {"status": {"code": 0, "msg": "succ"}, "total": len(data), "data": data}}
    return _json(result, _newest(chosen))


def newsnow(asked: Asked) -> Page:
    """newsnow's `/api/s?id=zhihu`: titles without times, the newest questions first."""
    entries = [
        {"id": item.id, "title": item.title, "url": f"{asked.address}/post/{item.id}", "extra": {"info": "热榜"}}
        for item in asked.items(Channel.QUESTIONS)
    ]
    updated = asked.moment.replace(second=0, microsecond=0)
    source = asked.query.get("id", "zhihu")
    return _json({"status": "success", "id": source, "updatedTime": int(updated.timestamp() * 1000), "items": entries}, updated)


def post(asked: Asked, id: str) -> Page:
    """One post or article by itself: where the console's links to the original lead."""
    item = find(asked.started, asked.moment, id)
    if item is None:
        return missing(asked)
    title, text, author = (html.escape(part) for part in (item.title, item.text, item.author))
    return _html(f"<h1>{title or author}</h1><p>{text}</p><p>{author} · {shown(item.at)} · 演练，内容纯属虚构</p>", item.at)


def robots(asked: Asked) -> Page:
    return Page("text/plain; charset=utf-8", b"User-agent: *\nDisallow: /private/\nAllow: /\n", asked.started)


def refused(asked: Asked) -> Page:
    """What a site shows to a visitor whom it takes for a machine."""
    return _html("<h1>403</h1><p>访问过于频繁，请登录后继续。</p>", None, 403)


def missing(asked: Asked) -> Page:
    return _html("<h1>404</h1><p>没有这个页面</p>", None, 404)


PAGES = {
    "/robots.txt": robots,
    "/weibo/ajax/side/hotSearch": hot_search,
    "/hub/feed.json": keyword_feed,
    "/hub/archive.json": archive_feed,
    "/news/rss.xml": news_feed,
    "/blog/atom.xml": blog_feed,
    "/api/roll/get": roll,
    "/newsnow/api/s": newsnow,
    "/forum/rss.xml": refused,
}


def page(path: str, asked: Asked) -> Page:
    """The page at `path`."""
    if path.startswith("/post/"):
        return post(asked, path.removeprefix("/post/"))
    return PAGES.get(path, missing)(asked)


def _newest(chosen: list[Item]) -> datetime | None:
    return chosen[0].at if chosen else None


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _json(value: Any, changed: datetime | None, media_type: str = JSON_TYPE) -> Page:
    return Page(media_type, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), changed)


def _xml(root: ElementTree.Element, changed: datetime | None, media_type: str) -> Page:
    return Page(media_type, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True), changed)


def _html(body: str, changed: datetime | None, status: int = 200) -> Page:
    text = f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>演练</title>{body}</html>'
    return Page("text/html; charset=utf-8", text.encode(), changed, status)


def _add(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> None:
    ElementTree.SubElement(parent, tag, attributes).text = text or None
