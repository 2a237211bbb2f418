"""Files of every packing, encoding and shape; what is wrong with one is told, the rest is imported."""

import gzip
import json
import lzma
from pathlib import Path

import pytest
import zstandard

from core.errors import InputError
from core.post import PostKind
from crawlers.imports.files import opened
from crawlers.imports.json_rows import LONGEST_OBJECT
from tests.imports.conftest import Import

TITLES = '1777609800\t星海茶饮喝出异物\n1777609860\t"双减"后的秋天\n1777609920\t秋天的第一杯奶茶\n'
ARCHIVE = {"map": "text=2,published_at=1", "platform": "weibo_hot"}
CSV = '标题,正文,发布时间,链接,点赞数,平台\n回应,星海茶饮回应异物事件,2026/5/1 12:30,https://news.example.cn/1,"1,234",微博\n'


def packed(suffix: str, content: bytes) -> bytes:
    if suffix == ".gz":
        return gzip.compress(content)
    if suffix == ".xz":
        return lzma.compress(content)
    return zstandard.compress(content) if suffix == ".zst" else content


@pytest.mark.parametrize("suffix", ["", ".gz", ".xz", ".zst"])
def test_an_archive_without_a_header_in_each_packing(imported: Import, suffix: str) -> None:
    found = imported(f"titles.tsv{suffix}", packed(suffix, TITLES.encode()), **ARCHIVE)
    assert [post.text for post in found.posts] == ["星海茶饮喝出异物", '"双减"后的秋天', "秋天的第一杯奶茶"]
    assert {post.kind for post in found.posts} == {PostKind.HOT_SEARCH}
    assert found.posts[0].native_id.startswith("sha-") and found.posts[0].seen_at == found.posts[0].published_at


def test_packing_is_told_by_the_content_where_the_name_does_not(imported: Import) -> None:
    assert len(imported("titles.tsv", lzma.compress(TITLES.encode()), **ARCHIVE).posts) == 3


