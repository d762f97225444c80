"""A cache on ElastiCache, Valkey or Redis, that only named clients and users reach.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.alarms import Topics, make_alarms
from components.cache_limits import alarms
from components.cache_users import make_users, problems_of_user_names, problems_of_users
from components.client_access import allow_clients, problems_of_clients
from components.encryption_key import EncryptionKey, EncryptionKeyArgs, problem_of_account
from components.instance_classes import CACHE_NODE_TYPES
from components.log_retention import problem_of_log_retention
from components.refusal import check_name, refuse
from components.windows import problems_of_windows

PORT = 6379
REPLICAS = range(6)  # a group holds six nodes: the primary and five replicas
SNAPSHOT_DAYS = range(36)
SHORTEST_WINDOW_MINUTES = 60
MAX_NAME_LENGTH = 36
ENGINES: dict[str, dict[str, str]] = {
    "valkey": {"7.2": "valkey7", "8.0": "valkey8", "8.1": "valkey8"},
    "redis": {"7.0": "redis7", "7.1": "redis7"},
}
LOGS = ("slow-log", "engine-log")
# A full cache drops what was used least, whether or not it has an expiry.
PARAMETERS = {"maxmemory-policy": "allkeys-lru"}


@dataclass(frozen=True, kw_only=True)
class CacheArgs:
    """What a caller decides; what is missing here Cache fixes on purpose.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    account_id: str
    region: str
    identifier: str
    """The replication group's name in AWS; it is in the host name, so it never changes."""
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the data tier; in two Availability Zones or more where there are replicas."""
    clients: Mapping[str, pulumi.Input[str]]
    """Security group ids allowed to connect, by label ("nodes"). The label names the rules."""
    topics: Topics
    users: Mapping[str, str]
    """Access strings by user, e.g. {"app": "on ~app:* +@all -@dangerous"}. A user's name in AWS
    is `<identifier>-<user>`; it authenticates by IAM."""
    node_type: str
    """An ElastiCache node type, e.g. "cache.t4g.small"."""
    engine: Literal["valkey", "redis"] = "valkey"
    engine_version: str
    """Valkey 7.2 or newer, Redis 7. Only ever raise it: AWS cannot downgrade a group."""
    replicas: int
    """Copies beside the primary, 0 to 5. Zero means no failover, so staging only."""
    snapshot_retention_days: int
    """Days each daily snapshot is kept, 0 to 35. Zero means none, so staging only."""
    snapshot_window: str
    """UTC, e.g. "02:00-03:00"."""
    maintenance_window: str
    """UTC, e.g. "sun:04:00-sun:05:00", apart from the snapshot window."""
    log_retention_days: int
    protect: bool = True
    """Refuse to delete or replace the group, and take a last snapshot when it does go."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        zones = len(self.subnet_ids)
        refusals = (
            (self.replicas not in REPLICAS, f"replicas={self.replicas}; use 0 to 5"),
            (self.replicas > 0 and zones < 2, f"subnet_ids has {zones}; use 2, or replicas=0"),
            (
                self.snapshot_retention_days not in SNAPSHOT_DAYS,
                f"snapshot_retention_days={self.snapshot_retention_days}; use 0 to 35",
            ),
        )
        refuse(
            "CacheArgs",
            problem_of_account(self.account_id),
            problem_of_identifier(self.identifier),
            *problems_of_clients(self.clients),
            *problems_of_users(self.users),
            *problems_of_user_names(self.identifier, self.users),
            problem_of_node_type(self.node_type),
            problem_of_engine_version(self.engine, self.engine_version),
            *(message for refused, message in refusals if refused),
            *problems_of_windows(
                "snapshot_window",
                self.snapshot_window,
                "maintenance_window",
                self.maintenance_window,
                SHORTEST_WINDOW_MINUTES,
            ),
            problem_of_log_retention("log_retention_days", self.log_retention_days),
        )


def members(replicas: int) -> list[str]:
    """What ElastiCache puts behind the group's name for each node: 001 and on."""
    return [f"{number:03}" for number in range(1, 2 + replicas)]


