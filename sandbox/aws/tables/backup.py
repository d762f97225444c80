"""AWS Backup."""

from typing import Any

from ...provider import Resource
from ..derive import model
from ..kinds import Call, Kind, Read
from ..ledger import Ledger
from ..session import Session
from ..shapes import Request

ARN = "arn:aws:backup:{region}:{account}"


def _tagged(arn: str) -> dict[str, Any]:
    return {
        "tag": Call("TagResource", {"ResourceArn": arn, "Tags": "{tags}"}),
        "untag": Call("UntagResource", {"ResourceArn": arn, "TagKeyList": "{gone}"}),
    }


RULE = {
    "targetVaultName": "TargetBackupVaultName",
    "schedule": "ScheduleExpression",
    "scheduleExpressionTimezone": "ScheduleExpressionTimezone",
    "startWindow": "StartWindowMinutes",
    "completionWindow": "CompletionWindowMinutes",
    "lifecycle.deleteAfter": "DeleteAfterDays",
    "lifecycle.coldStorageAfter": "MoveToColdStorageAfterDays",
    "copyActions.destinationVaultArn": "DestinationBackupVaultArn",
    "copyActions.lifecycle.deleteAfter": "DeleteAfterDays",
    "copyActions.lifecycle.coldStorageAfter": "MoveToColdStorageAfterDays",
}
PLAN_NAMES: dict[str, str | None] = {
    f"{before}rules.{key}": name for before in ("", "backupPlan.") for key, name in RULE.items()
}


def _plan(inputs: dict[str, Any]) -> dict[str, Any]:
    """AWS wraps a plan in an object."""
    whole: dict[str, Any] = {"backupPlanName": inputs.get("name"), "rules": inputs.get("rules")}
    if advanced := inputs.get("advancedBackupSettings"):
        whole["advancedBackupSettings"] = advanced
    apart = {"name", "rules", "advancedBackupSettings"}
    return {**{k: v for k, v in inputs.items() if k not in apart}, "backupPlan": whole}


