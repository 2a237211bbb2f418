"""What a case takes over from its alert."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from alerts.detect import detect
from alerts.life.queries import list_alerts
from casework.origin import origin_of_alert
from core.database import Database
from core.settings import Settings
from posts.index import IndexedPost
from tests.alerts.world import BRAND, CRISIS, HOUR, burst, complete, index_of, post, quiet

STREETS = ("城南", "望江", "梧桐街", "大学路", "火车站", "滨河", "老街", "北门", "石桥", "青禾")


def crowd() -> list[IndexedPost]:
    texts = (f"在{BRAND}{street}店喝出玻璃，太吓人" for street in STREETS)
    return [
        post(CRISIS + timedelta(minutes=20 + place), place, text=text, adverse=True, risks=("quality_safety",))
        for place, text in enumerate(texts)
    ]


def test_a_case_began_with_the_first_post_that_is_likely_of_the_crisis(
    tmp_path: Path, sqlite_database: Database, settings: Settings
) -> None:
    """Not with the hour in which the rules' window began; where no post is likely, with that."""
    at = CRISIS + HOUR
    index = index_of(tmp_path, [*quiet(), *crowd()])
    detect(sqlite_database, index, at=at, brands=(BRAND,), coverage=complete(at), settings=settings)
    with sqlite_database.reading() as session:
        (alert,) = list_alerts(session)
    assert origin_of_alert(index, alert).started_at == CRISIS + timedelta(minutes=20)
    wordless = index_of(tmp_path / "wordless", [*quiet(), *burst(CRISIS, 2)])
    assert origin_of_alert(wordless, alert).started_at == alert.started_at
