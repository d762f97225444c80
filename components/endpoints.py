"""Private ways from a VPC to AWS services, past the NAT gateway and its bill.

Sources:
https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 64
GATEWAY_SERVICES = ("s3", "dynamodb")  # by route table, at no charge
HTTPS_PORT = 443


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs:
    """Which services are reached privately, and from where.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    region: str
    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    route_table_ids: Sequence[pulumi.Input[str]]
    """Tables that get the routes to S3 and DynamoDB."""
    subnet_ids: Sequence[pulumi.Input[str]]
    """One subnet in each zone, for the interface endpoints."""
    interface: Sequence[str] = ()
    """Services by the end of their name, e.g. "ecr.api". Absent: no interface endpoint."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse("EndpointsArgs", *problems_of_interface_endpoints("interface", self.interface))


class Endpoints(pulumi.ComponentResource):
    """Gateway endpoints for S3 and DynamoDB, and the interface endpoints that are asked for."""

    endpoint_ids: dict[str, pulumi.Output[str]]
    """By service, e.g. "s3" or "ecr.api"."""

    def __init__(
        self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("Endpoints", name, MAX_NAME_LENGTH, "app-endpoints")
        super().__init__("platform:network:Endpoints", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        self.endpoint_ids = {
            service: aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.region}.{service}",
                vpc_endpoint_type="Gateway",
                route_table_ids=args.route_table_ids,
                tags={**args.tags, "Name": f"{name}-{service}"},
                opts=child,
            ).id
            for service in GATEWAY_SERVICES
        }
        if args.interface:
            firewall_id = self._firewall(name, args)
            for service in args.interface:
                label = f"{name}-{service.replace('.', '-')}"
                self.endpoint_ids[service] = aws.ec2.VpcEndpoint(
                    label,
                    vpc_id=args.vpc_id,
                    service_name=f"com.amazonaws.{args.region}.{service}",
                    vpc_endpoint_type="Interface",
                    subnet_ids=args.subnet_ids,
                    security_group_ids=[firewall_id],
                    private_dns_enabled=True,
                    tags={**args.tags, "Name": label},
                    opts=child,
                ).id
        self.register_outputs({"endpoint_ids": self.endpoint_ids})

    def _firewall(self, name: str, args: EndpointsArgs) -> pulumi.Output[str]:
        child = pulumi.ResourceOptions(parent=self)
        tags = {**args.tags, "Name": name}
        # No egress rule: an endpoint answers connections and opens none.
        group = aws.ec2.SecurityGroup(
            name, vpc_id=args.vpc_id, description=f"Endpoints {name}", tags=tags, opts=child
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-from-vpc",
            security_group_id=group.id,
            cidr_ipv4=args.vpc_cidr,
            ip_protocol="tcp",
            from_port=HTTPS_PORT,
            to_port=HTTPS_PORT,
            description="HTTPS from inside the VPC",
            tags=tags,
            opts=child,
        )
        group_id: pulumi.Output[str] = group.id
        return group_id


def problems_of_interface_endpoints(field_name: str, services: Sequence[str]) -> list[str]:
    """What AWS would refuse in a list of services, or what the list says twice."""
    problems = []
    for service in dict.fromkeys(services):
        if service in GATEWAY_SERVICES:
            problems.append(f"{field_name} has {service!r}, which has a gateway; leave it out")
        elif service.startswith("com.amazonaws."):
            end = service.removeprefix("com.amazonaws.").partition(".")[2]
            problems.append(f"{field_name} has {service!r}; use {end!r}")
        elif not re.fullmatch(r"[a-z][a-z0-9]*([.-][a-z0-9]+)*", service):
            problems.append(f"{field_name} has {service!r}; use a name such as 'ecr.api'")
        if services.count(service) > 1:
            problems.append(f"{field_name} has {service!r} more than once; name it once")
    return problems
