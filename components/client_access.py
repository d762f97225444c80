"""The pair of security group rules that lets one client reach one port, and nothing else.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing
"""

import re
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws


def allow_clients(
    name: str,
    *,
    what: str,
    security_group_id: pulumi.Input[str],
    port: int,
    clients: Mapping[str, pulumi.Input[str]],
    child: pulumi.ResourceOptions,
) -> None:
    """Open the port to each client's group, and each client's group to the port.

    Rules refer to groups, not to addresses, so they follow their members. The label of a client
    names its rules.
    """
    for label, client_id in clients.items():
        tags = {"Name": f"{name}-from-{label}"}
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-from-{label}",
            security_group_id=security_group_id,
            referenced_security_group_id=client_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"{what} from {label}",
            tags=tags,
            opts=child,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-from-{label}",
            security_group_id=client_id,
            referenced_security_group_id=security_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"{label} to {what}",
            tags=tags,
            opts=child,
        )


def problems_of_clients(clients: Mapping[str, pulumi.Input[str]]) -> list[str]:
    """What is wrong with the named clients."""
    if not clients:
        return ["clients is empty; name who connects, e.g. {'nodes': group_id}"]
    return [
        f"clients has {label!r}; use lower-case letters, digits and single hyphens, e.g. 'nodes'"
        for label in clients
        if not re.fullmatch(r"[a-z](-?[a-z0-9])*", label)
    ]
