"""Event rules and their targets, composite alarms, budgets, AWS Chatbot."""

from typing import Any

from ...provider import Resource
from ..kinds import Call, Kind, Read
from ..ledger import Ledger
from ..session import Session

TARGET = {
    "Rule": "{rule}",
    "EventBusName": "{eventBusName}",
    "Targets": [
        {
            "Id": "{targetId}",
            "Arn": "{arn}",
            "RoleArn": "{roleArn}",
            "Input": "{input}",
            "InputPath": "{inputPath}",
            "InputTransformer": {
                "InputPathsMap": "{inputTransformer.inputPaths}",
                "InputTemplate": "{inputTransformer.inputTemplate}",
            },
            "DeadLetterConfig": {"Arn": "{deadLetterConfig.arn}"},
            "RetryPolicy": {
                "MaximumEventAgeInSeconds": "{retryPolicy.maximumEventAgeInSeconds}",
                "MaximumRetryAttempts": "{retryPolicy.maximumRetryAttempts}",
            },
        }
    ],
}
LIMIT = {"limitAmount": "Amount", "limitUnit": "Unit"}
BUDGET: tuple[str, ...] = (
    *("budgetType", "timeUnit", "limitAmount", "limitUnit", "costFilters", "costTypes"),
    *("timePeriodStart", "timePeriodEnd"),
)


def _look_target(session: Session, resource: Resource, ledger: Ledger) -> dict[str, Any] | None:
    inputs = resource.inputs
    bus = {"EventBusName": inputs["eventBusName"]} if inputs.get("eventBusName") else {}
    answer = session.call(
        "events", "ListTargetsByRule", {"Rule": inputs["rule"], **bus}, inputs.get("region")
    )
    for target in answer["Targets"]:
        if target["Id"] == inputs["targetId"]:
            paths = (target.get("InputTransformer") or {}).get("InputPathsMap")
            shown = {"InputPaths": paths, **(target.get("InputTransformer") or {})}
            return {**target, "InputTransformer": shown} if paths else dict(target)
    return None


def _budget(inputs: dict[str, Any]) -> dict[str, Any]:
    budget: dict[str, Any] = {
        "BudgetName": inputs["name"],
        "BudgetType": inputs["budgetType"],
        "TimeUnit": inputs["timeUnit"],
    }
    if "limitAmount" in inputs:
        budget["BudgetLimit"] = {aws: inputs[key] for key, aws in LIMIT.items()}
    if filters := inputs.get("costFilters"):
        budget["CostFilters"] = {each["name"]: each["values"] for each in filters}
    if types := inputs.get("costTypes"):
        budget["CostTypes"] = {f"{key[0].upper()}{key[1:]}": value for key, value in types.items()}
    period = {"Start": inputs.get("timePeriodStart"), "End": inputs.get("timePeriodEnd")}
    if given := {key: value.replace("_", "T") for key, value in period.items() if value}:
        budget["TimePeriod"] = given
    return budget


def _notification(given: dict[str, Any]) -> dict[str, Any]:
    subscribers = {
        "SNS": given.get("subscriberSnsTopicArns"),
        "EMAIL": given.get("subscriberEmailAddresses"),
    }
    return {
        "Notification": {
            "NotificationType": given["notificationType"],
            "ComparisonOperator": given["comparisonOperator"],
            "Threshold": given["threshold"],
            "ThresholdType": given["thresholdType"],
        },
        "Subscribers": [
            {"SubscriptionType": kind, "Address": address}
            for kind, addresses in subscribers.items()
            for address in addresses or []
        ],
    }


def _make_budget(
    session: Session, resource: Resource, tags: dict[str, str]
) -> tuple[str, dict[str, Any]]:
    inputs = resource.inputs
    account = inputs.get("accountId") or session.account
    wanted = {
        "AccountId": account,
        "Budget": _budget(inputs),
        "NotificationsWithSubscribers": list(map(_notification, inputs.get("notifications") or [])),
    }
    session.call("budgets", "CreateBudget", wanted)
    return f"{account}:{inputs['name']}", {}


