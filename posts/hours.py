"""Counts by hour of many brands as arrays: what a baseline of weeks is learnt from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.clock import HOUR, floor_hour
from posts.index import Bucket, PostFilter, Sentiment

Hours = NDArray[np.int64]
"""Rows of POSTS, ADVERSE, NEGATIVE and RISKY, each with a count for every hour of the span."""

POSTS, ADVERSE, NEGATIVE, RISKY = range(4)


def span_of(chosen: PostFilter) -> tuple[datetime, datetime]:
    """The filter's start and end; raises ValueError unless they are whole hours in this order."""
    start, end = chosen.start, chosen.end
    if start is None or end is None or end < start or (start, end) != (floor_hour(start), floor_hour(end)):
        raise ValueError(f"hours are counted from one whole hour to a later one, not from {start} to {end}")
    return start, end


def blank(chosen: PostFilter) -> Hours:
    """Zeros for each of the filter's brands, in their order: brands × 4 × hours."""
    start, end = span_of(chosen)
    return np.zeros((len(chosen.brands), 4, (end - start) // HOUR), dtype=np.int64)


def of_buckets(buckets: Iterable[Bucket], chosen: PostFilter) -> dict[str, Hours]:
    """The counts of a histogram by hours in which nothing is told apart."""
    start, _ = span_of(chosen)
    found = dict(zip(chosen.brands, blank(chosen), strict=True))
    for bucket in buckets:
        negative = bucket.posts if bucket.sentiment == Sentiment.NEGATIVE else 0
        found[bucket.brand][:, (bucket.start - start) // HOUR] += (bucket.posts, bucket.adverse, negative, bucket.risky)
    return found
