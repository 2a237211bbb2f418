"""The rules that make a signal: a spike of posts, a spike of adverse posts, an adverse entry on a hot-search list.

Pure functions; live detection and replay feed them alike. A signal needs no state: it is a matter of the moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.baseline import Baseline, learn, threshold
from alerts.matrix import Matrix, Situation, assess, severity
from alerts.policy import DEFAULT, Policy, Spike
from alerts.series import DAY, GUARD_HOURS, BrandSeries, Counts, Sighting, Tally, guarded
from core.clock import HOUR


class RuleName(StrEnum):
    VOLUME = "volume"
    ADVERSE = "adverse"
    HOT_SEARCH = "hot_search"

    @property
    def zh(self) -> str:
        return {"volume": "声量突增", "adverse": "负面或风险声量突增", "hot_search": "负面热搜"}[self.value]


SPIKES = (RuleName.VOLUME, RuleName.ADVERSE)
WINDOWS = ((1, 0), (1, 1), (3, 0), (3, 1))
"""(hours, hours before the current one) of the windows judged: the current hour is partial, a slow rise needs three."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """One rule that fired: in [start, end) it counted `observed` where `expected` is usual and `threshold` fires."""

    rule: RuleName
    start: datetime
    end: datetime
    observed: int
    expected: float
    threshold: float
    history_hours: int = 0
    is_cold: bool = False

    @property
    def ratio(self) -> float:
        """Observed to expected; an expectation under one post counts as one, so that 3 against 0 is 3."""
        return self.observed / max(self.expected, 1.0)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The posts behind a signal: the adverse ones of greatest reach (of all, where none is adverse), and the first."""

    leading: tuple[Sighting, ...] = ()
    first: Sighting | None = None


Gather = Callable[[datetime], Gathered]
"""Given the signal's start, the posts behind it; asked only once a rule has fired."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What the detector says of one brand at one moment. `at` is the moment of its newest evidence."""

    brand: str
    at: datetime
    started_at: datetime
    triggers: tuple[Trigger, ...]
    matrix: Matrix
    gathered: Gathered
    hot: tuple[Sighting, ...]


def judge(
    counted: BrandSeries, hot: Sequence[Sighting], *, at: datetime, gather: Gather, policy: Policy = DEFAULT
) -> Signal | None:
    """The signal of a brand at `at`, or None. `hot` are its adverse hot-search entries of the last 24 hours, oldest first."""
    baselines = _baselines(counted, policy)
    fresh = [entry for entry in hot if _is_fresh(entry, at, policy)]
    triggers = [*_spikes(counted, baselines, at, policy), *_hot_search(fresh)]
    if not triggers:
        return None
    started_at = min(trigger.start for trigger in triggers)
    gathered = gather(started_at)
    situation = _situation(counted, baselines, triggers, hot, gathered, policy)
    newest = max(max(trigger.end for trigger in triggers), *(entry.known_at for entry in fresh), started_at)
    return Signal(counted.brand, min(newest, at), started_at, tuple(triggers), assess(situation, policy), gathered, tuple(hot))


def could_fire(tally: Tally, hot: Sequence[Sighting], at: datetime, policy: Policy = DEFAULT) -> bool:
    """Whether any rule can fire at all; spares the rest of the work for the brands of which little was said."""
    posts, adverse = guarded(tally, at)
    is_loud = posts >= policy.volume.least or adverse >= policy.adverse.least
    return is_loud or any(_is_fresh(entry, at, policy) for entry in hot)


def _baselines(counted: BrandSeries, policy: Policy) -> dict[RuleName, Baseline]:
    """A baseline for each spike rule that could fire at all."""
    found = {}
    for name in SPIKES:
        counts = _counts(counted, name)
        if spike(policy, name).on and counts[-GUARD_HOURS:].sum() >= spike(policy, name).least:
            found[name] = baseline(counted, name)
    return found


def spike(policy: Policy, name: RuleName) -> Spike:
    """The policy's numbers for a spike rule."""
    return policy.volume if name == RuleName.VOLUME else policy.adverse


def baseline(counted: BrandSeries, name: RuleName) -> Baseline:
    """What is usual for one rule's counts, learnt from the known hours before the guarded ones."""
    before = _counts(counted, name)[:-GUARD_HOURS]
    last_hour_of_day = counted.hour(-GUARD_HOURS - 1).hour
    return learn(before[len(before) - counted.known_hours :], last_hour_of_day=last_hour_of_day)


