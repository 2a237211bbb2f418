"""How old a source's new items are when they first appear: a site whose clock or zone is wrong brings nothing in time.

A date without a zone is read as China's. A site that writes UTC without saying so seems eight hours late: its posts count in
hours that were judged long before they came, and open nothing. Such a source is read well and watches nothing, so it says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import HOUR
from crawlers.status import SourceStatus
from crawlers.tables import CrawlRun

LATE = 4 * HOUR
"""Detection judges the last four hours: what is older when it first appears is too late for it."""
FEWEST = 3
"""Crawls with something new from which a source's lag is told."""
DAY = timedelta(days=1)

Sight = tuple[datetime, datetime]
"""When a crawl read the source, and the publication of the newest item known then."""


def lag(sights: Sequence[Sight]) -> timedelta | None:
    """The least age at which the newest item of a crawl (oldest first) was new; None where too few brought something new."""
    ages = [at - newest for (_, before), (at, newest) in pairwise(sights) if newest > before]
    return min(ages) if len(ages) >= FEWEST else None


def late_sources(session: Session, now: datetime) -> dict[str, timedelta]:
    """The sources all of whose new items of the last day were LATE when they first appeared, and by how much at least."""
    query = (
        select(CrawlRun.source, CrawlRun.started_at, CrawlRun.newest_item_at)
        .where(CrawlRun.started_at > now - DAY, CrawlRun.status == SourceStatus.OK.value)
        .where(CrawlRun.newest_item_at.is_not(None))
        .order_by(CrawlRun.started_at)
    )
    by_source: dict[str, list[Sight]] = defaultdict(list)
    for source, at, newest in session.execute(query).tuples():
        if newest is not None:
            by_source[source].append((at, newest))
    lags = {source: lag(sights) for source, sights in by_source.items()}
    return {source: least for source, least in lags.items() if least is not None and least >= LATE}


def lag_detail(least: timedelta) -> tuple[str, str]:
    """What is said of a late source, in Chinese and in English."""
    hours = least / HOUR
    return (
        f"新内容出现时都已是至少 {hours:.1f} 小时前的，赶不上实时检测；请核对该站的时区（无时区的时间按北京时间读）",
        f"new items are at least {hours:.1f} h old when they first appear, too late for live detection; "
        "check the site's time zone (a time without one is read as China's)",
    )
