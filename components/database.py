"""A PostgreSQL database on RDS that only named clients reach.

Its master password is made, kept and rotated by AWS; neither the program nor its state sees it.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.alarms import Topics, make_alarms
from components.client_access import allow_clients, problems_of_clients
from components.database_limits import REPLICA_LAG, alarms
from components.database_monitoring import LOGS, events, log_groups, monitoring_role
from components.database_parameters import PARAMETERS, family
from components.encryption_key import EncryptionKey, EncryptionKeyArgs, problem_of_account
from components.instance_classes import DATABASE_CLASSES
from components.log_retention import problem_of_log_retention
from components.refusal import check_name, refuse
from components.windows import problems_of_windows

OLDEST_MAJOR = 15
ALLOCATED_GIB = range(20, 65_537)
BACKUP_DAYS = range(1, 36)
REPLICAS = range(16)
PORTS = range(1150, 65_536)
PORT = 6432
WELL_KNOWN_PORT = 5432
GUESSED_USERNAMES = frozenset({"admin", "postgres", "root", "master", "rdsadmin"})
# Three months, or months counted as 31 days, as RDS does.
INSIGHTS_DAYS = frozenset({7, *(31 * months for months in range(1, 24)), 731})
MONITORING_INTERVAL_SECONDS = 60
PASSWORD_ROTATION_DAYS = 30
SHORTEST_WINDOW_MINUTES = 30
MAX_NAME_LENGTH = 40


@dataclass(frozen=True, kw_only=True)
class PointInTime:
    """A moment of another instance to start from."""

    source_identifier: str
    time: str | None = None
    """UTC, e.g. "2026-11-23T04:00:00Z". Absent: the latest moment that can be restored."""

    def __post_init__(self) -> None:
        refuse("PointInTime", problem_of_time(self.time))


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """What a caller decides; what is missing here Database fixes on purpose.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    account_id: str
    region: str
    identifier: str
    """The instance's name in AWS. It names log groups, so it never changes."""
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the data tier, in two Availability Zones or more."""
    clients: Mapping[str, pulumi.Input[str]]
    """Security group ids allowed to connect, by label ("nodes"). The label names the rules."""
    topics: Topics
    instance_class: str
    """An RDS instance class, e.g. "db.m7g.large". A change restarts the instance."""
    engine_version: str
    """PostgreSQL's major version, 15 or newer; AWS applies minor versions in the window."""
    allocated_gib: int
    """gp3 storage to begin with, 20 or more. It can only grow."""
    maximum_gib: int
    """Where autoscaling stops, at least a tenth above `allocated_gib`."""
    multi_az: bool
    """A standby in another zone. Without it the loss of a zone is an outage."""
    backup_retention_days: int
    """Days back to which any moment can be restored, 1 to 35."""
    backup_window: str
    """UTC, e.g. "02:00-03:00"."""
    maintenance_window: str
    """UTC, e.g. "sun:04:00-sun:05:00", apart from the backup window."""
    log_retention_days: int
    performance_insights_retention_days: int = 7
    """Days of query statistics: 7 costs nothing, then whole months of 31 days, at most 731."""
    replicas: int = 0
    """Readable copies in the same region, 0 to 15."""
    port: int = PORT
    admin_username: str = "platform"
    restore_from_snapshot: str | None = None
    """A snapshot to start from. Read at creation only; it may be taken out later."""
    restore_to: PointInTime | None = None
    """A moment to start from. Read at creation only; it may be taken out later."""
    backup_tags: Mapping[str, str] = field(default_factory=dict)
    """Tags by which AWS Backup finds the primary. Absent: RDS's own backups alone."""
    protect: bool = True
    """Refuse to delete or replace the instance, and take a last snapshot when it does go."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        days = self.performance_insights_retention_days
        refusals = (
            (
                self.allocated_gib not in ALLOCATED_GIB,
                f"allocated_gib={self.allocated_gib}; gp3 takes 20 to 65536",
            ),
            (
                self.backup_retention_days not in BACKUP_DAYS,
                f"backup_retention_days={self.backup_retention_days}; use 1 to 35",
            ),
            (
                days not in INSIGHTS_DAYS,
                f"performance_insights_retention_days={days}; use 7, 31, 62 … 713, or 731",
            ),
            (self.replicas not in REPLICAS, f"replicas={self.replicas}; use 0 to 15"),
            (
                self.port not in PORTS or self.port == WELL_KNOWN_PORT,
                f"port={self.port}; use 1150 to 65535, and not the well-known 5432",
            ),
            (
                len(self.subnet_ids) < 2,
                f"subnet_ids has {len(self.subnet_ids)}; RDS takes subnets of 2 zones or more",
            ),
            (
                self.restore_from_snapshot is not None and self.restore_to is not None,
                "restore_from_snapshot and restore_to are both given; use one",
            ),
        )
        refuse(
            "DatabaseArgs",
            problem_of_account(self.account_id),
            problem_of_identifier(self.identifier),
            *problems_of_clients(self.clients),
            problem_of_instance_class(self.instance_class),
            problem_of_engine_version(self.engine_version),
            problem_of_admin_username(self.admin_username),
            problem_of_maximum(self.allocated_gib, self.maximum_gib),
            *(message for refused, message in refusals if refused),
            *problems_of_windows(
                "backup_window",
                self.backup_window,
                "maintenance_window",
                self.maintenance_window,
                SHORTEST_WINDOW_MINUTES,
            ),
            problem_of_log_retention("log_retention_days", self.log_retention_days),
        )


def problem_of_identifier(identifier: str) -> str | None:
    """RDS takes 63 characters; a replica's ending and the last snapshot's need some of them."""
    if len(identifier) <= MAX_NAME_LENGTH and re.fullmatch(r"[a-z](-?[a-z0-9])*", identifier):
        return None
    return (
        f"identifier={identifier!r}; use up to {MAX_NAME_LENGTH} lower-case letters, digits and "
        "single hyphens, starting with a letter"
    )


def problem_of_instance_class(instance_class: str) -> str | None:
    """What is wrong with an instance class, with the nearest that RDS has."""
    if instance_class in DATABASE_CLASSES:
        return None
    near = get_close_matches(instance_class, DATABASE_CLASSES, n=1, cutoff=0.3)
    hint = f"did you mean {near[0]!r}?" if near else "e.g. 'db.m7g.large'"
    return f"instance_class={instance_class!r} is not a class RDS for PostgreSQL has; {hint}"


def problem_of_engine_version(engine_version: str) -> str | None:
    """Only a major version, and none that AWS is about to retire."""
    if engine_version.isdigit() and int(engine_version) >= OLDEST_MAJOR:
        return None
    return f"engine_version={engine_version!r}; name a major version, {OLDEST_MAJOR} or newer"


def problem_of_maximum(allocated_gib: int, maximum_gib: int) -> str | None:
    """RDS wants a tenth of room to grow."""
    least, most = -(-allocated_gib * 11 // 10), ALLOCATED_GIB[-1]
    if maximum_gib > most:
        return f"maximum_gib={maximum_gib}; gp3 ends at {most}"
    if maximum_gib >= least:
        return None
    return f"maximum_gib={maximum_gib}; use {least} or more, a tenth above allocated_gib"


def problem_of_time(time: str | None) -> str | None:
    """What is wrong with a moment to restore to."""
    try:
        datetime.strptime(time or "2026-11-23T04:00:00Z", "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return f"time={time!r}; use UTC as in '2026-11-23T04:00:00Z'"
    return None


def problem_of_admin_username(username: str) -> str | None:
    """Not one that is tried first."""
    if username in GUESSED_USERNAMES or not re.fullmatch(r"(?!pg_)[a-z][a-z0-9_]{0,62}", username):
        return (
            f"admin_username={username!r}; use letters, digits and _, not pg_ first, and no name "
            "that is guessed"
        )
    return None


class Database(pulumi.ComponentResource):
    """Encrypted, backed-up PostgreSQL with TLS forced, whose password nobody ever types."""

    endpoint: pulumi.Output[str]
    subnet_group_name: pulumi.Output[str]
    """Host name of the primary, the same before and after a failover."""
    replica_endpoints: dict[str, pulumi.Output[str]]
    """Host names of the replicas, by their number."""
    port: int
    master_secret_arn: pulumi.Output[str]
    """The secret in which RDS keeps and rotates the master user's password."""
    resource_id: pulumi.Output[str]
    """What an IAM policy for `rds-db:connect` names."""
    security_group_id: pulumi.Output[str]
    key_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("Database", name, MAX_NAME_LENGTH, "app-database")
        super().__init__("platform:database:Database", name, None, opts)
        self.name, self.args = name, args
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = {**args.tags, "Name": name}

        self.key = EncryptionKey(
            name,
            EncryptionKeyArgs(
                account_id=args.account_id,
                region=args.region,
                description=f"Storage, backups, logs and password of {args.identifier}",
                services=("logs",),
                protect=args.protect,
                tags=args.tags,
            ),
            self.child,
        )
        # No egress rule: PostgreSQL answers connections and opens none.
        self.firewall = aws.ec2.SecurityGroup(
            name,
            vpc_id=args.vpc_id,
            description=f"PostgreSQL {args.identifier}",
            tags=self.tags,
            opts=self.child,
        )
        allow_clients(
            name,
            what="PostgreSQL",
            security_group_id=self.firewall.id,
            port=args.port,
            clients=args.clients,
            child=self.child,
        )
        self.role, self.role_policy = monitoring_role(name, args.account_id, args.tags, self.child)
        parameters = self._parameter_group()
        primary = self._primary(parameters)
        replicas = {
            str(number): self._replica(number, primary, parameters)
            for number in range(1, args.replicas + 1)
        }
        secret_arn = primary.master_user_secrets[0].secret_arn
        aws.secretsmanager.SecretRotation(
            name,
            secret_id=secret_arn,
            rotate_immediately=False,
            rotation_rules=aws.secretsmanager.SecretRotationRotationRulesArgs(
                automatically_after_days=PASSWORD_ROTATION_DAYS
            ),
            opts=self.child,
        )
        events(
            name,
            instance_identifiers=[each.identifier for each in (primary, *replicas.values())],
            parameter_group=parameters.name,
            topics=args.topics,
            tags=args.tags,
            child=self.child,
        )
        self._alarms(primary, replicas)

        self.endpoint = primary.address
        self.replica_endpoints = {number: each.address for number, each in replicas.items()}
        self.port = args.port
        self.master_secret_arn = secret_arn
        self.resource_id = primary.resource_id
        self.security_group_id = self.firewall.id
        self.key_arn = self.key.arn
        self.register_outputs(
            {
                "endpoint": self.endpoint,
                "replica_endpoints": self.replica_endpoints,
                "port": self.port,
                "master_secret_arn": self.master_secret_arn,
                "resource_id": self.resource_id,
                "security_group_id": self.security_group_id,
                "key_arn": self.key_arn,
            }
        )

    def _parameter_group(self) -> aws.rds.ParameterGroup:
        # Named by its family: a new major version brings its own beside the old one.
        wanted = family(self.args.engine_version)
        return aws.rds.ParameterGroup(
            f"{self.name}-{wanted}",
            family=wanted,
            description=f"TLS forced, slow queries logged, for {self.args.identifier}",
            parameters=[
                aws.rds.ParameterGroupParameterArgs(name=name, value=value)
                for name, value in PARAMETERS.items()
            ],
            tags=self.tags,
            opts=self.child,
        )

    def _primary(self, parameters: aws.rds.ParameterGroup) -> aws.rds.Instance:
        args = self.args
        subnets = aws.rds.SubnetGroup(
            self.name,
            subnet_ids=args.subnet_ids,
            description=f"Data tier, for {args.identifier}",
            tags=self.tags,
            opts=self.child,
        )
        # A fixed name would collide with the snapshot that an earlier instance left.
        last_snapshot = random.RandomId(
            f"{self.name}-last-snapshot", byte_length=4, opts=self.child
        )
        point = args.restore_to
        self.subnet_group_name = subnets.name
        return aws.rds.Instance(
            self.name,
            **self._common(self.name, args.identifier, parameters, args.backup_tags),
            engine="postgres",
            # The major alone: pulumi-aws takes every minor of it for the same version.
            engine_version=args.engine_version,
            # A new major in the stack file is asked for by name, and waits for the window.
            allow_major_version_upgrade=True,
            allocated_storage=args.allocated_gib,
            db_subnet_group_name=subnets.name,
            multi_az=args.multi_az,
            username=args.admin_username,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=self.key.arn,
            storage_encrypted=True,
            kms_key_id=self.key.arn,
            backup_retention_period=args.backup_retention_days,
            backup_window=args.backup_window,
            # Its key goes with an unprotected instance; backups without their key are of no use.
            delete_automated_backups=not args.protect,
            skip_final_snapshot=not args.protect,
            final_snapshot_identifier=pulumi.Output.concat(
                f"{args.identifier}-last-", last_snapshot.hex
            ),
            snapshot_identifier=args.restore_from_snapshot,
            restore_to_point_in_time=aws.rds.InstanceRestoreToPointInTimeArgs(
                source_db_instance_identifier=point.source_identifier,
                restore_time=point.time,
                # The provider refuses both, even where this one is False.
                use_latest_restorable_time=None if point.time else True,
            )
            if point
            else None,
            opts=self._options(
                self.name,
                args.identifier,
                # What it was restored from is history; taking it out must replace nothing.
                "snapshotIdentifier",
                "restoreToPointInTime",
                # A restored instance keeps its source's key, and no instance can change it.
                "kmsKeyId",
            ),
        )

    def _replica(
        self, number: int, primary: aws.rds.Instance, parameters: aws.rds.ParameterGroup
    ) -> aws.rds.Instance:
        name, identifier = (
            f"{each}-replica-{number}" for each in (self.name, self.args.identifier)
        )
        return aws.rds.Instance(
            name,
            **self._common(name, identifier, parameters),
            replicate_source_db=primary.identifier,
            storage_encrypted=True,
            skip_final_snapshot=True,
            opts=self._options(name, identifier),
        )

    def _common(
        self,
        name: str,
        identifier: str,
        parameters: aws.rds.ParameterGroup,
        more_tags: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """What the primary and its replicas share."""
        args = self.args
        return {
            "identifier": identifier,
            "instance_class": args.instance_class,
            "storage_type": "gp3",
            "max_allocated_storage": args.maximum_gib,
            "parameter_group_name": parameters.name,
            "vpc_security_group_ids": [self.firewall.id],
            "port": args.port,
            "publicly_accessible": False,
            "iam_database_authentication_enabled": True,
            "ca_cert_identifier": "rds-ca-rsa2048-g1",
            "auto_minor_version_upgrade": True,
            "maintenance_window": args.maintenance_window,
            "apply_immediately": False,
            "copy_tags_to_snapshot": True,
            "deletion_protection": args.protect,
            "enabled_cloudwatch_logs_exports": list(LOGS),
            "performance_insights_enabled": True,
            "performance_insights_kms_key_id": self.key.arn,
            "performance_insights_retention_period": args.performance_insights_retention_days,
            "monitoring_interval": MONITORING_INTERVAL_SECONDS,
            "monitoring_role_arn": self.role.arn,
            "tags": {**args.tags, **(more_tags or {}), "Name": name},
        }

    def _options(self, name: str, identifier: str, *ignored: str) -> pulumi.ResourceOptions:
        groups = log_groups(
            name,
            identifier,
            retention_days=self.args.log_retention_days,
            key_arn=self.key.arn,
            tags=self.args.tags,
            child=self.child,
        )
        return pulumi.ResourceOptions(
            parent=self,
            protect=self.args.protect,
            retain_on_delete=self.args.protect,
            ignore_changes=list(ignored),
            depends_on=[*groups, self.role_policy],
        )

    def _alarms(self, primary: aws.rds.Instance, replicas: dict[str, aws.rds.Instance]) -> None:
        args, size = self.args, DATABASE_CLASSES[self.args.instance_class]
        derived = alarms(size, args.allocated_gib, args.maximum_gib)
        watched = {self.name: (primary, derived)} | {
            f"{self.name}-replica-{number}": (replica, (*derived, REPLICA_LAG))
            for number, replica in replicas.items()
        }
        for name, (instance, wanted) in watched.items():
            make_alarms(
                name,
                namespace="AWS/RDS",
                dimensions={"DBInstanceIdentifier": instance.identifier},
                alarms=wanted,
                topics=args.topics,
                tags=args.tags,
                child=self.child,
            )
