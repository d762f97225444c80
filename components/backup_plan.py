"""What a backup plan does, and when: rules by name, with AWS's limits on them.

https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

SHORTEST_START_MINUTES = 60
LONGEST_DAYS = 36_500


@dataclass(frozen=True, kw_only=True)
class BackupRule:
    """One schedule. RDS refuses a backup in its own backup and maintenance windows and in the
    hour before them, so the schedule stays clear of both."""

    schedule: str
    """UTC, e.g. "cron(0 6 * * ? *)"."""
    keep_days: int
    copy_keep_days: int | None = None
    """Days a copy is kept in the second region. Absent: the rule copies nothing."""
    start_within_minutes: int = 60
    """A job that has not started by then has expired."""
    complete_within_minutes: int = 480
    """Counted from the start of the start window; at least an hour longer than it."""


@dataclass(frozen=True, kw_only=True)
class VaultLock:
    """Retention that a vault holds every backup to, in governance mode: AWS's compliance mode
    can never be undone, so it is not offered."""

    minimum_days: int
    maximum_days: int


def problems_of_rules(
    rules: Mapping[str, BackupRule], copied: bool, lock: VaultLock | None
) -> Iterator[str]:
    """What is wrong with a plan's rules."""
    if not rules:
        yield "rules is empty; name one, e.g. {'daily': BackupRule(...)}"
    for name, rule in rules.items():
        field = f"rules.{name}"
        if not re.fullmatch(r"[a-z](-?[a-z0-9]){0,49}", name):
            yield f"rules has {name!r}; use lower-case letters, digits and hyphens, up to 50"
        if not _is_cron(rule.schedule):
            yield f"{field}.schedule={rule.schedule!r}; use six fields, e.g. 'cron(0 6 * * ? *)'"
        if rule.start_within_minutes < SHORTEST_START_MINUTES:
            yield f"{field}.start_within_minutes={rule.start_within_minutes}; use 60 or more"
        shortest = rule.start_within_minutes + 60
        if rule.complete_within_minutes < shortest:
            yield (
                f"{field}.complete_within_minutes={rule.complete_within_minutes}; "
                f"use {shortest} or more, an hour beyond the start window"
            )
        yield from _problems_of_keep(f"{field}.keep_days", rule.keep_days, lock)
        if rule.copy_keep_days is not None:
            if not copied:
                yield f"{field}.copy_keep_days={rule.copy_keep_days}; give copy_region too"
            yield from _problems_of_keep(f"{field}.copy_keep_days", rule.copy_keep_days, lock)
    if copied and all(rule.copy_keep_days is None for rule in rules.values()):
        yield "copy_region is given and no rule copies; give one of them copy_keep_days"


def problem_of_lock(lock: VaultLock | None) -> str | None:
    """What is wrong with a vault lock."""
    if lock is None or 1 <= lock.minimum_days <= lock.maximum_days <= LONGEST_DAYS:
        return None
    return (
        f"lock={lock.minimum_days} to {lock.maximum_days} days; "
        f"use 1 to {LONGEST_DAYS}, the minimum first"
    )


def _problems_of_keep(field: str, days: int, lock: VaultLock | None) -> Iterator[str]:
    if not 1 <= days <= LONGEST_DAYS:
        yield f"{field}={days}; use 1 to {LONGEST_DAYS}"
    elif lock and not lock.minimum_days <= days <= lock.maximum_days:
        yield (
            f"{field}={days}; the vault's lock refuses it, "
            f"use {lock.minimum_days} to {lock.maximum_days}"
        )


def _is_cron(expression: str) -> bool:
    found = re.fullmatch(r"cron\(([^()]+)\)", expression)
    return bool(found) and len(found[1].split()) == 6  # type: ignore[index]


def plan_rules(
    rules: Mapping[str, BackupRule],
    vault_name: pulumi.Input[str],
    copy_vault_arn: pulumi.Input[str] | None,
) -> list[aws.backup.PlanRuleArgs]:
    """The rules as AWS Backup takes them."""
    return [
        aws.backup.PlanRuleArgs(
            rule_name=name,
            target_vault_name=vault_name,
            schedule=rule.schedule,
            start_window=rule.start_within_minutes,
            completion_window=rule.complete_within_minutes,
            lifecycle=aws.backup.PlanRuleLifecycleArgs(delete_after=rule.keep_days),
            copy_actions=[
                aws.backup.PlanRuleCopyActionArgs(
                    destination_vault_arn=copy_vault_arn,
                    lifecycle=aws.backup.PlanRuleCopyActionLifecycleArgs(
                        delete_after=rule.copy_keep_days
                    ),
                )
            ]
            if copy_vault_arn is not None and rule.copy_keep_days is not None
            else None,
        )
        for name, rule in rules.items()
    ]
