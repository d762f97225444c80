"""SQS."""

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
        rename={key: name for key, name in ATTRIBUTES.items()} | {"arn": "QueueArn"},
        delete=(Call("DeleteQueue", {"QueueUrl": "{id}"}),),
        outputs={"url": "{id}", "arn": "arn:aws:sqs:{region}:{account}:{name}"},
        settled=frozenset({"policy"}),
        tag=Call("TagQueue", {"QueueUrl": "{id}", "Tags": "{tags}"}),
        untag=Call("UntagQueue", {"QueueUrl": "{id}", "TagKeys": "{gone}"}),
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