def _alter_plan(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    shape = model("backup").operation_model("UpdateBackupPlan").input_shape
    wanted = {"backupPlanId": resource.id, **_plan(resource.inputs)}
    given = {key: wanted[key] for key in ("backupPlanId", "backupPlan")}
    parameters = Request(rename=PLAN_NAMES).structure(shape, given)
    session.call("backup", "UpdateBackupPlan", parameters, resource.inputs.get("region"))


def _selection(inputs: dict[str, Any]) -> dict[str, Any]:
    """AWS wraps a selection, and calls its tags conditions."""
    inner: dict[str, Any] = {
        "selectionName": inputs.get("name"),
        "listOfTags": [
            {
                "conditionType": tag["type"],
                "conditionKey": tag["key"],
                "conditionValue": tag["value"],
            }
            for tag in inputs.get("selectionTags") or []
        ],
        **{
            key: inputs[key]
            for key in ("iamRoleArn", "resources", "notResources", "conditions")
            if key in inputs
        },
    }
    apart = {"name", "selectionTags", "iamRoleArn", "resources", "notResources", "conditions"}
    return {**{k: v for k, v in inputs.items() if k not in apart}, "backupSelection": inner}


def _look_selection(session: Session, resource: Resource, ledger: Ledger) -> dict[str, Any] | None:
    wanted = {"BackupPlanId": resource.inputs["planId"], "SelectionId": resource.id}
    region = resource.inputs.get("region")
    answer = session.call("backup", "GetBackupSelection", wanted, region)
    chosen: dict[str, Any] = answer["BackupSelection"]
    tags = [
        {
            "Type": tag["ConditionType"],
            "Key": tag["ConditionKey"],
            "Value": tag["ConditionValue"],
        }
        for tag in chosen.get("ListOfTags") or []
    ]
    return {**chosen, "Name": chosen["SelectionName"], "SelectionTags": tags}


def _wrapped(noun: str, *inner: str) -> Any:
    """Restore testing's objects are wrapped in one that has their noun's name."""

    def prepare(inputs: dict[str, Any]) -> dict[str, Any]:
        wrapped = {f"{noun}Name" if key == "name" else key: inputs.get(key) for key in inner}
        apart = {key: value for key, value in inputs.items() if key not in inner}
        return {**apart, noun: {key: value for key, value in wrapped.items() if value is not None}}

    return prepare


def _alter(noun: str, *inner: str, **names: str) -> Any:
    prepare = _wrapped(noun, *inner)

    def alter(session: Session, resource: Resource, old: dict[str, Any]) -> None:
        operation = f"Update{noun[0].upper()}{noun[1:]}"
        shape = model("backup").operation_model(operation).input_shape
        given = {noun: prepare(resource.inputs)[noun]}
        parameters = Request().structure(shape, given)
        parameters |= {member: resource.inputs[key] for member, key in names.items()}
        session.call("backup", operation, parameters, resource.inputs.get("region"))

    return alter


TESTED = (
    *("recoveryPointSelection", "scheduleExpression", "scheduleExpressionTimezone"),
    "startWindowHours",
)
CHOSEN = (
    *("iamRoleArn", "protectedResourceArns", "protectedResourceConditions"),
    *("restoreMetadataOverrides", "validationWindowHours"),
)

KINDS = {
    "aws:backup/vault:Vault": Kind(
        noun="BackupVault",
        id="{name}",
        autoname="name",
        rename={"kmsKeyArn": "EncryptionKeyArn", "recoveryPoints": "NumberOfRecoveryPoints"},
        fixed=frozenset({"name", "kmsKeyArn"}),
        settled=frozenset({"recoveryPoints"}),
        outputs={"arn": f"{ARN}:backup-vault:{{name}}"},
        **_tagged(f"{ARN}:backup-vault:{{name}}"),
    ),
    "aws:backup/vaultPolicy:VaultPolicy": Kind(
        noun="BackupVaultAccessPolicy",
        id="{backupVaultName}",
        fixed=frozenset({"backupVaultName"}),
        outputs={"backupVaultArn": f"{ARN}:backup-vault:{{backupVaultName}}"},
    ),
    "aws:backup/vaultNotifications:VaultNotifications": Kind(
        noun="BackupVaultNotifications",
        id="{backupVaultName}",
        rename={"snsTopicArn": "SNSTopicArn"},
        fixed=frozenset({"backupVaultName"}),
        outputs={"backupVaultArn": f"{ARN}:backup-vault:{{backupVaultName}}"},
    ),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": Kind(
        noun="BackupVaultLockConfiguration",
        id="{backupVaultName}",
        read=Read("DescribeBackupVault", {"BackupVaultName": "{id}"}, "[@][?Locked] | [0]"),
        fixed=frozenset({"backupVaultName", "changeableForDays"}),
        outputs={"backupVaultArn": f"{ARN}:backup-vault:{{backupVaultName}}"},
    ),
    "aws:backup/plan:Plan": Kind(
        noun="BackupPlan",
        autoname="name",
        prepare=_plan,
        rename=PLAN_NAMES,
        id="{result.BackupPlanId}",
        read=Read(
            "GetBackupPlan",
            {"BackupPlanId": "{id}"},
            "[@][?!DeletionDate].merge(@, BackupPlan) | [0]",
        ),
        alter=_alter_plan,
        alters=frozenset({"rules", "advancedBackupSettings"}),
        fixed=frozenset({"name"}),
        outputs={
            "arn": f"{ARN}:backup-plan:{{id}}",
            "version": "{live.version || result.VersionId}",
        },
        **_tagged(f"{ARN}:backup-plan:{{id}}"),
    ),
    "aws:backup/selection:Selection": Kind(
        noun="BackupSelection",
        autoname="name",
        prepare=_selection,
        id="{result.SelectionId}",
        look=_look_selection,
        rename={"planId": "BackupPlanId"},
        delete=(
            Call("DeleteBackupSelection", {"BackupPlanId": "{planId}", "SelectionId": "{id}"}),
        ),
    ),
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": Kind(
        noun="RestoreTestingPlan",
        autoname="name",
        prepare=_wrapped("restoreTestingPlan", "name", *TESTED),
        id="{name}",
        read=Read(
            "GetRestoreTestingPlan", {"RestoreTestingPlanName": "{id}"}, "RestoreTestingPlan"
        ),
        alter=_alter("restoreTestingPlan", *TESTED, RestoreTestingPlanName="name"),
        alters=frozenset(TESTED),
        fixed=frozenset({"name"}),
        outputs={"arn": "{result.RestoreTestingPlanArn || arn}"},
        **_tagged("{result.RestoreTestingPlanArn || arn}"),
    ),
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": Kind(
        noun="RestoreTestingSelection",
        autoname="name",
        prepare=_wrapped("restoreTestingSelection", "name", "protectedResourceType", *CHOSEN),
        id="{restoreTestingPlanName}:{name}",
        read=Read(
            "GetRestoreTestingSelection",
            {
                "RestoreTestingPlanName": "{restoreTestingPlanName}",
                "RestoreTestingSelectionName": "{name}",
            },
            "RestoreTestingSelection",
        ),
        alter=_alter(
            "restoreTestingSelection",
            *CHOSEN,
            RestoreTestingPlanName="restoreTestingPlanName",
            RestoreTestingSelectionName="name",
        ),
        alters=frozenset(CHOSEN),
        fixed=frozenset({"name", "restoreTestingPlanName", "protectedResourceType"}),
        delete=(
            Call(
                "DeleteRestoreTestingSelection",
                {
                    "RestoreTestingPlanName": "{restoreTestingPlanName}",
                    "RestoreTestingSelectionName": "{name}",
                },
            ),
        ),
    ),
}
