"""Other crawlers' exports are known by their columns, with the traps that they hold."""

import csv
import io
import json
from typing import Any

import pytest

from core.post import PostKind
from core.privacy import author_hash
from tests.imports.conftest import Import

# fmt: off
SEARCH = [
    "id", "bid", "user_id", "用户昵称", "微博正文", "发布位置", "艾特用户", "话题", "转发数", "评论数", "点赞数", "发布时间",
    "发布工具", "微博图片url", "微博视频url", "retweet_id",
]
# fmt: on
LATER = [*SEARCH[:5], "头条文章url", *SEARCH[5:], "ip", "user_authentication", "会员类型", "会员等级"]
KEY = b"test-key-test-key-test-key"


def search_row(**values: str) -> dict[str, str]:
    usual = {"id": "4890123456789012", "bid": "QaTest001", "user_id": "1000000001", "用户昵称": "测试用户甲"}
    usual |= {
        "微博正文": "在星海茶饮喝出异物",
        "转发数": "12",
        "评论数": "1.2万",
        "点赞数": "10万+",
        "发布时间": "2026-05-01 12:30",
    }
    return usual | values


def table(columns: list[str], *rows: dict[str, str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("columns", [SEARCH, LATER])
def test_weibo_search_csv_is_known_by_its_columns(imported: Import, columns: list[str]) -> None:
    found = imported("星海茶饮.csv", "\ufeff" + table(columns, search_row(retweet_id="4890123456789000", ip="发布于 测试")))
    assert found.report.quarantined == 0
    (post,) = found.posts
    assert post.id == "weibo:4890123456789012" and post.kind is PostKind.POST
    assert post.published_at.isoformat() == post.seen_at.isoformat() == "2026-05-01T04:30:00+00:00"
    assert (post.reposts, post.comments, post.likes) == (12, 12_000, 100_000)
    assert post.parent_id == "4890123456789000" and post.url == "https://m.weibo.cn/detail/4890123456789012"
    assert post.source == "import:星海茶饮.csv"


def test_people_are_hashed_and_masked_at_the_door(imported: Import) -> None:
    found = imported(
        "a.csv", table(LATER, search_row(ip="发布于 测试省", user_authentication="黄V"), search_row(发布时间="不知道"))
    )
    (post,) = found.posts
    assert post.author_hash == author_hash("weibo", "1000000001", KEY) and post.author_name == "测***"
    everything = str(post.to_record()) + found.kept
    for private in ("1000000001", "测试用户甲", "测试省", "黄V"):
        assert private not in everything


def test_weibo_search_tells_who_is_verified(imported: Import) -> None:
    rows = (search_row(id=str(place), user_authentication=mark) for place, mark in enumerate(("蓝V", "普通用户", "", "未见过")))
    posts = imported("a.csv", table(LATER, *rows)).posts
    assert [post.author_kind for post in posts] == ["verified", "person", "", ""]


def test_a_header_that_stands_again_is_no_row_even_where_a_later_version_wrote_it(imported: Import) -> None:
    text = (
        table(SEARCH, search_row(id="1", 发布工具="电脑"))
        + table(SEARCH, search_row(id="2"))
        + table(LATER, search_row(id="3", ip="x"))
    )
    found = imported("a.csv", text)
    assert [post.native_id for post in found.posts] == ["1", "2", "3"]
    assert found.report.rows == 3 and found.posts[2].likes == 100_000


def test_a_cut_last_line_is_told_and_the_rest_imported(imported: Import) -> None:
    whole = table(SEARCH, search_row(id="1"), search_row(id="2", 微博正文="第一行\n第二行"))
    found = imported("a.csv", whole.rstrip("\r\n")[:-35])
    assert [post.native_id for post in found.posts] == ["1"]
    assert found.report.quarantined == 2, "both lines of the cut post are kept"
    assert "cut" in found.reasons["a.csv:3"]


def test_a_quotation_mark_that_is_never_closed_takes_no_neighbour_with_it(imported: Import) -> None:
    lines = table(SEARCH, *(search_row(id=str(number)) for number in range(1, 60))).splitlines()
    lines[10] = '10,QaTest,1000000001,测试用户甲,"正文在这里断了'
    found = imported("a.csv", "\r\n".join(lines) + "\r\n")
    assert [int(post.native_id) for post in found.posts] == [number for number in range(1, 60) if number != 10]
    assert list(found.reasons) == ["a.csv:11"]


def test_a_text_of_several_lines_stays_one_post_and_lines_are_still_counted(imported: Import) -> None:
    rows = (search_row(id="1", 微博正文='一\n"二",三\n四'), search_row(id="4.89E+15"))
    found = imported("a.csv", table(SEARCH, *rows))
    assert [post.text for post in found.posts] == ['一\n"二",三\n四']
    assert "spreadsheet" in found.reasons["a.csv:5"]


@pytest.mark.parametrize("column", ["id", "retweet_id"])
def test_an_id_damaged_by_a_spreadsheet_is_quarantined_and_says_so(imported: Import, column: str) -> None:
    found = imported("a.csv", table(SEARCH, search_row(**{column: "4.89E+15"}), search_row()))
    assert len(found.posts) == 1 and "4.89E+15 was damaged by a spreadsheet" in found.reasons["a.csv:2"]
    assert "电子表格" in found.report.problems[0].zh and found.report.problems[0].place == "a.csv:2"


AUTHOR = {
    "user_id": "u1",
    "nickname": "测试用户甲",
    "avatar": "http://a.example/u1.jpg",
    "gender": "f",
    "ip_location": "测试省",
}
WEIBO = {
    "note_id": "4890123456789012",
    "content": "在星海茶饮喝出异物",
    "create_time": 1777609800,
    "create_date_time": "2026-05-01 12:30:00+08:00",
    "liked_count": "10万+",
    "comments_count": "3",
    "shared_count": "1.2万",
    "last_modify_ts": 1777609900000,
    "note_url": "https://m.weibo.cn/detail/4890123456789012",
    "source_keyword": "星海茶饮",
    "profile_url": "https://m.weibo.cn/u/u1",
    **AUTHOR,
}
XHS = {
    "note_id": "6631aaaa000000001e00aaaa",
    "type": "normal",
    "title": "避雷",
    "desc": "在星海茶饮喝出异物[哭惹R] &amp; 恶心",
    "time": 1777609800000,
    "liked_count": "1.2万",
    "collected_count": "5",
    "comment_count": "3",
    "share_count": "1",
    "note_url": "https://www.xiaohongshu.com/explore/6631aaaa000000001e00aaaa?xsec_token=ABC=&xsec_source=pc",
    "xsec_token": "ABC=",
    **AUTHOR,
}
DOUYIN = {
    "aweme_id": "7360000000000000001",
    "aweme_type": "0",
    "title": "在星海茶饮喝出异物",
    "desc": "在星海茶饮喝出异物",
    "create_time": 1777609800,
    "sec_uid": "s1",
    "liked_count": "7",
    "comment_count": "8",
    "share_count": "9",
    "aweme_url": "https://www.douyin.com/video/7360000000000000001",
    **AUTHOR,
}
COMMENT = {"comment_id": "9001", "create_time": 1777609800, "content": "我也喝到过", "sub_comment_count": "2", **AUTHOR}


@pytest.mark.parametrize(
    ("record", "id", "counts"),
    [
        (WEIBO, "weibo:4890123456789012", (100_000, 12_000, 3)),
        (XHS, "xiaohongshu:6631aaaa000000001e00aaaa", (12_000, 1, 3)),
        (DOUYIN, "douyin:7360000000000000001", (7, 9, 8)),
    ],
)
@pytest.mark.parametrize("shape", ["csv", "json", "jsonl"])
def test_media_crawler_posts_in_each_shape(
    imported: Import, record: dict[str, Any], id: str, counts: tuple[int, int, int], shape: str
) -> None:
    found = imported(f"search_contents.{shape}", written(shape, record))
    (post,) = found.posts
    assert post.id == id and post.kind is PostKind.POST and (post.likes, post.reposts, post.comments) == counts
    assert post.published_at.isoformat() == "2026-05-01T04:30:00+00:00"
    assert post.full_text.count("在星海茶饮喝出异物") == 1, "a title that repeats the text is not said twice"
    assert post.author_name == "测***" and post.author_hash == author_hash(post.platform, "u1", KEY)
    for private in ("ABC=", "a.example", "测试省", "测试用户甲", "xsec", "m.weibo.cn/u/"):
        assert private not in str(post.to_record())


@pytest.mark.parametrize(
    ("more", "platform", "thread"),
    [
        ({"note_id": "4890123456789012", "comment_like_count": "4"}, "weibo", "4890123456789012"),
        ({"note_id": "6631aaaa", "like_count": "4", "pictures": ""}, "xiaohongshu", "6631aaaa"),
        ({"aweme_id": "7360000000000000001", "like_count": "4"}, "douyin", "7360000000000000001"),
    ],
)
def test_media_crawler_comments_hang_on_the_comment_above_or_on_their_post(
    imported: Import, more: dict[str, str], platform: str, thread: str
) -> None:
    first = COMMENT | more | {"parent_comment_id": 0}
    found = imported("comments.jsonl", written("jsonl", first, first | {"comment_id": "9002", "parent_comment_id": "9001"}))
    assert [post.id for post in found.posts] == [f"{platform}:9001", f"{platform}:9002"]
    assert [post.parent_id for post in found.posts] == [thread, "9001"]
    assert {post.kind for post in found.posts} == {PostKind.COMMENT} and found.posts[0].likes == 4


def test_a_texts_own_marks_are_kept_as_they_came(imported: Import) -> None:
    (post,) = imported("a.json", written("json", XHS)).posts
    assert post.text == "在星海茶饮喝出异物[哭惹R] &amp; 恶心" and post.title == "避雷"


def test_posts_and_comments_may_share_a_file(imported: Import) -> None:
    comment = COMMENT | {"note_id": "6631aaaa", "like_count": "4", "parent_comment_id": ""}
    found = imported("all.jsonl", written("jsonl", XHS, comment, XHS | {"note_id": "b"}, {"nickname": "x", "fans": 3}))
    assert [post.kind.value for post in found.posts] == ["post", "comment", "post"]
    assert "--map" in found.reasons["all.jsonl:4"]


def written(shape: str, *records: dict[str, Any]) -> str:
    if shape == "csv":
        return table(list(records[0]), *({name: str(value) for name, value in record.items()} for record in records))
    if shape == "json":
        return json.dumps(records, ensure_ascii=False, indent=4)
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