def problem_of_identifier(identifier: str) -> str | None:
    """ElastiCache takes 40 characters, and each member's name is four longer."""
    if len(identifier) <= MAX_NAME_LENGTH and re.fullmatch(r"[a-z](-?[a-z0-9])*", identifier):
        return None
    return (
        f"identifier={identifier!r}; use up to {MAX_NAME_LENGTH} lower-case letters, digits and "
        "single hyphens, starting with a letter"
    )


def problem_of_node_type(node_type: str) -> str | None:
    """What is wrong with a node type, with the nearest that ElastiCache has."""
    if node_type in CACHE_NODE_TYPES:
        return None
    near = get_close_matches(node_type, CACHE_NODE_TYPES, n=1, cutoff=0.3)
    hint = f"did you mean {near[0]!r}?" if near else "e.g. 'cache.m7g.large'"
    return f"node_type={node_type!r} is not a node type ElastiCache has; {hint}"


def problem_of_engine_version(engine: str, version: str) -> str | None:
    """What is wrong with an engine and its version."""
    if engine not in ENGINES:
        return f"engine={engine!r}; use {' or '.join(map(repr, ENGINES))}"
    if version not in ENGINES[engine]:
        return f"engine_version={version!r}; {engine} has {', '.join(ENGINES[engine])}"
    return None


