"""Policies as they are kept and edited."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detect import detect
from alerts.levels import Level
from alerts.life.queries import list_alerts
from alerts.policies import versions as configuration
from alerts.policies.kept import (
    changes,
    fields,
    load_policies,
    load_policy,
    policy_of_version,
    save_policy,
    with_fields,
)
from alerts.policies.policy import DEFAULT, Policy
from alerts.policies.versions import Kind
from core.audit import entries_for
from core.database import Database
from core.errors import InputError, StateError
from core.settings import Settings
from tests.alerts.world import BRAND, CRISIS, burst, complete, index_of, quiet

STRICT = with_fields(DEFAULT, {"adverse.least": "40", "matrix.cells.low/low": "moderate"})


def save(database: Database, policy: Policy | None, brand: str = BRAND, **more: Any) -> None:
    with database.writing() as session:
        save_policy(session, brand, policy, actor="fayan", reason="试用", now=CRISIS, **more)


def test_a_brand_has_its_own_policy_else_the_default_else_what_ships(database: Database) -> None:
    with database.reading() as session:
        assert load_policies(session, [BRAND]) == {BRAND: DEFAULT}
    save(database, STRICT, brand="")
    save(database, with_fields(STRICT, {"volume.on": "off"}))
    with database.reading() as session:
        found = load_policies(session, [BRAND, "月汐咖啡"])
    assert found["月汐咖啡"] == STRICT and not found[BRAND].volume.on
    save(database, None)
    with database.reading() as session:
        assert load_policy(session, BRAND) == STRICT


def test_an_earlier_version_can_be_read_and_each_is_audited(database: Database) -> None:
    save(database, STRICT)
    save(database, DEFAULT)
    with database.reading() as session:
        assert policy_of_version(session, BRAND, 1) == STRICT
        assert [entry.action for entry in entries_for(session, [f"brand:{BRAND}"])] == ["policy.save"] * 2
        with pytest.raises(InputError, match="9"):
            policy_of_version(session, BRAND, 9)


def test_a_stored_policy_that_cannot_be_read_names_the_brand_and_the_remedy(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        content = {"volume": {"least": -3}}
        configuration.save(session, Kind.POLICY, BRAND, content, actor="x", reason="x", now=CRISIS)
    with sqlite_database.reading() as session, pytest.raises(StateError, match=f"{BRAND}.*volume.least.*reset"):
        load_policy(session, BRAND)


def test_detection_judges_each_brand_by_its_own_policy(sqlite_database: Database, settings: Settings, tmp_path: Any) -> None:
    index = index_of(tmp_path, [*quiet(), *burst(CRISIS, 30)])
    at = CRISIS + timedelta(hours=1)
    deaf = with_fields(DEFAULT, {"adverse.on": "off", "volume.on": "off", "clusters.on": "off", "share.on": "off"})
    for policy, alerts in ((deaf, 0), (DEFAULT, 1)):
        save(sqlite_database, policy)
        with sqlite_database.reading() as session:
            policies = load_policies(session, [BRAND])
        detect(
            sqlite_database,
            index,
            at=at,
            brands=[BRAND],
            coverage=complete(at),
            settings=settings,
            policies=policies,
        )
        with sqlite_database.reading() as session:
            assert len(list_alerts(session)) == alerts


@pytest.mark.parametrize("field", list(fields()), ids=lambda field: field.path)
def test_every_field_comes_back_from_the_text_of_its_form(field: Any) -> None:
    assert with_fields(DEFAULT, {field.path: field.text}) == DEFAULT


def test_every_field_that_counts_has_a_unit() -> None:
    plain = [field.path for field in fields() if not field.unit[0] and not isinstance(field.value, bool | Level)]
    assert plain == ["red_flags.added", "red_flags.removed"]


ascending = st.lists(st.integers(1, 100), min_size=1, max_size=5).map(sorted)


@given(
    steps=st.dictionaries(st.sampled_from(["volume", "platforms", "reach"]), ascending),
    least=st.integers(2, 1000),
    cells=st.dictionaries(st.sampled_from(sorted(DEFAULT.matrix.cells)), st.sampled_from(Level)),
    words=st.lists(st.text("爆炸致死召回", min_size=1, max_size=4), unique=True, max_size=4),
)
def test_a_policy_edited_by_its_fields_survives_json(steps: Any, least: int, cells: Any, words: Any) -> None:
    given_ = {f"matrix.steps.{name}": ", ".join(map(str, values)) for name, values in steps.items()}
    given_ |= {f"matrix.cells.{cell}": str(level) for cell, level in cells.items()}
    given_ |= {"adverse.least": str(least), "red_flags.added": "、".join(words)}
    policy = with_fields(DEFAULT, given_)
    assert Policy.from_json(policy.to_json()) == policy
    assert policy.adverse.least == least and policy.red_flags.added == tuple(words)
    assert with_fields(DEFAULT, {field.path: field.text for field in fields(policy)}) == policy


@pytest.mark.parametrize(
    ("path", "text", "named"),
    [
        ("adverse.least", "many", "adverse.least"),
        ("adverse.least", "1", "adverse.least"),
        ("matrix.steps.volume", "6, 3", "matrix.steps.volume"),
        ("matrix.cells.low/low", "awful", "matrix.cells"),
        ("matrix.severities.accident", "9", "matrix.severities"),
        ("matrix.likelihood.middle", "9", "matrix.likelihood"),
        ("adverse.lest", "4", "adverse.lest"),
    ],
)
def test_what_is_not_allowed_is_refused_by_the_name_of_the_field(path: str, text: str, named: str) -> None:
    with pytest.raises(InputError) as caught:
        with_fields(DEFAULT, {path: text})
    assert named in caught.value.zh and named in caught.value.en


def test_what_two_policies_differ_in_is_told_in_words() -> None:
    found = [(change.zh, change.before, change.after) for change in changes(DEFAULT, STRICT)]
    assert found == [
        ("负面或风险声量突增：最少条数", ("6", "6"), ("40", "40")),
        ("矩阵单元：可能性低、影响低", ("轻微", "minor"), ("中度", "moderate")),
    ]
