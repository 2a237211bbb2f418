"""A crisis that comes and goes round its line: told once, and over only after the quiet."""

from __future__ import annotations

from pathlib import Path

from alerts.detect import detect
from alerts.life import queries
from alerts.life.tables import AlertState
from core.database import Database
from core.settings import Settings
from tests.alerts.world import BRAND, CRISIS, HOUR, burst, complete, index_of, quiet

LAST_LOUD = 30


def test_a_count_that_flickers_round_its_line_tells_nobody_again_and_has_one_all_clear(
    sqlite_database: Database, tmp_path: Path, settings: Settings
) -> None:
    """Thirty adverse posts, then eight of them every six hours with nothing between: over the line, under it, over it."""
    loud = [posts for hour in range(6, LAST_LOUD + 1, 6) for posts in burst(CRISIS + hour * HOUR, 8)]
    index = index_of(tmp_path, [*quiet(20), *burst(CRISIS, 30), *loud])
    fired, resolved_at = [], None
    for hour in range(1, 3 * 24):
        at = CRISIS + hour * HOUR
        report = detect(sqlite_database, index, at=at, brands=(BRAND,), coverage=complete(at), settings=settings)
        fired.append(report.signals)
        resolved_at = at if report.resolved else resolved_at
    with sqlite_database.reading() as session:
        (alert,) = queries.list_alerts(session)
        kinds = [event.kind for event in queries.events(session, alert.id)]
        told = queries.notifications(session, alert.id)
    assert fired[:LAST_LOUD].count(0) > 5 and fired[:LAST_LOUD].count(1) > 5
    assert kinds[0] == "opened" and kinds[-1] == "resolved" and set(kinds[1:-1]) <= {"updated"}
    assert len(told) == 1
    assert alert.state == AlertState.RESOLVED
    assert resolved_at is not None and resolved_at >= alert.last_signal_at + 24 * HOUR > CRISIS + (LAST_LOUD + 24) * HOUR
