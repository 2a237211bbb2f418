"""Why a signal was given: each rule's sentence with the numbers that it rests on, in Chinese and English."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from alerts.detection.hot_search import is_name_alone
from alerts.detection.rules import Signal
from alerts.detection.series import Sighting
from alerts.detection.triggers import RuleName, Trigger
from alerts.levels import category_zh
from core.clock import shown
from core.platforms import platform_zh
from core.post import AuthorKind
from core.quantity import spoken

CROWD = 20
"""Leading posts of one and the same second from which their time is doubted: people do not post in step."""
QUOTED = 60
"""Characters of a post in a sentence."""
Sentence = tuple[str, str]
_SPEAKERS: dict[AuthorKind, Sentence] = {
    AuthorKind.AUTHORITY: ("官方", "an authority"),
    AuthorKind.MEDIA: ("媒体", "a medium"),
    AuthorKind.COMPANY: ("企业账号", "a company's account"),
    AuthorKind.VERIFIED: ("认证账号", "a verified account"),
}


def reasons(signal: Signal) -> list[dict[str, Any]]:
    """A sentence for each rule that fired, JSON-ready."""
    return [
        {
            "rule": str(trigger.rule),
            "part": trigger.part,
            "zh": zh,
            "en": en,
            "start": trigger.start.isoformat(),
            "end": trigger.end.isoformat(),
            "observed": trigger.observed,
            "expected": round(trigger.expected, 2),
            "threshold": round(trigger.threshold, 2),
            "history_hours": trigger.history_hours,
        }
        for trigger in signal.triggers
        for zh, en in (_sentence(trigger, signal),)
    ]


def notes(signal: Signal) -> list[dict[str, str]]:
    """What must be said beside the rules: who speaks, whether it looks like a campaign, what holds the level down."""
    return [{"zh": zh, "en": en} for zh, en in _notes(signal)]


def _sentence(trigger: Trigger, signal: Signal) -> Sentence:
    match trigger.rule:
        case RuleName.HOT_SEARCH:
            return _hot_search(trigger, signal)
        case RuleName.SHARE:
            return _share(trigger)
        case RuleName.SIGN:
            return _sign(trigger)
        case RuleName.RED_FLAG:
            return _red_flag(trigger)
        case RuleName.CLUSTER:
            return _cluster(trigger)
        case RuleName.CATEGORY | RuleName.PLATFORM:
            return _facet(trigger)
        case _:
            return _spike(trigger)


def _notes(signal: Signal) -> Iterator[Sentence]:
    heard, judged = signal.heard, signal.matrix.situation
    if heard.posts:
        yield (
            f"24 小时内负面帖 {heard.posts} 条，来自 {heard.authors} 名作者、{heard.texts} 种文本",
            f"{heard.posts} negative posts in 24 hours, by {heard.authors} authors, in {heard.texts} different texts",
        )
    if judged.campaign:
        yield "疑似水军：作者少或文本雷同", "a suspected campaign: few authors or copied text"
    yield from _crowded(signal.gathered.leading)
    for cap in signal.matrix.caps:
        yield cap.zh, cap.en


def _crowded(leading: Sequence[Sighting]) -> Iterator[Sentence]:
    """What is said where at least half of the leading posts bear the time of one second, as a bulk export gives them."""
    seconds = Counter(post.published_at.replace(microsecond=0) for post in leading)
    for second, posts in seconds.most_common(1):
        if posts >= max(CROWD, len(leading) / 2):
            moment = shown(second, "%m-%d %H:%M:%S")
            yield (
                f"影响最大的 {len(leading)} 条中有 {posts} 条的发布时间同为 {moment}：可能是批量导出的时间，请先核对再下判断",
                f"{posts} of the {len(leading)} posts of greatest reach bear the same time {moment}, "
                "perhaps that of a bulk export: check it first",
            )


def _spike(trigger: Trigger) -> Sentence:
    what_zh, what_en = ("负面或风险帖", "adverse posts") if trigger.rule == RuleName.ADVERSE else ("帖子", "posts")
    zh = (
        f"{_span_zh(trigger)} 有{what_zh} {trigger.observed} 条，"
        f"平时约 {trigger.expected:.1f} 条，触发线 {trigger.threshold:.0f} 条"
    )
    en = (
        f"{trigger.observed} {what_en} from {shown(trigger.start, '%m-%d %H:%M')} to {shown(trigger.end, '%H:%M')}, "
        f"usually about {trigger.expected:.1f}, threshold {trigger.threshold:.0f}"
    )
    if trigger.is_cold:
        zh += f"（历史只有 {trigger.history_hours} 小时，基线不可靠，触发线已加倍）"
        en += f" (only {trigger.history_hours} hours of history: the baseline is not trusted, the threshold was doubled)"
    return zh, en


def _facet(trigger: Trigger) -> Sentence:
    is_category = trigger.rule == RuleName.CATEGORY
    name_zh = category_zh(trigger.part) if is_category else platform_zh(trigger.part)
    kind_zh, kind_en = ("这一类", "category") if is_category else ("这个平台", "platform")
    return (
        f"{_span_zh(trigger)} “{name_zh}”的负面或风险帖 {trigger.observed} 条，"
        f"{kind_zh}平时约 {trigger.expected:.1f} 条，触发线 {trigger.threshold:.0f} 条",
        f"{trigger.observed} adverse posts of the {kind_en} {trigger.part} from {shown(trigger.start, '%m-%d %H:%M')} to "
        f"{shown(trigger.end, '%H:%M')}, usually about {trigger.expected:.1f} there, threshold {trigger.threshold:.0f}",
    )


def _share(trigger: Trigger) -> Sentence:
    share, usual, line = (value / trigger.of for value in (trigger.observed, trigger.expected, trigger.threshold))
    return (
        f"{_span_zh(trigger)} 负面占比 {share:.0%}（{trigger.observed}/{trigger.of} 条），"
        f"平时约 {usual:.0%}，触发线 {line:.0%}",
        f"{share:.0%} adverse ({trigger.observed} of {trigger.of} posts) since {shown(trigger.start, '%m-%d %H:%M')}, "
        f"usually about {usual:.0%}, threshold {line:.0%}",
    )


def _hot_search(trigger: Trigger, signal: Signal) -> Sentence:
    newest, judged = signal.hot[-1], signal.matrix.situation
    title = short(newest.text)
    if is_name_alone(newest) and judged.hot_entries < 1:
        return (
            f"品牌名登上热搜，标题未说明原因：《{title}》",
            f"the brand's name is on a hot-search list, and the title does not say why: {title}",
        )
    return (
        f"24 小时内负面热搜 {len(signal.hot)} 条（按负面概率折合 {judged.hot_entries:.1f} 条，"
        f"为平时的 {judged.surprise:,.0f} 倍），最新：《{title}》",
        f"{len(signal.hot)} adverse hot-search entries in 24 hours ({judged.hot_entries:.1f} by their probability, "
        f"{judged.surprise:,.0f} times the usual day), newest: {title}",
    )


def _sign(trigger: Trigger) -> Sentence:
    weightiest = trigger.signs[0]
    who_zh, who_en = _speaker(weightiest)
    return (
        f"单条即有影响的负面帖 {trigger.observed} 条，最重的一条{who_zh}：“{short(weightiest.text)}”",
        f"{trigger.observed} negative posts with a reach of their own, the weightiest {who_en}: {short(weightiest.text)}",
    )


def _speaker(post: Sighting) -> Sentence:
    """Who speaks, as far as that is why the post counts, or else how many passed it on."""
    zh, en = _SPEAKERS.get(post.author_kind, ("", ""))
    if not zh:
        return f"互动 {post.reach:,}", f"with {post.reach:,} interactions"
    if post.followers is None:
        return f"来自{zh}", f"by {en}"
    many_zh, many_en = spoken(post.followers)
    return f"来自{zh}（粉丝 {many_zh}）", f"by {en} ({many_en} followers)"


def _red_flag(trigger: Trigger) -> Sentence:
    words_zh, words_en = "、".join(trigger.words), ", ".join(trigger.words)
    return (
        f"负面帖 {trigger.observed} 条含红线词 {words_zh}（至少 {trigger.threshold:.0f} 条触发）",
        f"{trigger.observed} negative posts with red-flag words {words_en} ({trigger.threshold:.0f} are enough)",
    )


def _cluster(trigger: Trigger) -> Sentence:
    return (
        f"{_span_zh(trigger)} 有 {trigger.observed} 条反映同一问题（至少 {trigger.threshold:.0f} 人触发）",
        f"{trigger.observed} posts tell of the same trouble since {shown(trigger.start, '%m-%d %H:%M')} "
        f"({trigger.threshold:.0f} people are enough)",
    )


def _span_zh(trigger: Trigger) -> str:
    return f"{shown(trigger.start, '%m-%d %H:%M')} 至 {shown(trigger.end, '%H:%M')}"


def short(text: str) -> str:
    """The text on one line, cut to what a sentence can quote."""
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else line[: QUOTED - 1] + "…"
