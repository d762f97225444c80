"""What happens in an account that nobody's metric shows: keys, certificates, secrets, findings.

Events of API calls need a CloudTrail trail for management events in the region.
https://docs.aws.amazon.com/kms/latest/developerguide/monitoring-overview.html
https://docs.aws.amazon.com/secretsmanager/latest/userguide/monitoring-eventbridge.html
https://docs.aws.amazon.com/acm/latest/userguide/supported-events.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components.alarms import Topics
from components.event_rules import Event, make_event_rules
from components.refusal import check_name

MAX_NAME_LENGTH = 40


def _call(service: str, *names: str) -> dict[str, Any]:
    return {
        "source": [f"aws.{service}"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventSource": [f"{service}.amazonaws.com"], "eventName": list(names)},
    }


EVENTS = {
    "key-deletion": Event(
        pattern=_call("kms", "ScheduleKeyDeletion", "DisableKey"),
        description="A KMS key is to be deleted or is disabled. What it encrypts is lost with it: "
        "cancel the deletion.",
        critical=True,
    ),
    "secret-rotation": Event(
        pattern={
            "source": ["aws.secretsmanager"],
            "detail-type": ["AWS Service Event via CloudTrail"],
            "detail": {
                "eventSource": ["secretsmanager.amazonaws.com"],
                "eventName": ["RotationFailed", "RotationAbandoned", "TestRotationFailed"],
            },
        },
        description="A secret was not rotated. Read the rotation function's log.",
    ),
    "secret-deletion": Event(
        pattern=_call("secretsmanager", "DeleteSecret"),
        description="A secret is to be deleted. Restore it within its recovery window.",
    ),
    "certificate-expiring": Event(
        pattern={
            "source": ["aws.acm"],
            "detail-type": ["ACM Certificate Approaching Expiration"],
        },
        description="A certificate expires within 45 days and has not been renewed. Look for its "
        "validation record in DNS.",
    ),
    "certificate-expired": Event(
        pattern={
            "source": ["aws.acm"],
            "detail-type": [
                "ACM Certificate Expired",
                "ACM Certificate Renewal Action Required",
                "ACM Certificate Revoked",
            ],
        },
        description="A certificate is of no use, or ACM cannot renew it by itself.",
        critical=True,
    ),
    "image-findings": Event(
        pattern={
            "source": ["aws.ecr"],
            "detail-type": ["ECR Image Scan"],
            "detail": {"finding-severity-counts": {"CRITICAL": [{"exists": True}]}},
        },
        description="A scan found a critical weakness in an image. Build the image anew.",
    ),
    "guardduty": Event(
        pattern={
            "source": ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            "detail": {"severity": [{"numeric": [">=", 7]}]},
        },
        description="GuardDuty found a threat of high severity. The finding says where.",
        critical=True,
    ),
    "health": Event(
        pattern={
            "source": ["aws.health"],
            "detail-type": ["AWS Health Event"],
            "detail": {"eventTypeCategory": ["issue", "scheduledChange"]},
        },
        description="AWS has a problem, or plans a change, that touches this account.",
    ),
}


@dataclass(frozen=True, kw_only=True)
class AccountEventsArgs:
    """Who hears of the account's events."""

    topics: Topics
    tags: Mapping[str, str] = field(default_factory=dict)


class AccountEvents(pulumi.ComponentResource):
    """Rules for what threatens an account, or what a person has to do in it."""

    def __init__(
        self, name: str, args: AccountEventsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("AccountEvents", name, MAX_NAME_LENGTH, "app-events")
        super().__init__("platform:account_events:AccountEvents", name, None, opts)
        make_event_rules(
            name,
            events=EVENTS,
            topics=args.topics,
            tags=args.tags,
            child=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
