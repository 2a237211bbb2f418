"""Brands: saving, changing, setting inactive, and importing them from a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import audit
from core.database import Database
from core.errors import InputError
from monitoring.brand_files import BrandImportReport, import_brands
from monitoring.brands import BrandRule, deactivate_brand, get_brand, list_brands, rule_of, save_brand
from tests.conftest import NOON


def save(database: Database, name: str, *keywords: str, exclusions: tuple[str, ...] = ()) -> int:
    """Save a brand; its revision."""
    with database.writing() as session:
        return save_brand(session, BrandRule(name, keywords, exclusions=exclusions), actor="a", now=NOON).revision


def rules(database: Database) -> list[BrandRule]:
    with database.reading() as session:
        return [rule_of(brand) for brand in list_brands(session)]


def test_a_new_brand_without_keywords_is_found_by_its_name_and_owes_a_pass_over_past_posts(database: Database) -> None:
    save(database, " 星海茶饮 ")
    assert rules(database) == [BrandRule("星海茶饮", ("星海茶饮",))]
    with database.reading() as session:
        brand = get_brand(session, "星海茶饮")
        assert brand and (brand.revision, brand.matched_revision, brand.matched_at) == (1, 0, None)


def test_only_a_change_of_the_rule_raises_the_revision_and_is_recorded(database: Database) -> None:
    assert [save(database, "星海茶饮", "星海"), save(database, "星海茶饮", "星海"), save(database, "星海茶饮")] == [1, 1, 1]
    assert save(database, "星海茶饮", "星海", exclusions=("星海广场",)) == 2
    with database.reading() as session:
        assert len(audit.entries_for(session, ["brand:星海茶饮"])) == 2


def test_terms_are_stripped_and_those_that_are_the_same_once_normalised_are_kept_once(database: Database) -> None:
    save(database, "星海茶饮", " 星海 ", "", "ＳｔａｒＳｅａ", "starsea", "星海")
    assert rules(database)[0].keywords == ("星海", "ＳｔａｒＳｅａ")


def test_an_inactive_brand_is_not_listed_and_saving_it_makes_it_active_again(database: Database) -> None:
    save(database, "星海茶饮", "星海")
    with database.writing() as session:
        deactivate_brand(session, "星海茶饮", actor="a", now=NOON)
        assert deactivate_brand(session, "星海茶饮", actor="a", now=NOON).revision == 2
        assert (list_brands(session), len(list_brands(session, active_only=False))) == ([], 1)
    assert save(database, "星海茶饮", "星海") == 3
    assert [rule.name for rule in rules(database)] == ["星海茶饮"]


@pytest.mark.parametrize(("name", "word"), [("", "x"), ("名" * 101, "x"), ("星海茶饮", "！！"), ("星海茶饮", "长" * 101)])
def test_a_name_or_word_that_cannot_be_used_is_refused(sqlite_database: Database, name: str, word: str) -> None:
    with pytest.raises(InputError):
        save(sqlite_database, name, word)


def test_an_unknown_brand_cannot_be_set_inactive(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session, pytest.raises(InputError, match="星海"):
        deactivate_brand(session, "星海", actor="a", now=NOON)


def load(database: Database, path: Path, content: str | bytes) -> BrandImportReport:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with database.writing() as session:
        return import_brands(session, path, actor="a", now=NOON)


def test_a_file_with_a_mark_and_crlf_is_imported_once(database: Database, tmp_path: Path) -> None:
    content = "\ufeffname,keywords,aliases,exclusions\r\n星海茶饮,星海|星海奶茶,StarSea,星海广场\r\n\r\n北岸咖啡,,,\r\n"
    assert load(database, tmp_path / "b.csv", content) == BrandImportReport(added=2)
    assert load(database, tmp_path / "b.csv", content) == BrandImportReport(unchanged=2)
    assert rules(database) == [
        BrandRule("北岸咖啡", ("北岸咖啡",)),
        BrandRule("星海茶饮", ("星海", "星海奶茶"), ("StarSea",), ("星海广场",)),
    ]


def test_a_column_that_the_file_has_not_got_leaves_those_words_as_they_are(database: Database, tmp_path: Path) -> None:
    save(database, "星海茶饮", "星海", exclusions=("星海广场",))
    assert load(database, tmp_path / "b.csv", "name,keywords\n星海茶饮,星海｜星海奶茶\n").changed == 1
    assert rules(database) == [BrandRule("星海茶饮", ("星海", "星海奶茶"), (), ("星海广场",))]


def test_wrong_lines_are_reported_by_number_and_the_others_imported(database: Database, tmp_path: Path) -> None:
    lines = ["name,keywords", "星海茶饮,星海", ",星海", "北岸咖啡,北岸,东岸", "星海茶饮,茶", "南岸,？？", "西岸"]
    report = load(database, tmp_path / "b.csv", "\n".join(lines))
    assert [problem.line for problem in report.problems] == [3, 4, 5, 6]
    assert "line 2" in report.problems[2].en and "第 2 行" in report.problems[2].zh
    assert [rule.name for rule in rules(database)] == ["星海茶饮", "西岸"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "line 1 must be the header"),
        ("brand,keyword\n星海,星海\n", "line 1 must be the header"),
        ("name\n星海\n", "line 1 must be the header"),
        ("name,keywords,name\n", "line 1 must be the header"),
        ("name,keywords\n星海茶饮,星海\n".encode("gb18030"), "not UTF-8"),
        ('name,keywords\n星海茶饮,"星海\n', "check its quotes"),
    ],
)
def test_a_file_that_is_not_a_list_of_brands_is_refused_whole(
    sqlite_database: Database, tmp_path: Path, content: str | bytes, message: str
) -> None:
    with pytest.raises(InputError) as error:
        load(sqlite_database, tmp_path / "b.csv", content)
    assert message in error.value.en and "b.csv" in error.value.zh
    assert rules(sqlite_database) == []


def test_a_file_that_is_not_there_is_named(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.writing() as session, pytest.raises(InputError, match=r"none\.csv"):
        import_brands(session, tmp_path / "none.csv", actor="a", now=NOON)