def _alter_budget(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    account, _, name = resource.id.partition(":")
    session.call(
        "budgets", "UpdateBudget", {"AccountId": account, "NewBudget": _budget(resource.inputs)}
    )
    budget = {"AccountId": account, "BudgetName": name}
    before = [_notification(each) for each in old.get("notifications") or []]
    now = [_notification(each) for each in resource.inputs.get("notifications") or []]
    for gone in (each for each in before if each not in now):
        wanted = {**budget, "Notification": gone["Notification"]}
        session.call("budgets", "DeleteNotification", wanted)
    for new in (each for each in now if each not in before):
        session.call("budgets", "CreateNotification", {**budget, **new})


def _look_budget(session: Session, resource: Resource, ledger: Ledger) -> dict[str, Any] | None:
    account, _, name = resource.id.partition(":")
    which = {"AccountId": account, "BudgetName": name}
    budget = session.call("budgets", "DescribeBudget", which)["Budget"]
    answer = session.call("budgets", "DescribeNotificationsForBudget", which)
    notifications = []
    for each in answer["Notifications"]:
        found = session.call(
            "budgets", "DescribeSubscribersForNotification", {**which, "Notification": each}
        )["Subscribers"]
        addresses: dict[str, list[str]] = {"SNS": [], "EMAIL": []}
        for subscriber in found:
            addresses[subscriber["SubscriptionType"]].append(subscriber["Address"])
        notifications.append(
            {
                **each,
                "SubscriberSnsTopicArns": addresses["SNS"],
                "SubscriberEmailAddresses": addresses["EMAIL"],
            }
        )
    filters = [{"Name": k, "Values": v} for k, v in (budget.get("CostFilters") or {}).items()]
    limit = budget["BudgetLimit"]
    return {
        **{key: budget[key] for key in ("BudgetName", "BudgetType", "TimeUnit")},
        "Name": name,
        "LimitAmount": limit["Amount"],
        "LimitUnit": limit["Unit"],
        "CostFilters": filters,
        "Notifications": notifications,
        "TimePeriodStart": budget["TimePeriod"]["Start"].strftime("%Y-%m-%d_%H:%M"),
        "TimePeriodEnd": budget["TimePeriod"]["End"].strftime("%Y-%m-%d_%H:%M"),
    }


KINDS = {
    "aws:cloudwatch/eventRule:EventRule": Kind(
        service="events",
        noun="Rule",
        id="{name}",
        autoname="name",
        local=frozenset({"namePrefix", "isEnabled"}),
        read=Read("DescribeRule", {"Name": "{id}", "EventBusName": "{eventBusName}"}),
        update=("PutRule",),
        fixed=frozenset({"name", "eventBusName"}),
        delete=(Call("DeleteRule", {"Name": "{id}", "EventBusName": "{eventBusName}"}),),
        outputs={"arn": "{live.arn}", "eventBusName": "{live.eventBusName || 'default'}"},
        tag=Call("TagResource", {"ResourceARN": "{arn}", "Tags": "{tagList}"}),
        untag=Call("UntagResource", {"ResourceARN": "{arn}", "TagKeys": "{gone}"}),
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Kind(
        service="events",
        noun="Target",
        create="PutTargets",
        create_with=TARGET,
        id="{rule}-{targetId}",
        autoname="targetId",
        look=_look_target,
        update=("PutTargets",),
        update_with=TARGET,
        fixed=frozenset({"rule", "targetId", "eventBusName"}),
        delete=(
            Call(
                "RemoveTargets",
                {"Rule": "{rule}", "EventBusName": "{eventBusName}", "Ids": ["{targetId}"]},
            ),
        ),
    ),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": Kind(
        noun="CompositeAlarm",
        id="{alarmName}",
        prepare=lambda inputs: {
            **{key: value for key, value in inputs.items() if key != "actionsSuppressor"},
            **(
                {
                    "actionsSuppressor": inputs["actionsSuppressor"]["alarm"],
                    "actionsSuppressorWaitPeriod": inputs["actionsSuppressor"]["waitPeriod"],
                    "actionsSuppressorExtensionPeriod": inputs["actionsSuppressor"][
                        "extensionPeriod"
                    ],
                }
                if inputs.get("actionsSuppressor")
                else {}
            ),
        },
        read=Read(
            "DescribeAlarms",
            {"AlarmNames": ["{id}"], "AlarmTypes": ["CompositeAlarm"]},
            "CompositeAlarms[0]",
        ),
        update=("PutCompositeAlarm",),
        fixed=frozenset({"alarmName", "actionsEnabled"}),
        delete=(Call("DeleteAlarms", {"AlarmNames": ["{id}"]}),),
        outputs={"arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{id}"},
        tag=Call("TagResource", {"ResourceARN": "{arn}", "Tags": "{tagList}"}),
        untag=Call("UntagResource", {"ResourceARN": "{arn}", "TagKeys": "{gone}"}),
    ),
    "aws:budgets/budget:Budget": Kind(
        noun="Budget",
        autoname="name",
        local=frozenset({"namePrefix"}),
        make=_make_budget,
        makes=frozenset({"name", "accountId", "notifications", *BUDGET}),
        look=_look_budget,
        alter=_alter_budget,
        alters=frozenset({"notifications", *BUDGET}),
        fixed=frozenset({"name", "accountId"}),
        delete=(Call("DeleteBudget", {"AccountId": "{account}", "BudgetName": "{name}"}),),
        outputs={
            "arn": "arn:aws:budgets::{account}:budget/{name}",
            "accountId": "{account}",
        },
        tag=Call(
            "TagResource",
            {
                "ResourceARN": "arn:aws:budgets::{account}:budget/{name}",
                "ResourceTags": "{tagList}",
            },
        ),
        untag=Call("UntagResource", {"ResourceARN": "{arn}", "ResourceTagKeys": "{gone}"}),
    ),
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": Kind(
        noun="SlackChannelConfiguration",
        id="{result.ChannelConfiguration.ChatConfigurationArn}",
        read=Read(
            "DescribeSlackChannelConfigurations",
            {"ChatConfigurationArn": "{id}"},
            "SlackChannelConfigurations[0]",
        ),
        fixed=frozenset({"configurationName", "slackTeamId"}),
        outputs={"chatConfigurationArn": "{id}"},
        tag=Call("TagResource", {"ResourceARN": "{id}", "Tags": "{tags}"}),
        untag=Call("UntagResource", {"ResourceARN": "{id}", "TagKeys": "{gone}"}),
    ),
}
