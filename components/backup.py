"""Backups by AWS Backup: a vault, a plan for what carries its tag, copies, restore tests.

https://docs.aws.amazon.com/aws-backup/latest/devguide/whatisbackup.html
https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.alarms import Topics, make_alarms
from components.backup_plan import (
    BackupRule,
    VaultLock,
    plan_rules,
    problem_of_lock,
    problems_of_rules,
)
from components.backup_vault import Place, make_vault
from components.backup_watch import EVENTS, restore_alarm, vault_alarms
from components.encryption_key import problem_of_account
from components.event_rules import make_event_rules
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 40
TAG = "Backup"
MANAGED = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor"
TESTABLE = (
    *("Aurora", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS"),
    *("FSx", "Neptune", "RDS", "S3"),
)
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
ROLE = re.compile(r"arn:aws:iam::\d{12}:role/[\w+=,.@/-]+")


@dataclass(frozen=True, kw_only=True)
class RestoreTest:
    """A restore of the newest backup, on a schedule, which AWS deletes after the test."""

    schedule: str
    """UTC, e.g. "cron(0 9 1 * ? *)"."""
    resources: Mapping[str, Mapping[str, pulumi.Input[str]]]
    """What the restored one gets that the backup does not say, by AWS's resource type, e.g.
    {"RDS": {"dbSubnetGroupName": ...}}."""
    selection_window_days: int = 7
    """How old the newest backup may be, 1 to 365."""
    validation_window_hours: int = 4
    """Time to look at what was restored before it is deleted, 1 to 168."""


@dataclass(frozen=True, kw_only=True)
class BackupArgs:
    """How often backups are made, how long and where they are kept.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    account_id: str
    region: str
    topics: Topics
    rules: Mapping[str, BackupRule]
    """By name, e.g. "daily". A continuous backup is none of them: RDS keeps its own, and two
    owners of its backup window undo each other."""
    copy_region: str | None = None
    """Where the rules with `copy_keep_days` copy to. Absent: the loss of the region loses all."""
    lock: VaultLock | None = None
    """Absent: whoever may delete backups may do so at once."""
    break_glass_role_arns: Sequence[str] = ()
    """Roles that may delete backups, and change the lock of a protected vault. Absent: nobody,
    until the vault's policy is changed first."""
    restore_test: RestoreTest | None = None
    protect: bool = True
    """Refuse to delete the vaults, and keep what is in them when they leave the stack."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse(
            "BackupArgs",
            problem_of_account(self.account_id),
            problem_of_copy_region(self.region, self.copy_region),
            problem_of_lock(self.lock),
            *problems_of_rules(self.rules, self.copy_region is not None, self.lock),
            *(problem_of_role("break_glass_role_arns", arn) for arn in self.break_glass_role_arns),
            *problems_of_restore_test(self.restore_test),
        )


def resource_tags(name: str) -> dict[str, str]:
    """What a resource is tagged with to be backed up by the plan of this name."""
    return {TAG: name}


def problem_of_copy_region(region: str, copy_region: str | None) -> str | None:
    """What is wrong with the region that copies go to."""
    if copy_region is None:
        return None
    if copy_region == region:
        return f"copy_region={copy_region!r} is where the backups are; use another region"
    if not REGION.fullmatch(copy_region):
        return f"copy_region={copy_region!r}; use a region's code, e.g. 'eu-central-1'"
    return None


def problem_of_role(name: str, arn: str) -> str | None:
    """What is wrong with a role's ARN."""
    if ROLE.fullmatch(arn):
        return None
    return f"{name} has {arn!r}; use a role's ARN, e.g. 'arn:aws:iam::111122223333:role/recovery'"


def problems_of_restore_test(test: RestoreTest | None) -> list[str]:
    """What is wrong with a restore test."""
    if test is None:
        return []
    days, hours = test.selection_window_days, test.validation_window_hours
    unknown = [kind for kind in test.resources if kind not in TESTABLE]
    refusals = (
        (
            not re.fullmatch(r"cron\((\S+ ){5}\S+\)", test.schedule),
            f"restore_test.schedule={test.schedule!r}; use six fields, e.g. 'cron(0 9 1 * ? *)'",
        ),
        (not test.resources, "restore_test.resources is empty; name a type, e.g. {'RDS': {}}"),
        (
            bool(unknown),
            f"restore_test.resources has {', '.join(unknown)}; use {', '.join(TESTABLE)}",
        ),
        (not 1 <= days <= 365, f"restore_test.selection_window_days={days}; use 1 to 365"),
        (not 1 <= hours <= 168, f"restore_test.validation_window_hours={hours}; use 1 to 168"),
    )
    return [message for refused, message in refusals if refused]


