"""RDS."""

from typing import Any

from ...provider import Resource
from ..kinds import Call, Kind, Read
from ..session import Session

TAG = Call("AddTagsToResource", {"ResourceName": "{live.arn || arn}", "Tags": "{tagList}"})
UNTAG = Call("RemoveTagsFromResource", {"ResourceName": "{arn}", "TagKeys": "{gone}"})
# The service takes no more parameters in one call.
PARAMETERS_A_CALL = 20
INSTANCE_RENAMES = {
    "identifier": "DBInstanceIdentifier",
    "username": "MasterUsername",
    "password": "MasterUserPassword",
    "backupWindow": "PreferredBackupWindow",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "caCertIdentifier": "CACertificateIdentifier",
    "resourceId": "DbiResourceId",
    "replicateSourceDb": "SourceDBInstanceIdentifier",
    "snapshotIdentifier": "DBSnapshotIdentifier",
    "restoreToPointInTime": None,
}


def _apply_parameters(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    def rows(inputs: dict[str, Any]) -> dict[str, dict[str, Any]]:
        return {
            parameter["name"]: {
                "ParameterName": parameter["name"],
                "ParameterValue": str(parameter["value"]),
                "ApplyMethod": parameter.get("applyMethod", "immediate"),
            }
            for parameter in inputs.get("parameters") or []
        }

    before, now, group = rows(old), rows(resource.inputs), {"DBParameterGroupName": resource.id}
    changed = [row for name, row in now.items() if before.get(name) != row]
    for start in range(0, len(changed), PARAMETERS_A_CALL):
        part = changed[start : start + PARAMETERS_A_CALL]
        session.call("rds", "ModifyDBParameterGroup", {**group, "Parameters": part})
    if reset := [row for name, row in before.items() if name not in now]:
        session.call("rds", "ResetDBParameterGroup", {**group, "Parameters": reset})


def _alter_instance(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    before = set(old.get("enabledCloudwatchLogsExports") or [])
    now = set(resource.inputs.get("enabledCloudwatchLogsExports") or [])
    exports = {
        "EnableLogTypes": sorted(now - before),
        "DisableLogTypes": sorted(before - now),
    }
    session.call(
        "rds",
        "ModifyDBInstance",
        {"DBInstanceIdentifier": resource.id, "CloudwatchLogsExportConfiguration": exports},
    )


def _restore(inputs: dict[str, Any]) -> dict[str, Any]:
    """A point in time is an object of its own in pulumi-aws, and the call's own members in AWS."""
    point = inputs.get("restoreToPointInTime")
    if not point:
        return inputs
    target = {"targetDbInstanceIdentifier": inputs.get("identifier")}
    rest = {k: v for k, v in inputs.items() if k not in ("restoreToPointInTime", "identifier")}
    return {**rest, **point, **target}


KINDS = {
    "aws:rds/subnetGroup:SubnetGroup": Kind(
        autoname="name",
        autoname_lower=True,
        defaults={"description": "Managed by Pulumi"},
        local=frozenset({"namePrefix"}),
        rename={"description": "DBSubnetGroupDescription"},
        read=Read(
            "DescribeDBSubnetGroups",
            {"DBSubnetGroupName": "{id}"},
            "DBSubnetGroups[0] | merge(@, {SubnetIds: Subnets[].SubnetIdentifier})",
        ),
        outputs={"arn": "arn:aws:rds:{region}:{account}:subgrp:{id}"},
        tag=TAG,
        untag=UNTAG,
    ),
    "aws:rds/parameterGroup:ParameterGroup": Kind(
        autoname="name",
        autoname_lower=True,
        defaults={"description": "Managed by Pulumi"},
        local=frozenset({"namePrefix", "skipDestroy"}),
        rename={"family": "DBParameterGroupFamily"},
        apply=_apply_parameters,
        applies=frozenset({"parameters"}),
        outputs={"arn": "arn:aws:rds:{region}:{account}:pg:{id}"},
        tag=TAG,
        untag=UNTAG,
    ),
    "aws:rds/instance:Instance": Kind(
        autoname="identifier",
        autoname_lower=True,
        rename=INSTANCE_RENAMES,
        variants={
            "replicateSourceDb": "CreateDBInstanceReadReplica",
            "snapshotIdentifier": "RestoreDBInstanceFromDBSnapshot",
            "restoreToPointInTime": "RestoreDBInstanceToPointInTime",
        },
        prepare=_restore,
        local=frozenset(
            {
                "applyImmediately",
                "deleteAutomatedBackups",
                "finalSnapshotIdentifier",
                "skipFinalSnapshot",
                "identifierPrefix",
            }
        ),
        kept=frozenset({"allowMajorVersionUpgrade", "blueGreenUpdate"}),
        fixed=frozenset(
            {
                "identifier",
                "engine",
                "username",
                "dbName",
                "kmsKeyId",
                "storageEncrypted",
                "snapshotIdentifier",
                "restoreToPointInTime",
                "availabilityZone",
                "characterSetName",
            }
        ),
        read=Read(
            "DescribeDBInstances",
            {"DBInstanceIdentifier": "{id}"},
            "DBInstances[0] | merge(@, {Address: Endpoint.Address, Port: Endpoint.Port,"
            " HostedZoneId: Endpoint.HostedZoneId, DBSubnetGroupName:"
            " DBSubnetGroup.DBSubnetGroupName, VpcSecurityGroupIds:"
            " VpcSecurityGroups[].VpcSecurityGroupId, Endpoint: `null`})",
        ),
        update=("ModifyDBInstance",),
        alter=_alter_instance,
        alters=frozenset({"enabledCloudwatchLogsExports"}),
        delete=(
            Call(
                "DeleteDBInstance",
                {
                    "DBInstanceIdentifier": "{id}",
                    "SkipFinalSnapshot": "{skipFinalSnapshot || replicateSourceDb && `true`}",
                    "FinalDBSnapshotIdentifier": (
                        "{!skipFinalSnapshot && !replicateSourceDb && finalSnapshotIdentifier}"
                    ),
                    "DeleteAutomatedBackups": "{deleteAutomatedBackups}",
                },
            ),
        ),
        outputs={
            "arn": "arn:aws:rds:{region}:{account}:db:{identifier}",
            "endpoint": "{live.address}:{live.port}",
            "engineVersionActual": "{live.engineVersion}",
        },
        settled=frozenset({"status", "latestRestorableTime", "replicas", "masterUserSecrets"}),
        tag=TAG,
        untag=UNTAG,
    ),
    "aws:rds/eventSubscription:EventSubscription": Kind(
        autoname="name",
        defaults={"enabled": True},
        local=frozenset({"namePrefix"}),
        rename={"name": "SubscriptionName", "snsTopic": "SnsTopicArn"},
        outputs={
            "arn": "arn:aws:rds:{region}:{account}:es:{name}",
            "customerAwsId": "{account}",
        },
        tag=TAG,
        untag=UNTAG,
    ),
}
