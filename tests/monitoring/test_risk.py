"""Which kinds of trouble a text speaks of, and how an operator changes the words."""

from __future__ import annotations

import csv

import pytest
from sqlalchemy import select

from core.audit import AuditEntry
from core.database import Database
from core.errors import InputError
from core.text import normalise
from monitoring.brands import BrandRule, get_brand, save_brand
from monitoring.risk import DEFAULTS, RiskCategory, RiskLexicon, add_term, load_lexicon, remove_term, terms_in_force
from tests.conftest import NOON


def shipped() -> list[dict[str, str]]:
    with DEFAULTS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_category_has_a_name_a_severity_and_words() -> None:
    categories = {row["category"] for row in shipped()}
    assert categories == set(RiskCategory)
    assert all(category.zh and 1 <= category.severity <= 5 for category in RiskCategory)


def test_no_shipped_word_stands_there_twice() -> None:
    terms = [normalise(row["term"]) for row in shipped()]
    assert len(terms) == len(set(terms)) > 250


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("在星海茶饮喝出异物", ("quality_safety",)),
        ("星海茶飲用戶數據洩露，官方致歉", ("data_security", "other")),
        ("被立案調查並罰款", ("legal_regulatory",)),
        ("星海茶饮门店起火，消费者维权", ("accident", "service")),
        ("新品很好喝", ()),
        ("", ()),
    ],
)
def test_a_text_has_the_categories_of_its_words_in_their_order(
    sqlite_database: Database, text: str, categories: tuple[str, ...]
) -> None:
    with sqlite_database.reading() as session:
        assert load_lexicon(session).categories(text) == categories


def test_latin_risk_words_are_whole_words() -> None:
    lexicon = RiskLexicon({"PUA": "people"})
    assert lexicon.categories("被pua了") == ("people",)
    assert lexicon.categories("puasa") == ()


def test_a_word_can_be_added_moved_and_taken_out_and_each_step_is_recorded(database: Database) -> None:
    with database.writing() as session:
        add_term(session, "塌 房 现 场", "other", actor="a", now=NOON)
        add_term(session, "異物", "service", actor="a", now=NOON)
        remove_term(session, "中毒", actor="a", now=NOON)
    with database.reading() as session:
        terms = terms_in_force(session)
        assert (terms["塌 房 现 场"], terms["异物"], terms.get("中毒")) == ("other", "service", None)
        assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)).all() == [
            "risk_term.add",
            "risk_term.add",
            "risk_term.remove",
        ]


def test_a_word_taken_out_can_be_added_again(database: Database) -> None:
    with database.writing() as session:
        remove_term(session, "中毒", actor="a", now=NOON)
        add_term(session, "中毒", "quality_safety", actor="a", now=NOON)
        assert load_lexicon(session).categories("食客中毒") == ("quality_safety",)


def test_a_changed_word_makes_every_brand_owe_a_pass_over_past_posts_and_an_unchanged_one_does_not(database: Database) -> None:
    with database.writing() as session:
        brand = save_brand(session, BrandRule("星海茶饮", ()), actor="a", now=NOON)
        add_term(session, "异物", "quality_safety", actor="a", now=NOON)
        assert brand.revision == 1
        add_term(session, "塌方", "accident", actor="a", now=NOON)
        assert brand.revision == 2
    with database.reading() as session:
        stored = get_brand(session, "星海茶饮")
        assert stored and stored.revision == 2


@pytest.mark.parametrize("term", ["", "  ", "！？", "长" * 101])
def test_a_word_that_says_nothing_is_refused(sqlite_database: Database, term: str) -> None:
    with sqlite_database.writing() as session, pytest.raises(InputError):
        add_term(session, term, "other", actor="a", now=NOON)


def test_an_unknown_category_or_word_is_named_with_the_remedy(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        with pytest.raises(InputError) as category:
            add_term(session, "塌方", "accidents", actor="a", now=NOON)
        with pytest.raises(InputError) as term:
            remove_term(session, "从未有过", actor="a", now=NOON)
    assert "accidents" in category.value.en and "quality_safety" in category.value.en
    assert "从未有过" in term.value.en and "risk-terms list" in term.value.en
