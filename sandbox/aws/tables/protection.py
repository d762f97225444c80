"""KMS keys and Secrets Manager."""

from typing import Any

from ...provider import Resource
from ..kinds import Call, Kind, Read
from ..ledger import Ledger
from ..session import Session


def _apply_key(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    inputs, key = resource.inputs, {"KeyId": resource.id}
    region = inputs.get("region")
    if inputs.get("enableKeyRotation"):
        days = inputs.get("rotationPeriodInDays")
        period = {"RotationPeriodInDays": days} if days else {}
        session.call("kms", "EnableKeyRotation", {**key, **period}, region)
    elif old.get("enableKeyRotation"):
        session.call("kms", "DisableKeyRotation", key, region)
    if inputs.get("isEnabled") is False:
        session.call("kms", "DisableKey", key, region)
    elif old.get("isEnabled") is False:
        session.call("kms", "EnableKey", key, region)


def _delete_secret(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    days, region = resource.inputs.get("recoveryWindowInDays", 30), resource.inputs.get("region")
    if replicas := [each["region"] for each in resource.inputs.get("replicas") or []]:
        wanted = {"SecretId": resource.id, "RemoveReplicaRegions": replicas}
        session.call("secretsmanager", "RemoveRegionsFromReplication", wanted, region)
    how = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
    session.call("secretsmanager", "DeleteSecret", {"SecretId": resource.id, **how}, region)


def _cancel_rotation(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    """A secret that another service manages goes on rotating until that service deletes it."""
    if resource.inputs.get("rotationLambdaArn"):
        session.call("secretsmanager", "CancelRotateSecret", {"SecretId": resource.id})


def _look_version(session: Session, resource: Resource, ledger: Ledger) -> dict[str, Any] | None:
    secret, version = resource.id.split("|")
    wanted = {"SecretId": secret, "VersionId": version}
    return session.call("secretsmanager", "GetSecretValue", wanted)


def _forget_version(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    """AWS keeps the version that is current; it goes with its secret."""


KINDS = {
    "aws:kms/key:Key": Kind(
        create="CreateKey",
        id="{result.KeyMetadata.KeyId}",
        rename={"customerMasterKeySpec": "KeySpec", "enableKeyRotation": "KeyRotationEnabled"},
        local=frozenset({"deletionWindowInDays"}),
        apply=_apply_key,
        applies=frozenset({"enableKeyRotation", "rotationPeriodInDays", "isEnabled"}),
        read=Read(
            "DescribeKey", {"KeyId": "{id}"}, "[KeyMetadata][?KeyState!='PendingDeletion'] | [0]"
        ),
        also_read=(
            Read("GetKeyPolicy", {"KeyId": "{id}", "PolicyName": "default"}, "{Policy: Policy}"),
            Read("GetKeyRotationStatus", {"KeyId": "{id}"}),
        ),
        update=("UpdateKeyDescription", "PutKeyPolicy"),
        update_with={"KeyId": "{id}", "PolicyName": "default"},
        delete=(
            Call(
                "ScheduleKeyDeletion",
                {"KeyId": "{id}", "PendingWindowInDays": "{deletionWindowInDays || `30`}"},
            ),
        ),
        tag=Call("TagResource", {"KeyId": "{id}", "Tags": "{tagList}"}),
        untag=Call("UntagResource", {"KeyId": "{id}", "TagKeys": "{gone}"}),
    ),
    "aws:kms/alias:Alias": Kind(
        create="CreateAlias",
        id="{name}",
        autoname="name",
        rename={"name": "AliasName"},
        local=frozenset({"namePrefix"}),
        read=Read("ListAliases", {"KeyId": "{targetKeyId}"}, "Aliases[?AliasName=='{id}'] | [0]"),
        update=("UpdateAlias",),
        update_with={"AliasName": "{name}"},
        fixed=frozenset({"name"}),
        delete=(Call("DeleteAlias", {"AliasName": "{id}"}),),
        outputs={
            "arn": "arn:aws:kms:{region}:{account}:{name}",
            "targetKeyArn": "arn:aws:kms:{region}:{account}:key/{targetKeyId}",
        },
    ),
    "aws:secretsmanager/secret:Secret": Kind(
        create="CreateSecret",
        id="{result.ARN}",
        local=frozenset({"recoveryWindowInDays", "namePrefix"}),
        after=(Call("PutResourcePolicy", {"SecretId": "{id}", "ResourcePolicy": "{policy}"}),),
        rename={"replicas": "AddReplicaRegions"},
        read=Read("DescribeSecret", {"SecretId": "{id}"}, "[@][?!DeletedDate] | [0]"),
        update=("UpdateSecret",),
        update_with={"SecretId": "{id}"},
        fixed=frozenset({"name"}),
        remove=_delete_secret,
        outputs={"arn": "{id}"},
        tag=Call("TagResource", {"SecretId": "{id}", "Tags": "{tagList}"}),
        untag=Call("UntagResource", {"SecretId": "{id}", "TagKeys": "{gone}"}),
        settled=frozenset({"rotationEnabled"}),
    ),
    "aws:secretsmanager/secretPolicy:SecretPolicy": Kind(
        create="PutResourcePolicy",
        id="{secretArn}",
        rename={"secretArn": "SecretId", "policy": "ResourcePolicy"},
        read=Read("GetResourcePolicy", {"SecretId": "{id}"}, "ResourcePolicy && @"),
        update=("PutResourcePolicy",),
        fixed=frozenset({"secretArn"}),
        delete=(Call("DeleteResourcePolicy", {"SecretId": "{id}"}),),
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": Kind(
        create="PutSecretValue",
        id="{result.ARN}|{result.VersionId}",
        look=_look_version,
        remove=_forget_version,
        outputs={"arn": "{result.ARN}", "versionId": "{result.VersionId}"},
    ),
    "aws:secretsmanager/secretRotation:SecretRotation": Kind(
        create="RotateSecret",
        id="{secretId}",
        read=Read("DescribeSecret", {"SecretId": "{id}"}, "[@][?RotationEnabled] | [0]"),
        update=("RotateSecret",),
        update_with={"SecretId": "{secretId}"},
        fixed=frozenset({"secretId"}),
        remove=_cancel_rotation,
    ),
}