class Cache(pulumi.ComponentResource):
    """An encrypted cache without a password: its users prove themselves by IAM, over TLS."""

    endpoint: pulumi.Output[str]
    """Host name of the current primary, the same before and after a failover. TLS only."""
    reader_endpoint: pulumi.Output[str]
    """Host name that spreads reads over the replicas."""
    port: int
    member_names: list[str]
    """The nodes, as CloudWatch names them."""
    user_arns: dict[str, pulumi.Output[str]]
    """What an IAM policy for `elasticache:Connect` names, beside the group."""
    arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    events_topic_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("Cache", name, MAX_NAME_LENGTH, "app-cache")
        super().__init__("platform:cache:Cache", name, None, opts)
        self.name, self.args = name, args
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = {**args.tags, "Name": name}

        self.key = EncryptionKey(
            name,
            EncryptionKeyArgs(
                account_id=args.account_id,
                region=args.region,
                description=f"Memory, snapshots and logs of {args.identifier}",
                services=("logs",),
                protect=args.protect,
                tags=args.tags,
            ),
            self.child,
        )
        # No egress rule: a cache answers connections and opens none.
        self.firewall = aws.ec2.SecurityGroup(
            name,
            vpc_id=args.vpc_id,
            description=f"Cache {args.identifier}",
            tags=self.tags,
            opts=self.child,
        )
        allow_clients(
            name,
            what="Cache",
            security_group_id=self.firewall.id,
            port=PORT,
            clients=args.clients,
            child=self.child,
        )
        self.member_names = [f"{args.identifier}-{member}" for member in members(args.replicas)]
        users, self.user_arns = make_users(
            name,
            args.identifier,
            engine=args.engine,
            users=args.users,
            tags=args.tags,
            child=self.child,
        )
        events, events_permission = self._events_topic()
        group = self._replication_group(users, events, events_permission)
        self._alarms(group)

        self.endpoint = group.primary_endpoint_address
        self.reader_endpoint = group.reader_endpoint_address
        self.port = PORT
        self.arn = group.arn
        self.security_group_id = self.firewall.id
        self.events_topic_arn = events.arn
        self.key_arn = self.key.arn
        self.register_outputs(
            {
                "endpoint": self.endpoint,
                "reader_endpoint": self.reader_endpoint,
                "port": self.port,
                "user_arns": self.user_arns,
                "arn": self.arn,
                "security_group_id": self.security_group_id,
                "events_topic_arn": self.events_topic_arn,
                "key_arn": self.key_arn,
            }
        )

    def _events_topic(self) -> tuple[aws.sns.Topic, aws.sns.TopicPolicy]:
        # Not encrypted, because ElastiCache cannot publish to a topic that is:
        # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ElastiCacheSNS.html
        topic = aws.sns.Topic(f"{self.name}-events", tags=self.tags, opts=self.child)
        policy = aws.sns.TopicPolicy(
            f"{self.name}-events",
            arn=topic.arn,
            policy=topic.arn.apply(lambda arn: events_policy(arn, self.args.account_id)),
            opts=self.child,
        )
        return topic, policy

    def _replication_group(
        self,
        users: aws.elasticache.UserGroup,
        events: aws.sns.Topic,
        events_permission: aws.sns.TopicPolicy,
    ) -> aws.elasticache.ReplicationGroup:
        args = self.args
        family = ENGINES[args.engine][args.engine_version]
        subnets = aws.elasticache.SubnetGroup(
            self.name,
            subnet_ids=args.subnet_ids,
            description=f"Data tier, for {args.identifier}",
            tags=self.tags,
            opts=self.child,
        )
        # Named by its family: a new major version brings its own beside the old one.
        parameters = aws.elasticache.ParameterGroup(
            f"{self.name}-{family}",
            family=family,
            description=f"Eviction policy of {args.identifier}",
            parameters=[
                aws.elasticache.ParameterGroupParameterArgs(name=name, value=value)
                for name, value in PARAMETERS.items()
            ],
            tags=self.tags,
            opts=self.child,
        )
        logs = {
            log: aws.cloudwatch.LogGroup(
                f"{self.name}-{log}",
                name=f"/aws/elasticache/{args.identifier}/{log}",
                retention_in_days=args.log_retention_days,
                kms_key_id=self.key.arn,
                tags={**args.tags, "Name": f"{self.name}-{log}"},
                opts=self.child,
            )
            for log in LOGS
        }
        # A fixed name would collide with the snapshot that an earlier group left.
        last_snapshot = random.RandomId(
            f"{self.name}-last-snapshot", byte_length=4, opts=self.child
        )
        last = pulumi.Output.concat(f"{args.identifier}-last-", last_snapshot.hex)
        return aws.elasticache.ReplicationGroup(
            self.name,
            replication_group_id=args.identifier,
            description=f"{args.engine} {args.identifier}",
            engine=args.engine,
            engine_version=args.engine_version,
            node_type=args.node_type,
            num_cache_clusters=1 + args.replicas,
            automatic_failover_enabled=args.replicas > 0,
            multi_az_enabled=args.replicas > 0,
            port=PORT,
            parameter_group_name=parameters.name,
            subnet_group_name=subnets.name,
            security_group_ids=[self.firewall.id],
            user_group_ids=[users.user_group_id],
            at_rest_encryption_enabled=True,
            kms_key_id=self.key.arn,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auto_minor_version_upgrade=True,
            maintenance_window=args.maintenance_window,
            notification_topic_arn=events.arn,
            snapshot_retention_limit=args.snapshot_retention_days,
            snapshot_window=args.snapshot_window,
            final_snapshot_identifier=last if args.protect else None,
            apply_immediately=False,
            log_delivery_configurations=[
                aws.elasticache.ReplicationGroupLogDeliveryConfigurationArgs(
                    destination=group.name,
                    destination_type="cloudwatch-logs",
                    log_format="json",
                    log_type=log,
                )
                for log, group in logs.items()
            ],
            tags=self.tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protect,
                retain_on_delete=args.protect,
                # ElastiCache calls a topic that it may not publish to inactive, for good.
                depends_on=[events_permission],
            ),
        )

    def _alarms(self, group: aws.elasticache.ReplicationGroup) -> None:
        args = self.args
        derived = alarms(CACHE_NODE_TYPES[args.node_type], replicated=args.replicas > 0)
        for member in members(args.replicas):
            make_alarms(
                f"{self.name}-{member}",
                namespace="AWS/ElastiCache",
                dimensions={
                    "CacheClusterId": pulumi.Output.concat(group.replication_group_id, f"-{member}")
                },
                alarms=derived,
                topics=args.topics,
                tags=args.tags,
                child=self.child,
            )


def events_policy(topic_arn: str, account_id: str) -> str:
    """Only this account publishes, only by TLS."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OwnAccount",
                    "Effect": "Allow",
                    # ElastiCache has no principal to name, and knows this condition only:
                    # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ECEvents.SNS.html
                    "Principal": {"AWS": "*"},
                    "Action": "sns:Publish",
                    "Resource": topic_arn,
                    "Condition": {"StringEquals": {"aws:SourceOwner": account_id}},
                },
                {
                    "Sid": "TlsOnly",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "sns:Publish",
                    "Resource": topic_arn,
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        }
    )
