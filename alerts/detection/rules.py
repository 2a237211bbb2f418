"""The rules that make a signal: surges, a shift of the adverse share, hot-search entries, and what single voices tell.

Pure functions; live detection and replay feed them alike. A signal needs no state: it is a matter of the moment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.detection.facets import Facet, FacetTally, ReadFacets, facet_spikes
from alerts.detection.hot_search import NOT_LISTED, HotList
from alerts.detection.matrix import Matrix, assess
from alerts.detection.series import GUARD_HOURS, BrandSeries, Sighting, Tally, guarded, usual_a_day
from alerts.detection.share import shift
from alerts.detection.situation import situation
from alerts.detection.spikes import baselines, force, spikes
from alerts.detection.triggers import RuleName, Trigger
from alerts.detection.voices import UNHEARD, Heard, cluster, fresh, people_needed, red_flags, strong_signs
from alerts.policies.policy import DEFAULT, Policy


@dataclass(frozen=True, slots=True)
class Gathered:
    """The posts behind a signal: the adverse ones of greatest reach (of all, where none is adverse), and the first."""

    leading: tuple[Sighting, ...] = ()
    first: Sighting | None = None


Listen = Callable[[], Heard]
"""The adverse voices of the day; asked only where one of them might be a sign, or another rule has fired."""
Gather = Callable[[datetime, Facet | None], Gathered]
"""Given the signal's start, the posts behind it, of one facet where nothing else has fired; asked only once a rule has."""
NO_FACETS: FacetTally = {}


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
    heard: Heard = UNHEARD


@dataclass(frozen=True, slots=True)
class Observed:
    """All that is known of one brand at one moment: its counts, its hot-search entries, its adverse voices of the day (and
    whether one might be a sign by itself), its facets' counts, and how many graver alerts it has had of late."""

    counted: BrandSeries
    hot: HotList = NOT_LISTED
    listen: Listen = lambda: UNHEARD
    speaks: bool = False
    past_alerts: int = 0
    facets: ReadFacets = lambda: NO_FACETS


def judge(seen: Observed, *, at: datetime, gather: Gather, policy: Policy = DEFAULT) -> Signal | None:
    """The signal of a brand at `at`, or None."""
    counted, hot = seen.counted, seen.hot
    usual = baselines(counted, policy)
    parts = facet_spikes(counted, seen.facets, at, policy.facets)
    triggers = [
        *spikes(counted, usual, at),
        *(part.trigger for part in parts),
        *_share(counted, at, policy),
        *_entries(hot, at, policy),
    ]
    heard = seen.listen() if triggers or seen.speaks else UNHEARD
    triggers += _voices(heard.voices, usual_a_day(counted), at, policy)
    if not triggers:
        return None
    started_at = min(trigger.start for trigger in triggers)
    newest = max(started_at, *(trigger.end for trigger in triggers))
    gathered = gather(started_at, parts[0].facet if len(triggers) == len(parts) else None)
    whole = [trigger for trigger in triggers if trigger.rule in usual]
    surge = parts[0].force if parts and not whole else force(counted, usual, whole)  # a part of what rose is not counted again
    judged = situation(counted, surge, triggers, hot, heard, gathered.leading, policy, seen.past_alerts)
    shown = {entry.id: entry for entry in (*hot.adverse, *hot.signs(policy.hot_search, at))}
    return Signal(
        brand=counted.brand,
        at=min(newest, at),
        started_at=started_at,
        triggers=tuple(triggers),
        matrix=assess(judged, policy),
        gathered=gathered,
        hot=tuple(shown.values()),
        heard=heard,
    )


def could_fire(tally: Tally, hot: HotList, at: datetime, policy: Policy = DEFAULT) -> bool:
    """Whether any rule on counts or hot-search entries can fire; spares the rest for the brands of which little was said."""
    posts, adverse = guarded(tally, at)
    share_needs = policy.share.least * GUARD_HOURS / max(policy.share.hours, GUARD_HOURS) / 2
    is_loud = (
        (policy.volume.on and posts >= policy.volume.least)
        or (policy.adverse.on and adverse >= policy.adverse.least)
        or (policy.facets.on and adverse >= policy.facets.least)
        or (policy.share.on and adverse > 0 and posts >= share_needs)
    )
    return is_loud or bool(hot.signs(policy.hot_search, at))


def _entries(hot: HotList, at: datetime, policy: Policy) -> list[Trigger]:
    signs = hot.signs(policy.hot_search, at)
    return [_of_posts(RuleName.HOT_SEARCH, signs, threshold=1)] if signs else []


def _share(counted: BrandSeries, at: datetime, policy: Policy) -> list[Trigger]:
    moved = shift(counted, policy.share)
    if moved is None:
        return []
    risen = [place for place in range(-moved.hours, 0) if counted.adverse[place] > moved.usual * counted.posts[place]]
    start, usual = counted.hour(risen[0]), moved.usual * moved.posts
    return [Trigger(RuleName.SHARE, start, at, moved.adverse, usual, moved.threshold, counted.known_hours, of=moved.posts)]


def _voices(voices: Sequence[Sighting], usual_a_day: float, at: datetime, policy: Policy) -> list[Trigger]:
    """The rules on single voices; each needs one of the hours that are judged, so that none fires for what is long past."""
    new = {post.id for post in fresh(voices, at)}
    found = []
    if signs := strong_signs([post for post in voices if post.id in new], policy):
        found.append(replace(_of_posts(RuleName.SIGN, signs, threshold=1), signs=tuple(signs)))
    flagged = red_flags(voices, policy, at)
    posts = list({post.id: post for posts in flagged.values() for post in posts}.values())
    if any(post.id in new for post in posts):
        found.append(_of_posts(RuleName.RED_FLAG, posts, threshold=policy.red_flags.least, words=tuple(flagged)))
    told = cluster(voices, policy, at, usual_a_day=usual_a_day)
    if any(post.id in new for post in told):
        found.append(_of_posts(RuleName.CLUSTER, told, threshold=people_needed(policy.clusters, usual_a_day)))
    return found


def _of_posts(rule: RuleName, posts: Sequence[Sighting], *, threshold: float, words: tuple[str, ...] = ()) -> Trigger:
    start = min(post.published_at for post in posts)
    end = max(post.known_at for post in posts)
    return Trigger(rule, start, end, observed=len(posts), expected=0.0, threshold=threshold, words=words)
