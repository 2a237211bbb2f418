"""Counts by hour in the embedded index, kept ready: weeks of a thousand brands are read without a look at the mentions.

The triggers add and take away with each mention, in the writer's own transaction, so the table `hourly` is never out of
step. Of each hour it knows when its newest post was first seen: an hour that holds a post seen too late for who asks is
counted anew from the mentions. A post that is deleted leaves that moment as it was, which costs a count and no truth.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import numpy as np
import orjson

from core.clock import HOUR
from posts.hours import ADVERSE, NEGATIVE, POSTS, RISKY, Hours, blank, of_buckets, span_of
from posts.index import PostFilter
from posts.moments import interval_micros, to_micros
from posts.sqlite_counts import histogram

_WIDTH = interval_micros(HOUR)
_PLACE = f"{{0}}.brand, {{0}}.published_at / {_WIDTH}"
_NEGATIVE = "({0}.sentiment = 'negative')"
_RISKY = "({0}.risks != '[]')"
_TROUBLED = "({0}.sentiment = 'neutral' AND {0}.risks != '[]')"
_KINDS = f"{_NEGATIVE}, {_RISKY}, {_TROUBLED}"

TABLES = (
    """
    CREATE TABLE hourly (
        brand TEXT NOT NULL,
        hour INTEGER NOT NULL, -- hours since 1970
        posts INTEGER NOT NULL,
        negative INTEGER NOT NULL,
        risky INTEGER NOT NULL,
        troubled INTEGER NOT NULL, -- neutral with a risk category: what is adverse beside the negative
        newest INTEGER NOT NULL, -- when the newest of them was first seen, or later; microseconds since 1970
        PRIMARY KEY (brand, hour)
    ) WITHOUT ROWID
    """,
    f"""
    CREATE TRIGGER mention_added AFTER INSERT ON mention BEGIN
        INSERT INTO hourly VALUES ({_PLACE.format("NEW")}, 1, {_KINDS.format("NEW")}, NEW.seen_at)
        ON CONFLICT (brand, hour) DO UPDATE SET
            posts = posts + 1, negative = negative + excluded.negative, risky = risky + excluded.risky,
            troubled = troubled + excluded.troubled, newest = max(newest, excluded.newest);
    END
    """,
    f"""
    CREATE TRIGGER mention_deleted AFTER DELETE ON mention BEGIN
        UPDATE hourly SET
            posts = posts - 1, negative = negative - {_NEGATIVE.format("OLD")}, risky = risky - {_RISKY.format("OLD")},
            troubled = troubled - {_TROUBLED.format("OLD")}
        WHERE (brand, hour) = ({_PLACE.format("OLD")});
        DELETE FROM hourly WHERE (brand, hour) = ({_PLACE.format("OLD")}) AND posts = 0;
    END
    """,
)
FILL = f"""
    INSERT INTO hourly
    SELECT {_PLACE.format("mention")}, count(*), sum{_NEGATIVE.format("mention")}, sum{_RISKY.format("mention")},
        sum{_TROUBLED.format("mention")}, max(mention.seen_at)
    FROM mention GROUP BY 1, 2
"""
"""Brings the table of a file that is older than its triggers to where they would have brought it."""

_READ = """
    SELECT asked.key, hour, posts, negative, risky, troubled, newest
    FROM json_each(?) AS asked CROSS JOIN hourly ON hourly.brand = asked.value WHERE hour >= ? AND hour < ?
"""


def hourly(connection: sqlite3.Connection, chosen: PostFilter) -> dict[str, Hours]:
    """The mentions of each of `chosen.brands` by hour; a filter that asks for more than the table knows is counted out."""
    start, end = span_of(chosen)
    if chosen != PostFilter(brands=chosen.brands, start=start, end=end, seen_before=chosen.seen_before):
        return of_buckets(histogram(connection, chosen, HOUR, None), chosen)
    counts = blank(chosen)
    rows = _rows(connection, chosen)
    brand, hour, posts, negative, risky, troubled, newest = rows
    for row, values in ((POSTS, posts), (ADVERSE, negative + troubled), (NEGATIVE, negative), (RISKY, risky)):
        counts[brand, row, hour] = values
    if chosen.seen_before is not None:
        late = newest >= to_micros(chosen.seen_before)
        _count_anew(connection, counts, brand[late], hour[late], chosen)
    return dict(zip(chosen.brands, counts, strict=True))


def _rows(connection: sqlite3.Connection, chosen: PostFilter) -> Hours:
    """The columns of _READ, hours counted from the start."""
    start, end = (to_micros(moment) // _WIDTH for moment in span_of(chosen))
    found = connection.execute(_READ, (orjson.dumps(chosen.brands).decode(), start, end)).fetchall()
    columns = np.array(found, dtype=np.int64).reshape(-1, 7).T
    columns[1] -= start
    return columns


def _count_anew(connection: sqlite3.Connection, counts: Hours, brands: Hours, hours: Hours, chosen: PostFilter) -> None:
    """Count each brand's mentions from the first to the last of its hours given."""
    start, _ = span_of(chosen)
    for brand in np.unique(brands):
        first, last = hours[brands == brand].min(), hours[brands == brand].max()
        begin, end = (start + int(hour) * HOUR for hour in (first, last + 1))
        again = replace(chosen, brands=(chosen.brands[brand],), start=begin, end=end)
        (counted,) = of_buckets(histogram(connection, again, HOUR, None), again).values()
        counts[brand, :, first : last + 1] = counted
