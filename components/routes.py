"""The ways out of a VPC: public subnets have one, private ones borrow it, data has none.

Sources:
https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html
https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.alarms import Topics
from components.nat_gateways import Nat, NatGateways, NatGatewaysArgs, zones_with_nat
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 64
EVERYWHERE = "0.0.0.0/0"
EVERYWHERE_IPV6 = "::/0"

SubnetIds = Mapping[str, pulumi.Output[str]]


@dataclass(frozen=True, kw_only=True)
class RoutesArgs:
    """The subnets of each tier by zone, and how private ones reach the internet.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    vpc_id: pulumi.Input[str]
    public: SubnetIds
    private: SubnetIds
    data: SubnetIds
    nat: Nat
    topics: Topics
    elastic_ip_allocation_ids: Mapping[str, str] = field(default_factory=dict)
    """Addresses that exist already for the NAT gateways, by zone. Absent: new ones."""
    dual_stack: bool = False
    """Routes for IPv6 too, outwards only for private subnets."""
    protect: bool = True
    """Refuse to release the NAT gateways' addresses."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        same = list(self.public) == list(self.private) == list(self.data)
        refuse("RoutesArgs", None if same else "public, private and data differ in their zones")


class Routes(pulumi.ComponentResource):
    """A public route table, a private one for each zone, and one for data that leads nowhere."""

    inner_route_table_ids: list[pulumi.Output[str]]
    """The private and data tables: those that gain from a gateway endpoint."""
    nat_public_ips: dict[str, pulumi.Output[str]]
    """By zone of the NAT gateway."""

    def __init__(
        self, name: str, args: RoutesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("Routes", name, MAX_NAME_LENGTH, "app")
        super().__init__("platform:network:Routes", name, None, opts)
        self._name, self._args = name, args

        nat = NatGateways(
            f"{name}-nat",
            NatGatewaysArgs(
                public_subnet_ids={
                    zone: args.public[zone] for zone in zones_with_nat(args.nat, list(args.public))
                },
                internet_route=self._public(),
                topics=args.topics,
                elastic_ip_allocation_ids=args.elastic_ip_allocation_ids,
                protect=args.protect,
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        private = self._private(nat.gateway_ids)
        data = self._table("data", {f"data-{zone}": id_ for zone, id_ in args.data.items()})

        self.inner_route_table_ids = [*private, data]
        self.nat_public_ips = nat.public_ips
        self.register_outputs(
            {
                "inner_route_table_ids": self.inner_route_table_ids,
                "nat_public_ips": self.nat_public_ips,
            }
        )

    def _public(self) -> pulumi.Resource:
        table = self._table(
            "public", {f"public-{zone}": id_ for zone, id_ in self._args.public.items()}
        )
        gateway = aws.ec2.InternetGateway(
            self._name,
            vpc_id=self._args.vpc_id,
            tags=self._tags(self._name),
            opts=pulumi.ResourceOptions(parent=self),
        )
        if self._args.dual_stack:
            self._route_ipv6("public", table, gateway_id=gateway.id)
        return self._route("public", table, gateway_id=gateway.id)

    def _private(self, gateway_ids: SubnetIds) -> list[pulumi.Output[str]]:
        tables = {
            zone: self._table(f"private-{zone}", {f"private-{zone}": subnet_id})
            for zone, subnet_id in self._args.private.items()
        }
        if gateway_ids:
            only = next(iter(gateway_ids.values()))
            for zone, table in tables.items():
                gateway_id = gateway_ids.get(zone, only)
                self._route(f"private-{zone}", table, nat_gateway_id=gateway_id)
        if self._args.dual_stack:
            egress_only = aws.ec2.EgressOnlyInternetGateway(
                self._name,
                vpc_id=self._args.vpc_id,
                tags=self._tags(self._name),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for zone, table in tables.items():
                self._route_ipv6(f"private-{zone}", table, egress_only_gateway_id=egress_only.id)
        return list(tables.values())

    def _table(self, label: str, subnet_ids: SubnetIds) -> pulumi.Output[str]:
        child = pulumi.ResourceOptions(parent=self)
        table_id: pulumi.Output[str] = aws.ec2.RouteTable(
            f"{self._name}-{label}",
            vpc_id=self._args.vpc_id,
            tags=self._tags(f"{self._name}-{label}"),
            opts=child,
        ).id
        for subnet, subnet_id in subnet_ids.items():
            aws.ec2.RouteTableAssociation(
                f"{self._name}-{subnet}", route_table_id=table_id, subnet_id=subnet_id, opts=child
            )
        return table_id

    def _route(
        self, label: str, table_id: pulumi.Output[str], **target: pulumi.Output[str]
    ) -> pulumi.Resource:
        route: pulumi.Resource = aws.ec2.Route(
            f"{self._name}-{label}-internet",
            route_table_id=table_id,
            destination_cidr_block=EVERYWHERE,
            opts=pulumi.ResourceOptions(parent=self),
            **target,
        )
        return route

    def _route_ipv6(
        self, label: str, table_id: pulumi.Output[str], **target: pulumi.Output[str]
    ) -> None:
        aws.ec2.Route(
            f"{self._name}-{label}-internet-ipv6",
            route_table_id=table_id,
            destination_ipv6_cidr_block=EVERYWHERE_IPV6,
            opts=pulumi.ResourceOptions(parent=self),
            **target,
        )

    def _tags(self, name: str) -> dict[str, str]:
        return {**self._args.tags, "Name": name}
