"""What an alert says: its explanation as stored, and the message that people are sent. In Chinese, and English beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts.levels import Level
from alerts.rules import RuleName, Signal, Trigger
from alerts.series import Sighting
from core.clock import shown
from core.coverage import Coverage

EVIDENCE_KEPT = 20
"""Posts quoted in an explanation; the rest is found in the index by brand and time."""
QUOTED = 60
"""Characters of a post in a sentence."""


def explain(signal: Signal) -> dict[str, Any]:
    """The explanation of a signal, JSON-ready: when it started, the first post, what rose against which baseline, the posts."""
    first = signal.gathered.first or (signal.hot[0] if signal.hot else None)
    reasons = [reason(trigger, signal.hot) for trigger in signal.triggers]
    return {
        "summary_zh": "；".join(line["zh"] for line in reasons),
        "summary_en": "; ".join(line["en"] for line in reasons),
        "started_at": signal.started_at.isoformat(),
        "first_post": quoted(first) if first else None,
        "reasons": reasons,
        "evidence": [quoted(post) for post in _evidence(signal)],
        "cold_start": any(trigger.is_cold for trigger in signal.triggers),
        "replayed": False,
    }


def merged(before: Mapping[str, Any], signal: Signal) -> dict[str, Any]:
    """The explanation of an alert that met a further signal: its start and first post stay, posts add up."""
    newer = explain(signal)
    posts = {post["post_id"]: post for post in (*before["evidence"], *newer["evidence"])}
    return {
        **newer,
        "started_at": before["started_at"],
        "first_post": before["first_post"] or newer["first_post"],
        "evidence": kept(list(posts.values())),
        "replayed": before["replayed"],
    }


def reason(trigger: Trigger, hot: Sequence[Sighting]) -> dict[str, Any]:
    """One rule's sentence, with the numbers that it rests on."""
    zh, en = _hot_search(hot) if trigger.rule == RuleName.HOT_SEARCH else _spike(trigger)
    return {
        "rule": str(trigger.rule),
        "zh": zh,
        "en": en,
        "start": trigger.start.isoformat(),
        "end": trigger.end.isoformat(),
        "observed": trigger.observed,
        "expected": round(trigger.expected, 2),
        "threshold": round(trigger.threshold, 2),
        "history_hours": trigger.history_hours,
    }


def quoted(post: Sighting) -> dict[str, Any]:
    """A post as an explanation quotes it."""
    return {
        "post_id": post.id,
        "text": post.text,
        "url": post.url,
        "platform": post.platform,
        "kind": post.kind,
        "published_at": post.published_at.isoformat(),
        "reach": post.reach,
        "sentiment": str(post.sentiment),
        "risks": list(post.risks),
    }


def coverage_json(coverage: Coverage) -> dict[str, Any]:
    """The coverage that an alert was judged under."""
    return {
        "start": coverage.start.isoformat(),
        "end": coverage.end.isoformat(),
        "share": round(coverage.share, 4),
        "complete": coverage.is_complete,
        "sources": [
            {"source": source.source, "platform": source.platform, "share": round(source.share, 4), "status": source.status}
            for source in coverage.sources
        ],
    }


def coverage_zh(coverage: Mapping[str, Any]) -> str:
    """Coverage in a sentence; a window with missing sources is never called calm."""
    if coverage.get("complete"):
        return f"信源完整（{len(coverage['sources'])} 个）"
    missing = [
        f"{source['source']}（{source['status']}，{source['share']:.0%}）"
        for source in coverage.get("sources", [])
        if source["share"] < 1
    ]
    return "信源缺失：" + "、".join(missing) if missing else "没有在监测的信源，无法判断是否平静"


def message(
    *,
    brand: str,
    level: Level,
    told: str,
    number: str,
    started_at: datetime,
    explanation: Mapping[str, Any],
    coverage: Mapping[str, Any],
    link: str = "",
    notes: Sequence[str] = (),
) -> tuple[str, str]:
    """Title and body of a message. `told` is what happened (新预警, 升级…); the number shows a repeated message as one.

    What no channel may cut comes first: number, level and link; then the `notes` on who was told and why.
    """
    title = f"【舆哨 · {level.zh}】{brand}：{told}"
    posts = [f"· {_short(post['text'])} {post['url']}".rstrip() for post in explanation["evidence"][-3:]]
    lines = [
        f"编号：{number}",
        f"级别：{level.zh}",
        *([f"查看并确认：{link}"] if link else []),
        *notes,
        f"开始：{shown(started_at)}",
        f"原因：{explanation['summary_zh']}",
        *(["依据：", *posts] if posts else []),
        f"覆盖：{coverage_zh(coverage)}",
    ]
    return title, "\n".join(lines)


def _spike(trigger: Trigger) -> tuple[str, str]:
    what_zh, what_en = ("负面或风险帖", "adverse posts") if trigger.rule == RuleName.ADVERSE else ("帖子", "posts")
    zh = (
        f"{shown(trigger.start, '%m-%d %H:%M')} 至 {shown(trigger.end, '%H:%M')} 有{what_zh} {trigger.observed} 条，"
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


def _hot_search(hot: Sequence[Sighting]) -> tuple[str, str]:
    newest = _short(hot[-1].text)
    return (
        f"24 小时内负面热搜 {len(hot)} 条，最新：《{newest}》",
        f"{len(hot)} adverse hot-search entries in 24 hours, newest: {newest}",
    )


def _evidence(signal: Signal) -> list[Sighting]:
    posts = {post.id: post for post in (*signal.hot, *signal.gathered.leading[:EVIDENCE_KEPT])}
    return sorted(list(posts.values())[:EVIDENCE_KEPT], key=lambda post: (post.published_at, post.id))


def kept(posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The oldest and the newest halves of what may be kept, in order of publication."""
    posts.sort(key=lambda post: (post["published_at"], post["post_id"]))
    half = EVIDENCE_KEPT // 2
    return posts if len(posts) <= EVIDENCE_KEPT else posts[:half] + posts[-half:]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else line[: QUOTED - 1] + "…"
