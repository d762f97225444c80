"""EKS, and the launch templates of its nodes."""

from typing import Any

from ...provider import Resource
from ..derive import complete
from ..kinds import Call, Kind, Read
from ..ledger import Ledger
from ..requests import request_for
from ..session import Session

TAG = Call("TagResource", {"resourceArn": "{live.arn || arn}", "tags": "{tags}"})
UNTAG = Call("UntagResource", {"resourceArn": "{live.arn || arn}", "tagKeys": "{gone}"})
LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
# Each is a request of its own: EKS takes one kind of change at a time.
CONFIG = ("accessConfig", "deletionProtection", "upgradePolicy", "zonalShiftConfig")


def _logging(types: list[str]) -> dict[str, Any]:
    """All types, each on or off: EKS keeps what a request does not name."""
    parts = ((True, types), (False, [each for each in LOGS if each not in types]))
    return {"clusterLogging": [{"types": t, "enabled": on} for on, t in parts if t]}


def _cluster(inputs: dict[str, Any]) -> dict[str, Any]:
    nested = dict(inputs)
    types = nested.pop("enabledClusterLogTypes", None)
    return nested if types is None else {**nested, "logging": _logging(types)}


def _alter_cluster(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    new: dict[str, Any] = resource.inputs
    name = new["name"]

    def change(operation: str, **parameters: Any) -> None:
        session.call("eks", operation, {"name": name, **parameters}, new.get("region"))

    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    for key in CONFIG:
        if key in changed:
            value = new.get(key)
            if key == "accessConfig":
                value = {"authenticationMode": new[key]["authenticationMode"]}
            change("UpdateClusterConfig", **{key: value})
    if "vpcConfig" in changed:
        change("UpdateClusterConfig", resourcesVpcConfig=new["vpcConfig"])
    if "enabledClusterLogTypes" in changed:
        types = new.get("enabledClusterLogTypes") or []
        change("UpdateClusterConfig", logging=_logging(types))
    if "version" in changed:
        change("UpdateClusterVersion", version=new["version"])


def _alter_nodes(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    new = resource.inputs
    where = {"clusterName": new["clusterName"], "nodegroupName": resource.id.split(":")[1]}
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    config: dict[str, Any] = {}
    if "scalingConfig" in changed:
        config["scalingConfig"] = new["scalingConfig"]
    if "updateConfig" in changed:
        config["updateConfig"] = new["updateConfig"]
    if "nodeRepairConfig" in changed:
        config["nodeRepairConfig"] = new["nodeRepairConfig"]
    if "labels" in changed:
        gone = sorted((old.get("labels") or {}).keys() - (new.get("labels") or {}).keys())
        config["labels"] = {"addOrUpdateLabels": new.get("labels") or {}, "removeLabels": gone}
    if "taints" in changed:
        kept = new.get("taints") or []
        gone_taints = [taint for taint in old.get("taints") or [] if taint not in kept]
        config["taints"] = {"addOrUpdateTaints": kept, "removeTaints": gone_taints}
    if config:
        session.call("eks", "UpdateNodegroupConfig", {**where, **config}, new.get("region"))
    version: dict[str, Any] = {key: new[key] for key in changed & {"version", "releaseVersion"}}
    if "launchTemplate" in changed:
        template = {key: str(value) for key, value in new["launchTemplate"].items()}
        version["launchTemplate"] = template
    if version:
        session.call("eks", "UpdateNodegroupVersion", {**where, **version}, new.get("region"))


def _associate(
    session: Session, resource: Resource, tags: dict[str, str]
) -> tuple[str, dict[str, Any]]:
    inputs = resource.inputs
    scope = inputs["accessScope"]
    given = {key: inputs[key] for key in ("clusterName", "principalArn", "policyArn")}
    wanted = {**given, "accessScope": {key: scope[key] for key in scope if scope[key]}}
    answer = session.call("eks", "AssociateAccessPolicy", wanted, inputs.get("region"))
    return "#".join(given.values()), answer


def _look_association(
    session: Session, resource: Resource, ledger: Ledger
) -> dict[str, Any] | None:
    cluster, principal, policy = resource.id.split("#")
    wanted = {"clusterName": cluster, "principalArn": principal}
    found = session.call("eks", "ListAssociatedAccessPolicies", wanted)
    policies = found["associatedAccessPolicies"]
    return next(({**wanted, **each} for each in policies if each["policyArn"] == policy), None)


def _template_data(inputs: dict[str, Any]) -> dict[str, Any]:
    """AWS has all but the name inside one object."""
    outside = {"name", "description", "defaultVersion", "updateDefaultVersion", "tags", "region"}
    data = {key: value for key, value in inputs.items() if key not in outside}
    if names := data.pop("vpcSecurityGroupIds", None):
        data["securityGroupIds"] = names
    kept = {key: inputs[key] for key in inputs.keys() & {"name", "description"}}
    return {**kept, "launchTemplateData": data}


def _new_version(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    """A launch template never changes: it gets another version."""
    kind = KINDS["aws:ec2/launchTemplate:LaunchTemplate"]
    derived = complete("aws:ec2/launchTemplate:LaunchTemplate", kind)
    context = {"tags": {}, "tagList": [], "id": resource.id}
    parameters = request_for(derived, resource, context).parameters
    wanted = {
        "LaunchTemplateId": resource.id,
        "LaunchTemplateData": parameters["LaunchTemplateData"],
    }
    made = session.call("ec2", "CreateLaunchTemplateVersion", wanted)["LaunchTemplateVersion"]
    if resource.inputs.get("updateDefaultVersion"):
        number = str(made["VersionNumber"])
        default = {"LaunchTemplateId": resource.id, "DefaultVersion": number}
        session.call("ec2", "ModifyLaunchTemplate", default)


TEMPLATE_INPUTS = frozenset(
    {
        "blockDeviceMappings",
        "ebsOptimized",
        "iamInstanceProfile",
        "imageId",
        "instanceType",
        "metadataOptions",
        "monitoring",
        "networkInterfaces",
        "tagSpecifications",
        "userData",
        "vpcSecurityGroupIds",
    }
)

KINDS: dict[str, Kind] = {
    "aws:eks/cluster:Cluster": Kind(
        noun="Cluster",
        autoname="name",
        prepare=_cluster,
        rename={"vpcConfig": "resourcesVpcConfig", "identities": "identity"},
        local=frozenset({"defaultAddonsToRemoves", "forceUpdateVersion"}),
        kept=frozenset({"bootstrapSelfManagedAddons"}),
        given_inside={"vpcConfig": ("clusterSecurityGroupId", "vpcId")},
        read=Read(
            "DescribeCluster",
            {"name": "{id}"},
            "cluster.merge(@, {enabledClusterLogTypes: logging.clusterLogging[?enabled].types[]})",
        ),
        update=("UpdateClusterConfig",),
        alter=_alter_cluster,
        alters=frozenset({*CONFIG, "enabledClusterLogTypes", "vpcConfig", "version"}),
        delete=(Call("DeleteCluster", {"name": "{id}"}),),
        outputs={"clusterId": ""},
        tag=TAG,
        untag=UNTAG,
    ),
    "aws:eks/nodeGroup:NodeGroup": Kind(
        noun="Nodegroup",
        autoname="nodeGroupName",
        id="{clusterName}:{nodeGroupName}",
        rename={
            "nodeGroupName": "nodegroupName",
            "nodeRoleArn": "nodeRole",
            "subnetIds": "subnets",
            "arn": "nodegroupArn",
        },
        local=frozenset({"forceUpdateVersion", "nodeGroupNamePrefix"}),
        read=Read(
            "DescribeNodegroup",
            {"clusterName": "{clusterName}", "nodegroupName": "{nodeGroupName}"},
            "nodegroup",
        ),
        update=("UpdateNodegroupConfig",),
        alter=_alter_nodes,
        alters=frozenset(
            {
                "labels",
                "launchTemplate",
                "nodeRepairConfig",
                "releaseVersion",
                "scalingConfig",
                "taints",
                "updateConfig",
                "version",
            }
        ),
        delete=(
            Call(
                "DeleteNodegroup",
                {"clusterName": "{clusterName}", "nodegroupName": "{nodeGroupName}"},
            ),
        ),
        tag=TAG,
        untag=UNTAG,
    ),
    "aws:eks/addon:Addon": Kind(
        noun="Addon",
        id="{clusterName}:{addonName}",
        rename={
            "resolveConflictsOnCreate": "resolveConflicts",
            "arn": "addonArn",
            "podIdentityAssociations": "podIdentityAssociations",
        },
        local=frozenset({"preserve", "resolveConflictsOnUpdate"}),
        read=Read(
            "DescribeAddon", {"clusterName": "{clusterName}", "addonName": "{addonName}"}, "addon"
        ),
        update=("UpdateAddon",),
        update_with={"clusterName": "{clusterName}", "addonName": "{addonName}"},
        fixed=frozenset({"clusterName", "addonName"}),
        delete=(Call("DeleteAddon", {"clusterName": "{clusterName}", "addonName": "{addonName}"}),),
        tag=TAG,
        untag=UNTAG,
    ),
    "aws:eks/accessEntry:AccessEntry": Kind(
        noun="AccessEntry",
        id="{clusterName}:{principalArn}",
        rename={"userName": "username", "arn": "accessEntryArn"},
        read=Read(
            "DescribeAccessEntry",
            {"clusterName": "{clusterName}", "principalArn": "{principalArn}"},
            "accessEntry",
        ),
        update=("UpdateAccessEntry",),
        update_with={"clusterName": "{clusterName}", "principalArn": "{principalArn}"},
        fixed=frozenset({"clusterName", "principalArn", "type"}),
        delete=(
            Call(
                "DeleteAccessEntry",
                {"clusterName": "{clusterName}", "principalArn": "{principalArn}"},
            ),
        ),
        tag=TAG,
        untag=UNTAG,
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": Kind(
        make=_associate,
        makes=frozenset({"clusterName", "principalArn", "policyArn", "accessScope"}),
        look=_look_association,
        delete=(
            Call(
                "DisassociateAccessPolicy",
                {
                    "clusterName": "{clusterName}",
                    "principalArn": "{principalArn}",
                    "policyArn": "{policyArn}",
                },
            ),
        ),
        noun="AccessPolicy",
        fixed=frozenset({"clusterName", "principalArn", "policyArn", "accessScope"}),
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Kind(
        noun="PodIdentityAssociation",
        id="{result.association.associationId}",
        read=Read(
            "DescribePodIdentityAssociation",
            {"clusterName": "{clusterName}", "associationId": "{id}"},
            "association",
        ),
        update=("UpdatePodIdentityAssociation",),
        update_with={"clusterName": "{clusterName}", "associationId": "{id}"},
        fixed=frozenset({"clusterName", "namespace", "serviceAccount"}),
        delete=(
            Call(
                "DeletePodIdentityAssociation",
                {"clusterName": "{clusterName}", "associationId": "{id}"},
            ),
        ),
        outputs={"associationId": "{id}"},
        tag=Call("TagResource", {"resourceArn": "{associationArn}", "tags": "{tags}"}),
        untag=Call("UntagResource", {"resourceArn": "{associationArn}", "tagKeys": "{gone}"}),
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": Kind(
        noun="LaunchTemplate",
        autoname="name",
        tag_type="launch-template",
        prepare=_template_data,
        rename={
            "name": "LaunchTemplateName",
            "description": "VersionDescription",
            "launchTemplateData.securityGroupIds": "SecurityGroupIds",
            "latestVersion": "LatestVersionNumber",
            "defaultVersion": "DefaultVersionNumber",
        },
        local=frozenset({"updateDefaultVersion"}),
        read=Read("DescribeLaunchTemplates", {"LaunchTemplateIds": ["{id}"]}, "LaunchTemplates[0]"),
        delete=(Call("DeleteLaunchTemplate", {"LaunchTemplateId": "{id}"}),),
        id="{result.LaunchTemplate.LaunchTemplateId}",
        alter=_new_version,
        alters=TEMPLATE_INPUTS,
        outputs={"arn": "arn:aws:ec2:{region}:{account}:launch-template/{id}"},
        settled=frozenset({"latestVersion", "defaultVersion"}),
        tag=Call("CreateTags", {"Resources": ["{id}"], "Tags": "{tagList}"}),
        untag=Call("DeleteTags", {"Resources": ["{id}"], "Tags": "{goneList}"}),
    ),
}
