"""The `database` section."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from components import database
from components.instance_classes import DATABASE_CLASSES
from settings.section import (
    DAILY,
    WEEKLY,
    LogDays,
    Section,
    days_of,
    found,
    listed,
    one_of,
    windows,
)


class PointInTimeSettings(Section):
    """A moment of another instance to start from."""

    source_identifier: str
    time: str | None = None
    """UTC, e.g. "2026-11-23T04:00:00Z". Absent: the latest that can be restored."""


class DatabaseSettings(Section):
    """The PostgreSQL database."""

    engine_version: Annotated[str, Field(pattern=r"^\d+$")]
    """PostgreSQL's major version, 15 or newer. AWS applies minor versions in the window."""
    instance_class: Annotated[
        str,
        one_of(DATABASE_CLASSES, "a class that RDS for PostgreSQL has"),
        listed(DATABASE_CLASSES),
    ]
    """An RDS instance class. A change restarts the instance."""
    allocated_gib: Annotated[
        int, Field(ge=database.ALLOCATED_GIB[0], le=database.ALLOCATED_GIB[-1])
    ]
    """Storage to begin with. It can only grow."""
    maximum_gib: int
    """Where storage autoscaling stops, at least a tenth above allocated_gib."""
    multi_az: bool
    """A standby in another zone; without it the loss of a zone is an outage."""
    replicas: Annotated[int, Field(ge=0, le=database.REPLICAS[-1])]
    """Readable copies."""
    backup_retention_days: Annotated[
        int, Field(ge=database.BACKUP_DAYS[0], le=database.BACKUP_DAYS[-1])
    ]
    """Days back to which any moment can be restored."""
    backup_window: Annotated[str, Field(pattern=DAILY)]
    """UTC, e.g. "02:00-03:00"."""
    maintenance_window: Annotated[str, Field(pattern=WEEKLY)]
    """UTC, e.g. "sun:04:00-sun:05:00", apart from the backup window."""
    log_retention_days: LogDays
    """Days that PostgreSQL's log is kept."""
    performance_insights_retention_days: Annotated[
        int,
        days_of(database.INSIGHTS_DAYS, "a period that Performance Insights keeps"),
        listed(database.INSIGHTS_DAYS),
    ]
    """Days of query statistics: 7 costs nothing."""
    restore_from_snapshot: str | None = None
    """A snapshot to start from, read at creation only."""
    restore_to: PointInTimeSettings | None = None
    """A moment of another instance to start from, read at creation only."""


def problems(section: Mapping[str, Any], stack: Mapping[str, Any]) -> Iterator[str]:
    """What no single key tells."""
    version = section.get("engine_version")
    if isinstance(version, str) and version.isdigit():
        yield from found(database.problem_of_engine_version(version))
    allocated, maximum = section.get("allocated_gib"), section.get("maximum_gib")
    if isinstance(allocated, int) and isinstance(maximum, int):
        yield from found(database.problem_of_maximum(allocated, maximum))
    if section.get("restore_from_snapshot") and section.get("restore_to"):
        yield "restore_from_snapshot and restore_to are both given; use one"
    yield from windows(section, "backup_window", database.SHORTEST_WINDOW_MINUTES)
