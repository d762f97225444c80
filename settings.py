"""What a stack chooses: its file, read once, typed and checked before anything is registered.

`parse` is the whole of it; `load` hands it what the engine read from Pulumi.<stack>.yaml.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeGuard, cast, get_args

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from components import cache, database
from components.addresses import problems_of_network
from components.cache_users import problems_of_user_names, problems_of_users
from components.endpoints import problems_of_interface_endpoints
from components.instance_classes import CACHE_NODE_TYPES, DATABASE_CLASSES
from components.log_retention import LOG_RETENTION_DAYS
from components.nat_gateways import Nat, problems_of_elastic_ips, zones_with_nat
from components.windows import problems_of_windows

PROJECT = "platform"
NAMESPACES = ("aws:", f"{PROJECT}:")
REQUIRED_TAGS = ("Project", "Environment", "Owner", "CostCenter")
# "-database-replica-15" and the like have to fit behind it, within what AWS takes.
NAME_LENGTH = 24

DAILY = r"^\d\d:\d\d-\d\d:\d\d$"
WEEKLY = r"^[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d$"


class SettingsError(pulumi.RunError):
    """Everything that is wrong with a stack file, a line each."""


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


class Tags(Section):
    """The tags that every resource of the stack carries."""

    tags: Annotated[dict[str, str], Field(json_schema_extra={"required": list(REQUIRED_TAGS)})]
    """Project, Environment, Owner and CostCenter, and any other."""


class NetworkSettings(Section):
    """The VPC."""

    cidr: str
    """A private IPv4 block, /16 to /20. It cannot change without a new VPC."""
    zones: list[str]
    """Availability Zones of the region, two or more. Adding one moves no other."""
    nat: Nat
    """Where NAT gateways stand; the loss of a single one cuts off every zone."""
    interface_endpoints: list[str]
    """AWS services reached without the internet, e.g. "ecr.api"; each costs by the hour."""
    flow_log_retention_days: LogDays
    """Days that a record of a connection is kept."""
    elastic_ip_allocation_ids: dict[str, str] = {}
    """Addresses that partners know, for the NAT gateways, by zone."""
    dual_stack: bool = False
    """IPv6 beside IPv4."""


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


class Settings(Section):
    """One stack file."""

    region: Annotated[str, Field(alias="aws:region", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    """Where everything is."""
    account_ids: Annotated[
        list[Annotated[str, Field(pattern=r"^\d{12}$")]],
        Field(alias="aws:allowedAccountIds", min_length=1, max_length=1),
    ]
    """The one account that this stack may be deployed to."""
    default_tags: Annotated[Tags, Field(alias="aws:defaultTags")]
    name: Annotated[
        str,
        Field(alias=f"{PROJECT}:name", pattern=r"^[a-z](-?[a-z0-9])*$", max_length=NAME_LENGTH),
    ]
    """What every name of this stack in AWS begins with."""
    protect: Annotated[bool, Field(alias=f"{PROJECT}:protect")]
    """Refuse to delete or replace what holds data."""
    network: Annotated[NetworkSettings, Field(alias=f"{PROJECT}:network")]
    database: Annotated[DatabaseSettings, Field(alias=f"{PROJECT}:database")]
    cache: Annotated[CacheSettings, Field(alias=f"{PROJECT}:cache")]

    @property
    def account_id(self) -> str:
        """The account of the stack."""
        return self.account_ids[0]


def load() -> Settings:
    """The settings of the stack that the engine is running.

    Raises:
        SettingsError: the stack file has mistakes; all of them, a line each.
    """
    given = runtime_config.CONFIG.get() or runtime_config.get_config_env()
    ours = {key: text for key, text in given.items() if key.startswith(NAMESPACES)}
    file = f"Pulumi.{pulumi.get_stack()}.yaml"
    secrets = [key for key in sorted(ours) if runtime_config.is_config_secret(key)]
    problems = [
        f"{file}: {key}: is encrypted; AWS keeps this platform's secrets, a stack file has none"
        for key in secrets
    ]
    return parse({key: _decoded(text) for key, text in ours.items()}, file, problems)


def parse(raw: Mapping[str, Any], file: str, found: list[str] | None = None) -> Settings:
    """The settings in the content of a stack file's `config`.

    Raises:
        SettingsError: with each problem on a line: file, key, what is wrong and what to use.
    """
    settings, problems = None, list(found or [])
    try:
        settings = Settings.model_validate(dict(raw))
    except ValidationError as error:
        problems += [f"{file}: {_told(each)}" for each in error.errors()]
    problems += [f"{file}: {problem}" for problem in dict.fromkeys(_across(raw))]
    if problems or settings is None:
        raise SettingsError("\n".join(problems))
    return settings


def _decoded(text: Any) -> Any:
    """Pulumi hands objects and numbers over as JSON, and a plain text as it is."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _told(error: ErrorDetails) -> str:
    path = _path(error["loc"])
    match error["type"]:
        case "extra_forbidden":
            known = _keys_beside(error["loc"])
            near = get_close_matches(str(error["loc"][-1]), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(known)}"
            return f"{path}: unknown key; {hint}"
        case "missing":
            return f"{path}: is missing"
        case "value_error":
            return f"{path}: {error['ctx']['error']}"
    message = error["msg"][0].lower() + error["msg"][1:]
    return f"{path}: {error['input']!r}; {message}"


