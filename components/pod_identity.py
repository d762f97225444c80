"""EKS Pod Identity: an IAM role for one service account, without a key or a trust of its own.

https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.encryption_key import problem_of_account
from components.refusal import check_name, refuse

# A role's name has 64 characters, of which Pulumi takes eight.
MAX_NAME_LENGTH = 56


@dataclass(frozen=True, kw_only=True)
class PodIdentityArgs:
    """Which service account gets which permissions.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    account_id: str
    cluster_name: pulumi.Input[str]
    namespace: str
    service_account: str
    managed_policy_arns: Sequence[str] = ()
    """Policies of AWS, e.g. "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"."""
    policy: pulumi.Input[str] | None = None
    """Permissions as a policy document. Absent: those of the managed policies alone."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse(
            "PodIdentityArgs",
            problem_of_account(self.account_id),
            None
            if self.managed_policy_arns or self.policy is not None
            else "neither policy nor managed_policy_arns is given; a role without permission is "
            "no use",
        )


class PodIdentity(pulumi.ComponentResource):
    """A role that the pods of one service account take on."""

    role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: PodIdentityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("PodIdentity", name, MAX_NAME_LENGTH, "app-api")
        super().__init__("platform:pod_identity:PodIdentity", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = {**args.tags, "Name": name}
        role = aws.iam.Role(
            name,
            description=f"Pods of {args.namespace}/{args.service_account}",
            assume_role_policy=json.dumps(trust_policy(args.account_id)),
            tags=tags,
            opts=child,
        )
        for arn in args.managed_policy_arns:
            aws.iam.RolePolicyAttachment(
                f"{name}-{arn.rsplit('/', 1)[-1]}", role=role.name, policy_arn=arn, opts=child
            )
        if args.policy is not None:
            aws.iam.RolePolicy(name, role=role.id, policy=args.policy, opts=child)
        aws.eks.PodIdentityAssociation(
            name,
            cluster_name=args.cluster_name,
            namespace=args.namespace,
            service_account=args.service_account,
            role_arn=role.arn,
            tags=tags,
            opts=child,
        )
        self.role_arn = role.arn
        self.register_outputs({"role_arn": self.role_arn})


def trust_policy(account_id: str) -> dict[str, Any]:
    """EKS hands the role to pods, for clusters of this account only."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
            }
        ],
    }
