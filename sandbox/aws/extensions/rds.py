"""RDS: a change of an event subscription."""

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.responses import RDSResponse


def install() -> None:
    """Give moto's class the call it lacks."""
    RDSResponse.modify_event_subscription = modify_event_subscription


def modify_event_subscription(self: Any) -> ActionResult:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyEventSubscription.html."""
    given = dict(self.params)
    subscription = self.backend.describe_event_subscriptions(given["SubscriptionName"])[0]
    for name in ("sns_topic_arn", "source_type", "event_categories", "enabled"):
        if name in given:
            setattr(subscription, name, given[name])
    return ActionResult({"EventSubscription": subscription})
