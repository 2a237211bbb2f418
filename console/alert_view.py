"""What an alert's page and its line in the list say in words: what rose, since when and how that is known, who started it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alerts.detection.series import DAY
from alerts.detection.triggers import RuleName
from alerts.life.tables import Alert, AlertState
from alerts.views.carriers import Profile
from alerts.views.chart import Chart, Onset, Peak
from alerts.views.first import Early
from console.chart import HourBar, draw
from console.i18n import translate as _
from console.labels import label
from console.templating import address
from console.visit import Visit
from core import clock
from core.clock import HOUR, floor_hour
from core.errors import language
from crawlers.coverage import hourly_shares


@dataclass(frozen=True, slots=True)
class Figure:
    """One number at the head of the page, and what is said beside it."""

    name: str
    value: str
    more: str = ""
    is_bad: bool = False
    link: str = ""


def posts_link(alert: Alert, *, start: datetime | None = None, end: datetime | None = None, **narrowed: str) -> str:
    """Where the posts of the alert's window and topic are found, or those of [start, end): what a number on its page opens."""
    asked = {
        "brand": alert.brand,
        "risk": alert.topic,
        "without": alert.without,
        "from": _minute(start or floor_hour(alert.started_at)),
        "to": _minute(end or alert.last_signal_at + DAY),
    }
    return address("/posts", **(asked | narrowed))


