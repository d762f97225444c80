"""Who receives alerts: PagerDuty and e-mail for what is critical, Slack for what can wait.

https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
https://docs.aws.amazon.com/chatbot/latest/adminguide/setting-up.html
https://support.pagerduty.com/main/docs/amazon-cloudwatch-integration-guide
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.alarms import Alarm, Topics, make_alarms
from components.contacts import problem_of_email, problem_of_https_url, problem_of_slack_id
from components.encryption_key import EncryptionKey, EncryptionKeyArgs, problem_of_account
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 40
KEEP_SECONDS = 14 * 24 * 60 * 60
# AWS Chatbot answers in these regions only; what it is told there holds for the whole account.
# https://docs.aws.amazon.com/general/latest/gr/chatbot.html
CHATBOT_REGIONS = ("ap-southeast-1", "eu-west-1", "us-east-2", "us-west-2")
# Whoever asks in the channel sees metrics and logs' names, and changes nothing.
GUARDRAIL = "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"


@dataclass(frozen=True, kw_only=True)
class SlackChannel:
    """A channel of a workspace that an administrator has let AWS Chatbot into, once by hand."""

    workspace_id: str
    channel_id: str


@dataclass(frozen=True, kw_only=True)
class AlertRoutesArgs:
    """Who is told of what.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    account_id: str
    region: str
    topics: Topics
    critical_emails: Mapping[str, str] = field(default_factory=dict)
    """Addresses by label; each gets a mail in which it has to confirm the subscription."""
    warning_emails: Mapping[str, str] = field(default_factory=dict)
    pagerduty_url: pulumi.Input[str] | None = None
    """The CloudWatch integration's address, for what is critical. It lets whoever knows it page
    people, so it is a secret of the stack's configuration and encrypted in its state."""
    slack: SlackChannel | None = None
    """Where warnings go."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        url = self.pagerduty_url
        nobody = not self.critical_emails and url is None
        refuse(
            "AlertRoutesArgs",
            problem_of_account(self.account_id),
            "nobody is told of critical alarms; give pagerduty_url or critical_emails"
            if nobody
            else None,
            *problems_of_emails("critical_emails", self.critical_emails),
            *problems_of_emails("warning_emails", self.warning_emails),
            problem_of_https_url("pagerduty_url", url) if isinstance(url, str) else None,
            *problems_of_slack(self.slack),
        )


def problems_of_emails(name: str, emails: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with addresses by label."""
    for label, address in emails.items():
        if not re.fullmatch(r"[a-z](-?[a-z0-9])*", label):
            yield f"{name} has the label {label!r}; use lower-case letters, digits and hyphens"
        if problem := problem_of_email(f"{name}.{label}", address):
            yield problem


def problems_of_slack(slack: SlackChannel | None) -> Iterator[str]:
    """What is wrong with a workspace's and a channel's id."""
    if slack:
        for kind, value in (("workspace", slack.workspace_id), ("channel", slack.channel_id)):
            if problem := problem_of_slack_id(f"slack.{kind}_id", value, kind):
                yield problem