def _path(location: tuple[int | str, ...]) -> str:
    first, *rest = location
    return str(first) + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in rest)


def _keys_beside(location: tuple[int | str, ...]) -> list[str]:
    """The keys that the section knows in which a key was found."""
    model: Any = Settings
    for step in location[:-1]:
        field = next(f for n, f in model.model_fields.items() if step in (n, f.alias))
        model = next(
            kind
            for kind in (field.annotation, *getattr(field.annotation, "__args__", ()))
            if isinstance(kind, type) and issubclass(kind, BaseModel)
        )
    return [field.alias or name for name, field in model.model_fields.items()]


def _across(raw: Mapping[str, Any]) -> Iterator[str]:
    """What no single key tells: each check runs where the keys it reads are of their type."""
    sections = {
        name: raw[f"{PROJECT}:{name}"]
        for name in ("network", "database", "cache")
        if isinstance(raw.get(f"{PROJECT}:{name}"), dict)
    }
    tags = raw.get("aws:defaultTags")
    if isinstance(tags, dict) and isinstance(tags.get("tags"), dict):
        for tag in REQUIRED_TAGS:
            if not tags["tags"].get(tag):
                yield f"aws:defaultTags.tags.{tag}: is missing"
    if "network" in sections:
        for problem in _network(sections["network"], raw.get("aws:region")):
            yield f"{PROJECT}:network.{problem}"
    if "database" in sections:
        for problem in _database(sections["database"]):
            yield f"{PROJECT}:database.{problem}"
    if "cache" in sections:
        for problem in _cache(sections["cache"], raw.get(f"{PROJECT}:name")):
            yield f"{PROJECT}:cache.{problem}"


def _network(section: dict[str, Any], region: Any) -> Iterator[str]:
    cidr, zones, nat = section.get("cidr"), section.get("zones"), section.get("nat")
    if not _texts(zones):
        zones = None
    if isinstance(cidr, str) and isinstance(region, str) and zones is not None:
        yield from problems_of_network(cidr, region, zones)
    addresses = section.get("elastic_ip_allocation_ids", {})
    if (
        zones is not None
        and nat in get_args(Nat)
        and isinstance(addresses, dict)
        and _texts(list(addresses.values()))
    ):
        yield from problems_of_elastic_ips(addresses, zones_with_nat(cast(Nat, nat), zones))
    if _texts(services := section.get("interface_endpoints")):
        yield from problems_of_interface_endpoints("interface_endpoints", services)


def _database(section: dict[str, Any]) -> Iterator[str]:
    version = section.get("engine_version")
    if isinstance(version, str) and version.isdigit():
        yield from _found(database.problem_of_engine_version(version))
    allocated, maximum = section.get("allocated_gib"), section.get("maximum_gib")
    if isinstance(allocated, int) and isinstance(maximum, int):
        yield from _found(database.problem_of_maximum(allocated, maximum))
    if section.get("restore_from_snapshot") and section.get("restore_to"):
        yield "restore_from_snapshot and restore_to are both given; use one"
    yield from _windows(section, "backup_window", database.SHORTEST_WINDOW_MINUTES)


def _cache(section: dict[str, Any], name: Any) -> Iterator[str]:
    engine, version = section.get("engine"), section.get("engine_version")
    if engine in cache.ENGINES and isinstance(version, str):
        yield from _found(cache.problem_of_engine_version(engine, version))
    users = section.get("users")
    if isinstance(users, dict) and _texts(list(users.values())):
        yield from problems_of_users(users)
        if isinstance(name, str):
            yield from problems_of_user_names(f"{name}-cache", users)
    yield from _windows(section, "snapshot_window", cache.SHORTEST_WINDOW_MINUTES)


def _windows(section: dict[str, Any], daily: str, shortest_minutes: int) -> Iterator[str]:
    texts = section.get(daily), section.get("maintenance_window")
    if _texts(list(texts)):
        yield from problems_of_windows(
            daily, str(texts[0]), "maintenance_window", str(texts[1]), shortest_minutes
        )


def _found(problem: str | None) -> Iterator[str]:
    if problem:
        yield problem


def _texts(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
