"""What the sections of a stack file are made of: strict models, and the checks they share."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, TypeGuard

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from components.log_retention import LOG_RETENTION_DAYS
from components.windows import problems_of_windows

PROJECT = "platform"
DAILY = r"^\d\d:\d\d-\d\d:\d\d$"
WEEKLY = r"^[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d$"


class Section(BaseModel):
    """A part of the stack file: no key that is not known, no value of another type."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", use_attribute_docstrings=True
    )


def one_of(values: Collection[str], of: str) -> AfterValidator:
    """A value of a table, with the nearest one in the message."""

    def check(value: str) -> str:
        if value not in values:
            near = get_close_matches(value, values, n=1, cutoff=0.3)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"{value!r} is not {of}{hint}")
        return value

    return AfterValidator(check)


def days_of(values: Collection[int], of: str) -> AfterValidator:
    """A number of days that AWS takes, with the next longer one in the message."""

    def check(value: int) -> int:
        if value not in values:
            longer = min((each for each in values if each > value), default=max(values))
            raise ValueError(f"{value} is not {of}; use {longer}")
        return value

    return AfterValidator(check)


def listed(values: Collection[Any]) -> Any:
    """The table as an editor completes it."""
    return Field(json_schema_extra={"enum": sorted(values)})


LogDays = Annotated[
    int,
    days_of(LOG_RETENTION_DAYS, "a period that CloudWatch Logs keeps"),
    listed(LOG_RETENTION_DAYS),
]


def windows(section: Mapping[str, Any], daily: str, shortest_minutes: int) -> Iterator[str]:
    """What is wrong with a section's daily and weekly windows."""
    both = [section.get(daily), section.get("maintenance_window")]
    if texts(both):
        yield from problems_of_windows(
            daily, both[0], "maintenance_window", both[1], shortest_minutes
        )


def found(problem: str | None) -> Iterator[str]:
    """The problem, where there is one."""
    if problem:
        yield problem


def texts(value: Any) -> TypeGuard[list[str]]:
    """Whether this is a list of texts, so that a check may read it."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def named_texts(value: Any) -> TypeGuard[dict[str, str]]:
    """Whether these are texts by name, so that a check may read them."""
    return isinstance(value, dict) and texts([*value.keys(), *value.values()])