class AlertRoutes(pulumi.ComponentResource):
    """The subscriptions of the two topics, with a queue for what could not be delivered."""

    def __init__(
        self, name: str, args: AlertRoutesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("AlertRoutes", name, MAX_NAME_LENGTH, "app-routes")
        super().__init__("platform:alert_routes:AlertRoutes", name, None, opts)
        self.name, self.args = name, args
        self.child = pulumi.ResourceOptions(parent=self)

        topics = {"critical": args.topics.critical_arn, "warning": args.topics.warning_arn}
        emails = {"critical": args.critical_emails, "warning": args.warning_emails}
        for level, topic_arn in topics.items():
            for label, address in emails[level].items():
                aws.sns.TopicSubscription(
                    f"{name}-{level}-{label}",
                    topic=topic_arn,
                    protocol="email",
                    endpoint=address,
                    opts=self.child,
                )
        if args.pagerduty_url is not None:
            self._pagerduty(args.pagerduty_url)
        if args.slack:
            self._slack(args.slack)
        self.register_outputs({})

    def _pagerduty(self, url: pulumi.Input[str]) -> None:
        label = f"{self.name}-pagerduty"
        queue = self._undelivered(label)
        aws.sns.TopicSubscription(
            label,
            topic=self.args.topics.critical_arn,
            protocol="https",
            endpoint=pulumi.Output.secret(url),
            endpoint_auto_confirms=True,
            redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": queue.arn}),
            opts=pulumi.ResourceOptions(
                parent=self, additional_secret_outputs=["endpoint"], depends_on=[queue]
            ),
        )

    def _undelivered(self, label: str) -> aws.sqs.Queue:
        args = self.args
        tags = {**args.tags, "Name": label}
        key = EncryptionKey(
            label,
            EncryptionKeyArgs(
                account_id=args.account_id,
                region=args.region,
                description=f"Alerts that {label} could not deliver",
                services=("sns",),
                protect=False,  # it holds alarms of two weeks at most
                tags=args.tags,
            ),
            self.child,
        )
        queue = aws.sqs.Queue(
            label,
            kms_master_key_id=key.arn,
            message_retention_seconds=KEEP_SECONDS,
            tags=tags,
            opts=self.child,
        )
        aws.sqs.QueuePolicy(
            label,
            queue_url=queue.url,
            policy=queue_policy(queue.arn, args.topics.critical_arn),
            opts=self.child,
        )
        make_alarms(
            label,
            namespace="AWS/SQS",
            dimensions={"QueueName": queue.name},
            alarms=[
                Alarm(
                    role="undelivered",
                    metrics=("ApproximateNumberOfMessagesVisible",),
                    threshold=0,
                    description="PagerDuty did not take an alert. Read the queue; page by hand.",
                    statistic="Maximum",
                    evaluation_periods=1,
                    missing_data="notBreaching",
                )
            ],
            topics=args.topics,
            tags=args.tags,
            child=self.child,
        )
        return queue

    def _slack(self, slack: SlackChannel) -> None:
        args, label = self.args, f"{self.name}-slack"
        tags = {**args.tags, "Name": label}
        role = aws.iam.Role(
            label,
            description=f"AWS Chatbot in Slack, for {self.name}",
            assume_role_policy=json.dumps(trust_policy(args.account_id)),
            tags=tags,
            opts=self.child,
        )
        # The pictures of alarms are drawn from metrics.
        permission = aws.iam.RolePolicyAttachment(
            label, role=role.name, policy_arn=GUARDRAIL, opts=self.child
        )
        aws.chatbot.SlackChannelConfiguration(
            label,
            region=chatbot_region(args.region),
            configuration_name=label,
            slack_team_id=slack.workspace_id,
            slack_channel_id=slack.channel_id,
            iam_role_arn=role.arn,
            sns_topic_arns=[args.topics.warning_arn],
            guardrail_policy_arns=[GUARDRAIL],
            user_authorization_required=True,
            logging_level="ERROR",
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )


def chatbot_region(region: str) -> str | None:
    """The region to call AWS Chatbot in; None where it is the provider's own."""
    return None if region in CHATBOT_REGIONS else CHATBOT_REGIONS[-2]


def queue_policy(queue_arn: pulumi.Input[str], topic_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """One topic sends, by TLS."""
    return pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "CriticalTopic",
                    "Effect": "Allow",
                    "Principal": {"Service": "sns.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": queue_arn,
                    "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
                },
                {
                    "Sid": "TlsOnly",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "sqs:*",
                    "Resource": queue_arn,
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        }
    )


def trust_policy(account_id: str) -> dict[str, Any]:
    """AWS Chatbot, working for this account."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Chatbot",
                "Effect": "Allow",
                "Principal": {"Service": "chatbot.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
            }
        ],
    }
