"""The policy: what may be edited, within which bounds, under which names."""

from __future__ import annotations

import json

import pytest

from alerts.detection.matrix import Situation, assess
from alerts.levels import Level
from alerts.policies.policy import DEFAULT, Policy, labels
from core.errors import InputError

HARM = Situation(
    ratio=7, growth=3, platforms=3, hours_above=3, hot_entries=2, category="quality_safety", reach=10**6, posts=40, adverse=30
)


def test_a_policy_survives_json() -> None:
    edited = Policy.from_json({"adverse": {"least": 9}, "matrix": {"severities": {"service": 5}}})
    assert edited.adverse.least == 9
    assert Policy.from_json(json.loads(json.dumps(edited.to_json()))) == edited
    assert Policy.from_json(json.loads(json.dumps(DEFAULT.to_json()))) == DEFAULT


def test_every_field_has_a_name_in_both_languages() -> None:
    told = list(labels())
    assert len(told) > 30
    assert all(label.zh and label.en for label in told)
    assert len({label.path for label in told}) == len(told)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"adverse": {"least": 0}}, "最少条数"),
        ({"adverse": {"ratio": "many"}}, "相对基线的倍数"),
        ({"matrix": {"steps": {"volume": [6, 3]}}}, "声量倍数"),
        ({"matrix": {"severities": {"service": 9}}}, "类别严重度"),
        ({"matrix": {"cells": {"low/low": "minor"}}}, "矩阵单元"),
        ({"matrix": {"likelihood": {"middle": 6, "high": 6}}}, "matrix.likelihood"),
        ({"adverse": {"lest": 4}}, "adverse.lest"),
        ("nonsense", "预警策略"),
    ],
)
def test_what_is_not_allowed_is_refused_by_its_name(given: object, named: str) -> None:
    with pytest.raises(InputError) as raised:
        Policy.from_json(given)
    assert named in raised.value.zh


def test_the_matrix_is_judged_by_the_policy_given() -> None:
    """Cells, severities and steps that a person edited decide the level."""
    lenient = Policy.from_json({"matrix": {"cells": {**dict.fromkeys(DEFAULT.matrix.cells, "minor")}}})
    assert assess(HARM).level.rank >= Level.MODERATE.rank
    assert assess(HARM, lenient).level == Level.MINOR
    grave = Policy.from_json({"matrix": {"severities": {**DEFAULT.matrix.severities, "quality_safety": 5}}})
    assert assess(HARM, grave).impact == assess(HARM).impact + 1
