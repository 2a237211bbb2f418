"""Indicators and the stores: the tables in force, the days counted and kept, a brand's scorecard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.indicators.measure import Counted, count, count_quickly, day_of, day_start
from alerts.indicators.score import HISTORY, Observed, Scorecard, read
from alerts.indicators.table import COMPLAINTS, DEFAULT, FIGURE, POSTS, IndicatorTable
from alerts.policies import versions as configuration
from alerts.policies.tables import CompanyFigure, ConfigurationVersion, IndicatorDay
from alerts.policies.versions import Kind
from core.database import Database
from posts.index import PostFilter, PostIndex, Sentiment

THIRD = timedelta(hours=8)
"""The widest bucket that both a day of UTC, to which buckets are aligned, and a day of China are whole numbers of."""
FRESH = timedelta(hours=1)
"""How old the last recount may be; a flow that runs each minute need not compare the days each time."""
LAST_DAY = timedelta(days=1)

Days = dict[tuple[str, date], tuple[int, int]]
"""(posts, negative posts) by brand and day."""


def load_tables(session: Session, brands: Sequence[str]) -> dict[str, IndicatorTable]:
    """The table in force for each brand: its own, the default, or what the product ships with."""
    found = configuration.contents(session, Kind.INDICATORS, brands)
    return {brand: IndicatorTable.from_json(content) if content else DEFAULT for brand, content in found.items()}


def save_table(
    session: Session,
    brand: str,
    table: IndicatorTable | None,
    *,
    actor: str,
    reason: str,
    now: datetime,
    based_on: int | None = None,
) -> ConfigurationVersion:
    """Save a brand's table ("" is of all brands without one), or with None make it follow the default again."""
    content = table.to_json() if table else None
    return configuration.save(session, Kind.INDICATORS, brand, content, actor=actor, reason=reason, now=now, based_on=based_on)


def is_due(session: Session, at: datetime) -> bool:
    """Whether the kept days should be held against the posts again."""
    last = session.scalar(select(func.max(IndicatorDay.counted_at)))
    return last is None or at - last >= FRESH or day_of(at) != day_of(last)


def days_before(at: datetime) -> list[date]:
    """The days that are kept and read at `at`, oldest first."""
    return [day_of(at) - timedelta(days=back) for back in range(HISTORY, 0, -1)]


def keep_days(
    database: Database, index: PostIndex, brands: Sequence[str], *, at: datetime, shares: Mapping[date, float | None]
) -> int:
    """Count the days before `at` that are not kept yet or no longer agree with the index; the number of days written.

    Posts that came late, a changed keyword and a corrected sentiment all change a day's posts or negative posts, which one
    query tells for all days; only such days are read anew. `shares` tells how much of a day the sources delivered, None
    untold: a day of which nothing was delivered and no brand has a post is left out, as missing. Raises UnavailableError.
    """
    days = days_before(at)
    oldest = index.earliest()
    known = [day for day in days if oldest and day >= day_of(oldest)] if brands else []
    if not known:
        return 0
    there = _daily(index, brands, known)
    watched = {day for day in known if shares.get(day) != 0 or any((brand, day) in there for brand in brands)}
    with database.reading() as session:
        kept = _kept(session, brands, known)
    owed = {(brand, day): there.get((brand, day), (0, 0)) for brand in brands for day in watched}
    stale = {place for place, counts in owed.items() if kept.get(place) != counts}
    for day in sorted({day for _, day in stale}):
        of_day = [brand for brand in brands if (brand, day) in stale]
        counted = count(index, of_day, start=day_start(day), end=day_start(day + LAST_DAY))
        with database.writing() as session:
            _write(session, day, counted, shares.get(day), at)
    return len(stale)


def scorecard(session: Session, index: PostIndex, brand: str, *, at: datetime, is_watched: bool = True) -> Scorecard:
    """The brand's table, read at `at`: the last 24 hours against the kept days and the company's figures."""
    return scorecards(session, index, [brand], at=at, is_watched=is_watched)[brand]


