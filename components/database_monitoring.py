"""What watches a database from outside it: enhanced monitoring's role, log groups, events.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
"""

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.alarms import Topics

LOGS = ("postgresql", "upgrade")
MONITORING_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
INSTANCE_EVENTS = (
    "availability",
    "configuration change",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
    "notification",
    "read replica",
    "recovery",
)
CRITICAL_EVENTS = ("failure", "low storage")


def monitoring_role(
    name: str, account_id: str, tags: Mapping[str, str], child: pulumi.ResourceOptions
) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]:
    """The role in which RDS writes an instance's metrics to CloudWatch, and what it may do."""
    role = aws.iam.Role(
        f"{name}-monitoring",
        description=f"RDS writes the enhanced metrics of {name}",
        assume_role_policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "monitoring.rds.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
                    }
                ],
            }
        ),
        tags={**tags, "Name": f"{name}-monitoring"},
        opts=child,
    )
    policy = aws.iam.RolePolicyAttachment(
        f"{name}-monitoring", role=role.name, policy_arn=MONITORING_POLICY, opts=child
    )
    return role, policy


def log_groups(
    name: str,
    identifier: str,
    *,
    retention_days: int,
    key_arn: pulumi.Input[str],
    tags: Mapping[str, str],
    child: pulumi.ResourceOptions,
) -> list[pulumi.Resource]:
    """The groups that RDS writes to. It would make them itself: without a key and for ever."""
    return [
        aws.cloudwatch.LogGroup(
            f"{name}-{log}",
            name=f"/aws/rds/instance/{identifier}/{log}",
            retention_in_days=retention_days,
            kms_key_id=key_arn,
            tags={**tags, "Name": f"{name}-{log}"},
            opts=child,
        )
        for log in LOGS
    ]


def events(
    name: str,
    *,
    instance_identifiers: list[pulumi.Input[str]],
    parameter_group: pulumi.Input[str],
    topics: Topics,
    tags: Mapping[str, str],
    child: pulumi.ResourceOptions,
) -> None:
    """Tell the topics what happens to the instances, and who changes their parameters."""
    critical, warning = topics.critical_arn, topics.warning_arn
    changed = ("configuration change",)
    for role, topic_arn, source, ids, categories in (
        ("failures", critical, "db-instance", instance_identifiers, CRITICAL_EVENTS),
        ("events", warning, "db-instance", instance_identifiers, INSTANCE_EVENTS),
        ("parameters", warning, "db-parameter-group", [parameter_group], changed),
        # We have none, so an event says that somebody made one (Security Hub RDS.22).
        ("security-groups", warning, "db-security-group", None, (*changed, "failure")),
    ):
        aws.rds.EventSubscription(
            f"{name}-{role}",
            sns_topic=topic_arn,
            source_type=source,
            source_ids=ids,
            event_categories=list(categories),
            tags={**tags, "Name": f"{name}-{role}"},
            opts=child,
        )
