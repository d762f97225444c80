"""An EKS cluster: private, encrypted, logged, and used only by those whom it names.

https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html
https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_eks as eks

from components.addons import BEFORE_NODES, Addons, AddonsArgs
from components.alarms import Topics, make_alarms
from components.cluster_access import Access, grant, problems_of_principals
from components.cluster_limits import ALARMS
from components.cluster_rules import connect_nodes
from components.encryption_key import EncryptionKey, EncryptionKeyArgs, problem_of_account
from components.kubernetes_versions import problem_of_version
from components.log_retention import problem_of_log_retention
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 32
CLUSTER = "aws:eks/cluster:Cluster"
LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
# A block of an office or a VPN, not of a provider.
WIDEST_PUBLIC_ACCESS = 20


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """What a caller decides; what is missing here Cluster fixes on purpose.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    account_id: str
    region: str
    cluster_name: str
    """In subnet tags and log groups, so it never changes."""
    version: str
    """Kubernetes, e.g. "1.35". It goes up by one minor version at a time, and never down."""
    subnet_ids: Sequence[pulumi.Input[str]]
    """Private subnets in two Availability Zones or more, for the control plane's interfaces."""
    access: Mapping[str, tuple[str, Access]]
    """Who may use the API, by label: a role's ARN and "admin" or "view"."""
    node_security_group_id: pulumi.Input[str]
    """The group that nodes wear; rules between it and the control plane are made here."""
    topics: Topics
    log_retention_days: int
    public_access_cidrs: Sequence[str] = ()
    """Blocks from which the API is reached over the internet. Absent: from inside the VPC only."""
    protect: bool = True
    """Refuse to delete or replace the cluster and its key."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        subnets = len(self.subnet_ids)
        refuse(
            "ClusterArgs",
            problem_of_account(self.account_id),
            problem_of_cluster_name(self.cluster_name),
            problem_of_version(self.version),
            None if subnets >= 2 else f"subnet_ids has {subnets}; use 2 or more, in two zones",
            *problems_of_principals(self.access),
            *problems_of_public_access(self.public_access_cidrs),
            problem_of_log_retention("log_retention_days", self.log_retention_days),
        )


class Cluster(pulumi.ComponentResource):
    """A control plane with the add-ons that nodes need to join it; node groups come beside it."""

    name: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    certificate_authority: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    """Made by EKS for the control plane."""
    key_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("Cluster", name, MAX_NAME_LENGTH, "app")
        super().__init__("platform:cluster:Cluster", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self._tags = {**args.tags, "Name": name}

        key = EncryptionKey(
            f"{name}-cluster",
            EncryptionKeyArgs(
                account_id=args.account_id,
                region=args.region,
                description=f"Secrets, logs and disks of the cluster {args.cluster_name}",
                services=("logs",),
                auto_scaling=True,
                protect=args.protect,
                tags=args.tags,
            ),
            self._child,
        )
        cluster = self._cluster(key, self._log_group(key)).eks_cluster
        self.name = cluster.apply(lambda made: made.name)
        self.endpoint = cluster.apply(lambda made: made.endpoint)
        self.certificate_authority = cluster.apply(lambda made: made.certificate_authority.data)
        self.security_group_id = cluster.apply(
            lambda made: made.vpc_config.cluster_security_group_id
        )
        self.key_arn = key.arn
        connect_nodes(
            name,
            cluster_security_group_id=self.security_group_id,
            node_security_group_id=args.node_security_group_id,
            child=self._child,
        )
        grant(
            name,
            cluster_name=self.name,
            principals=args.access,
            tags=args.tags,
            child=self._child,
        )
        self.addons = Addons(
            name,
            AddonsArgs(
                account_id=args.account_id,
                cluster_name=self.name,
                version=args.version,
                names=BEFORE_NODES,
                tags=args.tags,
            ),
            self._child,
        )
        make_alarms(
            name,
            namespace="AWS/EKS",
            dimensions={"ClusterName": self.name},
            alarms=ALARMS,
            topics=args.topics,
            tags=args.tags,
            child=self._child,
        )
        self.register_outputs({"name": self.name, "endpoint": self.endpoint})

    def _log_group(self, key: EncryptionKey) -> aws.cloudwatch.LogGroup:
        """EKS would make it, without a key and for ever."""
        return aws.cloudwatch.LogGroup(
            f"{self._name}-cluster",
            name=f"/aws/eks/{self._args.cluster_name}/cluster",
            kms_key_id=key.arn,
            retention_in_days=self._args.log_retention_days,
            tags=self._tags,
            opts=self._child,
        )

    def _role(self) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]:
        role = aws.iam.Role(
            f"{self._name}-cluster",
            description=f"The control plane of {self._args.cluster_name}",
            assume_role_policy=json.dumps(trust_policy()),
            tags=self._tags,
            opts=self._child,
        )
        policy = aws.iam.RolePolicyAttachment(
            f"{self._name}-cluster",
            role=role.name,
            policy_arn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
            opts=self._child,
        )
        return role, policy

    def _cluster(self, key: EncryptionKey, logs: aws.cloudwatch.LogGroup) -> eks.Cluster:
        args = self._args
        role, policy = self._role()
        public = list(args.public_access_cidrs)
        return eks.Cluster(
            self._name,
            name=args.cluster_name,
            version=args.version,
            service_role=role,
            subnet_ids=args.subnet_ids,
            authentication_mode=eks.AuthenticationMode.API,
            endpoint_private_access=True,
            endpoint_public_access=bool(public),
            public_access_cidrs=public or None,
            enabled_cluster_log_types=list(LOGS),
            encryption_config_key_arn=key.arn,
            deletion_protection=args.protect,
            # Extended support costs six times as much; a version is left before that.
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
            # What follows is made here, where tests and policies see it.
            bootstrap_self_managed_addons=False,
            use_default_vpc_cni=True,
            kube_proxy_addon_options=eks.KubeProxyAddonOptionsArgs(enabled=False),
            coredns_addon_options=eks.CoreDnsAddonOptionsArgs(enabled=False),
            skip_default_node_group=True,
            skip_default_security_groups=True,
            create_instance_role=False,
            create_oidc_provider=False,
            tags=self._tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[policy, logs],
                protect=args.protect,
                transforms=[without_creator],
            ),
        )


def without_creator(
    args: pulumi.ResourceTransformArgs,
) -> pulumi.ResourceTransformResult | None:
    """Whoever creates the cluster does not become its administrator.

    pulumi-eks fixes the opposite: https://github.com/pulumi/pulumi-eks/issues/2373
    """
    if args.type_ != CLUSTER:
        return None
    props = dict(args.props)
    props["accessConfig"] = {
        "authenticationMode": eks.AuthenticationMode.API.value,
        "bootstrapClusterCreatorAdminPermissions": False,
    }
    return pulumi.ResourceTransformResult(props, args.opts)


def trust_policy() -> dict[str, Any]:
    """EKS alone takes on the role of a control plane."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
            }
        ],
    }


def problem_of_cluster_name(name: str) -> str | None:
    """What is wrong with a cluster's name, if anything."""
    if len(name) <= 100 and re.fullmatch(r"[a-z](-?[a-z0-9])*", name):
        return None
    return f"cluster_name={name!r}; use lower-case letters, digits and single hyphens"


def problems_of_public_access(cidrs: Sequence[str]) -> Iterator[str]:
    """Blocks that let in more than an office."""
    for cidr in cidrs:
        try:
            block = IPv4Network(cidr)
        except ValueError:
            yield f"public_access_cidrs has {cidr!r}; use an IPv4 block, e.g. '203.0.113.0/24'"
            continue
        if block.prefixlen < WIDEST_PUBLIC_ACCESS:
            yield (
                f"public_access_cidrs has {cidr!r}; use /{WIDEST_PUBLIC_ACCESS} or narrower, "
                "the addresses of an office or a VPN"
            )
