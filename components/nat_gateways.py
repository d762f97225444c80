"""The way out for private subnets: NAT gateways with addresses that others can allow.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import pulumi
import pulumi_aws as aws

from components.alarms import Topics, make_alarms
from components.network_limits import NAT_ALARM
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 64
Nat = Literal["none", "single", "one_per_zone"]


@dataclass(frozen=True, kw_only=True)
class NatGatewaysArgs:
    """Where gateways stand, and whose addresses they take.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    public_subnet_ids: Mapping[str, pulumi.Input[str]]
    """A public subnet for each gateway, by zone."""
    internet_route: pulumi.Resource
    """The public subnets' way out: there before the gateways, and there until they are gone."""
    topics: Topics
    elastic_ip_allocation_ids: Mapping[str, str] = field(default_factory=dict)
    """Addresses that exist already, by zone. A zone that is absent gets one of its own."""
    protect: bool = True
    """Refuse to release the addresses made here: AWS gives none back."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        zones = list(self.public_subnet_ids)
        problems = problems_of_elastic_ips(self.elastic_ip_allocation_ids, zones)
        refuse("NatGatewaysArgs", *problems)


class NatGateways(pulumi.ComponentResource):
    """A public NAT gateway in each of the subnets."""

    gateway_ids: dict[str, pulumi.Output[str]]
    """By zone."""
    public_ips: dict[str, pulumi.Output[str]]
    """By zone: what the world sees of the private subnets."""

    def __init__(
        self, name: str, args: NatGatewaysArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("NatGateways", name, MAX_NAME_LENGTH, "app-nat")
        super().__init__("platform:network:NatGateways", name, None, opts)
        self.gateway_ids = {}
        self.public_ips = {}
        for zone, subnet_id in args.public_subnet_ids.items():
            tags = {**args.tags, "Name": f"{name}-{zone}"}
            allocation_id: pulumi.Input[str] | None = args.elastic_ip_allocation_ids.get(zone)
            if allocation_id is None:
                allocation_id = aws.ec2.Eip(
                    f"{name}-{zone}",
                    domain="vpc",
                    tags=tags,
                    opts=pulumi.ResourceOptions(
                        parent=self, protect=args.protect, depends_on=[args.internet_route]
                    ),
                ).id
            gateway = aws.ec2.NatGateway(
                f"{name}-{zone}",
                subnet_id=subnet_id,
                allocation_id=allocation_id,
                connectivity_type="public",
                tags=tags,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[args.internet_route]),
            )
            make_alarms(
                f"{name}-{zone}",
                namespace="AWS/NATGateway",
                dimensions={"NatGatewayId": gateway.id},
                alarms=[NAT_ALARM],
                topics=args.topics,
                tags=args.tags,
                child=pulumi.ResourceOptions(parent=self),
            )
            self.gateway_ids[zone] = gateway.id
            self.public_ips[zone] = gateway.public_ip
        self.register_outputs({"gateway_ids": self.gateway_ids, "public_ips": self.public_ips})


def zones_with_nat(nat: Nat, zones: Sequence[str]) -> list[str]:
    """The zones that hold a gateway: none, the first one listed, or all."""
    return list(zones[: {"none": 0, "single": 1, "one_per_zone": len(zones)}[nat]])


def problem_of_nat(nat: str) -> str | None:
    """What is wrong with the choice of NAT, if anything."""
    choices = get_args(Nat)
    return None if nat in choices else f"nat={nat!r}; use {', '.join(map(repr, choices))}"


def problems_of_elastic_ips(allocation_ids: Mapping[str, str], zones: Sequence[str]) -> list[str]:
    """Addresses that no gateway would take, and ids that are none."""
    problems = [
        f"elastic_ip_allocation_ids has {zone!r}, where no NAT gateway stands; "
        + (f"use {', '.join(zones)}" if zones else "leave it out")
        for zone in allocation_ids
        if zone not in zones
    ]
    problems += [
        f"elastic_ip_allocation_ids[{zone!r}]={id_!r}; use an id such as 'eipalloc-0a1b2c3d'"
        for zone, id_ in allocation_ids.items()
        if not re.fullmatch(r"eipalloc-[0-9a-f]{8,17}", id_)
    ]
    if len(set(allocation_ids.values())) < len(allocation_ids):
        problems.append("elastic_ip_allocation_ids names an address twice; a gateway needs its own")
    return problems
