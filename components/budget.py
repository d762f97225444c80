"""A monthly budget for an account, or for what carries a tag in it.

https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.contacts import problem_of_email
from components.encryption_key import problem_of_account
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 100
MOST_EMAILS = 10  # for each notification
# Percent of the budget, by what AWS compares with it.
THRESHOLDS = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))


@dataclass(frozen=True, kw_only=True)
class BudgetArgs:
    """How much a month may cost and who hears of it.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    account_id: str
    monthly_usd: int
    topic_arn: pulumi.Input[str]
    emails: Sequence[str] = ()
    """Told by AWS itself, beside the topic; up to 10."""
    only_tagged: Mapping[str, str] = field(default_factory=dict)
    """Counts only what carries one of these tags; each has to be a cost allocation tag. Absent:
    the whole account."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse(
            "BudgetArgs",
            problem_of_account(self.account_id),
            problem_of_amount(self.monthly_usd),
            *(problem_of_email("emails", each) for each in self.emails),
            f"emails has {len(self.emails)}; a notification takes {MOST_EMAILS}"
            if len(self.emails) > MOST_EMAILS
            else None,
        )


def problem_of_amount(monthly_usd: int) -> str | None:
    """What is wrong with a budget's amount."""
    return None if monthly_usd >= 1 else f"monthly_usd={monthly_usd}; use 1 or more"


class Budget(pulumi.ComponentResource):
    """Told at 80 and 100 % of what is spent, and when the forecast is above it."""

    def __init__(
        self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("Budget", name, MAX_NAME_LENGTH, "app-budget")
        super().__init__("platform:budget:Budget", name, None, opts)
        aws.budgets.Budget(
            name,
            name=name,
            account_id=args.account_id,
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(args.monthly_usd),
            limit_unit="USD",
            cost_filters=cost_filters(args.only_tagged),
            notifications=[
                aws.budgets.BudgetNotificationArgs(
                    comparison_operator="GREATER_THAN",
                    notification_type=kind,
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                    subscriber_sns_topic_arns=[args.topic_arn],
                    subscriber_email_addresses=list(args.emails) or None,
                )
                for kind, percent in THRESHOLDS
            ],
            tags={**args.tags, "Name": name},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def cost_filters(only_tagged: Mapping[str, str]) -> list[aws.budgets.BudgetCostFilterArgs] | None:
    """A tag in the budget's own writing: `user:Project$platform`."""
    if not only_tagged:
        return None
    values = [f"user:{key}${value}" for key, value in only_tagged.items()]
    return [aws.budgets.BudgetCostFilterArgs(name="TagKeyValue", values=values)]
