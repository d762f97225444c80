"""Who may use a cluster's API: EKS access entries, and nothing inside the cluster.

https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal, get_args

import pulumi
import pulumi_aws as aws

Access = Literal["admin", "view"]
POLICIES: Mapping[Access, str] = {
    "admin": "AmazonEKSClusterAdminPolicy",
    "view": "AmazonEKSAdminViewPolicy",
}
PRINCIPAL = re.compile(r"arn:aws:iam::\d{12}:(role|user)/[\w+=,.@/-]+")


def grant(
    name: str,
    *,
    cluster_name: pulumi.Input[str],
    principals: Mapping[str, tuple[str, Access]],
    tags: Mapping[str, str],
    child: pulumi.ResourceOptions,
) -> None:
    """An entry for each principal, by label, with one policy over the whole cluster."""
    for label, (principal_arn, access) in principals.items():
        entry = aws.eks.AccessEntry(
            f"{name}-{label}",
            cluster_name=cluster_name,
            principal_arn=principal_arn,
            type="STANDARD",
            tags={**tags, "Name": f"{name}-{label}"},
            opts=child,
        )
        aws.eks.AccessPolicyAssociation(
            f"{name}-{label}",
            cluster_name=cluster_name,
            principal_arn=entry.principal_arn,
            policy_arn=f"arn:aws:eks::aws:cluster-access-policy/{POLICIES[access]}",
            access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
            opts=child,
        )


def problems_of_principals(principals: Mapping[str, tuple[str, Access]]) -> Iterator[str]:
    """What is wrong with those who may use the API."""
    if not any(access == "admin" for _, access in principals.values()):
        yield "access names no admin; nobody could use the cluster, its creator included"
    arns = [arn for arn, _ in principals.values()]
    for label, (arn, access) in principals.items():
        if not re.fullmatch(r"[a-z](-?[a-z0-9])*", label):
            yield f"access has {label!r}; use lower-case letters, digits and single hyphens"
        if not PRINCIPAL.fullmatch(arn):
            yield (
                f"access.{label}.principal_arn={arn!r}; use a role's ARN, e.g. "
                "'arn:aws:iam::111122223333:role/platform-admin'"
            )
        if access not in get_args(Access):
            yield f"access.{label}.access={access!r}; use 'admin' or 'view'"
        if arns.count(arn) > 1:
            yield f"access.{label} names {arn!r} again; EKS takes one entry for each principal"
