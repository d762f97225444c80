"""SQS and DynamoDB."""

import json
from typing import Any

from ...provider import Resource
from ..kinds import Call, Kind, Read
from ..session import Session

ATTRIBUTES = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deduplicationScope": "DeduplicationScope",
    "delaySeconds": "DelaySeconds",
    "fifoThroughputLimit": "FifoThroughputLimit",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "policy": "Policy",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


def _set_attributes(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    changed = {
        name: resource.inputs.get(key)
        for key, name in ATTRIBUTES.items()
        if resource.inputs.get(key) != old.get(key)
    }
    texts = {
        name: value if isinstance(value, str) else "" if value is None else json.dumps(value)
        for name, value in changed.items()
    }
    if texts:
        wanted = {"QueueUrl": resource.id, "Attributes": texts}
        session.call("sqs", "SetQueueAttributes", wanted)


def _drop_policy(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    wanted = {"QueueUrl": resource.id, "Attributes": {"Policy": ""}}
    session.call("sqs", "SetQueueAttributes", wanted)


def _table_keys(inputs: dict[str, Any]) -> dict[str, Any]:
    """AWS lists a table's keys with their roles; pulumi-aws names each role."""

    def schema(item: dict[str, Any]) -> list[dict[str, str]]:
        roles = {"HASH": item.get("hashKey"), "RANGE": item.get("rangeKey")}
        return [{"AttributeName": n, "KeyType": role} for role, n in roles.items() if n]

    def throughput(item: dict[str, Any]) -> dict[str, Any] | None:
        if not item.get("readCapacity"):
            return None
        return {
            "ReadCapacityUnits": item["readCapacity"],
            "WriteCapacityUnits": item["writeCapacity"],
        }

    def index(item: dict[str, Any]) -> dict[str, Any]:
        projection = {"ProjectionType": item["projectionType"]}
        if item.get("nonKeyAttributes"):
            projection["NonKeyAttributes"] = item["nonKeyAttributes"]
        return {
            "indexName": item["name"],
            "keySchema": schema(item),
            "projection": projection,
            "provisionedThroughput": throughput(item),
        }

    nested = {key: value for key, value in inputs.items() if key not in TABLE_NESTED}
    if "attributes" in inputs:
        nested["attributeDefinitions"] = [
            {"attributeName": a["name"], "attributeType": a["type"]} for a in inputs["attributes"]
        ]
    if keys := schema(inputs):
        nested["keySchema"] = keys
    nested["provisionedThroughput"] = throughput(inputs)
    for key in ("globalSecondaryIndexes", "localSecondaryIndexes"):
        if inputs.get(key):
            nested[key] = [index(item) for item in inputs[key]]
    if inputs.get("streamEnabled"):
        nested["streamSpecification"] = {
            "streamEnabled": True,
            "streamViewType": inputs.get("streamViewType"),
        }
    if encryption := inputs.get("serverSideEncryption"):
        arn = encryption.get("kmsKeyArn")
        nested["sseSpecification"] = {
            "enabled": encryption["enabled"],
            "kmsMasterKeyId": arn,
            "sseType": "KMS" if arn else None,
        }
    return nested


def _apply_table(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    name, ttl = {"TableName": resource.id}, resource.inputs.get("ttl")
    if ttl and ttl != old.get("ttl"):
        how = {"AttributeName": ttl.get("attributeName"), "Enabled": ttl.get("enabled", True)}
        wanted = {**name, "TimeToLiveSpecification": how}
        session.call("dynamodb", "UpdateTimeToLive", wanted)
    recovery = resource.inputs.get("pointInTimeRecovery")
    if recovery and recovery != old.get("pointInTimeRecovery"):
        how = {"PointInTimeRecoveryEnabled": recovery["enabled"]}
        wanted = {**name, "PointInTimeRecoverySpecification": how}
        session.call("dynamodb", "UpdateContinuousBackups", wanted)


TABLE_NESTED = frozenset(
    {
        "attributes",
        "hashKey",
        "rangeKey",
        "readCapacity",
        "writeCapacity",
        "globalSecondaryIndexes",
        "localSecondaryIndexes",
        "streamEnabled",
        "streamViewType",
        "serverSideEncryption",
    }
)
QUEUE_ATTRIBUTES = {"QueueUrl": "{id}", "AttributeNames": ["All"]}
KINDS = {
    "aws:sqs/queue:Queue": Kind(
        create="CreateQueue",
        create_with={"Attributes": {"FifoQueue": "{fifoQueue}"}},
        id="{result.QueueUrl}",
        autoname="name",
        local=frozenset({"namePrefix"}),
        apply=_set_attributes,
        applies=frozenset(ATTRIBUTES),
        read=Read("GetQueueAttributes", QUEUE_ATTRIBUTES, "Attributes"),
        rename=ATTRIBUTES | {"arn": "QueueArn"},
        delete=(Call("DeleteQueue", {"QueueUrl": "{id}"}),),
        outputs={"url": "{id}", "arn": "arn:aws:sqs:{region}:{account}:{name}"},
        settled=frozenset({"policy"}),
        tag=Call("TagQueue", {"QueueUrl": "{id}", "Tags": "{tags}"}),
        untag=Call("UntagQueue", {"QueueUrl": "{id}", "TagKeys": "{gone}"}),
    ),
    "aws:dynamodb/table:Table": Kind(
        prepare=_table_keys,
        apply=_apply_table,
        applies=frozenset({"ttl", "pointInTimeRecovery"}),
        fixed=frozenset({"hashKey", "rangeKey", "localSecondaryIndexes", "name"}),
        settled=frozenset({"itemCount"}),
        tag=Call("TagResource", {"ResourceArn": "{arn}", "Tags": "{tagList}"}),
        untag=Call("UntagResource", {"ResourceArn": "{arn}", "TagKeys": "{gone}"}),
    ),
    "aws:sqs/queuePolicy:QueuePolicy": Kind(
        create="SetQueueAttributes",
        create_with={"QueueUrl": "{queueUrl}", "Attributes": {"Policy": "{policy}"}},
        id="{queueUrl}",
        read=Read("GetQueueAttributes", QUEUE_ATTRIBUTES, "Attributes.Policy && Attributes"),
        update=("SetQueueAttributes",),
        update_with={"QueueUrl": "{queueUrl}", "Attributes": {"Policy": "{policy}"}},
        fixed=frozenset({"queueUrl"}),
        remove=_drop_policy,
    ),
}
