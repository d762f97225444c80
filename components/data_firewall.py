"""The network ACL of the data tier: a second wall, which no security group can open.

Name service, time and metadata never pass a network ACL, so they need no rule:
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.refusal import check_name, refuse
from components.workload_security_group import problem_of_vpc_cidr

MAX_NAME_LENGTH = 64
EPHEMERAL_PORTS = (1024, 65535)
# The rule's number is its port, so that adding one renumbers none; AWS numbers up to 32766.
DATA_PORTS = range(1024, 32767)
# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
MAX_RULES = 20


@dataclass(frozen=True, kw_only=True)
class DataFirewallArgs:
    """Which subnets are walled, and which ports stay open to the VPC.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    subnet_ids: Mapping[str, pulumi.Input[str]]
    """Subnets by zone."""
    ports: Sequence[int]
    """TCP ports that databases and caches listen on, 1024 to 32766."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse(
            "DataFirewallArgs",
            problem_of_vpc_cidr(self.vpc_cidr),
            *problems_of_data_ports("ports", self.ports),
        )


class DataFirewall(pulumi.ComponentResource):
    """Lets the VPC connect to the data ports and the answers out; the rest is denied."""

    network_acl_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: DataFirewallArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("DataFirewall", name, MAX_NAME_LENGTH, "app-data")
        super().__init__("platform:network:DataFirewall", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        acl = aws.ec2.NetworkAcl(
            name, vpc_id=args.vpc_id, tags={**args.tags, "Name": name}, opts=child
        )
        for port in args.ports:
            aws.ec2.NetworkAclRule(
                f"{name}-in-{port}",
                network_acl_id=acl.id,
                egress=False,
                rule_number=port,
                rule_action="allow",
                protocol="tcp",
                from_port=port,
                to_port=port,
                cidr_block=args.vpc_cidr,
                opts=child,
            )
        first, last = EPHEMERAL_PORTS
        aws.ec2.NetworkAclRule(
            f"{name}-answers",
            network_acl_id=acl.id,
            egress=True,
            rule_number=100,
            rule_action="allow",
            protocol="tcp",
            from_port=first,
            to_port=last,
            cidr_block=args.vpc_cidr,
            opts=child,
        )
        for zone, subnet_id in args.subnet_ids.items():
            aws.ec2.NetworkAclAssociation(
                f"{name}-{zone}", network_acl_id=acl.id, subnet_id=subnet_id, opts=child
            )

        self.network_acl_id = acl.id
        self.register_outputs({"network_acl_id": self.network_acl_id})


def problems_of_data_ports(field_name: str, ports: Sequence[int]) -> list[str]:
    """What the ACL cannot express, or what the list says twice."""
    problems = [
        f"{field_name} has {port}; use {DATA_PORTS[0]} to {DATA_PORTS[-1]}"
        for port in dict.fromkeys(ports)
        if port not in DATA_PORTS
    ]
    problems += [
        f"{field_name} has {port} more than once; name it once"
        for port in dict.fromkeys(ports)
        if ports.count(port) > 1
    ]
    if not ports:
        problems.append(f"{field_name} is empty; name what listens, e.g. [6432, 6379]")
    if len(ports) > MAX_RULES:
        problems.append(f"{field_name} has {len(ports)}; AWS takes {MAX_RULES} rules an ACL")
    return problems
