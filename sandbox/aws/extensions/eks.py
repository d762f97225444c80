"""EKS: what moto's clusters lack, versions that change, add-ons, access entries, Pod Identity.

https://docs.aws.amazon.com/eks/latest/APIReference/Welcome.html
"""

import base64
import uuid
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.eks import urls
from moto.eks.models import EKSBackend
from moto.eks.responses import EKSResponse

from . import records
from .records import Recorded, RecordError

CERTIFICATE = base64.b64encode(b"-----BEGIN CERTIFICATE-----\nsandbox\n-----END CERTIFICATE-----\n")
# What CreateCluster takes and moto does not keep, with what AWS takes where it is absent.
CLUSTER_PARTS: dict[str, Any] = {
    "accessConfig": {"authenticationMode": "CONFIG_MAP"},
    "deletionProtection": False,
    "upgradePolicy": {"supportType": "EXTENDED"},
    "zonalShiftConfig": {"enabled": False},
}
CHANGED_TOGETHER = ("logging", "kubernetesNetworkConfig")
GONE = "ResourceNotFoundException"


class Records(EKSResponse):  # type: ignore[misc]
    """The calls that moto's class lacks; their parameters are read by botocore's model."""

    def __init__(self) -> None:
        super().__init__()
        self.automated_parameter_parsing = True

    def create_cluster(self) -> ActionResult:
        """https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html."""
        answer = super().create_cluster()
        given = self._get_params()
        cluster = self.eks_backend.describe_cluster(given["name"])
        for name, default in CLUSTER_PARTS.items():
            setattr(cluster, name, given.get(name, default))
        host = uuid.uuid4().hex.upper()
        cluster.endpoint = f"https://{host}.gr7.{self.region}.eks.amazonaws.com"
        issuer = f"https://oidc.eks.{self.region}.amazonaws.com/id/{host}"
        cluster.identity = {"oidc": {"issuer": issuer}}
        cluster.certificate_authority = {"data": CERTIFICATE.decode()}
        cluster.resources_vpc_config |= self._security_group(cluster)
        return answer

    def _security_group(self, cluster: Any) -> dict[str, str]:
        """The group that EKS makes for the control plane and the managed nodes."""
        ec2 = ec2_backends[self.current_account][self.region]
        subnets = cluster.resources_vpc_config["subnetIds"]
        vpc_id = ec2.get_subnet(subnets[0]).vpc_id
        group = ec2.create_security_group(
            f"eks-cluster-sg-{cluster.name}-{uuid.uuid4().int % 10**9}",
            "EKS created security group applied to ENI that is attached to EKS Control Plane "
            "master nodes, as well as any managed workloads.",
            vpc_id,
            tags={f"kubernetes.io/cluster/{cluster.name}": "owned"},
        )
        return {"vpcId": vpc_id, "clusterSecurityGroupId": group.id}

    def delete_cluster(self) -> ActionResult:
        """https://docs.aws.amazon.com/eks/latest/APIReference/API_DeleteCluster.html."""
        cluster = self.eks_backend.describe_cluster(self._get_params()["name"])
        if cluster.deletionProtection:
            raise RecordError(
                "InvalidRequestException",
                f"Cluster {cluster.name} has deletion protection enabled; disable it first.",
            )
        answer = super().delete_cluster()
        group = cluster.resources_vpc_config["clusterSecurityGroupId"]
        ec2_backends[self.current_account][self.region].delete_security_group(group_id=group)
        for noun in RECORDED:
            kept = records.store(self, noun)
            for key in [key for key in kept if key[0] == cluster.name]:
                del kept[key]
        return answer

    def update_cluster_config(self) -> ActionResult:
        """https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterConfig.html."""
        given = self._get_params()
        cluster = self.eks_backend.describe_cluster(given["name"])
        for name in CLUSTER_PARTS.keys() & given.keys():
            before = getattr(cluster, name)
            both = isinstance(before, dict)
            setattr(cluster, name, {**before, **given[name]} if both else given[name])
        for name in given.keys() & set(CHANGED_TOGETHER):
            setattr(cluster, name, given[name])
        cluster.resources_vpc_config |= given.get("resourcesVpcConfig", {})
        return _update("ConfigUpdate")

    def update_cluster_version(self) -> ActionResult:
        """https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterVersion.html."""
        given = self._get_params()
        cluster = self.eks_backend.describe_cluster(given["name"])
        before, after = _minor(cluster.version), _minor(given["version"])
        if after != before + 1:
            raise RecordError(
                "InvalidParameterException",
                f"Unsupported Kubernetes minor version update from {cluster.version} to "
                f"{given['version']}",
            )
        cluster.version = given["version"]
        return _update("VersionUpdate")

    def update_nodegroup_version(self) -> ActionResult:
        """https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateNodegroupVersion.html."""
        given = self._get_params()
        group = self.eks_backend.describe_nodegroup(given["clusterName"], given["nodegroupName"])
        cluster = self.eks_backend.describe_cluster(given["clusterName"])
        group.version = given.get("version", cluster.version)
        if template := given.get("launchTemplate"):
            group.launch_template = {**group.launch_template, **template}
        return _update("VersionUpdate")

    def create_nodegroup(self) -> ActionResult:
        """https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html."""
        answer = super().create_nodegroup()
        given = self._get_params()
        group = self.eks_backend.describe_nodegroup(given["clusterName"], given["nodegroupName"])
        cluster = self.eks_backend.describe_cluster(given["clusterName"])
        group.version = given.get("version", cluster.version)
        group.update_config = given.get("updateConfig")
        group.node_repair_config = given.get("nodeRepairConfig")
        return answer

    def associate_access_policy(self) -> ActionResult:
        """https://docs.aws.amazon.com/eks/latest/APIReference/API_AssociateAccessPolicy.html."""
        given = self._get_params()
        entry = records.find(self, ACCESS_ENTRY)
        made = {key: given[key] for key in ("policyArn", "accessScope")}
        entry.setdefault("policies", {})[given["policyArn"]] = made
        names = {key: given[key] for key in ACCESS_ENTRY.ids}
        return ActionResult({**names, "associatedAccessPolicy": made})

    def disassociate_access_policy(self) -> ActionResult:
        """https://docs.aws.amazon.com/eks/latest/APIReference/API_DisassociateAccessPolicy.html."""
        entry = records.find(self, ACCESS_ENTRY)
        if entry.get("policies", {}).pop(self._get_params()["policyArn"], None) is None:
            raise RecordError(GONE, "The access policy is not associated.")
        return ActionResult({})

    def list_associated_access_policies(self) -> ActionResult:
        """https://docs.aws.amazon.com/eks/latest/APIReference/API_ListAssociatedAccessPolicies.html."""
        entry = records.find(self, ACCESS_ENTRY)
        names = {key: entry[key] for key in ACCESS_ENTRY.ids}
        policies = list(entry.get("policies", {}).values())
        return ActionResult({**names, "associatedAccessPolicies": policies})

    def tag_resource(self) -> ActionResult:
        """https://docs.aws.amazon.com/eks/latest/APIReference/API_TagResource.html."""
        self._tags().update(self._get_params()["tags"])
        return ActionResult({})

    def untag_resource(self) -> ActionResult:
        """https://docs.aws.amazon.com/eks/latest/APIReference/API_UntagResource.html."""
        for key in self._get_params()["tagKeys"]:
            self._tags().pop(key, None)
        return ActionResult({})

    def _tags(self) -> dict[str, str]:
        """The tags of whatever has the ARN: moto tags clusters alone."""
        arn = self._get_params()["resourceArn"]
        backend: EKSBackend = self.eks_backend
        for cluster in backend.clusters.values():
            for thing in (cluster, *cluster.nodegroups.values()):
                if thing.arn == arn:
                    return dict.setdefault(vars(thing), "tags", {})
        for noun in RECORDED:
            for record in records.store(self, noun).values():
                if arn in record.values():
                    return record.setdefault("tags", {})  # type: ignore[no-any-return]
        raise RecordError(GONE, f"Resource {arn} was not found.")


