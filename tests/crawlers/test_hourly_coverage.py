"""Coverage hour by hour, as a chart asks: each hour as the window of that hour alone would be told."""

from __future__ import annotations

from datetime import timedelta

from core.clock import HOUR, floor_hour
from core.database import Database
from crawlers.coverage import coverage, daily_shares, hourly_shares
from tests.crawlers.test_coverage import AFTERNOON, bad, ok, record

STALE_AFTER = timedelta(hours=6)
HOURS = [floor_hour(AFTERNOON) + place * HOUR for place in range(-1, 4)]


def test_each_hour_has_the_share_of_its_own_window(sqlite_database: Database) -> None:
    record(sqlite_database, *(ok(minute) for minute in range(0, 90, 10)), *(bad(minute) for minute in range(90, 180, 10)))
    with sqlite_database.reading() as session:
        shares = hourly_shares(session, hours=HOURS, until=HOURS[-1] + HOUR, stale_after=STALE_AFTER)
        alone = [coverage(session, start=hour, end=hour + HOUR, stale_after=STALE_AFTER).share for hour in HOURS]
    assert shares == alone and shares[0] == 0 and max(filter(None, shares)) == 1


def test_an_hour_to_come_is_not_judged(sqlite_database: Database) -> None:
    with sqlite_database.reading() as session:
        shares = hourly_shares(session, hours=HOURS, until=HOURS[2], stale_after=STALE_AFTER)
    assert shares == [0.0, 0.0, None, None, None]


def test_no_hours_have_no_shares(sqlite_database: Database) -> None:
    with sqlite_database.reading() as session:
        assert hourly_shares(session, hours=[], until=AFTERNOON, stale_after=STALE_AFTER) == []


def test_a_days_share_is_the_mean_of_its_hours_and_is_not_told_before_the_first_crawl(sqlite_database: Database) -> None:
    days = [AFTERNOON.date() + timedelta(days=place) for place in (-1, 0, 1)]
    with sqlite_database.reading() as session:
        assert set(daily_shares(session, days=days, until=AFTERNOON, stale_after=STALE_AFTER).values()) == {None}
    record(sqlite_database, *(ok(minute) for minute in range(0, 90, 10)), *(bad(minute) for minute in range(90, 180, 10)))
    with sqlite_database.reading() as session:
        until = AFTERNOON + timedelta(hours=3)
        shares = daily_shares(session, days=days, until=until, stale_after=STALE_AFTER)
    assert shares[days[0]] is None and 0 < (shares[days[1]] or 0) < 0.2 and shares[days[2]] is None
