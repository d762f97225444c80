"""The `backup` section."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from components.backup import problem_of_copy_region, problem_of_role
from components.backup_plan import BackupRule, VaultLock, problem_of_lock, problems_of_rules
from settings.section import Section, found, texts


class BackupRuleSettings(Section):
    """One schedule, clear of the database's own windows and of the hour before them."""

    schedule: str
    """UTC, e.g. "cron(0 6 * * ? *)"."""
    keep_days: int
    """Days a backup is kept."""
    copy_keep_days: int | None = None
    """Days its copy is kept in the second region. Absent: no copy."""


class VaultLockSettings(Section):
    """What every backup's retention is held to."""

    minimum_days: int
    maximum_days: int


class BackupSettings(Section):
    """AWS Backup of what holds data."""

    rules: dict[str, BackupRuleSettings]
    """By name, e.g. "daily"."""
    copy_region: str | None = None
    """Where copies go. Absent: the loss of the region loses all."""
    lock: VaultLockSettings | None = None
    """Nobody deletes a backup earlier, in governance mode. Absent: whoever may, does at once."""
    break_glass_role_arns: list[str] = Field(default=[])
    """Roles that may delete backups all the same."""
    restore_test_schedule: Annotated[str | None, Field(pattern=r"^cron\((\S+ ){5}\S+\)$")] = None
    """UTC: when the newest backup of the database is restored for a test. Absent: never."""


def problems(section: Mapping[str, Any], stack: Mapping[str, Any]) -> Iterator[str]:
    """What no single key tells."""
    region, copy_region = stack.get("aws:region"), section.get("copy_region")
    if isinstance(region, str) and isinstance(copy_region, str | None):
        yield from found(problem_of_copy_region(region, copy_region))
    lock = _lock(section.get("lock"))
    yield from found(problem_of_lock(lock))
    rules = _rules(section.get("rules"))
    if rules is not None:
        yield from problems_of_rules(rules, copy_region is not None, lock)
    if texts(roles := section.get("break_glass_role_arns", [])):
        for role in roles:
            yield from found(problem_of_role("break_glass_role_arns", role))


def _lock(given: Any) -> VaultLock | None:
    if not isinstance(given, dict):
        return None
    minimum, maximum = given.get("minimum_days"), given.get("maximum_days")
    if not isinstance(minimum, int) or not isinstance(maximum, int):
        return None
    return VaultLock(minimum_days=minimum, maximum_days=maximum)


def _rules(given: Any) -> dict[str, BackupRule] | None:
    """The rules, where each is of its type."""
    if not isinstance(given, dict):
        return None
    rules = {}
    for name, rule in given.items():
        if not isinstance(rule, dict) or not isinstance(rule.get("schedule"), str):
            return None
        days, copy_days = rule.get("keep_days"), rule.get("copy_keep_days")
        if not isinstance(days, int) or not isinstance(copy_days, int | None):
            return None
        rules[name] = BackupRule(
            schedule=rule["schedule"], keep_days=days, copy_keep_days=copy_days
        )
    return rules
