"""ElastiCache."""

from typing import Any

from ...provider import Resource
from ..kinds import Call, Kind, Read
from ..ledger import Ledger
from ..session import Session

ARN = "arn:aws:elasticache:{region}:{account}"
TAG = Call("AddTagsToResource", {"ResourceName": "{arn}", "Tags": "{tagList}"})
UNTAG = Call("RemoveTagsFromResource", {"ResourceName": "{arn}", "TagKeys": "{gone}"})
TAGGED: dict[str, Any] = {"tag": TAG, "untag": UNTAG}


def _apply_parameters(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    values = [
        {"ParameterName": parameter["name"], "ParameterValue": str(parameter["value"])}
        for parameter in resource.inputs.get("parameters") or []
    ]
    group = {"CacheParameterGroupName": resource.id}
    if values:
        wanted = {**group, "ParameterNameValues": values}
        session.call("elasticache", "ModifyCacheParameterGroup", wanted)


def _alter_user_group(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    before, now = set(old.get("userIds") or []), set(resource.inputs.get("userIds") or [])
    change = {"UserIdsToAdd": sorted(now - before), "UserIdsToRemove": sorted(before - now)}
    wanted = {key: ids for key, ids in change.items() if ids}
    session.call("elasticache", "ModifyUserGroup", {"UserGroupId": resource.id, **wanted})


def _log_delivery(inputs: dict[str, Any]) -> dict[str, Any]:
    """AWS names the destination inside an object of its kind."""
    if not inputs.get("logDeliveryConfigurations"):
        return inputs
    nested = [
        {
            "logType": log["logType"],
            "logFormat": log["logFormat"],
            "destinationType": log["destinationType"],
            "destinationDetails": {"cloudWatchLogsDetails": {"logGroup": log["destination"]}}
            if log["destinationType"] == "cloudwatch-logs"
            else {"kinesisFirehoseDetails": {"deliveryStream": log["destination"]}},
        }
        for log in inputs["logDeliveryConfigurations"]
    ]
    return {**inputs, "logDeliveryConfigurations": nested}


DIRECTIONS = {
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "central": "c",
    "northeast": "ne",
    "northwest": "nw",
    "southeast": "se",
    "southwest": "sw",
}


def _region_code(region: str) -> str:
    """How ElastiCache writes a region in a host name: eu-west-1 → euw1."""
    area, *direction, number = region.split("-")
    return area + "".join(DIRECTIONS.get(word, word) for word in direction) + number


def _look_group(session: Session, resource: Resource, ledger: Ledger) -> dict[str, Any] | None:
    """The group with its endpoints as AWS forms them; moto's are all of us-east-1."""
    region = resource.inputs.get("region") or session.region
    wanted = {"ReplicationGroupId": resource.id}
    group = session.call("elasticache", "DescribeReplicationGroups", wanted, region)[
        "ReplicationGroups"
    ][0]
    if group["Status"] == "deleting":
        return None
    nodes = group["NodeGroups"][0]

    def address(member: str) -> str | None:
        host = nodes.get(member, {}).get("Address")
        return str(host).replace(".use1.", f".{_region_code(region)}.") if host else None

    return {
        **group,
        "PrimaryEndpointAddress": address("PrimaryEndpoint"),
        "ReaderEndpointAddress": address("ReaderEndpoint"),
        "Port": nodes.get("PrimaryEndpoint", {}).get("Port"),
        "AutomaticFailoverEnabled": group["AutomaticFailover"] == "enabled",
        "MultiAzEnabled": group["MultiAZ"] == "enabled",
    }


def _alter_replicas(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    before, now = old.get("numCacheClusters") or 1, resource.inputs.get("numCacheClusters") or 1
    verb = "Increase" if now > before else "Decrease"
    session.call(
        "elasticache",
        f"{verb}ReplicaCount",
        {
            "ReplicationGroupId": resource.id,
            "NewReplicaCount": now - 1,
            "ApplyImmediately": True,
        },
    )


KINDS = {
    "aws:elasticache/subnetGroup:SubnetGroup": Kind(
        autoname="name",
        autoname_lower=True,
        defaults={"description": "Managed by Pulumi"},
        rename={"description": "CacheSubnetGroupDescription"},
        read=Read(
            "DescribeCacheSubnetGroups",
            {"CacheSubnetGroupName": "{id}"},
            "CacheSubnetGroups[0] | merge(@, {SubnetIds: Subnets[].SubnetIdentifier})",
        ),
        outputs={"arn": f"{ARN}:subnetgroup:{{id}}"},
        **TAGGED,
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": Kind(
        autoname="name",
        autoname_lower=True,
        defaults={"description": "Managed by Pulumi"},
        rename={"family": "CacheParameterGroupFamily"},
        apply=_apply_parameters,
        applies=frozenset({"parameters"}),
        outputs={"arn": f"{ARN}:parametergroup:{{id}}"},
        **TAGGED,
    ),
    "aws:elasticache/user:User": Kind(
        read=Read("DescribeUsers", {"UserId": "{id}"}, "Users[?Status!='deleting'] | [0]"),
        fixed=frozenset({"userName"}),
        outputs={"arn": f"{ARN}:user:{{id}}"},
        settled=frozenset({"userGroupIds"}),
        **TAGGED,
    ),
    "aws:elasticache/userGroup:UserGroup": Kind(
        alter=_alter_user_group,
        alters=frozenset({"userIds"}),
        outputs={"arn": f"{ARN}:usergroup:{{id}}"},
        **TAGGED,
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": Kind(
        autoname="replicationGroupId",
        autoname_lower=True,
        rename={
            "description": "ReplicationGroupDescription",
            "nodeType": "CacheNodeType",
            "parameterGroupName": "CacheParameterGroupName",
            "subnetGroupName": "CacheSubnetGroupName",
            "maintenanceWindow": "PreferredMaintenanceWindow",
        },
        prepare=_log_delivery,
        local=frozenset({"applyImmediately", "finalSnapshotIdentifier", "authTokenUpdateStrategy"}),
        look=_look_group,
        alter=_alter_replicas,
        alters=frozenset({"numCacheClusters"}),
        fixed=frozenset(
            {
                "atRestEncryptionEnabled",
                "kmsKeyId",
                "port",
                "subnetGroupName",
                "dataTieringEnabled",
                "networkType",
            }
        ),
        delete=(
            Call(
                "DeleteReplicationGroup",
                {
                    "ReplicationGroupId": "{id}",
                    "FinalSnapshotIdentifier": "{finalSnapshotIdentifier}",
                },
            ),
        ),
        outputs={
            "arn": f"{ARN}:replicationgroup:{{id}}",
            "engineVersionActual": "{engineVersion}",
        },
        settled=frozenset({"memberClusters"}),
        **TAGGED,
    ),
}
