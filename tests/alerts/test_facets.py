"""Facets: a trouble of one category or platform is found in a loud brand's noise, and many looks raise no false alerts."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from alerts.backtesting.replay import BrandReplay
from alerts.detect import detect
from alerts.detection.facets import LOOKS, Facet, FacetTally, facet_spikes, read_facets, stricter
from alerts.detection.rules import Observed, Signal, judge
from alerts.detection.series import hour_number
from alerts.detection.signals import signals
from alerts.detection.triggers import RuleName
from alerts.levels import Level
from alerts.life.queries import list_alerts
from alerts.policies.policy import DEFAULT, Facets, Policy
from core.database import Database
from core.settings import AlertSettings, Settings
from posts.index import IndexedPost, PostIndex
from tests.alerts.test_rules import nothing
from tests.alerts.world import BRAND, CRISIS, HOUR, START, complete, counted, index_of, last_moment, poisson, post, seen

DAYS = 28
FOOD = Facet("risk", "quality_safety")


def grumbling(until: timedelta, a_day: int = 300) -> list[IndexedPost]:
    """So many adverse posts about prices a day, on three platforms, more by day than by night."""
    draw = np.random.default_rng(4)
    hours = int(until / HOUR)
    shape = 1 + 0.6 * np.sin(2 * np.pi * (np.arange(hours) % 24 - 3) / 24)
    found = []
    for hour, posts in enumerate(draw.poisson(a_day / 24 * shape)):
        for number in range(posts):
            at = START + hour * HOUR + timedelta(seconds=int(draw.integers(3600)))
            platform = ("weibo", "zhihu", "news")[number % 3]
            said = "".join(map(chr, draw.integers(0x4E00, 0x9FA5, 20)))  # nobody says the same
            made = post(at, hour * 1000 + number, text=said, adverse=True, risks=("misleading",), platform=platform, heat=500)
            found.append(made)
    return found


def few(platform: str = "weibo", risks: tuple[str, ...] = ("quality_safety",), posts: int = 12) -> list[IndexedPost]:
    """A dozen posts within two hours."""
    return [
        post(
            CRISIS + place * 2 * HOUR / posts,
            900_000 + place,
            text="".join(map(chr, range(0x4E00 + 40 * place, 0x4E14 + 40 * place))),
            adverse=True,
            risks=risks,
            platform=platform,
            heat=place,
        )
        for place in range(posts)
    ]


@pytest.fixture(scope="module")
def noise() -> list[IndexedPost]:
    return grumbling(CRISIS + 3 * HOUR - START)


def looked(index: PostIndex, policy: Policy = DEFAULT) -> Signal | None:
    at = CRISIS + 2 * HOUR
    return signals(index, [BRAND], at=at, baseline_days=DAYS, policies={BRAND: policy}).get(BRAND)


def test_a_dozen_food_safety_posts_are_found_among_three_hundred_about_prices(noise: list[IndexedPost], tmp_path: Path) -> None:
    """The brand's own counts are as ever; the category's are not, and the posts told of are the category's."""
    assert looked(index_of(tmp_path / "calm", noise)) is None
    signal = looked(index_of(tmp_path / "crisis", [*noise, *few()]))
    assert signal is not None
    [trigger] = signal.triggers
    assert (trigger.rule, trigger.part, trigger.observed) == (RuleName.CATEGORY, "quality_safety", 12)
    assert trigger.expected < 1 and trigger.start == CRISIS
    assert {post.risks for post in signal.gathered.leading} == {("quality_safety",)}
    assert signal.gathered.first and signal.gathered.first.risks == ("quality_safety",)
    judged = signal.matrix.situation
    assert judged.category == "quality_safety" and judged.ratio == 12 and signal.matrix.level == Level.MODERATE


def test_a_surge_on_one_platform_is_found_by_its_adverse_posts(noise: list[IndexedPost], tmp_path: Path) -> None:
    signal = looked(index_of(tmp_path, [*noise, *few("douyin", ("misleading",), posts=14)]))
    assert signal is not None
    assert [(trigger.rule, trigger.part, trigger.observed) for trigger in signal.triggers] == [
        (RuleName.PLATFORM, "douyin", 14)
    ]


def test_a_policy_switches_facets_off(noise: list[IndexedPost], tmp_path: Path) -> None:
    index = index_of(tmp_path, [*noise, *few()])
    assert looked(index, Policy(facets=Facets(on=False))) is None
    assert looked(index, Policy(facets=Facets(least=13))) is None