def scorecards(
    session: Session, index: PostIndex, brands: Sequence[str], *, at: datetime, is_watched: bool = True
) -> dict[str, Scorecard]:
    """The same for several brands, by one reading of their last 24 hours; very busy ones are counted without reading."""
    tables = load_tables(session, brands)
    current = count_quickly(index, brands, start=at - LAST_DAY, end=at)
    past, figures = _past(session, brands, at), _figures(session, brands, at)
    cards = {}
    for brand in brands:
        keys = [row.key for row in tables[brand].rows if not row.is_figure]
        observed = Observed(
            today=day_of(at),
            current={key: current[brand].value(key) for key in keys},
            past={key: _series(past[brand], key) for key in keys},
            figures=figures[brand],
            is_watched=is_watched or bool(current[brand].posts),
        )
        cards[brand] = read(tables[brand], observed)
    return cards


def table_version(session: Session, brand: str) -> int:
    """The number of the brand's newest version, 0 for none: what an editor's form is based on."""
    last = configuration.newest(session, Kind.INDICATORS, brand)
    return last.version if last else 0


def choices() -> tuple[str, ...]:
    """The keys of the indicators that are counted from posts."""
    complaints = (row.key for row in DEFAULT.rows if row.key.startswith(COMPLAINTS))
    return (*POSTS, *complaints)


def _daily(index: PostIndex, brands: Sequence[str], days: Sequence[date]) -> Days:
    chosen = PostFilter(brands=tuple(brands), start=day_start(days[0]), end=day_start(days[-1] + LAST_DAY))
    found: defaultdict[tuple[str, date], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for bucket in index.histogram(chosen, interval=THIRD):
        place = bucket.brand, day_of(bucket.start)
        negative = bucket.posts if bucket.sentiment is Sentiment.NEGATIVE else 0
        found[place] = found[place][0] + bucket.posts, found[place][1] + negative
    return dict(found)


def _kept(session: Session, brands: Collection[str], days: Sequence[date]) -> Days:
    query = select(IndicatorDay).where(IndicatorDay.brand.in_(brands), IndicatorDay.day >= days[0])
    return {(row.brand, row.day): (row.counts["posts"], row.counts["negative"]) for row in session.scalars(query)}


def _write(session: Session, day: date, counted: Mapping[str, Counted], share: float | None, at: datetime) -> None:
    for brand, counts in counted.items():
        row = IndicatorDay(brand=brand, day=day, counts=counts.to_json(), coverage=share, counted_at=at)
        session.merge(row)


def _past(session: Session, brands: Sequence[str], at: datetime) -> dict[str, dict[date, Counted]]:
    first = day_of(at) - timedelta(days=HISTORY)
    query = select(IndicatorDay).where(IndicatorDay.brand.in_(brands), IndicatorDay.day >= first, IndicatorDay.day < day_of(at))
    found: dict[str, dict[date, Counted]] = {brand: {} for brand in brands}
    for row in session.scalars(query):
        found[row.brand][row.day] = Counted.from_json(row.counts)
    return found


def _series(days: Mapping[date, Counted], key: str) -> dict[date, float]:
    return {day: value for day, counted in days.items() if (value := counted.value(key)) is not None}


def _figures(session: Session, brands: Sequence[str], at: datetime) -> dict[str, dict[str, dict[date, float]]]:
    """Figures back to twice the history, so that one that ended some days ago still has its baseline."""
    first = day_of(at) - timedelta(days=2 * HISTORY)
    query = select(CompanyFigure).where(CompanyFigure.brand.in_(brands), CompanyFigure.day >= first)
    found: dict[str, dict[str, dict[date, float]]] = {brand: defaultdict(dict) for brand in brands}
    for row in session.scalars(query):
        found[row.brand][FIGURE + row.name][row.day] = row.value
    return found
