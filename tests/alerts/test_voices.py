"""Single voices, hot-search entries and the adverse share: what fires, and what must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.detection.hot_search import HotList, HotPast, distinct
from alerts.detection.matrix import Situation, assess
from alerts.detection.series import GUARD_HOURS, Sighting, usual_a_day
from alerts.detection.share import shift
from alerts.detection.voices import cluster, fresh, listen, red_flags, strong_signs
from alerts.policies.policy import DEFAULT, Policy
from core.post import AuthorKind
from tests.alerts.world import CRISIS, counted, hot, post, seen

AT = CRISIS + timedelta(minutes=50)


def voice(number: int, text: str, *, author: str = "", risks: tuple[str, ...] = ("quality_safety",)) -> Sighting:
    made = seen(post(CRISIS + timedelta(minutes=number), number, text=text, adverse=True, risks=risks))
    return replace(made, author=author)


def test_red_flag_words_need_two_texts_and_copies_are_one() -> None:
    one, copy = voice(1, "星海茶饮喝完食物中毒进了医院"), voice(2, "星海茶饮喝完食物中毒进了医院！")
    assert red_flags([one, copy], DEFAULT, AT) == {}
    other = voice(3, "孩子喝了这家奶茶，医生说是中毒")
    assert "中毒" in red_flags([one, copy, other], DEFAULT, AT)


def test_several_people_with_one_trouble_are_a_cluster_and_one_person_is_none() -> None:
    texts = ("杯子里喝出虫子太恶心", "我也喝出虫子了太恶心", "喝出虫子店员不认", "今天喝出虫子要赔偿")
    people = [voice(place, text, author=f"a{place}") for place, text in enumerate(texts)]
    assert len(cluster(people, DEFAULT, AT)) >= 4
    assert cluster([replace(each, author="same") for each in people], DEFAULT, AT) == []


def test_where_many_complain_every_day_a_cluster_must_stand_out_of_them() -> None:
    """Thirty complaints on a usual day: the one trouble alone must be half of them and two deviations of chance more."""
    people = [voice(place, "杯子里喝出虫子太恶心", author=f"a{place}") for place in range(26)]
    assert len(cluster(people, DEFAULT, AT, usual_a_day=30)) == 26
    assert cluster(people[:25], DEFAULT, AT, usual_a_day=30) == []


def test_a_usual_day_is_known_without_its_worst_tenth_and_not_known_from_less_than_a_day() -> None:
    calm, crisis = [1] * (13 * 24), [50] * 24
    assert usual_a_day(counted([1] * (14 * 24 + GUARD_HOURS), [*calm, *crisis, *[0] * GUARD_HOURS])) == 24
    assert usual_a_day(counted([1] * 20, [9] * 20)) == 0


def test_copied_text_is_a_campaign_and_a_campaign_alone_stays_minor() -> None:
    heard = listen(voice(place, "星海茶饮是垃圾大家快来抵制", author=f"a{place}") for place in range(20))
    assert (heard.posts, heard.texts, heard.authors) == (20, 1, 20) and heard.is_campaign(DEFAULT)
    grave = Situation(20, 5, 3, 9, 0, "quality_safety", 10**7, 40, 40)
    assert assess(grave).level != "minor" and assess(replace(grave, campaign=True)).level == "minor"


def test_a_post_passed_on_by_very_many_is_a_sign_by_itself() -> None:
    quiet = voice(1, "难喝")
    assert strong_signs([quiet], DEFAULT) == []
    assert strong_signs([replace(quiet, reach=50_000)], DEFAULT)


def spoken(kind: AuthorKind, followers: int | None = None, *, number: int = 1) -> Sighting:
    return replace(voice(number, "星海茶饮喝出异物"), author_kind=kind, followers=followers)


@pytest.mark.parametrize(
    ("kind", "followers", "is_sign"),
    [
        (AuthorKind.AUTHORITY, None, True),
        (AuthorKind.AUTHORITY, 3, True),
        (AuthorKind.MEDIA, None, True),
        (AuthorKind.MEDIA, 100_000, True),
        (AuthorKind.MEDIA, 99_999, False),
        (AuthorKind.VERIFIED, 100_000, True),
        (AuthorKind.COMPANY, 100_000, True),
        (AuthorKind.VERIFIED, 99_999, False),
        (AuthorKind.VERIFIED, None, False),
        (AuthorKind.PERSON, 5_000_000, False),
        (AuthorKind.UNKNOWN, 5_000_000, False),
    ],
)
def test_one_adverse_post_is_a_sign_by_who_speaks(kind: AuthorKind, followers: int | None, is_sign: bool) -> None:
    one = spoken(kind, followers)
    assert bool(strong_signs([one], DEFAULT)) is is_sign
    assert strong_signs([replace(one, negative=0.5)], DEFAULT) == [], "perhaps negative is not enough"
    off = DEFAULT.model_copy(update={"sign": DEFAULT.sign.model_copy(update={"on": False})})
    assert strong_signs([one], off) == []


def test_the_bar_for_a_large_account_and_whether_media_count_are_the_brands_own() -> None:
    policy = Policy.from_json({"sign": {"followers": 1_000_000, "media": False}})
    posts = [spoken(AuthorKind.VERIFIED, 999_999), spoken(AuthorKind.MEDIA), spoken(AuthorKind.COMPANY, 1_000_000)]
    assert strong_signs(posts, policy) == posts[2:]


def test_the_weightiest_sign_stands_first() -> None:
    verified, medium = spoken(AuthorKind.VERIFIED, 9_000_000, number=1), spoken(AuthorKind.MEDIA, number=2)
    small, notice = spoken(AuthorKind.COMPANY, 200_000, number=3), spoken(AuthorKind.AUTHORITY, 10, number=4)
    assert strong_signs([small, verified, medium, notice], DEFAULT) == [notice, medium, verified, small]


def test_voices_of_a_day_long_past_are_not_fresh() -> None:
    assert fresh([voice(1, "难喝")], AT) and fresh([voice(1, "难喝")], AT + timedelta(days=2)) == []


def test_a_rare_brands_name_alone_is_a_sign_and_a_common_ones_is_not() -> None:
    entries = distinct([seen(hot(CRISIS, "星海茶饮", risks=(), adverse=False))], AT)
    assert HotList(entries, HotPast(90, 2, 0)).signs(DEFAULT.hot_search, AT)
    assert HotList(entries, HotPast(90, 80, 0)).signs(DEFAULT.hot_search, AT) == []


def test_the_share_moves_at_steady_volume_and_chance_moves_nothing() -> None:
    """Ten posts an hour for weeks, one in ten adverse: six hours of seven in ten fire, six of two in ten do not."""
    hours, rule = 15 * 24, DEFAULT.share
    usual = [1] * hours
    assert shift(counted([10] * (hours + 6), [*usual, *[7] * 6]), rule)
    assert shift(counted([10] * (hours + 6), [*usual, *[2] * 6]), rule) is None


def test_a_source_that_returns_everything_twice_makes_nothing_larger() -> None:
    """The same texts again under other ids are the same texts, and the same titles the same entries."""
    once = [voice(place, text) for place, text in enumerate(("杯子里有虫子", "等了两个小时没人理", "喝完拉肚子一整天"))]
    twice = [*once, *(replace(each, id=each.id + "-again") for each in once)]
    assert listen(twice).texts == listen(once).texts == 3 and listen(twice).authors == 3
    title = seen(hot(CRISIS, "星海茶饮喝出异物"))
    assert len(distinct([title, replace(title, id="again")], AT)) == 1
