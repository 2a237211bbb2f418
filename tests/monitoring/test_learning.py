"""What staff correct teaches both models; only a better candidate is put in use; every version stays, and the way back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from core import audit
from core.database import Database
from core.errors import InputError
from core.settings import Settings
from monitoring.amending import amend_owing
from monitoring.brands import BrandRule
from monitoring.corrections import correct, list_corrections, undo
from monitoring.in_force import Judgement, Verdict
from monitoring.ingest import ingest
from monitoring.learning import LEAST, Desk, learn_from_corrections, learn_if_due, put_in_use, reasons, versions_of
from posts.index import Sentiment
from posts.sqlite import SqliteIndex
from sentiment.scorer import open_scorer
from sentiment.stance import in_use, shipped
from tests.conftest import NOON
from tests.monitoring.conftest import MakePost, deposit, watch

pytestmark = pytest.mark.training

TEA = BrandRule("星海茶饮", ("星海茶饮",))
NOUNS = "杯子 吸管 珍珠 会员 外卖 门店 店员".split()
TAILS = "咕噜噜 咕噜噜了 又咕噜噜 咕噜噜现场".split()
PLACES = "北京 上海 广州 深圳 成都 杭州 武汉 西安 南京 长沙 青岛 厦门".split()
EVENTS = "新店开业 今日开售 的地址在哪 很好喝 周末活动时间 推出联名款 排队买到了 招聘店长 有人去过吗 上新桂花乌龙".split()
CALM = [f"星海茶饮{place}{event}" for place in PLACES for event in EVENTS]
UPSET = Judgement(Verdict.NEGATIVE, ("service",))


@pytest.fixture
def desk(sqlite_database: Database, index: SqliteIndex, settings: Settings) -> Desk:
    """A brand of which everyday posts and posts with a word of no language came in."""
    watch(sqlite_database, TEA)
    return Desk(sqlite_database, index, settings)


def gather(desk: Desk, make_post: MakePost, texts: list[str]) -> list[str]:
    posts = [make_post(text) for text in texts]
    deposit(desk.database, posts)
    stances = in_use(desk.settings.stance_models_path)
    ingest(desk.database, desk.index, open_scorer(desk.settings), now=NOON, stances=stances)
    return [post.id for post in posts]


def correct_all(desk: Desk, ids: list[str], said: Judgement, *, minute: int = 0) -> None:
    found = desk.index.get(ids)
    with desk.database.writing() as session:
        for number, post_id in enumerate(ids):
            at = NOON + timedelta(minutes=minute, seconds=number)
            correct(session, found[post_id], TEA.name, said, models={}, actor="lin", now=at)
    amend_owing(desk.database, desk.index, open_scorer(desk.settings))


@pytest.fixture
def taught(desk: Desk, make_post: MakePost) -> Desk:
    gather(desk, make_post, CALM)
    correct_all(desk, gather(desk, make_post, [f"星海茶饮{noun}{tail}" for noun in NOUNS for tail in TAILS]), UPSET)
    return desk


@pytest.mark.parametrize("kind", ["stance", "mood"])
def test_a_consistent_lesson_is_learned_kept_put_in_use_and_rolled_back(taught: Desk, kind: str) -> None:
    run = learn_if_due(taught, kind, actor="system", now=NOON)
    assert run and run.promoted, run and reasons(run.figures)
    assert run.figures["corrections"] == 28
    assert run.figures["gained"] > run.figures["lost"]
    versions = versions_of(taught.settings, kind)
    assert versions.in_use().name == run.version
    assert [(one.name, one.in_use) for one in versions.list()] == [(versions.kind.shipped.name, False), (run.version, True)]
    assert learn_if_due(taught, kind, actor="system", now=NOON) is None
    put_in_use(taught.database, taught.settings, kind, versions.kind.shipped.name, actor="admin", now=NOON)
    assert versions.in_use() == versions.kind.shipped
    with taught.database.reading() as session:
        actions = [(entry.actor, entry.action) for entry in audit.recent(session, 2)]
    assert actions == [("admin", "model.use"), ("system", "model.promote")]


@pytest.mark.parametrize("kind", ["stance", "mood"])
def test_what_was_learned_under_another_format_is_learned_anew(taught: Desk, kind: str) -> None:
    run = learn_if_due(taught, kind, actor="system", now=NOON)
    versions = versions_of(taught.settings, kind)
    assert run and learn_if_due(taught, kind, actor="system", now=NOON) is None
    about = versions.folder / run.version / "metadata.json"
    about.write_bytes(orjson.dumps({**orjson.loads(about.read_bytes()), "format": 0}))
    assert versions.in_use() == versions.kind.shipped
    again = learn_if_due(taught, kind, actor="system", now=NOON + timedelta(minutes=1))
    assert again and (again.against, again.promoted) == (versions.kind.shipped.name, True)
    assert versions.in_use().name == again.version
    assert learn_if_due(taught, kind, actor="system", now=NOON + timedelta(minutes=2)) is None


def test_what_was_learned_judges_the_next_batch(taught: Desk, make_post: MakePost) -> None:
    assert learn_from_corrections(taught, "stance", actor="lin", now=NOON).promoted
    assert in_use(taught.settings.stance_models_path) is not shipped()
    (fresh,) = gather(taught, make_post, ["星海茶饮小票咕噜噜"])
    (mention,) = taught.index.get([fresh])[fresh].mentions
    assert mention.sentiment is Sentiment.NEGATIVE and mention.negative < 1


def test_contradicting_corrections_are_not_promoted(desk: Desk, make_post: MakePost) -> None:
    gather(desk, make_post, CALM)
    ids = gather(desk, make_post, [f"星海茶饮{noun}新品上市第{number}天" for noun in NOUNS for number in range(4)])
    for side, said in enumerate((UPSET, Judgement(Verdict.NEUTRAL))):
        # By noun and number together, so that neither tells.
        correct_all(desk, [post_id for place, post_id in enumerate(ids) if (place // 4 + place) % 2 == side], said)
    run = learn_from_corrections(desk, "stance", actor="lin", now=NOON)
    assert not run.promoted
    assert versions_of(desk.settings, "stance").in_use() == versions_of(desk.settings, "stance").kind.shipped
    with desk.database.reading() as session:
        assert audit.recent(session, 1)[0].action == "model.keep"


def test_praise_called_negative_throughout_is_refused_for_what_it_would_spoil(desk: Desk, make_post: MakePost) -> None:
    """Staff correct only what they find wrong; a model that calls everything negative would have all of it right."""
    gather(desk, make_post, CALM)
    words = ("上新", "发布", "地址", "活动", "口令", "菜单", "开售", "联名")
    ids = gather(desk, make_post, [f"星海茶饮{noun}{word}" for noun in (*NOUNS, "新品", "奶茶") for word in words])
    correct_all(desk, ids, UPSET)
    run = learn_from_corrections(desk, "stance", actor="lin", now=NOON)
    assert run.figures["leads"] and not run.promoted
    assert not (run.figures["calm"] and run.figures["sound"])


def test_a_later_lesson_starts_from_the_base_with_all_corrections_and_is_held_against_the_first(
    taught: Desk, make_post: MakePost
) -> None:
    first = learn_from_corrections(taught, "stance", actor="lin", now=NOON, name="first")
    assert first.promoted
    correct_all(taught, gather(taught, make_post, ["星海茶饮椰果咕噜噜"]), UPSET, minute=9)
    second = learn_if_due(taught, "stance", actor="lin", now=NOON + timedelta(hours=1))
    assert second and (second.base, second.against) == (shipped().name, "first")
    assert second.figures["corrections"] == 29
    assert second.figures["gained"] <= 1 and not second.promoted, "one more of the same is no lead over the first"


def test_without_news_or_with_too_few_nothing_is_learned(desk: Desk, make_post: MakePost) -> None:
    assert learn_if_due(desk, "stance", actor="system", now=NOON) is None
    ids = gather(desk, make_post, CALM[: LEAST - 1])
    correct_all(desk, ids, UPSET)
    assert learn_if_due(desk, "stance", actor="system", now=NOON) is None
    with pytest.raises(InputError, match=f"{LEAST - 1} 条"):
        learn_from_corrections(desk, "mood", actor="lin", now=NOON)
    with desk.database.writing() as session:
        for one in list_corrections(session):
            undo(session, one.id, actor="lin", now=NOON)
    with pytest.raises(InputError, match="只有 0 条"):
        learn_from_corrections(desk, "stance", actor="lin", now=NOON)


def test_versions_of_no_model_are_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="weather"):
        versions_of(settings, "weather")
