"""What the cluster's nodes may open: HTTPS to anywhere and the VPC's name server.

Nothing may connect to them by this group. A database or cache adds its own rules, in and out.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 64
HTTPS_PORT = 443
DNS_PORT = 53


@dataclass(frozen=True, kw_only=True)
class WorkloadSecurityGroupArgs:
    """Where the nodes are.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    dual_stack: bool = False
    """HTTPS by IPv6 too."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse("WorkloadSecurityGroupArgs", problem_of_vpc_cidr(self.vpc_cidr))


class WorkloadSecurityGroup(pulumi.ComponentResource):
    """The security group that nodes wear beside the cluster's own."""

    security_group_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: WorkloadSecurityGroupArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        check_name("WorkloadSecurityGroup", name, MAX_NAME_LENGTH, "app-workload")
        super().__init__("platform:network:WorkloadSecurityGroup", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = {**args.tags, "Name": name}

        group = aws.ec2.SecurityGroup(
            name, vpc_id=args.vpc_id, description=f"Workloads {name}", tags=tags, opts=child
        )

        # Registries and AWS APIs have no fixed addresses, so HTTPS goes anywhere.
        everywhere = {"cidr_ipv4": "0.0.0.0/0"}
        egress = {
            "https": ("tcp", HTTPS_PORT, everywhere, "HTTPS to AWS APIs and registries"),
            "dns-udp": ("udp", DNS_PORT, {"cidr_ipv4": args.vpc_cidr}, "DNS inside the VPC"),
            "dns-tcp": ("tcp", DNS_PORT, {"cidr_ipv4": args.vpc_cidr}, "Long DNS inside the VPC"),
        }
        if args.dual_stack:
            ipv6 = {"cidr_ipv6": "::/0"}
            egress["https-ipv6"] = ("tcp", HTTPS_PORT, ipv6, "HTTPS by IPv6")
        for label, (protocol, port, destination, description) in egress.items():
            aws.vpc.SecurityGroupEgressRule(
                f"{name}-{label}",
                security_group_id=group.id,
                ip_protocol=protocol,
                from_port=port,
                to_port=port,
                description=description,
                tags=tags,
                opts=child,
                **destination,
            )

        self.security_group_id = group.id
        self.register_outputs({"security_group_id": self.security_group_id})


def problem_of_vpc_cidr(vpc_cidr: str) -> str | None:
    """What is wrong with the VPC's block, if anything."""
    try:
        IPv4Network(vpc_cidr)
    except ValueError as reason:
        return f"vpc_cidr={vpc_cidr!r}: {reason}; use the VPC's block, e.g. 10.0.0.0/16"
    return None
