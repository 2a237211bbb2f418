"""From a brand's counts, hot-search entries and voices to the situation that the risk matrix judges."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from alerts.detection.hot_search import ANSWER, GIVING_IN, VAGUE, HotList, names_trouble, weight
from alerts.detection.matrix import GRAVE, Situation, severity
from alerts.detection.series import BrandSeries, Sighting
from alerts.detection.spikes import Force
from alerts.detection.triggers import RuleName, Trigger
from alerts.detection.voices import Heard, first_of_each_text
from alerts.policies.policy import Policy
from core.post import AuthorKind, PostKind

OFFICIAL = re.compile(
    "约谈|立案|通报|调查|召回|下架|被罚|罚款|处罚|查处|责令|介入|监管局|市监|消保委|消协|警方|法院|央视|人民日报|新华"
)
"""An authority, a court or a national medium has taken a step."""
EXPOSED = re.compile("曝|乱象|暗访|315|3·15|卧底|举报|维权|抵制")
"""Somebody has brought a wrong to light, or calls others to act on it."""
_PUBLIC_VOICES = (AuthorKind.AUTHORITY, AuthorKind.MEDIA)


def situation(
    counted: BrandSeries,
    surge: Force,
    triggers: Sequence[Trigger],
    hot: HotList,
    heard: Heard,
    leading: Sequence[Sighting],
    policy: Policy,
    past_alerts: int,
) -> Situation:
    """What the matrix judges: `surge` is how hard the counts rose, `leading` are the posts of greatest reach, `heard` the
    adverse voices of the day."""
    articles = [post for post in leading if post.is_adverse and post.kind == PostKind.ARTICLE]
    told = [*hot.adverse, *articles]
    doubted = [*(entry for entry in hot.entries if weight(entry) >= policy.hot_search.negative), *articles]
    return Situation(
        ratio=surge.ratio,
        growth=surge.growth,
        platforms=len(counted.platforms | {entry.platform for entry in hot.adverse}),
        hours_above=surge.hours_above,
        hot_entries=round(hot.weight, 2),
        hot_titles=len(hot.entries),
        hot_against=round(hot.against, 2),
        exposed=sum(bool(EXPOSED.search(post.text)) for post in doubted),
        hot_grave=sum(_grave(entry, policy) for entry in hot.adverse),
        hot_usual=hot.past.adverse_a_day,
        category=_category(leading, hot, triggers, heard, policy),
        reach=sum(post.reach for post in leading if post.is_adverse),
        posts=int(counted.posts[-24:].sum()),
        adverse=int(counted.adverse[-24:].sum()),
        pickup=_pickup(told, (*heard.voices, *leading)),
        answer=_answer(post.text for post in told),
        past_alerts=past_alerts,
        campaign=heard.is_campaign(policy),
    )


def _grave(entry: Sighting, policy: Policy) -> bool:
    return any(severity(risk, policy) >= GRAVE for risk in entry.risks)


def _pickup(told: Iterable[Sighting], posts: Iterable[Sighting]) -> int:
    """How many entries tell of a step by an authority or national medium, and how many other authorities and media speak
    against the brand themselves; whoever only passes on another's text does not count."""
    steps = {post.id: post.author or post.id for post in told if OFFICIAL.search(post.text)}
    unique = {post.id: post for post in posts if post.is_adverse and post.author_kind in _PUBLIC_VOICES}.values()
    spoke = sorted(unique, key=lambda post: (post.published_at, post.id))
    own_words = first_of_each_text(spoke)
    return len(steps) + len({post.author or post.id for post in spoke if post.id in own_words} - set(steps.values()))


def _answer(texts: Iterable[str]) -> int:
    """2 where the company gave in, 1 where it answered, 0 for neither."""
    return max((2 if GIVING_IN.search(text) else 1 if ANSWER.search(text) else 0 for text in texts), default=0)


def _category(leading: Sequence[Sighting], hot: HotList, triggers: Sequence[Trigger], heard: Heard, policy: Policy) -> str:
    """The gravest category that an adverse hot-search entry carries, or that is no lone voice: at least two posts and a
    tenth of the leading ones carry it, any post that fired a rule by itself, or the category that surged."""
    counted = Counter(risk for post in leading if post.is_adverse for risk in dict.fromkeys(post.risks))
    told = {risk for risk, posts in counted.items() if posts >= max(2, len(leading) / 10)}
    told.update(risk for entry in hot.adverse for risk in entry.risks)
    told.update(trigger.part for trigger in triggers if trigger.rule == RuleName.CATEGORY)
    if any(trigger.rule in (RuleName.SIGN, RuleName.RED_FLAG, RuleName.CLUSTER) for trigger in triggers):
        told.update(risk for post in heard.voices if names_trouble(post) for risk in post.risks if risk != VAGUE)
    return max(sorted(told), key=lambda risk: severity(risk, policy), default="")
