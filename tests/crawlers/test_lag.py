"""How late a source is: told from what its crawls found, and only from crawls that brought something new."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawlers.lag import Sight, lag
from tests.crawlers.conftest import AFTERNOON

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def sights(*ages: float) -> list[Sight]:
    """A crawl every ten minutes; its newest item is so many hours old."""
    return [(at, at - age * HOUR) for place, age in enumerate(ages) for at in (AFTERNOON + 10 * place * MINUTE,)]


@pytest.mark.parametrize(
    ("ages", "hours"),
    [
        ((8, 8, 8, 8), 8),
        ((8, 8, 8.1, 7.9), 7.9),
        ((8, 8, 0.1, 8), None),  # one item in time, and nothing newer after it
        ((8, 8, 8, 0.1), 0.1),
        ((8, 8, 8), None),
        ((), None),
    ],
)
def test_the_least_age_of_what_was_new_counts(ages: tuple[float, ...], hours: float | None) -> None:
    assert lag(sights(*ages)) == (None if hours is None else hours * HOUR)


def test_a_quiet_source_is_not_called_late() -> None:
    """The same newest item grows old while nothing new comes."""
    published = AFTERNOON - HOUR
    assert lag([(AFTERNOON + crawl * HOUR, published) for crawl in range(20)]) is None
