from typing import Any

import pytest

from components.budget import Budget, BudgetArgs
from tests.components.conftest import Engine

ACCOUNT = "111122223333"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:warning"


def budget_args(**changed: Any) -> BudgetArgs:
    chosen: dict[str, Any] = {
        "account_id": ACCOUNT,
        "monthly_usd": 1500,
        "topic_arn": TOPIC,
        "emails": ["finance@example.com"],
        "tags": {"Team": "data"},
    }
    return BudgetArgs(**{**chosen, **changed})


def build(engine: Engine, **changed: Any) -> Budget:
    return engine.run(lambda: Budget("app-budget", budget_args(**changed)))


def test_spending_and_its_forecast_are_told(engine: Engine) -> None:
    build(engine)
    cloud, which = engine.cloud("budgets"), {"AccountId": ACCOUNT, "BudgetName": "app-budget"}
    budget = cloud.describe_budget(**which)["Budget"]
    assert budget["BudgetLimit"] == {"Amount": "1500", "Unit": "USD"}
    assert (budget["BudgetType"], budget["TimeUnit"]) == ("COST", "MONTHLY")
    found = cloud.describe_notifications_for_budget(**which)["Notifications"]
    assert {(each["NotificationType"], each["Threshold"]) for each in found} == {
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    }
    for each in found:
        told = cloud.describe_subscribers_for_notification(**which, Notification=each)
        assert {(to["SubscriptionType"], to["Address"]) for to in told["Subscribers"]} == {
            ("SNS", TOPIC),
            ("EMAIL", "finance@example.com"),
        }
    assert "CostFilters" not in budget or not budget["CostFilters"], "the whole account"


def test_a_budget_can_be_of_what_carries_a_tag(engine: Engine) -> None:
    build(engine, only_tagged={"Project": "platform"}, emails=[])
    cloud = engine.cloud("budgets")
    budget = cloud.describe_budget(AccountId=ACCOUNT, BudgetName="app-budget")["Budget"]
    assert budget["CostFilters"] == {"TagKeyValue": ["user:Project$platform"]}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"account_id": "123"}, "account_id='123'"),
    ({"monthly_usd": 0}, "monthly_usd=0; use 1 or more"),
    ({"emails": ["finance"]}, "emails has 'finance'; use an e-mail address"),
    ({"emails": ["a@example.com"] * 11}, "emails has 11; a notification takes 10"),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED)
def test_a_value_aws_would_refuse_is_refused_at_preview(
    changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match="BudgetArgs refused") as caught:
        budget_args(**changed)
    assert message in str(caught.value)
    assert str(caught.value).count("\n  - ") == 1, "one mistake, one line"


def test_a_value_at_its_limit_is_taken() -> None:
    budget_args(monthly_usd=1, emails=["a@example.com"] * 10)
