"""A KMS key for one purpose, with a policy that names who may use it.

Sources:
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
https://docs.aws.amazon.com/kms/latest/developerguide/rotating-keys-enable.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.refusal import check_name, refuse

DELETION_WINDOW_DAYS = 30
MAX_NAME_LENGTH = 64

# These use the key with the permission of whoever calls them (kms:ViaService) and by grants.
# IAM decides that, so the account's statement is all they need.
SERVICES_BY_GRANT = ("ec2", "eks", "elasticache", "rds", "secretsmanager")


@dataclass(frozen=True, kw_only=True)
class EncryptionKeyArgs:
    """What one key is for and which AWS services use it in their own name.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    account_id: str
    region: str
    description: str
    services: Sequence[str] = ()
    """Service principals without ".amazonaws.com", e.g. "logs" or "events.rds"; the key serves
    them for this account only. Absent: only what IAM allows in the account."""
    event_topics: bool = False
    """EventBridge rules publish to SNS topics that the key encrypts. That call carries no source
    account, so the topics of this account and region are the condition."""
    auto_scaling: bool = False
    """EC2 Auto Scaling encrypts the disks of the instances that it starts. Its service-linked
    role has to be in the account: AWS makes it with the first Auto Scaling group."""
    other_region: bool = False
    """`region` is not the provider's, e.g. for copies of backups."""
    protect: bool = True
    """Refuse to delete or replace the key, and keep it in AWS when it leaves the stack."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse(
            "EncryptionKeyArgs",
            problem_of_account(self.account_id),
            None if self.description else "description is empty; say what the key encrypts",
            *(
                _problem_of_service(service, self.services)
                for service in dict.fromkeys(self.services)
            ),
        )


class EncryptionKey(pulumi.ComponentResource):
    """A rotated key under the alias `alias/<name>`, which is unique in an account and region."""

    arn: pulumi.Output[str]
    key_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("EncryptionKey", name, MAX_NAME_LENGTH, "app-database")
        super().__init__("platform:encryption_key:EncryptionKey", name, None, opts)

        region = args.region if args.other_region else None
        key = aws.kms.Key(
            name,
            region=region,
            description=args.description,
            deletion_window_in_days=DELETION_WINDOW_DAYS,
            enable_key_rotation=True,
            policy=json.dumps(key_policy(args)),
            tags={**args.tags, "Name": name},
            opts=pulumi.ResourceOptions(
                parent=self, protect=args.protect, retain_on_delete=args.protect
            ),
        )
        # Not kept with the key: a stack that is built again needs the name.
        aws.kms.Alias(
            name,
            region=region,
            name=f"alias/{name}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.arn = key.arn
        self.key_id = key.key_id
        self.register_outputs({"arn": self.arn, "key_id": self.key_id})


def problem_of_account(account_id: str) -> str | None:
    """What is wrong with an AWS account id, if anything."""
    if re.fullmatch(r"\d{12}", account_id):
        return None
    return f"account_id={account_id!r}; use the 12 digits of the AWS account"


def key_policy(args: EncryptionKeyArgs) -> dict[str, Any]:
    """The account by IAM, then each service by name; in a key policy "*" is this key."""
    account = {
        "Sid": "IamDecidesInThisAccount",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{args.account_id}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    services = [_service_statement(args, service) for service in args.services]
    rules = [_event_topics_statement(args)] if args.event_topics else []
    disks = _auto_scaling_statements(args) if args.auto_scaling else []
    return {"Version": "2012-10-17", "Statement": [account, *services, *rules, *disks]}


def _auto_scaling_statements(args: EncryptionKeyArgs) -> list[dict[str, Any]]:
    # https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    linked = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    role = {"AWS": f"arn:aws:iam::{args.account_id}:role/{linked}"}
    use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]
    return [
        {
            "Sid": "AutoScalingUses",
            "Effect": "Allow",
            "Principal": role,
            "Action": [*use, "kms:DescribeKey"],
            "Resource": "*",
        },
        {
            "Sid": "AutoScalingAttaches",
            "Effect": "Allow",
            "Principal": role,
            "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]


def _event_topics_statement(args: EncryptionKeyArgs) -> dict[str, Any]:
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    topics = f"arn:aws:sns:{args.region}:{args.account_id}:*"
    return {
        "Sid": "EventBridgeRules",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": topics}},
    }


def _service_statement(args: EncryptionKeyArgs, service: str) -> dict[str, Any]:
    if service == "logs":
        log_groups = f"arn:aws:logs:{args.region}:{args.account_id}:*"
        return {
            "Sid": "Logs",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{args.region}.amazonaws.com"},
            "Action": [
                "kms:Encrypt*",
                "kms:Decrypt*",
                "kms:ReEncrypt*",
                "kms:GenerateDataKey*",
                "kms:Describe*",
            ],
            "Resource": "*",
            "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
        }
    return {
        "Sid": "".join(part.capitalize() for part in re.split(r"[.-]", service)),
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": args.account_id}},
    }


def _problem_of_service(service: str, services: Sequence[str]) -> str | None:
    if service in SERVICES_BY_GRANT:
        return f"services has {service!r}, which uses the key by grants; leave it out"
    if service.endswith("amazonaws.com") or not re.fullmatch(r"[a-z][a-z0-9.-]*", service):
        return f"services has {service!r}; use the principal's first part, e.g. 'logs'"
    if services.count(service) > 1:
        return f"services has {service!r} {services.count(service)} times; name each once"
    return None
