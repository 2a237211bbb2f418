"""Hot lists and the rolling news: JSON interfaces, their advertisements, their faults and their walls."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.post import PostKind
from crawlers.parsing.newsnow import parse_newsnow
from crawlers.parsing.page import Origin, Page, PageBlocked, PageChanged, Parsed
from crawlers.parsing.sina_roll import parse_sina_roll
from crawlers.parsing.weibo_hot import parse_weibo_hot
from tests.crawlers.conftest import AFTERNOON, fixture, page_of

Parser = Callable[[Page, Origin], Parsed]
PARSERS = pytest.mark.parametrize("parse", [parse_weibo_hot, parse_sina_roll, parse_newsnow])
WEIBO = Origin("hot", "weibo_hot", b"k")
ZHIHU = Origin("zhihu", "zhihu", b"k")


def hot(*entries: dict[str, Any], name: str = "realtime") -> Page:
    return page_of(json.dumps({"ok": 1, "data": {name: list(entries)}}))


def roll(*articles: Any) -> Page:
    return page_of(json.dumps({"result": {"status": {"code": 0}, "data": list(articles)}}))


def newsnow(*entries: Any, **more: Any) -> Page:
    return page_of(json.dumps({"status": "success", "items": list(entries), **more}))


def test_advertisements_are_left_out_and_counted() -> None:
    parsed = parse_weibo_hot(page_of(fixture("weibo_hotsearch.json")), WEIBO)
    assert [post.text for post in parsed.posts] == ["星海茶饮喝出异物", "秋季天气"]
    assert parsed.left_out == 1


def test_a_hot_search_entry_tells_its_heat_and_when_it_came_on_board() -> None:
    post = parse_weibo_hot(page_of(fixture("weibo_hotsearch.json")), WEIBO).posts[0]
    assert (post.kind, post.heat) == (PostKind.HOT_SEARCH, 2453012)
    assert post.published_at == datetime(2026, 11, 2, 6, 13, 20, tzinfo=UTC)
    assert (
        post.url == "https://s.weibo.com/weibo?q=%23%E6%98%9F%E6%B5%B7%E8%8C%B6%E9%A5%AE%E5%96%9D%E5%87%BA%E5%BC%82%E7%89%A9%23"
    )


def test_the_same_words_are_one_entry_on_one_day_and_another_on_the_next() -> None:
    """The day is Shanghai's: 15:59 and 16:00 UTC lie on either side of its midnight."""
    last_minute, midnight = (int(datetime(2026, 11, 1, *at, tzinfo=UTC).timestamp()) for at in ((15, 59), (16, 0)))
    ids = [
        parse_weibo_hot(hot({"word": "喝出异物", "num": heat, "onboard_time": at}), WEIBO).posts[0].id
        for at, heat in ((last_minute, 1), (last_minute - 3600, 9), (midnight, 1))
    ]
    assert ids == ["weibo_hot:2026-11-01/喝出异物", "weibo_hot:2026-11-01/喝出异物", "weibo_hot:2026-11-02/喝出异物"]


def test_the_reserve_shape_is_read_too() -> None:
    parsed = parse_weibo_hot(hot({"word": "喝出异物", "raw_hot": 12, "label_name": "爆"}, name="band_list"), WEIBO)
    assert [(post.text, post.heat) for post in parsed.posts] == [("喝出异物", 12)]


def test_an_article_of_the_roll_as_json_and_as_jsonp() -> None:
    body = fixture("sina_roll.json").decode()
    pages = (body, f"jsonp_1({body});", f"try{{back({body});}}catch(e){{}};", f"/**/ back({body})", "\ufeff" + body)
    parsed = [parse_sina_roll(page_of(text), Origin("roll", "news", b"k")) for text in pages]
    assert all(one == parsed[0] for one in parsed)
    (post,) = parsed[0].posts
    assert (post.native_id, post.title, post.text) == ("t1", "星海茶饮回应异物事件", "公司称已成立专项小组")
    assert post.published_at == datetime(2026, 11, 2, 6, 23, 20, tzinfo=UTC)
    assert post.author_name == "测***"


def test_the_roll_in_gbk() -> None:
    body = fixture("sina_roll.json").decode().encode("gbk")
    (post,) = parse_sina_roll(page_of(body, content_type="application/json; charset=GBK"), WEIBO).posts
    assert post.title == "星海茶饮回应异物事件"


def test_an_article_without_docid_is_its_address() -> None:
    (post,) = parse_sina_roll(roll({"title": "x", "url": "https://finance.sina.com.cn/x/1.shtml"}), WEIBO).posts
    assert post.native_id == "finance.sina.com.cn/x/1.shtml"


