"""The `cache` section."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from components import cache
from components.cache_users import problems_of_user_names, problems_of_users
from components.instance_classes import CACHE_NODE_TYPES
from settings.section import (
    DAILY,
    PROJECT,
    WEEKLY,
    LogDays,
    Section,
    found,
    listed,
    one_of,
    texts,
    windows,
)


class CacheSettings(Section):
    """The Valkey or Redis cache."""

    engine: Literal["valkey", "redis"]
    """Valkey is the open continuation of Redis, and cheaper."""
    engine_version: str
    """Only ever raise it: AWS cannot downgrade a group."""
    node_type: Annotated[
        str,
        one_of(CACHE_NODE_TYPES, "a node type that ElastiCache has"),
        listed(CACHE_NODE_TYPES),
    ]
    """An ElastiCache node type."""
    replicas: Annotated[int, Field(ge=0, le=cache.REPLICAS[-1])]
    """Copies beside the primary. None means no failover."""
    snapshot_retention_days: Annotated[int, Field(ge=0, le=cache.SNAPSHOT_DAYS[-1])]
    """Days each daily snapshot is kept; 0 takes none."""
    snapshot_window: Annotated[str, Field(pattern=DAILY)]
    """UTC, e.g. "02:00-03:00"."""
    maintenance_window: Annotated[str, Field(pattern=WEEKLY)]
    """UTC, e.g. "sun:04:00-sun:05:00", apart from the snapshot window."""
    log_retention_days: LogDays
    """Days that the slow log and the engine's log are kept."""
    users: dict[str, str]
    """What each user may do, as a Redis access string, e.g. "on ~app:* +@all -@dangerous"."""


def problems(section: Mapping[str, Any], stack: Mapping[str, Any]) -> Iterator[str]:
    """What no single key tells."""
    name = stack.get(f"{PROJECT}:name")
    engine, version = section.get("engine"), section.get("engine_version")
    if engine in cache.ENGINES and isinstance(version, str):
        yield from found(cache.problem_of_engine_version(engine, version))
    users = section.get("users")
    if isinstance(users, dict) and texts(list(users.values())):
        yield from problems_of_users(users)
        if isinstance(name, str):
            yield from problems_of_user_names(f"{name}-cache", users)
    yield from windows(section, "snapshot_window", cache.SHORTEST_WINDOW_MINUTES)
