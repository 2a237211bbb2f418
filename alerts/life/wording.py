"""What an alert says: its explanation as stored, and the message that people are sent. In Chinese, and English beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts.detection.reasons import notes as notes_of
from alerts.detection.reasons import reasons, short
from alerts.detection.rules import Signal
from alerts.detection.series import Sighting
from alerts.levels import Level
from core.clock import shown
from core.coverage import Coverage

EVIDENCE_KEPT = 20
"""Posts quoted in an explanation; the rest is found in the index by brand and time."""
SIGNS_QUOTED = 5
"""Strong single signs among them, whatever reach is known of them: the weightiest."""


def explain(signal: Signal) -> dict[str, Any]:
    """The explanation of a signal, JSON-ready: when it started, the first post, what rose against which baseline, the posts."""
    first = signal.gathered.first or (signal.hot[0] if signal.hot else None)
    why, beside = reasons(signal), notes_of(signal)
    return {
        "summary_zh": "；".join(line["zh"] for line in (*why, *beside)),
        "summary_en": "; ".join(line["en"] for line in (*why, *beside)),
        "started_at": signal.started_at.isoformat(),
        "first_post": quoted(first) if first else None,
        "reasons": why,
        "notes": beside,
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
    posts = [f"· {short(post['text'])} {post['url']}".rstrip() for post in explanation["evidence"][-3:]]
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


def _evidence(signal: Signal) -> list[Sighting]:
    signs = (post for trigger in signal.triggers for post in trigger.signs[:SIGNS_QUOTED])
    posts = {post.id: post for post in (*signs, *signal.hot, *signal.gathered.leading[:EVIDENCE_KEPT])}
    return sorted(list(posts.values())[:EVIDENCE_KEPT], key=lambda post: (post.published_at, post.id))


def kept(posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The oldest and the newest halves of what may be kept, in order of publication."""
    posts.sort(key=lambda post: (post["published_at"], post["post_id"]))
    half = EVIDENCE_KEPT // 2
    return posts if len(posts) <= EVIDENCE_KEPT else posts[:half] + posts[-half:]