def test_the_alert_names_the_category_and_what_is_usual_in_it(
    noise: list[IndexedPost], tmp_path: Path, sqlite_database: Database, settings: Settings
) -> None:
    """One alert is opened; when the brand as a whole rises too, the surge joins it, and is counted once."""
    at = CRISIS + 2 * HOUR
    flood = [post(at + timedelta(seconds=place), 800_000 + place, adverse=True, risks=("service",)) for place in range(300)]
    index = index_of(tmp_path, [*noise, *few(), *flood])
    detect(sqlite_database, index, at=at, brands=[BRAND], coverage=complete(at), settings=settings)
    with sqlite_database.reading() as session:
        [alert] = list_alerts(session)
        [reason] = alert.explanation["reasons"]
    assert "“质量与食品安全”的负面或风险帖 12 条，这一类平时约 0.0 条，触发线 10 条" in reason["zh"]
    assert reason["part"] == "quality_safety" and "category quality_safety" in reason["en"]
    later = at + timedelta(minutes=10)
    detect(sqlite_database, index, at=later, brands=[BRAND], coverage=complete(later), settings=settings)
    with sqlite_database.reading() as session:
        [alert] = list_alerts(session)
        rules = {reason["rule"]: reason for reason in alert.explanation["reasons"]}
    assert {"adverse", "category"} <= rules.keys()
    whole = rules["adverse"]["observed"] / rules["adverse"]["expected"]
    assert alert.matrix["situation"]["ratio"] == pytest.approx(whole, rel=0.01)


def test_a_replay_sees_what_the_live_pass_sees(noise: list[IndexedPost], tmp_path: Path) -> None:
    posts = sorted([*noise, *few()], key=lambda one: one.post.published_at)
    at = CRISIS + 2 * HOUR
    replay = BrandReplay(BRAND, AlertSettings(baseline_days=DAYS), DEFAULT, posts[0].post.published_at)
    for one in posts:
        if one.post.published_at < at:
            replay.see(seen(one))
    replay.tick(at)
    live = looked(index_of(tmp_path, posts))
    [alert] = replay.alerts
    assert live and alert.standing.matrix == live.matrix.to_json()


def test_facets_are_read_only_where_one_is_loud(noise: list[IndexedPost], either_index: PostIndex) -> None:
    """Their weeks are told for those alone that have posts enough in the hours that are judged."""
    index = either_index
    index.write([*noise, *few()])
    index.refresh()
    found = read_facets(index, BRAND, CRISIS + 2 * HOUR, DAYS, least=10)
    assert set(found) == {FOOD, Facet("risk", "misleading"), *(Facet("platform", name) for name in ("weibo", "zhihu", "news"))}
    assert sum(found[FOOD].values()) == 12
    assert sum(found[Facet("risk", "misleading")].values()) > 4000
    assert read_facets(index, BRAND, CRISIS + 2 * HOUR, DAYS, least=1000) == {}


def test_of_a_brand_that_is_not_loud_no_facet_is_asked_for() -> None:
    """Its own surge shows everything."""

    def ask() -> FacetTally:
        raise AssertionError("a quiet brand's facets were read")

    calm = poisson(0.5, DAYS * 24, 3)
    counts = [*calm, 9, 9]
    assert facet_spikes(counted(counts, counts, days=DAYS), ask, last_moment(counts), Facets()) == []


def test_the_line_of_one_look_makes_all_looks_together_as_sure_as_the_rule() -> None:
    line = stricter(Facets(deviations=4))
    once, all_ = (1 - NormalDist().cdf(deviations) for deviations in (line.deviations, 4))
    assert 1 - (1 - once) ** LOOKS == pytest.approx(all_, rel=1e-3)
    assert (line.least, line.ratio) == (10, 3) and 4.5 < line.deviations < 4.8


def test_looking_at_many_facets_raises_no_false_alerts() -> None:
    """Loud brands, some wilder than chance, judged through two weeks: what facets add is nothing."""
    names = [Facet("risk", f"category{number}") for number in range(10)]
    names += [Facet("platform", f"platform{number}") for number in range(5)]
    fired = looks = 0
    first = hour_number(START)
    for brand in range(6):
        draw = np.random.default_rng(brand)
        hours = DAYS * 24 + 14 * 24
        wild = brand % 2
        rates = draw.gamma(1.0, 2.0, len(names))[:, None] * np.where(wild, draw.gamma(2, 0.5, (len(names), hours)), 1.0)
        counts = draw.poisson(rates)
        whole = counts[:10].sum(axis=0)
        for hour in range(DAYS * 24 + 4, hours, 7):
            known = [int(count) for count in whole[: hour + 1]]
            tally = {facet: dict(enumerate(row[: hour + 1].tolist(), first)) for facet, row in zip(names, counts, strict=True)}
            brand_series = counted(known, known, days=DAYS)
            fired += bool(facet_spikes(brand_series, lambda found=tally: found, last_moment(known), Facets()))  # type: ignore[misc]
            looks += 1
    assert looks > 250 and fired <= looks // 100


def test_a_signal_of_facets_alone_needs_no_other_rule() -> None:
    calm = poisson(12, DAYS * 24, 8)
    counts = [*calm, 12, 12]
    first = hour_number(START)
    tally = {FOOD: Counter({first + len(calm): 6, first + len(calm) + 1: 7})}
    observed = Observed(counted(counts, counts, days=DAYS), facets=lambda: tally)
    signal = judge(observed, at=last_moment(counts), gather=nothing)
    assert signal and [trigger.rule for trigger in signal.triggers] == [RuleName.CATEGORY]
    assert judge(Observed(counted(counts, counts, days=DAYS)), at=last_moment(counts), gather=nothing) is None