ADDON = Recorded(
    response=Records,
    service="eks",
    noun="Addon",
    ids=("clusterName", "addonName"),
    arn="addon/{clusterName}/{addonName}",
    gone=GONE,
    shown={"addonArn": "{arn}", "status": "ACTIVE", "health": {"issues": []}},
)
ACCESS_ENTRY = Recorded(
    response=Records,
    service="eks",
    noun="AccessEntry",
    ids=("clusterName", "principalArn"),
    arn="access-entry/{clusterName}/{principalArn}",
    gone=GONE,
    shown={"accessEntryArn": "{arn}", "type": "STANDARD"},
)
POD_IDENTITY = Recorded(
    response=Records,
    service="eks",
    noun="PodIdentityAssociation",
    member="association",
    ids=("clusterName", "associationId"),
    new_id="a-",
    arn="podidentityassociation/{clusterName}/{associationId}",
    gone=GONE,
    shown={"associationArn": "{arn}"},
)
RECORDED: tuple[Recorded, ...] = (ADDON, ACCESS_ENTRY, POD_IDENTITY)
OWN = (
    "addons",
    "access-entries",
    "pod-identity-associations",
    "updates",
    "update-config",
    "node-groups",
)


def install() -> None:
    """Answer every address of EKS with the class that lacks nothing."""
    more = {f"{{0}}/clusters/(?P<name>[^/]+)/{part}(/.+)?$": Records.dispatch for part in OWN}
    urls.url_paths = {**more, **dict.fromkeys(urls.url_paths, Records.dispatch)}


def _minor(version: str) -> int:
    return int(version.split(".")[1])


def _update(kind: str) -> ActionResult:
    made = {"id": str(uuid.uuid4()), "status": "Successful", "type": kind, "params": []}
    return ActionResult({"update": made})
