"""What staff correct counts at the next tick: alerts read the index, and the index follows the correction."""

from __future__ import annotations

from pathlib import Path

from core.database import Database
from core.settings import Settings
from monitoring.amending import amend_owing
from monitoring.brands import BrandRule, save_brand
from monitoring.corrections import correct, list_corrections, undo
from monitoring.in_force import Judgement, Verdict
from posts.index import PostFilter
from sentiment.linear_scorer import LinearScorer
from sentiment.model import SHIPPED
from tests.alerts.test_detect import run
from tests.alerts.world import BRAND, CRISIS, HOUR, burst, index_of, quiet

TICK = CRISIS + 2 * HOUR


def test_adverse_posts_of_another_matter_raise_nothing_once_corrected(
    database: Database, tmp_path: Path, settings: Settings
) -> None:
    index = index_of(tmp_path, [*quiet(), *burst(CRISIS, 11), *burst(CRISIS + HOUR, 30)])
    scorer = LinearScorer(SHIPPED)
    with database.writing() as session:
        save_brand(session, BrandRule(BRAND, (BRAND[:2],)), actor="a", now=TICK)
        for found in index.scan(PostFilter(risks=("*",))):
            correct(session, found, BRAND, Judgement(Verdict.NOT_ABOUT), models={}, actor="lin", now=TICK)
    amend_owing(database, index, scorer)
    assert run(database, index, TICK, settings).opened == 0
    with database.writing() as session:
        for one in list_corrections(session):
            undo(session, one.id, actor="lin", now=TICK)
            correct_again = next(iter(index.get([one.post_id]).values()))
            said = Judgement(Verdict.NEGATIVE, ("quality_safety",))
            correct(session, correct_again, BRAND, said, models={}, actor="lin", now=TICK)
    amend_owing(database, index, scorer)
    assert run(database, index, TICK + HOUR / 60, settings).opened == 1
    index.close()
