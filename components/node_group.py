"""A managed node group: encrypted disks, IMDSv2, no SSH, replaced by a newer one before it goes.

https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import pulumi
import pulumi_aws as aws

from components.kubernetes_versions import problem_of_version
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 50
DISK_GIB = range(20, 16_385)
# A third of the nodes at a time: faster than one by one, and two thirds go on serving.
MAX_UNAVAILABLE_PERCENTAGE = 33
POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
)
Capacity = Literal["ON_DEMAND", "SPOT"]
Effect = Literal["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]
# A family ends in its generation and in letters, of which "g" is Graviton: m7g, c8gn, r6gd.
FAMILY = re.compile(r"[a-z]+(?P<generation>\d+)(?P<features>[a-z-]*)\.[a-z0-9-]+")


@dataclass(frozen=True, kw_only=True)
class Taint:
    """Keeps pods off that do not tolerate it."""

    key: str
    value: str
    effect: Effect


@dataclass(frozen=True, kw_only=True)
class NodeGroupArgs:
    """Which nodes, how many and where.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    cluster_name: pulumi.Input[str]
    version: str
    """The nodes' Kubernetes version, e.g. "1.35": the cluster's, once that has moved."""
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    """The group that the control plane and the data tier let in."""
    kms_key_arn: pulumi.Input[str]
    """Encrypts the disks."""
    generation: str
    """A part of the group's name. Another one brings up new nodes before the old ones drain."""
    instance_types: Sequence[str]
    """Of one architecture, e.g. ["m7g.large", "m6g.large"]; several help where one runs short."""
    minimum: int
    desired: int
    """At the start only: afterwards it belongs to whatever scales the group."""
    maximum: int
    capacity: Capacity = "ON_DEMAND"
    disk_gib: int = 50
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: Sequence[Taint] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse(
            "NodeGroupArgs",
            problem_of_version(self.version),
            problem_of_generation(self.generation),
            *problems_of_instance_types(self.instance_types),
            problem_of_sizes(self.minimum, self.desired, self.maximum),
            None
            if self.capacity in get_args(Capacity)
            else f"capacity={self.capacity!r}; use 'ON_DEMAND' or 'SPOT'",
            None
            if self.disk_gib in DISK_GIB
            else f"disk_gib={self.disk_gib}; use {DISK_GIB[0]} to {DISK_GIB[-1]}",
        )


class NodeGroup(pulumi.ComponentResource):
    """Nodes of one kind, under a name that tells their generation."""

    role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: NodeGroupArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("NodeGroup", name, MAX_NAME_LENGTH, "app-general")
        super().__init__("platform:node_group:NodeGroup", name, None, opts)
        self.name, self.args = name, args
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = {**args.tags, "Name": name}
        role, permissions = self._role()
        template = self._template()
        label = f"{name}-{args.generation}"
        aws.eks.NodeGroup(
            label,
            cluster_name=args.cluster_name,
            node_group_name=label,
            node_role_arn=role.arn,
            subnet_ids=args.subnet_ids,
            version=args.version,
            ami_type=ami_type(args.instance_types),
            capacity_type=args.capacity,
            instance_types=args.instance_types,
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(str)
            ),
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(
                min_size=args.minimum, desired_size=args.desired, max_size=args.maximum
            ),
            update_config=aws.eks.NodeGroupUpdateConfigArgs(
                max_unavailable_percentage=MAX_UNAVAILABLE_PERCENTAGE
            ),
            node_repair_config=aws.eks.NodeGroupNodeRepairConfigArgs(enabled=True),
            labels=dict(args.labels),
            taints=[
                aws.eks.NodeGroupTaintArgs(key=each.key, value=each.value, effect=each.effect)
                for each in args.taints
            ],
            tags=self.tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                # Nodes that cannot join or pull because a policy came later never become ready.
                depends_on=permissions,
                ignore_changes=["scalingConfig.desiredSize"],
            ),
        )
        self.role_arn = role.arn
        self.register_outputs({"role_arn": self.role_arn})

    def _role(self) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        role = aws.iam.Role(
            self.name,
            description=f"Nodes of {self.name}",
            assume_role_policy=json.dumps(trust_policy()),
            tags=self.tags,
            opts=self.child,
        )
        return role, [
            aws.iam.RolePolicyAttachment(
                f"{self.name}-{policy}",
                role=role.name,
                policy_arn=f"arn:aws:iam::aws:policy/{policy}",
                opts=self.child,
            )
            for policy in POLICIES
        ]

    def _template(self) -> aws.ec2.LaunchTemplate:
        args = self.args
        return aws.ec2.LaunchTemplate(
            self.name,
            update_default_version=True,
            metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled",
                http_tokens="required",
                # Pods are one hop further away: they have Pod Identity and not the node's role.
                http_put_response_hop_limit=1,
                instance_metadata_tags="disabled",
            ),
            block_device_mappings=[
                aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                    device_name="/dev/xvda",
                    ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                        volume_type="gp3",
                        volume_size=args.disk_gib,
                        encrypted="true",
                        kms_key_id=args.kms_key_arn,
                        delete_on_termination="true",
                    ),
                )
            ],
            monitoring=aws.ec2.LaunchTemplateMonitoringArgs(enabled=True),
            vpc_security_group_ids=args.security_group_ids,
            tag_specifications=[
                aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=self.tags)
                for kind in ("instance", "volume", "network-interface")
            ],
            tags=self.tags,
            opts=self.child,
        )


def trust_policy() -> dict[str, Any]:
    """Instances alone take on a node's role."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


def ami_type(instance_types: Sequence[str]) -> str:
    """Amazon Linux 2023 for the architecture of the instance types."""
    arm = _is_arm(instance_types[0])
    return "AL2023_ARM_64_STANDARD" if arm else "AL2023_x86_64_STANDARD"


def _is_arm(instance_type: str) -> bool:
    family = FAMILY.fullmatch(instance_type)
    return family is not None and "g" in family["features"]


def problems_of_instance_types(instance_types: Sequence[str]) -> list[str]:
    """What is wrong with the choice of instances."""
    if not instance_types:
        return ["instance_types is empty; name one, e.g. 'm7g.large'"]
    problems = [
        f"instance_types has {each!r}; use an EC2 instance type, e.g. 'm7g.large'"
        for each in instance_types
        if not FAMILY.fullmatch(each)
    ]
    if not problems and len({_is_arm(each) for each in instance_types}) > 1:
        names = ", ".join(instance_types)
        problems.append(f"instance_types mixes arm64 and x86_64 ({names}); make two groups")
    return problems


def problem_of_sizes(minimum: int, desired: int, maximum: int) -> str | None:
    """What is wrong with the numbers of nodes, if anything."""
    if 0 <= minimum <= desired <= maximum and maximum > 0:
        return None
    return (
        f"minimum={minimum}, desired={desired}, maximum={maximum}; "
        "use numbers that do not fall, the last above 0"
    )


def problem_of_generation(generation: str) -> str | None:
    """What is wrong with a generation, if anything."""
    if re.fullmatch(r"[a-z0-9]{1,8}", generation):
        return None
    return f"generation={generation!r}; use up to 8 lower-case letters and digits, e.g. 'a'"
