"""A made-up brand whose posts staff correct, and short ways to say and to look up what is said of them."""

from __future__ import annotations

from core.database import Database
from monitoring.brands import BrandRule
from monitoring.corrections import correct, undo
from monitoring.in_force import Judgement, Verdict
from monitoring.ingest import ingest
from posts.index import Mention, PostIndex
from sentiment.linear_scorer import LinearScorer
from sentiment.model import SHIPPED
from tests.conftest import NOON
from tests.monitoring.conftest import deposit

TEA = BrandRule("星海茶饮", ("星海",))
COFFEE = BrandRule("北岸咖啡", ("北岸",))
SCORER = LinearScorer(SHIPPED)
MODELS = {"mood": "yushao-2", "stance": "stance-2"}
CALM = Judgement(Verdict.NEUTRAL)
WRONG = Judgement(Verdict.NOT_ABOUT)
UPSET = Judgement(Verdict.NEGATIVE, ("service",))
TEXT = "星海喝出异物，已经有人投诉"


def say(
    database: Database, index: PostIndex, post_id: str, said: Judgement, *, brand: str = TEA.name, seen: str = "", by: str = "a"
) -> str:
    """Correct a post as the console does, up to the moment at which the index is to follow; the correction's id."""
    found = index.get([post_id])[post_id]
    with database.writing() as session:
        return correct(session, found, brand, said, seen=seen, models=MODELS, actor=by, now=NOON).id


def take_back(database: Database, correction_id: str) -> None:
    with database.writing() as session:
        undo(session, correction_id, actor="a", now=NOON)


def of(index: PostIndex, post_id: str, brand: str = TEA.name) -> Mention | None:
    index.refresh()
    return next((mention for mention in index.get([post_id])[post_id].mentions if mention.brand == brand), None)


def gathered(database: Database, index: PostIndex, *posts: object) -> None:
    deposit(database, list(posts))  # type: ignore[arg-type]
    ingest(database, index, SCORER, now=NOON)
