"""The cluster's add-ons, each at the version that goes with its Kubernetes version.

https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html
https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.encryption_key import problem_of_account
from components.kubernetes_versions import VERSIONS, problem_of_version
from components.pod_identity import PodIdentity, PodIdentityArgs
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 32
# What a node needs to become ready comes before the nodes, the rest runs on them.
BEFORE_NODES = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
ON_NODES = ("coredns", "aws-ebs-csi-driver", "metrics-server")
OBSERVABILITY = "amazon-cloudwatch-observability"
CONFIGURATION: Mapping[str, Mapping[str, Any]] = {
    # Without it a NetworkPolicy is stored and nothing obeys it.
    "vpc-cni": {"enableNetworkPolicy": "true"},
}
AWS_POLICY = "arn:aws:iam::aws:policy"


@dataclass(frozen=True)
class Identity:
    """The service account of an add-on that calls AWS, and what it may do there."""

    namespace: str
    service_account: str
    policy_arn: str


IDENTITIES: Mapping[str, Identity] = {
    "vpc-cni": Identity("kube-system", "aws-node", f"{AWS_POLICY}/AmazonEKS_CNI_Policy"),
    "aws-ebs-csi-driver": Identity(
        "kube-system",
        "ebs-csi-controller-sa",
        f"{AWS_POLICY}/service-role/AmazonEBSCSIDriverPolicy",
    ),
    OBSERVABILITY: Identity(
        "amazon-cloudwatch", "cloudwatch-agent", f"{AWS_POLICY}/CloudWatchAgentServerPolicy"
    ),
}


@dataclass(frozen=True, kw_only=True)
class AddonsArgs:
    """Which cluster gets which add-ons.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    account_id: str
    cluster_name: pulumi.Input[str]
    version: str
    """The cluster's Kubernetes version, e.g. "1.35"."""
    names: Sequence[str]
    """BEFORE_NODES, or those that run on nodes."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = VERSIONS[self.version].addons if self.version in VERSIONS else {}
        refuse(
            "AddonsArgs",
            problem_of_account(self.account_id),
            problem_of_version(self.version),
            *(
                f"names has {name!r}; use {', '.join(known)}"
                for name in self.names
                if known and name not in known
            ),
        )


class Addons(pulumi.ComponentResource):
    """Add-ons that EKS installs, and keeps as they are described here."""

    def __init__(
        self, name: str, args: AddonsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("Addons", name, MAX_NAME_LENGTH, "app")
        super().__init__("platform:addons:Addons", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        for addon in args.names:
            label = f"{name}-{addon}"
            before = []
            if identity := IDENTITIES.get(addon):
                before.append(
                    PodIdentity(
                        label,
                        PodIdentityArgs(
                            account_id=args.account_id,
                            cluster_name=args.cluster_name,
                            namespace=identity.namespace,
                            service_account=identity.service_account,
                            managed_policy_arns=[identity.policy_arn],
                            tags=args.tags,
                        ),
                        child,
                    )
                )
            configuration = CONFIGURATION.get(addon)
            aws.eks.Addon(
                label,
                cluster_name=args.cluster_name,
                addon_name=addon,
                addon_version=VERSIONS[args.version].addons[addon],
                configuration_values=json.dumps(configuration) if configuration else None,
                resolve_conflicts_on_create="OVERWRITE",
                resolve_conflicts_on_update="OVERWRITE",
                tags={**args.tags, "Name": label},
                opts=pulumi.ResourceOptions(parent=self, depends_on=before),
            )
        self.register_outputs({})
