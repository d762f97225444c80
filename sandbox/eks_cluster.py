"""What pulumi-eks makes of an `eks.Cluster`: the inputs of the cluster, and the kubeconfig.

https://www.pulumi.com/registry/packages/eks/api-docs/cluster/
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .provider import Failure

CLUSTER = "aws:eks/cluster:Cluster"
# Each would make pulumi-eks create what the sandbox does not: it has to be switched off by name.
SWITCHED_OFF: Mapping[str, tuple[Any, str]] = {
    "skipDefaultNodeGroup": (True, "default node group"),
    "skipDefaultSecurityGroups": (True, "security groups"),
    "createInstanceRole": (False, "instance role"),
    "createOidcProvider": (False, "OIDC provider"),
    "useDefaultVpcCni": (True, "VPC CNI add-on"),
}
ADDONS = ("corednsAddonOptions", "kubeProxyAddonOptions")
TAKEN = frozenset(
    {
        *SWITCHED_OFF,
        *ADDONS,
        "authenticationMode",
        "bootstrapSelfManagedAddons",
        "clusterTags",
        "deletionProtection",
        "enabledClusterLogTypes",
        "encryptionConfigKeyArn",
        "endpointPrivateAccess",
        "endpointPublicAccess",
        "kubernetesServiceIpAddressRange",
        "ipFamily",
        "name",
        "privateSubnetIds",
        "providerCredentialOpts",
        "publicAccessCidrs",
        "publicSubnetIds",
        "serviceRole",
        "subnetIds",
        "tags",
        "upgradePolicy",
        "version",
        "vpcId",
    }
)


def problems(inputs: Mapping[str, Any]) -> Iterator[Failure]:
    """What of a cluster's inputs the sandbox does not build, each by name."""
    for key, (value, made) in SWITCHED_OFF.items():
        if inputs.get(key) is not value:
            yield Failure(key, f"the sandbox makes no {made}; use {value}")
    for key in ADDONS:
        if (inputs.get(key) or {}).get("enabled") is not False:
            yield Failure(key, "the sandbox makes no add-on of pulumi-eks; use enabled=False")
    if inputs.get("authenticationMode") != "API":
        yield Failure("authenticationMode", "the sandbox has no aws-auth ConfigMap; use API")
    if not inputs.get("serviceRole"):
        yield Failure("serviceRole", "the sandbox makes no service role; pass one")
    for key in sorted(inputs.keys() - TAKEN):
        yield Failure(key, "the sandbox does not know this input of eks.Cluster")


def cluster_inputs(name: str, inputs: Mapping[str, Any], role_arn: Any) -> dict[str, Any]:
    """The inputs of the cluster that `eks.Cluster(name)` registers as its child."""
    subnets = inputs.get("subnetIds") or [
        *(inputs.get("publicSubnetIds") or []),
        *(inputs.get("privateSubnetIds") or []),
    ]
    network = {
        "serviceIpv4Cidr": inputs.get("kubernetesServiceIpAddressRange"),
        "ipFamily": inputs.get("ipFamily"),
    }
    given = {
        "name": inputs.get("name"),
        "roleArn": role_arn,
        "version": inputs.get("version"),
        "bootstrapSelfManagedAddons": inputs.get("bootstrapSelfManagedAddons", True),
        "vpcConfig": _present(
            {
                "subnetIds": subnets,
                "endpointPrivateAccess": inputs.get("endpointPrivateAccess"),
                "endpointPublicAccess": inputs.get("endpointPublicAccess"),
                "publicAccessCidrs": inputs.get("publicAccessCidrs"),
            }
        ),
        "kubernetesNetworkConfig": _present(network) or None,
        "enabledClusterLogTypes": inputs.get("enabledClusterLogTypes"),
        "encryptionConfig": {
            "provider": {"keyArn": inputs["encryptionConfigKeyArn"]},
            "resources": ["secrets"],
        }
        if inputs.get("encryptionConfigKeyArn")
        else None,
        "accessConfig": {
            "authenticationMode": inputs["authenticationMode"],
            "bootstrapClusterCreatorAdminPermissions": True,
        },
        "upgradePolicy": inputs.get("upgradePolicy"),
        "deletionProtection": inputs.get("deletionProtection"),
        "tags": {
            "Name": f"{name}-eksCluster",
            **(inputs.get("clusterTags") or {}),
            **(inputs.get("tags") or {}),
        },
    }
    return _present(given)


IGNORED = ["accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons"]


def kubeconfig(cluster: str, endpoint: str, certificate_authority: str) -> dict[str, Any]:
    """A kubeconfig whose credential comes from the AWS CLI at each use."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": "kubernetes",
                "cluster": {
                    "server": endpoint,
                    "certificate-authority-data": certificate_authority,
                },
            }
        ],
        "contexts": [{"name": "aws", "context": {"cluster": "kubernetes", "user": "aws"}}],
        "current-context": "aws",
        "users": [
            {
                "name": "aws",
                "user": {
                    "exec": {
                        "apiVersion": "client.authentication.k8s.io/v1beta1",
                        "command": "aws",
                        "args": ["eks", "get-token", "--cluster-name", cluster],
                        "env": [{"name": "KUBERNETES_EXEC_INFO", "value": "{}"}],
                    }
                },
            }
        ],
    }


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
