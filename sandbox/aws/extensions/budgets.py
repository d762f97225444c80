"""Budgets: a change of a budget, and who hears of a notification."""

import json
from typing import Any

from moto.budgets.models import Budget
from moto.budgets.responses import BudgetsResponse


def install() -> None:
    """Give moto's class the calls it lacks."""
    for call in (
        update_budget,
        describe_subscribers_for_notification,
        tag_resource,
        untag_resource,
        list_tags_for_resource,
    ):
        setattr(BudgetsResponse, call.__name__, call)


def _budget(response: Any) -> Any:
    response.backend.describe_budget(
        response._get_param("AccountId"), response._get_param("BudgetName")
    )
    budgets = response.backend.budgets[response._get_param("AccountId")]
    return budgets[response._get_param("BudgetName")]


def update_budget(self: Any) -> str:
    """https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_UpdateBudget.html."""
    account, given = self._get_param("AccountId"), self._get_param("NewBudget")
    self.backend.describe_budget(account, given["BudgetName"])
    kept = self.backend.budgets[account][given["BudgetName"]]
    period = given.get("TimePeriod") or kept.budget["TimePeriod"]
    changed = Budget({**given, "TimePeriod": period}, [])
    changed.notifications = kept.notifications
    self.backend.budgets[account][given["BudgetName"]] = changed
    return "{}"


def describe_subscribers_for_notification(self: Any) -> str:
    """https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_DescribeSubscribersForNotification.html."""
    wanted = self._get_param("Notification")
    found = [each for each in _budget(self).notifications if each.details == wanted]
    return json.dumps({"Subscribers": found[0].subscribers if found else []})


def _tags(response: Any) -> dict[str, str]:
    tags = response.backend.__dict__.setdefault("tags", {})
    kept: dict[str, str] = tags.setdefault(response._get_param("ResourceARN"), {})
    return kept


def tag_resource(self: Any) -> str:
    """https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_TagResource.html."""
    _tags(self).update({tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags")})
    return "{}"


def untag_resource(self: Any) -> str:
    """https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_UntagResource.html."""
    for key in self._get_param("ResourceTagKeys"):
        _tags(self).pop(key, None)
    return "{}"


def list_tags_for_resource(self: Any) -> str:
    """https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_ListTagsForResource.html."""
    return json.dumps({"ResourceTags": [{"Key": k, "Value": v} for k, v in _tags(self).items()]})
