"""EventBridge rules as data: which events, and which topic they go to.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.alarms import Alarm, Topics, make_alarms

TARGET = "topic"
# A rule whose topic or key refuses it says so nowhere else.
UNDELIVERED = Alarm(
    role="undelivered",
    metrics=("FailedInvocations",),
    threshold=0,
    description="An event did not reach its topic. Check the policies of topic and key.",
    statistic="Sum",
    evaluation_periods=1,
    missing_data="notBreaching",
)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Events that somebody should hear of."""

    pattern: Mapping[str, Any]
    description: str
    """What has happened and what to do first."""
    critical: bool = False


def make_event_rules(
    name: str,
    *,
    events: Mapping[str, Event],
    topics: Topics,
    tags: Mapping[str, str],
    child: pulumi.ResourceOptions,
) -> None:
    """One rule for each label, with a topic as its target and an alarm on its delivery.

    The event goes on as it is: AWS Chatbot shows only messages in the form that AWS gave them.
    """
    for label, event in events.items():
        rule = aws.cloudwatch.EventRule(
            f"{name}-{label}",
            description=event.description,
            event_pattern=json.dumps(event.pattern),
            tags={**tags, "Name": f"{name}-{label}"},
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            f"{name}-{label}",
            rule=rule.name,
            target_id=TARGET,
            arn=topics.critical_arn if event.critical else topics.warning_arn,
            opts=child,
        )
        make_alarms(
            f"{name}-{label}",
            namespace="AWS/Events",
            dimensions={"RuleName": rule.name},
            alarms=[UNDELIVERED],
            topics=topics,
            tags=tags,
            child=child,
        )
