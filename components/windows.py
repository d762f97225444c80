"""Daily and weekly windows of RDS and ElastiCache, in UTC.

Sources:
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
"""

import re
from dataclasses import dataclass

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_PER_DAY = 24 * 60
MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY

_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_DAY = f"({'|'.join(DAYS)})"
_DAILY = re.compile(f"{_TIME}-{_TIME}")
_WEEKLY = re.compile(f"{_DAY}:{_TIME}-{_DAY}:{_TIME}")


@dataclass(frozen=True)
class Window:
    """Minutes after the start of the period; an end before the start wraps around it."""

    start: int
    end: int
    period: int

    @property
    def minutes(self) -> int:
        """How long it is; equal ends are no time at all."""
        return (self.end - self.start) % self.period


def daily(text: str) -> Window:
    """Read "23:30-00:30".

    Raises:
        ValueError: when it is no daily window.
    """
    if not (match := _DAILY.fullmatch(text)):
        raise ValueError("use hh:mm-hh:mm in UTC, e.g. '02:00-03:00'")
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    return Window(start_hour * 60 + start_minute, end_hour * 60 + end_minute, MINUTES_PER_DAY)


def weekly(text: str) -> Window:
    """Read "sun:23:30-mon:00:30".

    Raises:
        ValueError: when it is no weekly window.
    """
    if not (match := _WEEKLY.fullmatch(text)):
        raise ValueError("use ddd:hh:mm-ddd:hh:mm in UTC, e.g. 'sun:04:00-sun:05:00'")
    start_day, start_hour, start_minute, end_day, end_hour, end_minute = match.groups()
    return Window(
        _of_week(start_day, start_hour, start_minute),
        _of_week(end_day, end_hour, end_minute),
        MINUTES_PER_WEEK,
    )


def _of_week(day: str, hour: str, minute: str) -> int:
    return DAYS.index(day) * MINUTES_PER_DAY + int(hour) * 60 + int(minute)


def overlap(daily_window: str, weekly_window: str) -> bool:
    """Whether on any day the daily window and the weekly one share a minute.

    Windows that only touch do not overlap: an end is not part of its window.
    """
    every_day, once_a_week = daily(daily_window), weekly(weekly_window)
    starts = (day * MINUTES_PER_DAY + every_day.start for day in range(len(DAYS)))
    return any(
        (start - once_a_week.start) % MINUTES_PER_WEEK < once_a_week.minutes
        or (once_a_week.start - start) % MINUTES_PER_WEEK < every_day.minutes
        for start in starts
    )


def problems_of_windows(
    daily_field: str,
    daily_window: str,
    weekly_field: str,
    weekly_window: str,
    minimum_minutes: int,
) -> list[str]:
    """What is wrong with a backup or snapshot window and the maintenance window beside it."""
    problems = []
    for field, text, read in (
        (daily_field, daily_window, daily),
        (weekly_field, weekly_window, weekly),
    ):
        try:
            window = read(text)
        except ValueError as reason:
            problems.append(f"{field}={text!r}; {reason}")
            continue
        if window.minutes < minimum_minutes:
            problems.append(
                f"{field}={text!r} is {window.minutes} minutes long; AWS needs {minimum_minutes}"
            )
    if not problems and overlap(daily_window, weekly_window):
        problems.append(
            f"{daily_field}={daily_window!r} overlaps {weekly_field}={weekly_window!r}; "
            "AWS refuses that, move one"
        )
    return problems