def _counts(counted: BrandSeries, name: RuleName) -> Counts:
    return counted.posts if name == RuleName.VOLUME else counted.adverse


def _spikes(counted: BrandSeries, baselines: dict[RuleName, Baseline], at: datetime, policy: Policy) -> list[Trigger]:
    """For each rule, the window that exceeds its threshold most."""
    fired = []
    for name, usual in baselines.items():
        windows = [_window(counted, name, usual, spike(policy, name), hours, back, at) for hours, back in WINDOWS]
        over = [trigger for trigger in windows if trigger.observed >= trigger.threshold]
        if over:
            fired.append(max(over, key=lambda trigger: trigger.observed / trigger.threshold))
    return fired


def _window(counted: BrandSeries, name: RuleName, usual: Baseline, rule: Spike, hours: int, back: int, at: datetime) -> Trigger:
    places = range(-hours - back, -back)
    expected = usual.expectation([counted.hour(place).hour for place in places])
    counts = _counts(counted, name)
    rising = [place for place in places if counts[place] > usual.expected[counted.hour(place).hour]]
    return Trigger(
        rule=name,
        start=counted.hour(rising[0] if rising else places[0]),
        end=min(counted.hour(places[-1]) + HOUR, at),
        observed=int(sum(counts[place] for place in places)),
        expected=expected,
        threshold=threshold(rule, expected, usual),
        history_hours=usual.history_hours,
        is_cold=usual.is_cold,
    )


def _is_fresh(entry: Sighting, at: datetime, policy: Policy) -> bool:
    return policy.sign.on and entry.published_at >= at - timedelta(hours=policy.sign.hours)


def _hot_search(fresh: Sequence[Sighting]) -> list[Trigger]:
    if not fresh:
        return []
    start = min(entry.published_at for entry in fresh)
    end = max(entry.known_at for entry in fresh)
    return [Trigger(RuleName.HOT_SEARCH, start, end, observed=len(fresh), expected=0.0, threshold=1.0)]


def _situation(
    counted: BrandSeries,
    baselines: dict[RuleName, Baseline],
    triggers: Sequence[Trigger],
    hot: Sequence[Sighting],
    gathered: Gathered,
    policy: Policy,
) -> Situation:
    spikes = [trigger for trigger in triggers if trigger.rule != RuleName.HOT_SEARCH]
    strongest = max(spikes, key=lambda trigger: trigger.ratio, default=None)
    return Situation(
        ratio=strongest.ratio if strongest else 0.0,
        growth=_growth(_counts(counted, strongest.rule)) if strongest else 0.0,
        platforms=len(counted.platforms | {entry.platform for entry in hot}),
        hours_above=max(
            (_hours_above(counted, trigger.rule, baselines[trigger.rule], policy) for trigger in spikes), default=0
        ),
        hot_entries=len(hot),
        category=_category(gathered.leading, hot, policy),
        reach=sum(post.reach for post in gathered.leading if post.is_adverse),
        posts=int(counted.posts[-24:].sum()),
        adverse=int(counted.adverse[-24:].sum()),
    )


def _growth(counts: Counts) -> float:
    return float((counts[-2:].sum() + 1) / (counts[-4:-2].sum() + 1))


def _hours_above(counted: BrandSeries, name: RuleName, usual: Baseline, policy: Policy) -> int:
    counts, rule = _counts(counted, name), spike(policy, name)
    return sum(
        bool(counts[place] >= threshold(rule, float(usual.expected[counted.hour(place).hour]), usual))
        for place in range(-24, 0)
    )


def _category(leading: Sequence[Sighting], hot: Sequence[Sighting], policy: Policy) -> str:
    """The gravest category that a hot-search entry carries, or that at least two posts and a tenth of the leading do."""
    counted = Counter(risk for post in leading for risk in dict.fromkeys(post.risks))
    told = {risk for risk, posts in counted.items() if posts >= max(2, len(leading) / 10)}
    told.update(risk for entry in hot for risk in entry.risks)
    return max(sorted(told), key=lambda risk: severity(risk, policy), default="")


def recent(known: Sequence[Sighting], at: datetime) -> list[Sighting]:
    """The adverse hot-search entries among `known` that were published in the 24 hours before `at`, oldest first.

    An entry that was listed again, as after midnight, is the one it was.
    """
    chosen = [post for post in known if post.is_adverse_hot_search and at - DAY <= post.published_at < at]
    chosen.sort(key=lambda post: (post.published_at, post.id))
    return list({(post.platform, post.text): post for post in reversed(chosen)}.values())[::-1]
