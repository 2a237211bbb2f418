"""Hours of the week in China's time: of shifts, quiet hours, maintenance windows and work."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.clock import SHANGHAI
from core.errors import InputError

DAY = timedelta(days=1)
EVERY_DAY = frozenset(range(7))
DAYS_ZH = "一二三四五六日"
DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONGEST_SEARCH = 15
"""Days in which hours that come every week must come once."""


@dataclass(frozen=True, slots=True)
class Weekly:
    """From `start` to `end` on the days on which it begins; an `end` at or before `start` lies on the next day."""

    days: frozenset[int]
    start: time
    end: time

    def begins_on(self, day: date) -> tuple[datetime, datetime]:
        """The hours that begin on `day`, as [from, to)."""
        begin = datetime.combine(day, self.start, SHANGHAI)
        return begin, datetime.combine(day if self.end > self.start else day + DAY, self.end, SHANGHAI)

    def window(self, at: datetime) -> tuple[datetime, datetime] | None:
        """The hours that hold `at`; None where none do."""
        today = at.astimezone(SHANGHAI).date()
        for day in (today - DAY, today):
            begin, end = self.begins_on(day)
            if day.weekday() in self.days and begin <= at < end:
                return begin, end
        return None

    def ends_after(self, at: datetime) -> datetime | None:
        """When the hours that hold `at` are over, hours that touch counted as one; None where `at` lies in none.

        Hours that never end, around the clock on every day, count as over after two weeks.
        """
        end = None
        for _ in range(LONGEST_SEARCH):
            window = self.window(end or at)
            if window is None:
                break
            end = window[1]
        return end


def parsed(days: Collection[int], start: str, end: str) -> Weekly:
    """Weekly hours as they are stored and typed; raises InputError for what is no day or no time of day."""
    if not days or not set(days) <= EVERY_DAY:
        raise InputError(
            zh="请至少选一个星期几（0 = 周一 … 6 = 周日）", en="choose at least one weekday (0 = Monday … 6 = Sunday)"
        )
    return Weekly(frozenset(days), _time(start), _time(end))


def working_after(start: datetime, amount: timedelta, work: Weekly) -> datetime:
    """The moment at which `amount` of working time has passed since `start`; `start` plus `amount` where nobody works."""
    left, at = amount, start
    day = start.astimezone(SHANGHAI).date() - DAY
    for _ in range(LONGEST_SEARCH + amount.days * 7):
        begin, end = work.begins_on(day)
        at = max(start, begin)
        if day.weekday() in work.days and at < end:
            if left < end - at:
                return at + left
            left -= end - at
        day += DAY
    return start + amount


def days_zh(days: Collection[int]) -> str:
    """Days as people say them.

    >>> days_zh([0, 1, 2, 3, 4]), days_zh([5, 6]), days_zh(range(7))
    ('周一至周五', '周六、日', '每天')
    """
    if set(days) == EVERY_DAY:
        return "每天"
    chosen = sorted(days)
    if len(chosen) > 2 and chosen == list(range(chosen[0], chosen[-1] + 1)):
        return f"周{DAYS_ZH[chosen[0]]}至周{DAYS_ZH[chosen[-1]]}"
    return "周" + "、".join(DAYS_ZH[day] for day in chosen)


def days_en(days: Collection[int]) -> str:
    """Days as people say them, in English.

    >>> days_en([0, 1, 2, 3, 4]), days_en([5, 6]), days_en(range(7))
    ('Mon–Fri', 'Sat, Sun', 'daily')
    """
    if set(days) == EVERY_DAY:
        return "daily"
    chosen = sorted(days)
    if len(chosen) > 2 and chosen == list(range(chosen[0], chosen[-1] + 1)):
        return f"{DAYS_EN[chosen[0]]}–{DAYS_EN[chosen[-1]]}"
    return ", ".join(DAYS_EN[day] for day in chosen)


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            zh=f"看不懂时刻 {text!r}：请写成 09:00", en=f"cannot read the time of day {text!r}: write it as 09:00"
        ) from error