def headline(alert: Alert) -> str:
    """What rose, in one sentence that can be checked: so many posts in so many hours, against what is usual."""
    reasons = {reason["rule"]: reason for reason in alert.explanation["reasons"]}
    reason = next((reasons[rule] for rule in ("adverse", "volume", "category", "platform") if rule in reasons), None)
    if reason is None:
        return f"{alert.brand}{_('：')}{summary(alert)}"
    sentences = {
        "volume": _("{brand}：{hours} 小时 {n} 条提及，平时{usual}"),
        "adverse": _("{brand}：{hours} 小时 {n} 条负面与风险帖，平时{usual}"),
        "category": _("{brand}：{hours} 小时 {n} 条“{part}”负面与风险帖，这一类平时{usual}"),
        "platform": _("{brand}：{hours} 小时在{part}有 {n} 条负面与风险帖，那里平时{usual}"),
    }
    hours = -(-(datetime.fromisoformat(reason["end"]) - datetime.fromisoformat(reason["start"])) // HOUR)
    usual = _usual(reason["expected"])
    part = label("risk" if reason["rule"] == "category" else "platform", reason.get("part", ""))
    return sentences[reason["rule"]].format(brand=alert.brand, hours=hours, n=reason["observed"], usual=usual, part=part)


def summary(alert: Alert) -> str:
    """Every reason with its numbers, in the reader's language."""
    text: str = alert.explanation[f"summary_{language.get()}"]
    return text


def wave_name(number: int) -> str:
    """What a wave is called on the pages."""
    return _("第 {n} 波", n=number)


def how_known(alert: Alert, began: Onset | None) -> str:
    """Since when, and what tells so: the first hour over its threshold, and the sign that was there before it, if any did."""
    reasons = sorted(alert.explanation["reasons"], key=_begins)
    if began is None:
        return str(reasons[0][language.get()]) if reasons else summary(alert)
    earlier = next((reason for reason in reasons if _begins(reason) < began.hour), None)
    return _crossed(began) + (_since(earlier) if earlier else "")


def _crossed(began: Onset) -> str:
    return _(
        "{at} 这一小时有 {n} 条{what}，首次越过预警线 {line} 条（平时{usual}）",
        at=_at(began.hour),
        n=began.observed,
        what=_("负面与风险帖") if began.rule == RuleName.ADVERSE else _("提及"),
        line=f"{began.threshold:.0f}",
        usual=_usual(began.expected),
    )


def _begins(reason: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(reason["start"])


def _since(earlier: Mapping[str, Any]) -> str:
    return _("；信号自 {at} 算起（{rule}）", at=_at(_begins(earlier)), rule=label("rule", earlier["rule"]))


def how_sure(early: Early) -> str:
    """Why a post is held to be one of the first of the crisis, and how sure that is."""
    numbers = {"sure": f"{early.sure:.0%}", "negative": f"{early.negative:.0%}"}
    if not early.words:
        return _("没有说到这次的新词（负面概率 {negative}），可能与此事无关", **numbers)
    words = _("、").join(early.words[:3])
    return _("属于这次危机的把握 {sure}：负面概率 {negative}，说到新词“{words}”", words=words, **numbers)


def figures(alert: Alert, seen: Profile, waves: Sequence[Peak], first: Sequence[Early], now: datetime) -> list[Figure]:
    """What answers "how bad" before anything is read. A first wave began with its first likely post, where one is known."""
    last = waves[-1]
    is_known = len(waves) == 1 and first and first[0].is_likely
    started = first[0].found.post.published_at if is_known else last.wave.started_at
    lasted = (last.ended_at or now) - started
    highest = _highest(alert, last.hour, last.adverse) if last.hour else None
    reach = Figure(
        _("影响人次"),
        f"{seen.reach:,}" if seen.reach else "—",
        _("媒体占 {share}", share=_share(seen.media_reach, seen.reach)),
        link=posts_link(alert, sort="reach"),
    )
    voices = Figure(
        _("独立作者"),
        f"{seen.authors:,}",
        _("{texts} 种文本 / {posts} 帖", texts=f"{seen.texts:,}", posts=f"{seen.posts:,}"),
        link=posts_link(alert, sort="oldest"),
    )
    found = [
        Figure(_("始于"), _at(started), _("已持续 {time}", time=duration(lasted)), alert.closed_at is None),
        highest,
        reach if seen.posts else None,
        voices if seen.posts else None,
        Figure(_("到过的平台"), f"{len(seen.arrivals)}", _("最先：{name}", name=label("platform", seen.arrivals[0].platform)))
        if seen.arrivals
        else None,
    ]
    return [figure for figure in found if figure]


def _highest(alert: Alert, hour: datetime, adverse: int) -> Figure:
    link = posts_link(alert, start=hour, end=hour + HOUR)
    return Figure(_("最高一小时"), _("{n} 条负面", n=f"{adverse:,}"), _at(hour), link=link)


def duration(time: timedelta) -> str:
    """A span in its largest two units."""
    hours, minutes = divmod(max(0, int(time.total_seconds())) // 60, 60)
    if hours >= 48:
        return _("{d} 天 {h} 小时", d=hours // 24, h=hours % 24)
    return _("{h} 小时 {m} 分", h=hours, m=minutes) if hours else _("{m} 分钟", m=minutes)


def draw_chart(visit: Visit, alert: Alert, drawn: Chart) -> str:
    """The chart with its waves marked; empty where the index has none of its posts left."""
    if not any(drawn.posts):
        return ""
    shares = _shares(visit, alert, drawn.hours)
    lines = drawn.of_posts
    columns = (drawn.hours, drawn.posts, drawn.negative, lines.expected, lines.threshold, shares, lines.upper)
    links = (posts_link(alert, start=hour, end=hour + HOUR) for hour in drawn.hours)
    bars = [HourBar(*values) for values in zip(*columns, links, strict=True)]
    return draw(bars, marks=[_mark(wave) for wave in alert.waves], title=_("{brand}每小时的提及", brand=alert.brand))


def _mark(wave: Mapping[str, Any]) -> tuple[datetime, str]:
    name = wave_name(wave["number"]) if wave["number"] > 1 else _("预警起点")
    return floor_hour(datetime.fromisoformat(wave["started_at"])), name


def is_active(alert: Alert) -> bool:
    return AlertState(alert.state).is_active


def _shares(visit: Visit, alert: Alert, hours: Sequence[datetime]) -> Sequence[float | None]:
    """How much of each hour was watched; not told of a replay, whose posts were imported and not crawled."""
    if alert.replayed:
        return [None] * len(hours)
    stale_after = visit.settings.crawl.stale_after
    with visit.database.reading() as session:
        return hourly_shares(session, hours=hours, until=visit.now, stale_after=stale_after)


def _minute(moment: datetime) -> str:
    """As the posts' page takes a moment."""
    return clock.shown(moment, "%Y-%m-%dT%H:%M")


def _usual(expected: float) -> str:
    return _("约 {n} 条", n=f"{expected:.0f}") if expected >= 1 else _("不到 1 条")


def _at(moment: datetime) -> str:
    return clock.shown(moment, "%m-%d %H:%M")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "—"
