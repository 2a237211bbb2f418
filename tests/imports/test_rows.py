"""Columns, times and ids of files of unknown origin: what is understood, and how what is not is told."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.database import Database
from core.errors import InputError
from core.post import PostKind
from core.settings import Settings
from crawlers.imports import import_files, parse_map
from crawlers.imports.importing import ALL_BAD, BATCH, PROBLEMS_SHOWN
from crawlers.imports.values import Clock
from posts import inbox
from tests.conftest import NOON
from tests.imports.conftest import NOW, Import

WRITTEN = NOON


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("1777609800", "2026-05-01T04:30:00"),
        ("1777609800123", "2026-05-01T04:30:00.123000"),
        ("1777609800.0", "2026-05-01T04:30:00"),
        (" 2026-05-01 12:30 ", "2026-05-01T04:30:00"),
        ("2026-05-01T12:30:00+08:00", "2026-05-01T04:30:00"),
        ("2026-05-01T04:30:00Z", "2026-05-01T04:30:00"),
        ("2026-05-01", "2026-04-30T16:00:00"),
        ("2026/5/1 12:30:07", "2026-05-01T04:30:07"),
        ("2026年5月1日 12:30", "2026-05-01T04:30:00"),
        ("Fri, 01 May 2026 12:30:00 +0800", "2026-05-01T04:30:00"),
        ("3小时前", "2026-11-02T01:00:00"),
    ],
)
def test_times_as_files_write_them(cell: str, moment: str) -> None:
    """Asia/Shanghai where no zone is told; 3小时前 is meant from when the file was written."""
    assert Clock(WRITTEN, NOW).moment(cell).isoformat() == moment + "+00:00"


@pytest.mark.parametrize(
    "cell", ["", "0", "12", "不知道", "2026-13-45", "2026年2月30日", "99999999999999", "20260501123000", "1777609800000000"]
)
def test_what_is_no_time_is_refused(cell: str) -> None:
    with pytest.raises(InputError, match="time"):
        Clock(WRITTEN, NOW).moment(cell)


@pytest.mark.parametrize("cell", ["0000000000", "1970-01-01", "9777609800", "2099-01-01"])
def test_a_time_before_the_web_or_in_the_future_cannot_be_right(cell: str) -> None:
    with pytest.raises(InputError, match="cannot be right"):
        Clock(WRITTEN, NOW).moment(cell)


def test_a_file_with_a_false_date_of_its_own_still_reads_relative_times() -> None:
    assert Clock(datetime(1980, 1, 1, tzinfo=UTC), NOW).moment("3小时前") == NOW - timedelta(hours=3)


def test_an_import_run_twice_deposits_the_same_posts(sqlite_database: Database, settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("正文,时间,用户ID\n异物,3小时前,u1\n异物,3小时前,u2\n", encoding="utf-8")
    os.utime(path, (WRITTEN.timestamp(), WRITTEN.timestamp()))
    for hours in (0, 5):
        now = NOW + timedelta(hours=hours)
        import_files([path, path], database=sqlite_database, settings=settings, platform="weibo", now=now)
    with sqlite_database.reading() as session:
        ids = [post.id for batch in inbox.oldest(session, 100) for post in batch.posts()]
    assert len(ids) == 8 and len(set(ids)) == 2, "two people who wrote the same are two posts"


def test_a_column_tells_what_the_author_is_and_how_many_follow(imported: Import) -> None:
    """Weibo's codes are read of Weibo only; a plain verified yes counts where no kind is told."""
    text = "正文,时间,平台,verified_type,verified,粉丝数\n" + "".join(
        f"异物{place},2026-05-01,{row}\n"
        for place, row in enumerate(
            ("微博,3,True,1.2万", "微博,1.0,True,12", "微博,2,True,", "微博,220,False,900", "知乎,3,1,", "知乎,,0,x", "豆瓣,,,")
        )
    )
    posts = imported("a.csv", text).posts
    assert [post.author_kind for post in posts] == ["media", "authority", "company", "person", "verified", "person", ""]
    assert [post.author_followers for post in posts] == [12_000, 12, None, 900, None, None, None]