@pytest.mark.parametrize("suffix", [".gz", ".xz", ".zst"])
def test_a_packed_file_that_is_cut_gives_what_can_be_read_and_says_so(imported: Import, suffix: str) -> None:
    lines = "".join(f"{1777609800 + number}\t第 {number} 条 {hash((number, 'x'))}\n" for number in range(20_000))
    content = packed(suffix, lines.encode())
    found = imported(f"titles.tsv{suffix}", content[: len(content) * 2 // 3], **ARCHIVE)
    assert len(found.posts) > 1000
    assert any("cut short" in reason for reason in found.reasons.values())
    assert found.report.rows == found.report.deposited + found.report.quarantined


@pytest.mark.parametrize(
    ("suffix", "content"), [(".gz", b"\x1f\x8b"), (".xz", b"\xfd7zXZ\x00rubbish"), (".zst", b"\x28\xb5\x2f\xfdx")]
)
def test_a_packed_file_of_which_nothing_can_be_read_is_named(imported: Import, suffix: str, content: bytes) -> None:
    with pytest.raises(InputError, match=f"a.csv{suffix}: the compressed file is damaged"):
        imported(f"a.csv{suffix}", content)


def test_zstd_frames_one_after_another_are_one_file(imported: Import) -> None:
    first, second = TITLES.encode()[:40], TITLES.encode()[40:]
    assert len(imported("a.tsv.zst", zstandard.compress(first) + zstandard.compress(second), **ARCHIVE).posts) == 3


def test_common_chinese_column_names_are_known(imported: Import) -> None:
    (post,) = imported("bought.csv", CSV).posts
    assert (post.platform, post.title, post.text, post.likes) == ("weibo", "回应", "星海茶饮回应异物事件", 1234)
    assert post.published_at.isoformat() == "2026-05-01T04:30:00+00:00" and post.url == "https://news.example.cn/1"


@pytest.mark.parametrize(
    "text", [CSV.replace(",", "\t").replace("1\t234", "1,234"), CSV.replace(",", ";").replace("1;234", "1,234")]
)
def test_a_csv_may_be_divided_by_tabs_or_semicolons(imported: Import, text: str) -> None:
    assert imported("bought.csv", text).posts[0].likes == 1234


def test_gb18030_is_read_and_reported(imported: Import) -> None:
    found = imported("excel.csv", CSV.encode("gb18030"))
    assert found.posts[0].text == "星海茶饮回应异物事件"
    assert "GB18030" in found.report.notes[0].en and "excel.csv" in found.report.notes[0].place


def test_one_damaged_line_does_not_make_a_utf8_file_something_else(imported: Import) -> None:
    lines = TITLES.encode().splitlines(keepends=True)
    found = imported("a.tsv", b"".join([*lines, b"1777609980\t\xe6\x98\xff\n"]), **ARCHIVE)
    assert len(found.posts) == 3 and "not utf-8" in found.reasons["a.tsv:4"]
    assert not found.report.notes


def test_another_encoding_is_refused_with_the_remedy(imported: Import) -> None:
    with pytest.raises(InputError, match="neither UTF-8 nor GB18030; save it as UTF-8"):
        imported("a.csv", CSV.encode("utf-16"))


@pytest.mark.parametrize("name", ["a.xlsx", "a.db", "posts", "a.csv.zip"])
def test_an_unknown_format_is_refused_with_the_remedy(imported: Import, name: str) -> None:
    with pytest.raises(InputError) as raised:
        imported(name, "x")
    assert name in raised.value.en and ".jsonl" in raised.value.zh


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read the file .*missing.csv: No such file"), opened(tmp_path / "missing.csv"):
        pass


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=r"folder.csv: Is a directory"), opened(tmp_path / "folder.csv"):
        pass


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_an_array_and_lines_are_told_apart_by_the_content(imported: Import, name: str) -> None:
    record = {"id": 7, "content": "在星海茶饮喝出异物", "publish_time": "2026-05-01T12:30:00Z", "platform": "news"}
    as_array, as_lines = json.dumps([record]), json.dumps(record) + "\n"
    for content in (as_array, as_lines):
        assert [post.id for post in imported(name, content).posts][:1] == ["news:7"]


def test_bad_json_lines_are_told_by_line(imported: Import) -> None:
    good = '{"text": "星海茶饮", "time": 1777609800, "platform": "weibo", "likes": NaN}\n'
    found = imported("a.jsonl", "\ufeff" + good + "{broken\n[1]\n\n" + good.replace("饮", "") + '{"text": "断')
    assert len(found.posts) == 2 and found.posts[0].likes is None
    assert {place: reason.split("(")[0].strip() for place, reason in found.reasons.items()} == {
        "a.jsonl:2": "not valid JSON",
        "a.jsonl:3": "not a JSON object",
        "a.jsonl:6": "not valid JSON",
    }


def test_a_damaged_object_in_an_array_takes_no_other_with_it(imported: Import) -> None:
    records = [{"text": f"第{number}条", "time": 1777609800, "platform": "weibo"} for number in range(1, 5)]
    text = json.dumps(records, ensure_ascii=False, indent=1).replace('"第2条"', '"第2条').replace("},", "},\n")
    found = imported("a.json", text)
    assert [post.text for post in found.posts] == ["第1条", "第3条", "第4条"]
    assert list(found.reasons) == ["a.json:8"]


def test_an_array_larger_than_the_window_is_read_in_pieces_and_its_cut_end_is_told(imported: Import) -> None:
    records = [{"text": f"第{number}条" + "长" * 500, "time": 1777609800, "platform": "weibo"} for number in range(2000)]
    text = json.dumps(records, ensure_ascii=False)
    assert len(text) > LONGEST_OBJECT
    found = imported("a.json", text[:-300])
    assert len(found.posts) == 1999 and len(found.reasons) == 1


def test_empty_files_are_no_error(imported: Import) -> None:
    for name in ("a.csv", "a.tsv", "a.jsonl", "a.json"):
        assert imported(name, b"").report.rows == 0
    assert imported("b.json", b"[]").report.rows == 0