class Backup(pulumi.ComponentResource):
    """A locked, encrypted vault and a plan for every resource that carries `resource_tags`."""

    resource_tags: dict[str, str]
    """What a resource is tagged with to be backed up by this plan."""
    plan_arn: pulumi.Output[str]
    vault_arn: pulumi.Output[str]
    copy_vault_arn: pulumi.Output[str] | None

    def __init__(
        self, name: str, args: BackupArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("Backup", name, MAX_NAME_LENGTH, "app-backup")
        super().__init__("platform:backup:Backup", name, None, opts)
        self.name, self.args = name, args
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = {**args.tags, "Name": name}
        self.resource_tags = resource_tags(name)

        vault, _ = make_vault(name, name, self._place(), self)
        self.copy_vault_arn = None
        if args.copy_region:
            copy, _ = make_vault(f"{name}-copy", name, self._place(args.copy_region), self)
            self.copy_vault_arn = copy.arn
        plan = aws.backup.Plan(
            name,
            name=name,
            rules=plan_rules(args.rules, vault.name, self.copy_vault_arn),
            tags=self.tags,
            opts=self.child,
        )
        aws.backup.Selection(
            name,
            name=name,
            plan_id=plan.id,
            iam_role_arn=self._role("jobs", "Backup"),
            selection_tags=[
                aws.backup.SelectionSelectionTagArgs(type="STRINGEQUALS", key=key, value=value)
                for key, value in self.resource_tags.items()
            ],
            opts=self.child,
        )
        if args.restore_test:
            self._restore_tests(args.restore_test, vault.arn)
        self._watch(vault.name)

        self.plan_arn = plan.arn
        self.vault_arn = vault.arn
        self.register_outputs(
            {
                "resource_tags": self.resource_tags,
                "plan_arn": self.plan_arn,
                "vault_arn": self.vault_arn,
                "copy_vault_arn": self.copy_vault_arn,
            }
        )

    def _place(self, copy_region: str | None = None) -> Place:
        args = self.args
        return Place(
            account_id=args.account_id,
            region=copy_region or args.region,
            other_region=copy_region is not None,
            lock=args.lock,
            break_glass_role_arns=args.break_glass_role_arns,
            protect=args.protect,
            tags=args.tags,
        )

    def _role(self, role: str, policy: str) -> pulumi.Output[str]:
        label = f"{self.name}-{role}"
        made = aws.iam.Role(
            label,
            description=f"AWS Backup, for the {role} of {self.name}",
            assume_role_policy=json.dumps(trust_policy(self.args.account_id)),
            tags={**self.args.tags, "Name": label},
            opts=self.child,
        )
        attached = aws.iam.RolePolicyAttachment(
            label, role=made.name, policy_arn=f"{MANAGED}{policy}", opts=self.child
        )
        arn: pulumi.Output[str] = pulumi.Output.all(made.arn, attached.id).apply(lambda of: of[0])
        return arn

    def _restore_tests(self, test: RestoreTest, vault_arn: pulumi.Output[str]) -> None:
        plan = aws.backup.RestoreTestingPlan(
            self.name,
            name=self.name.replace("-", "_"),
            schedule_expression=test.schedule,
            start_window_hours=8,
            recovery_point_selection=aws.backup.RestoreTestingPlanRecoveryPointSelectionArgs(
                algorithm="LATEST_WITHIN_WINDOW",
                include_vaults=[vault_arn],
                recovery_point_types=["SNAPSHOT"],
                selection_window_days=test.selection_window_days,
            ),
            tags=self.tags,
            opts=self.child,
        )
        role = self._role("restores", "Restores")
        for kind, overrides in test.resources.items():
            aws.backup.RestoreTestingSelection(
                f"{self.name}-{kind.lower()}",
                name=kind.lower(),
                restore_testing_plan_name=plan.name,
                iam_role_arn=role,
                protected_resource_type=kind,
                protected_resource_arns=["*"],
                protected_resource_conditions=(
                    aws.backup.RestoreTestingSelectionProtectedResourceConditionsArgs(
                        string_equals=[
                            aws.backup.RestoreTestingSelectionProtectedResourceConditionsStringEqualArgs(
                                key=f"aws:ResourceTag/{key}", value=value
                            )
                            for key, value in self.resource_tags.items()
                        ]
                    )
                ),
                restore_metadata_overrides=dict(overrides) or None,
                validation_window_hours=test.validation_window_hours,
                opts=self.child,
            )

    def _watch(self, vault_name: pulumi.Output[str]) -> None:
        args = self.args
        common: dict[str, Any] = {"topics": args.topics, "tags": args.tags, "child": self.child}
        make_alarms(
            self.name,
            namespace="AWS/Backup",
            dimensions={"BackupVaultName": vault_name},
            alarms=vault_alarms(args.rules.values(), args.copy_region is not None),
            **common,
        )
        for kind in args.restore_test.resources if args.restore_test else ():
            make_alarms(
                self.name,
                namespace="AWS/Backup",
                dimensions={"ResourceType": kind},
                alarms=[restore_alarm(kind)],
                **common,
            )
        make_event_rules(self.name, events=EVENTS, **common)


def trust_policy(account_id: str) -> dict[str, Any]:
    """AWS Backup, working for this account."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Backup",
                "Effect": "Allow",
                "Principal": {"Service": "backup.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
            }
        ],
    }
