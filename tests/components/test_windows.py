import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.windows import (
    DAYS,
    MINUTES_PER_DAY,
    MINUTES_PER_WEEK,
    daily,
    overlap,
    problems_of_windows,
    weekly,
)

MINUTE_OF_DAY = st.integers(0, MINUTES_PER_DAY - 1)
MINUTE_OF_WEEK = st.integers(0, MINUTES_PER_WEEK - 1)
LENGTH = st.integers(30, 600)


def clock(minute: int) -> str:
    return f"{minute % MINUTES_PER_DAY // 60:02}:{minute % 60:02}"


def daily_text(start: int, minutes: int) -> str:
    return f"{clock(start)}-{clock(start + minutes)}"


def weekly_text(start: int, minutes: int) -> str:
    def moment(minute: int) -> str:
        return f"{DAYS[minute % MINUTES_PER_WEEK // MINUTES_PER_DAY]}:{clock(minute)}"

    return f"{moment(start)}-{moment(start + minutes)}"


def problems(backup: str, maintenance: str, minimum: int = 30) -> list[str]:
    return problems_of_windows("backup_window", backup, "maintenance_window", maintenance, minimum)


@given(MINUTE_OF_DAY, LENGTH, MINUTE_OF_WEEK, LENGTH)
@example(23 * 60 + 30, 60, 0, 30)  # over midnight into Monday
@example(0, 30, MINUTES_PER_WEEK - 15, 30)  # over the week's end
def test_two_windows_overlap_when_they_share_a_minute_of_the_week(
    start: int, minutes: int, weekly_start: int, weekly_minutes: int
) -> None:
    backup = {
        (day * MINUTES_PER_DAY + start + minute) % MINUTES_PER_WEEK
        for day in range(7)
        for minute in range(minutes)
    }
    maintenance = {(weekly_start + each) % MINUTES_PER_WEEK for each in range(weekly_minutes)}
    found = overlap(daily_text(start, minutes), weekly_text(weekly_start, weekly_minutes))
    assert found == bool(backup & maintenance)


@given(MINUTE_OF_DAY, LENGTH)
def test_a_daily_window_is_as_long_as_it_says(start: int, minutes: int) -> None:
    assert daily(daily_text(start, minutes)).minutes == minutes, "over midnight too"


@given(MINUTE_OF_WEEK, LENGTH)
def test_a_weekly_window_is_as_long_as_it_says(start: int, minutes: int) -> None:
    assert weekly(weekly_text(start, minutes)).minutes == minutes, "over the week's end too"


def test_windows_that_touch_do_not_overlap() -> None:
    assert not overlap("02:00-03:00", "sun:03:00-sun:04:00")
    assert not overlap("02:00-03:00", "sun:01:00-sun:02:00")


def test_a_window_that_lies_inside_the_other_overlaps() -> None:
    assert overlap("02:15-02:45", "sun:02:00-sun:03:00")
    assert overlap("02:00-04:00", "sun:02:30-sun:03:00")


@pytest.mark.parametrize(
    "text",
    ["2:00-3:00", "24:00-01:00", "02:60-03:00", "02:00", "sun:02:00-sun:03:00", "02:00-03:00Z", ""],
)
def test_what_is_no_daily_window_is_refused_with_an_example(text: str) -> None:
    [problem] = problems(text, "sun:04:00-sun:05:00")
    assert problem == f"backup_window={text!r}; use hh:mm-hh:mm in UTC, e.g. '02:00-03:00'"


@pytest.mark.parametrize(
    "text", ["04:00-05:00", "Sun:04:00-Sun:05:00", "day:04:00-sun:05:00", "sun:04:00", ""]
)
def test_what_is_no_weekly_window_is_refused_with_an_example(text: str) -> None:
    [problem] = problems("02:00-03:00", text)
    assert problem.startswith(f"maintenance_window={text!r}; use ddd:hh:mm-ddd:hh:mm")


@pytest.mark.parametrize(("end", "refused"), [("02:29", True), ("02:30", False)])
def test_rds_wants_half_an_hour(end: str, refused: bool) -> None:
    assert bool(problems(f"02:00-{end}", "sun:04:00-sun:05:00", 30)) == refused


@pytest.mark.parametrize(("end", "refused"), [("sun:04:59", True), ("sun:05:00", False)])
def test_elasticache_wants_an_hour(end: str, refused: bool) -> None:
    assert bool(problems("02:00-03:00", f"sun:04:00-{end}", 60)) == refused


def test_a_window_without_length_is_refused() -> None:
    assert problems("02:00-02:00", "sun:04:00-sun:05:00") == [
        "backup_window='02:00-02:00' is 0 minutes long; AWS needs 30"
    ]


def test_an_overlap_names_both_windows() -> None:
    assert problems("02:00-03:00", "sun:02:30-sun:03:30") == [
        "backup_window='02:00-03:00' overlaps maintenance_window='sun:02:30-sun:03:30'; "
        "AWS refuses that, move one"
    ]


def test_both_windows_are_reported_at_once() -> None:
    assert len(problems("late", "never")) == 2
