"""A made-up alert with the posts behind it, as detection leaves them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from alerts.life.tables import Alert, AlertState
from core.ids import new_id
from core.post import Post
from posts.index import IndexedPost, Mention, PostIndex, Sentiment
from tests.conftest import NOON

BRAND = "星海茶饮"

JUDGED: dict[str, Any] = {
    "peak": {"points": 5, "rules": ["adverse"], "hot": [], "told_points": 5, "told_adverse": 0},
    "matrix": {"level": "moderate", "rows": [], "likelihood": 2, "impact": 3, "bands": ["low", "middle"]},
    "waves": [
        {
            "number": 1,
            "started_at": NOON.isoformat(),
            "opened_at": NOON.isoformat(),
            "ended_at": None,
            "level": "moderate",
            "points": 5,
        }
    ],
    "explanation": {
        "summary_zh": "12:00 至 13:00 有负面帖 3 条",
        "summary_en": "3 adverse posts from 12:00 to 13:00",
        "started_at": NOON.isoformat(),
        "first_post": None,
        "reasons": [],
        "evidence": [],
    },
}
"""What the detector leaves of an alert beside its name and times."""


def add_alert(session: Session, **fields: Any) -> Alert:
    """An open, moderate alert of the brand; every field can be given."""
    alert_id = new_id()
    defaults: dict[str, Any] = {
        "id": alert_id,
        "number": alert_id[-8:].upper(),
        "fingerprint": f"print-{alert_id}",
        "brand": BRAND,
        "state": AlertState.OPEN,
        "level": "moderate",
        "notified_level": "moderate",
        "opened_at": NOON,
        "wave_at": NOON,
        "started_at": NOON,
        "last_signal_at": NOON + timedelta(hours=1),
        "peak": {},
        "explanation": {
            "summary_zh": "12:00 至 13:00 有负面帖 3 条",
            "evidence": [
                {
                    "post_id": "weibo:9",
                    "text": "已被删除的第一帖",
                    "url": "https://weibo.example/9",
                    "published_at": NOON.isoformat(),
                }
            ],
        },
        "matrix": {},
        "coverage": {},
    }
    alert = Alert(**(defaults | fields))
    session.add(alert)
    session.flush()
    return alert


def fill(index: PostIndex, posts: list[Post]) -> None:
    """Index posts as negative mentions of the brand."""
    mention = Mention(BRAND, Sentiment.NEGATIVE, 0.9, risks=("quality_safety",))
    index.write([IndexedPost(post, (mention,)) for post in posts])
    index.refresh()
