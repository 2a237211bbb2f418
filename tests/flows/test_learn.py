"""The flow `learn` on a real Prefect server: it tells what was learned, promoted or not and why, and rests without news."""

from __future__ import annotations

from typing import Any

import pytest

from core.database import Database
from flows.ingest import amend_corrected
from flows.learn import learn
from monitoring.corrections import correct
from monitoring.in_force import Judgement, Verdict
from monitoring.learning import list_runs
from posts.index import IndexedPost, PostIndex
from tests.conftest import NOON
from tests.flows.conftest import BRAND, crisis
from tests.flows.test_runs import artifact

pytestmark = [pytest.mark.prefect, pytest.mark.usefixtures("prefect_server")]


def test_learning_is_told_once_and_not_made_again_without_news(stored: Database, index: PostIndex, make_post: Any) -> None:
    index.write(crisis(make_post))
    learn()
    assert artifact("learning").count("nothing new to learn from") == 2
    posts = [IndexedPost(make_post(f"星海茶饮{word}咕噜噜")) for word in "杯子 吸管 珍珠 会员 外卖 门店 店员 小票".split()]
    index.write(posts)
    with stored.writing() as session:
        for found in posts:
            correct(session, found, BRAND, Judgement(Verdict.NEGATIVE, ("service",)), models={}, actor="lin", now=NOON)
    assert amend_corrected.fn() == len(posts)
    learn()
    shown = artifact("learning")
    assert "from 8 corrections" in shown and "put right and" in shown and "made-up sentences" in shown
    with stored.reading() as session:
        runs = list_runs(session)
    assert sorted(run.kind for run in runs) == ["mood", "stance"]
    assert all(f"**{'better' if run.promoted else 'no better'}" in shown for run in runs)
    learn()
    with stored.reading() as session:
        assert len(list_runs(session)) == len(runs)