def test_the_user_maps_what_the_author_is(imported: Import) -> None:
    found = imported(
        "a.tsv", "异物\t2026-05-01\t媒体\t5\n", map="text=1,published_at=2,author_kind=3,author_followers=4", platform="douyin"
    )
    (post,) = found.posts
    assert (post.author_kind, post.author_followers) == ("media", 5)


@pytest.mark.parametrize(
    ("kind", "address", "author"),
    [
        (PostKind.ARTICLE, "https://www.samr.gov.cn/1", "authority"),
        (PostKind.ARTICLE, "https://news.example.cn/1", "media"),
        (PostKind.COMPLAINT, "https://tousu.example.gov.cn/1", ""),
    ],
)
def test_an_article_without_a_word_on_its_author_is_by_its_host(
    imported: Import, kind: PostKind, address: str, author: str
) -> None:
    """What is said to an authority on its own site is not said by it."""
    found = imported("a.csv", f"正文,时间,链接\n异物,2026-05-01,{address}\n", platform="news", kind=kind)
    assert [post.author_kind for post in found.posts] == [author]


def test_seen_at_is_the_time_of_publication_unless_a_column_tells_it(imported: Import) -> None:
    text = "text,published_at,seen_at\n异物,2026-05-01 12:30,2026-05-01 13:00\n异物二,2026-05-01 12:30,\n"
    told, untold = imported("a.csv", text, platform="weibo").posts
    assert told.seen_at - told.published_at == timedelta(minutes=30) and untold.seen_at == untold.published_at


@pytest.mark.parametrize(
    ("platform", "kind", "expected"),
    [
        ("weibo_hot", None, PostKind.HOT_SEARCH),
        ("weibo", None, PostKind.POST),
        ("news", None, PostKind.ARTICLE),
        ("heimao", None, PostKind.COMPLAINT),
        ("weibo", PostKind.COMMENT, PostKind.COMMENT),
    ],
)
def test_the_kind_is_the_users_word_else_the_platforms(
    imported: Import, platform: str, kind: PostKind | None, expected: PostKind
) -> None:
    (post,) = imported("a.csv", "title,date\n星海茶饮,2026-05-01\n", platform=platform, kind=kind).posts
    assert post.kind is expected and (post.text, post.title) == ("星海茶饮", "")


def test_columns_are_mapped_by_name_over_what_is_recognised(imported: Import) -> None:
    text = "甲,正文,时刻,点赞数\n星海茶饮喝出异物,别的,2026-05-01 12:30,5\n"
    (post,) = imported("a.csv", text, map="text=甲,published_at=时刻", platform="weibo").posts
    assert post.text == "星海茶饮喝出异物" and post.likes == 5


def test_columns_are_mapped_by_number_in_a_file_without_a_header(imported: Import) -> None:
    text = "7,星海茶饮,x,2026-05-01 12:30,12\n8,异物,x\n"
    found = imported("a.csv", text, map="native_id=1, text=2, published_at=4, likes=5", platform="weibo")
    assert [(post.id, post.likes) for post in found.posts] == [("weibo:7", 12)]
    assert found.reasons == {"a.csv:2": "it has 3 columns, --map asks for column 5"}


@pytest.mark.parametrize("text", ["text", "text=", "=1", "txt=1", "text=0", "text=1,published_at=时间"])
def test_a_wrong_map_is_named_with_the_fields_there_are(text: str) -> None:
    with pytest.raises(InputError, match="--map"):
        parse_map(text)


