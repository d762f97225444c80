"""CloudWatch logs and alarms, SNS."""

from typing import Any

from ...provider import Resource
from ..kinds import Call, Kind, Read
from ..session import Session

TOPIC_ATTRIBUTES = {
    "displayName": "DisplayName",
    "policy": "Policy",
    "deliveryPolicy": "DeliveryPolicy",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
}
SUBSCRIPTION_ATTRIBUTES = {
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "rawMessageDelivery": "RawMessageDelivery",
    "redrivePolicy": "RedrivePolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}


def _metric_queries(inputs: dict[str, Any]) -> dict[str, Any]:
    """AWS nests a query's metric one level deeper than pulumi-aws does."""
    if "metricQueries" not in inputs:
        return inputs
    nested = []
    for query in inputs["metricQueries"]:
        nested_query = {key: value for key, value in query.items() if key != "metric"}
        if metric := query.get("metric"):
            nested_query["metricStat"] = {
                "metric": {
                    key: metric[key]
                    for key in ("namespace", "metricName", "dimensions")
                    if key in metric
                },
                **{key: metric[key] for key in ("period", "stat", "unit") if key in metric},
            }
        nested.append(nested_query)
    return {**inputs, "metrics": nested, "metricQueries": None}


def _set_attributes(noun: str, attributes: dict[str, str]) -> Any:
    def apply(session: Session, resource: Resource, old: dict[str, Any]) -> None:
        for key, name in attributes.items():
            value = resource.inputs.get(key)
            if value == old.get(key):
                continue
            text = str(value).lower() if isinstance(value, bool) else str(value or "")
            wanted = {f"{noun}Arn": resource.id, "AttributeName": name, "AttributeValue": text}
            session.call("sns", f"Set{noun}Attributes", wanted)

    return apply


def _keep_policy(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    """A topic always has a policy: what remains is AWS's own, for the account."""
    account = resource.inputs["arn"].split(":")[4]
    policy = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::'
        f'{account}:root"}},"Action":"sns:*","Resource":"{resource.inputs["arn"]}"}}]}}'
    )
    wanted = {"TopicArn": resource.id, "AttributeName": "Policy", "AttributeValue": policy}
    session.call("sns", "SetTopicAttributes", wanted)


KINDS = {
    "aws:cloudwatch/logGroup:LogGroup": Kind(
        service="logs",
        create="CreateLogGroup",
        id="{name}",
        autoname="name",
        rename={"name": "logGroupName"},
        local=frozenset({"skipDestroy", "namePrefix"}),
        kept=frozenset({"deletionProtectionEnabled"}),
        after=(
            Call(
                "PutRetentionPolicy",
                {"logGroupName": "{id}", "retentionInDays": "{retentionInDays}"},
            ),
        ),
        read=Read(
            "DescribeLogGroups",
            {"logGroupNamePrefix": "{id}"},
            "logGroups[?logGroupName=='{id}'] | [0]",
        ),
        update=("AssociateKmsKey",),
        update_with={"logGroupName": "{id}"},
        fixed=frozenset({"name", "logGroupClass"}),
        delete=(Call("DeleteLogGroup", {"logGroupName": "{id}"}),),
        outputs={"arn": "arn:aws:logs:{region}:{account}:log-group:{name}"},
        tag=Call("TagLogGroup", {"logGroupName": "{id}", "tags": "{tags}"}),
        untag=Call("UntagLogGroup", {"logGroupName": "{id}", "tags": "{gone}"}),
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Kind(
        noun="Alarm",
        create="PutMetricAlarm",
        id="{name}",
        autoname="name",
        rename={"name": "AlarmName"},
        prepare=_metric_queries,
        read=Read("DescribeAlarms", {"AlarmNames": ["{id}"]}, "MetricAlarms[0]"),
        update=("PutMetricAlarm",),
        fixed=frozenset({"name"}),
        delete=(Call("DeleteAlarms", {"AlarmNames": ["{id}"]}),),
        outputs={"arn": "{live.arn || 'arn:aws:cloudwatch'}"},
        tag=Call("TagResource", {"ResourceARN": "{live.arn || arn}", "Tags": "{tagList}"}),
        untag=Call("UntagResource", {"ResourceARN": "{arn}", "TagKeys": "{gone}"}),
    ),
    "aws:cloudwatch/dashboard:Dashboard": Kind(
        create="PutDashboard",
        id="{dashboardName}",
        read=Read("GetDashboard", {"DashboardName": "{id}"}),
        update=("PutDashboard",),
        fixed=frozenset({"dashboardName"}),
        delete=(Call("DeleteDashboards", {"DashboardNames": ["{id}"]}),),
    ),
    "aws:sns/topic:Topic": Kind(
        create="CreateTopic",
        id="{result.TopicArn}",
        autoname="name",
        create_with={"Attributes": {"FifoTopic": "{fifoTopic}"}},
        local=frozenset({"namePrefix"}),
        kept=frozenset({"archivePolicy", "fifoThroughputScope"}),
        apply=_set_attributes("Topic", TOPIC_ATTRIBUTES),
        applies=frozenset(TOPIC_ATTRIBUTES),
        read=Read("GetTopicAttributes", {"TopicArn": "{id}"}, "Attributes"),
        delete=(Call("DeleteTopic", {"TopicArn": "{id}"}),),
        outputs={"arn": "{id}", "owner": "{account}"},
        settled=frozenset({"policy"}),
        tag=Call("TagResource", {"ResourceArn": "{id}", "Tags": "{tagList}"}),
        untag=Call("UntagResource", {"ResourceArn": "{id}", "TagKeys": "{gone}"}),
    ),
    "aws:sns/topicPolicy:TopicPolicy": Kind(
        create="SetTopicAttributes",
        create_with={
            "TopicArn": "{arn}",
            "AttributeName": "Policy",
            "AttributeValue": "{policy}",
        },
        id="{arn}",
        read=Read("GetTopicAttributes", {"TopicArn": "{arn}"}, "Attributes"),
        update=("SetTopicAttributes",),
        update_with={
            "TopicArn": "{arn}",
            "AttributeName": "Policy",
            "AttributeValue": "{policy}",
        },
        fixed=frozenset({"arn"}),
        remove=_keep_policy,
        outputs={"owner": "{account}"},
    ),
    "aws:sns/topicSubscription:TopicSubscription": Kind(
        create="Subscribe",
        create_with={"TopicArn": "{topic}", "ReturnSubscriptionArn": True},
        id="{result.SubscriptionArn}",
        local=frozenset({"confirmationTimeoutInMinutes", "endpointAutoConfirms"}),
        apply=_set_attributes("Subscription", SUBSCRIPTION_ATTRIBUTES),
        applies=frozenset(SUBSCRIPTION_ATTRIBUTES),
        read=Read("GetSubscriptionAttributes", {"SubscriptionArn": "{id}"}, "Attributes"),
        delete=(Call("Unsubscribe", {"SubscriptionArn": "{id}"}),),
        outputs={"arn": "{id}"},
    ),
}
