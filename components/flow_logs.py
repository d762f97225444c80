"""A record of every connection in a VPC, accepted or rejected, kept encrypted.

Sources:
https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-basics.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.encryption_key import EncryptionKey, EncryptionKeyArgs, problem_of_account
from components.log_retention import problem_of_log_retention
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 48  # a role name takes 64, eight of them Pulumi's
AGGREGATION_INTERVAL_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """Which VPC is recorded, and for how long.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    account_id: str
    region: str
    vpc_id: pulumi.Input[str]
    retention_days: int
    """Days a record is kept, one of the periods of CloudWatch Logs, e.g. 365."""
    protect: bool = True
    """Refuse to delete the records and their key, and keep them when they leave the stack."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse(
            "FlowLogsArgs",
            problem_of_account(self.account_id),
            problem_of_log_retention("retention_days", self.retention_days),
        )


class FlowLogs(pulumi.ComponentResource):
    """All traffic of a VPC, minute by minute, in a log group with a key of its own."""

    log_group_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("FlowLogs", name, MAX_NAME_LENGTH, "app-flow-logs")
        super().__init__("platform:network:FlowLogs", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = {**args.tags, "Name": name}

        key = EncryptionKey(
            name,
            EncryptionKeyArgs(
                account_id=args.account_id,
                region=args.region,
                description=f"VPC flow logs of {name}",
                services=["logs"],
                protect=args.protect,
                tags=args.tags,
            ),
            child,
        )
        log_group = aws.cloudwatch.LogGroup(
            name,
            kms_key_id=key.arn,
            retention_in_days=args.retention_days,
            tags=tags,
            opts=pulumi.ResourceOptions(
                parent=self, protect=args.protect, retain_on_delete=args.protect
            ),
        )
        role = aws.iam.Role(
            name, assume_role_policy=json.dumps(_trust(args)), tags=tags, opts=child
        )
        policy = aws.iam.RolePolicy(name, role=role.id, policy=_write_to(log_group.arn), opts=child)
        aws.ec2.FlowLog(
            name,
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=log_group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=AGGREGATION_INTERVAL_SECONDS,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )

        self.log_group_name = log_group.name
        self.register_outputs({"log_group_name": self.log_group_name})


def _trust(args: FlowLogsArgs) -> dict[str, object]:
    flow_logs = f"arn:aws:ec2:{args.region}:{args.account_id}:vpc-flow-log/*"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": args.account_id},
                    "ArnLike": {"aws:SourceArn": flow_logs},
                },
            }
        ],
    }


def _write_to(log_group_arn: pulumi.Output[str]) -> pulumi.Output[str]:
    # No CreateLogGroup: a deleted group must not come back unencrypted.
    return pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": [
                        "logs:CreateLogStream",
                        "logs:DescribeLogGroups",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                    ],
                    "Resource": [log_group_arn, pulumi.Output.concat(log_group_arn, ":*")],
                }
            ],
        }
    )