def test_a_list_entry_whose_id_is_its_title_is_a_word_of_the_day() -> None:
    """So newsnow's list of Weibo's hot search and Weibo's own give the same posts."""
    (post,) = parse_newsnow(page_of(fixture("newsnow.json")), WEIBO).posts
    assert post.id == parse_weibo_hot(page_of(fixture("weibo_hotsearch.json")), WEIBO).posts[0].id


def test_a_list_entry_with_an_id_of_its_own_is_that() -> None:
    entry = {"id": 1993016651038364760, "title": "如何看待星海茶饮？", "url": "https://www.zhihu.com/question/1"}
    (post,) = parse_newsnow(newsnow(entry | {"extra": {"info": "1080 万热度", "hover": "门店回应正在核实。"}}), ZHIHU).posts
    assert post.id == "zhihu:1993016651038364760"
    assert (post.title, post.text, post.heat) == ("如何看待星海茶饮？", "门店回应正在核实。", 10_800_000)


def test_dailyhot_lists_are_read_too() -> None:
    entry = {
        "id": "7",
        "title": "题",
        "desc": "述",
        "author": "测试用户甲",
        "hot": 12345,
        "timestamp": 1793600000000,
        "url": "https://x.cn/7",
    }
    (post,) = parse_newsnow(page_of(json.dumps({"code": 200, "name": "zhihu", "data": [entry]})), ZHIHU).posts
    assert (post.text, post.heat, post.author_name) == ("述", 12345, "测***")
    assert post.published_at == datetime(2026, 11, 2, 6, 13, 20, tzinfo=UTC)


def test_a_stale_cache_s_entries_are_as_old_as_the_cache() -> None:
    """Else a list that its server no longer refreshes would look new for ever."""
    yesterday = AFTERNOON - timedelta(days=1)
    page = newsnow({"id": "x", "title": "x"}, updatedTime=int(yesterday.timestamp() * 1000), status="cache")
    assert parse_newsnow(page, ZHIHU).posts[0].published_at == yesterday


@pytest.mark.parametrize(
    ("parse", "page"),
    [
        (parse_weibo_hot, hot({"word": "甲"}, {"num": 3}, "嗯", None, {"word": "乙", "onboard_time": "某日"})),  # type: ignore[arg-type]
        (parse_sina_roll, roll({"title": "甲", "docid": "1"}, {"title": "无编号"}, 7, None, {"docid": "2"})),
        (parse_newsnow, newsnow({"id": "1", "title": "甲"}, {"id": "2"}, [], None, {"title": "乙", "pubDate": "某日"})),
    ],
)
def test_unreadable_items_are_problems_and_the_rest_is_read(parse: Parser, page: Page) -> None:
    parsed = parse(page, WEIBO)
    assert [post.full_text for post in parsed.posts] == ["甲"]
    assert len(parsed.problems) == 4
    assert all(problem.zh and problem.en and problem.excerpt for problem in parsed.problems)


@PARSERS
@pytest.mark.parametrize(
    "body",
    [
        fixture("weibo_mobile_captcha.json"),
        b'{"ok": -100}',
        fixture("weibo_search_blocked.html"),
        "<html><title>安全验证</title></html>",
        "访问过于频繁，请稍后再试",
        '{"code": 403, "message": "Too many requests"}',
        '{"result": {"status": {"code": 9, "msg": "请先登录"}}, "msg": "请先登录"}',
    ],
)
def test_walls_are_blocks(parse: Parser, body: bytes | str) -> None:
    with pytest.raises(PageBlocked) as error:
        parse(page_of(body), WEIBO)
    assert "https://news.example.cn/rss.xml" in error.value.zh


@PARSERS
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        "<html><body>首页</body></html>",
        '{"ok":1,"data":{"realtime":[{"word":"',
        "null",
        "[]",
        '"text"',
        '{"ok":1,"data":{"realtime":{}}}',
        '{"result":{"data":null}}',
        '{"status":"success"}',
        '{"code":500,"message":"内部错误"}',
        "[" * 100_000,
        b"\xff\xfe\xfa\x80\x81",
    ],
)
def test_any_other_answer_is_a_changed_page(parse: Parser, body: bytes | str) -> None:
    with pytest.raises(PageChanged) as error:
        parse(page_of(body), WEIBO)
    assert "https://news.example.cn/rss.xml" in str(error.value)


def test_the_site_s_own_words_are_passed_on() -> None:
    with pytest.raises(PageChanged, match="内部错误"):
        parse_newsnow(page_of('{"code":500,"message":"内部错误"}'), ZHIHU)


@pytest.mark.parametrize(("parse", "page"), [(parse_weibo_hot, hot()), (parse_sina_roll, roll()), (parse_newsnow, newsnow())])
def test_an_empty_list_is_empty_not_wrong(parse: Parser, page: Page) -> None:
    assert parse(page, WEIBO) == Parsed()
