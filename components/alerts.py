"""Where alarms and events go: two encrypted SNS topics, one to wake people and one to read.

Sources:
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.GrantingPermissions.html
https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.encryption_key import EncryptionKey, EncryptionKeyArgs, problem_of_account
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 40

# ElastiCache is not among them: it cannot publish to an encrypted topic.
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ElastiCacheSNS.html
PUBLISHERS = {"Budgets": "budgets", "CloudWatchAlarms": "cloudwatch", "RdsEvents": "events.rds"}


@dataclass(frozen=True, kw_only=True)
class AlertsArgs:
    """Which account's alarms and events the topics take.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    account_id: str
    region: str
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse("AlertsArgs", problem_of_account(self.account_id))


class Alerts(pulumi.ComponentResource):
    """Two topics for this account's alarms, budgets and events, by TLS."""

    critical_topic_arn: pulumi.Output[str]
    """For what needs a person now."""
    warning_topic_arn: pulumi.Output[str]
    """For what can wait until the morning."""

    def __init__(
        self, name: str, args: AlertsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("Alerts", name, MAX_NAME_LENGTH, "app-alerts")
        super().__init__("platform:alerts:Alerts", name, None, opts)

        key = EncryptionKey(
            name,
            EncryptionKeyArgs(
                account_id=args.account_id,
                region=args.region,
                description=f"Alerts of {name}, on their way to subscribers",
                services=tuple(PUBLISHERS.values()),
                event_topics=True,
                protect=False,  # a topic keeps no message, so losing the key loses nothing
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.critical_topic_arn = self._topic(f"{name}-critical", key, args)
        self.warning_topic_arn = self._topic(f"{name}-warning", key, args)
        self.register_outputs(
            {
                "critical_topic_arn": self.critical_topic_arn,
                "warning_topic_arn": self.warning_topic_arn,
            }
        )

    def _topic(self, name: str, key: EncryptionKey, args: AlertsArgs) -> pulumi.Output[str]:
        child = pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(
            name,
            kms_master_key_id=key.arn,
            signature_version=2,
            tags={**args.tags, "Name": name},
            opts=child,
        )
        aws.sns.TopicPolicy(
            name,
            arn=topic.arn,
            policy=topic_policy(topic.arn, args.account_id),
            opts=child,
        )
        arn: pulumi.Output[str] = topic.arn
        return arn


def topic_policy(topic_arn: pulumi.Input[str], account_id: str) -> pulumi.Output[str]:
    """Only the publishers, only for this account, only by TLS.

    EventBridge is without the account: AWS supports no condition for its rules' topics, and one
    that never holds would silence them.
    """
    publish = [
        {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
        }
        for sid, service in PUBLISHERS.items()
    ]
    rules = {
        "Sid": "EventBridgeRules",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
    }
    tls_only = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return pulumi.Output.json_dumps(
        {"Version": "2012-10-17", "Statement": [*publish, rules, tls_only]},
    )