@pytest.mark.parametrize(
    ("name", "content", "map", "message"),
    [
        (
            "a.csv",
            "正文,时间\n异物,2026-05-01\n",
            "text=正文,published_at=发布",
            "a.csv:1: --map asks for the column '发布'.*正文, 时间",
        ),
        ("a.tsv", "异物\t2026-05-01\n", "text=1,published_at=5", "a.tsv:1: it has 2 columns, --map asks for column 5"),
        ("a.csv", "异物,2026-05-01\n", "", "a.csv:1: no column is known to hold the text .*--map text=NUMBER"),
        ("a.csv", "正文,其他\n异物,2026-05-01\n", "", "a.csv:1: no column is known to hold the time of publication"),
        ("a.csv", "异物,2026-05-01\n", "text=1", "a.csv:1: no column is known to hold the time of publication"),
        (
            "a.jsonl",
            '{"text": "异物", "time": 1777609800}\n',
            "text=1,published_at=2",
            "a.jsonl:1: JSON columns have names.*text, time",
        ),
    ],
)
def test_columns_that_cannot_be_found_are_named_with_file_line_and_remedy(
    imported: Import, name: str, content: str, map: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        imported(name, content, map=map, platform="weibo")


def test_an_unknown_platform_is_asked_for(imported: Import) -> None:
    with pytest.raises(InputError, match=r"a.csv:1: which platform .* add --platform"):
        imported("a.csv", "正文,时间\n异物,2026-05-01\n")
    with pytest.raises(InputError, match="--platform '微博' is wrong"):
        imported("a.csv", "正文,时间\n异物,2026-05-01\n", platform="微博")


def test_a_platform_column_is_read_row_by_row(imported: Import) -> None:
    text = "正文,时间,平台\n异物,2026-05-01,微博\n异物,2026-05-01,heimao\n异物,2026-05-01,某 站\n异物,2026-05-01,\n"
    found = imported("a.csv", text)
    assert [(post.platform, post.kind.value) for post in found.posts] == [("weibo", "post"), ("heimao", "complaint")]
    assert found.reasons == {"a.csv:4": "'某 站' is no known platform", "a.csv:5": "the platform column is empty"}


def test_a_row_without_text_is_quarantined(imported: Import) -> None:
    found = imported("a.tsv", "1777609800\t \n1777609800\t异物\n", map="text=2,published_at=1", platform="weibo_hot")
    assert len(found.posts) == 1 and found.reasons == {"a.tsv:1": "there is no text"}


def test_only_the_first_problems_are_reported_and_all_are_kept(imported: Import) -> None:
    rows = "".join(f"{1777609800 + number}\t第{number}条\n坏{number}\t异物\n" for number in range(50))
    found = imported("a.tsv", rows, map="text=2,published_at=1", platform="weibo_hot")
    assert (found.report.rows, found.report.deposited, found.report.quarantined) == (100, 50, 50)
    assert len(found.report.problems) == PROBLEMS_SHOWN and len(found.reasons) == 50


def test_a_file_of_which_every_row_is_bad_is_refused_before_anything_is_stored(imported: Import) -> None:
    """Columns the wrong way round must not put a million rows into quarantine."""
    rows = "".join(f"{1777609800 + number}\t第{number}条\n" for number in range(ALL_BAD))
    with pytest.raises(InputError, match=r"not one row can be read \(a.tsv:1: .*--map"):
        imported("a.tsv", rows, map="text=1,published_at=2", platform="weibo_hot")


def test_more_rows_than_a_transaction_holds_are_all_deposited_and_progress_is_told(
    sqlite_database: Database, settings: Settings, tmp_path: Path
) -> None:
    path, told = tmp_path / "a.tsv", []
    path.write_text("".join(f"{1777609800 + number}\t第{number}条\n" for number in range(BATCH * 2 + 1)), encoding="utf-8")
    report = import_files(
        [path],
        database=sqlite_database,
        settings=settings,
        mapping=parse_map("text=2,published_at=1"),
        platform="weibo_hot",
        now=NOW,
        progress=lambda *step: told.append(step),
    )
    assert report.deposited == BATCH * 2 + 1
    assert [rows for _, _, rows in told] == [BATCH, BATCH * 2, BATCH * 2 + 1]
    assert told[-1][1] == path.stat().st_size
