"""A VPC in three tiers: public for load balancers, private for nodes, data for databases.

Sources:
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html
https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.addresses import Tier, problems_of_network
from components.alarms import Topics, make_alarms
from components.data_firewall import DataFirewall, DataFirewallArgs, problems_of_data_ports
from components.encryption_key import problem_of_account
from components.endpoints import Endpoints, EndpointsArgs, problems_of_interface_endpoints
from components.flow_logs import FlowLogs, FlowLogsArgs
from components.log_retention import problem_of_log_retention
from components.nat_gateways import (
    Nat,
    problem_of_nat,
    problems_of_elastic_ips,
    zones_with_nat,
)
from components.network_limits import address_alarm
from components.refusal import check_name, refuse
from components.routes import Routes, RoutesArgs
from components.subnets import Subnets, SubnetsArgs

MAX_NAME_LENGTH = 32


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What a caller decides; what is missing here Network fixes on purpose.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    account_id: str
    region: str
    cidr: str
    """A private IPv4 block, /16 to /20. It cannot change without a new VPC."""
    zones: Sequence[str]
    """Availability Zones, two or more. One can be added at any time; no other one moves."""
    nat: Nat
    """Where NAT gateways stand: "none" leaves private subnets without internet; "single" puts one
    into the first zone listed, whose loss cuts off the others; "one_per_zone" stands alone."""
    data_ports: Sequence[int]
    """TCP ports of the data tier that the VPC may reach, e.g. [6432, 6379]."""
    topics: Topics
    flow_log_retention_days: int
    """Days a flow log record is kept, one of the periods of CloudWatch Logs, e.g. 365."""
    interface_endpoints: Sequence[str] = ()
    """AWS services reached privately, e.g. "ecr.api". Absent: S3 and DynamoDB alone."""
    elastic_ip_allocation_ids: Mapping[str, str] = field(default_factory=dict)
    """Addresses that exist already for the NAT gateways, by zone. Absent: new ones."""
    cluster_name: str | None = None
    """EKS cluster whose Karpenter finds the private subnets by tag. Absent: no such tag."""
    dual_stack: bool = False
    """IPv6 beside IPv4 in the public and private tiers; private hosts connect out only."""
    protect: bool = True
    """Refuse to delete the flow logs, their key and the NAT addresses; the logs are kept."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        nat_problem = problem_of_nat(self.nat)
        nat_zones = self.zones if nat_problem else zones_with_nat(self.nat, self.zones)
        refuse(
            "NetworkArgs",
            problem_of_account(self.account_id),
            *problems_of_network(self.cidr, self.region, self.zones),
            nat_problem,
            *problems_of_elastic_ips(self.elastic_ip_allocation_ids, nat_zones),
            *problems_of_data_ports("data_ports", self.data_ports),
            *problems_of_interface_endpoints("interface_endpoints", self.interface_endpoints),
            problem_of_log_retention("flow_log_retention_days", self.flow_log_retention_days),
            "cluster_name is empty; leave it out, or name the cluster"
            if self.cluster_name == ""
            else None,
        )


class Network(pulumi.ComponentResource):
    """Subnets whose addresses never move, with every connection recorded.

    Nothing gets a public address by itself, and the data tier has no way to the internet.
    """

    vpc_id: pulumi.Output[str]
    cidr: str
    availability_zones: list[str]
    public: dict[str, pulumi.Output[str]]
    """Subnet ids by zone, for load balancers and NAT gateways."""
    private: dict[str, pulumi.Output[str]]
    """Subnet ids by zone, for nodes and interface endpoints."""
    data: dict[str, pulumi.Output[str]]
    """Subnet ids by zone, for databases and caches."""
    nat_public_ips: dict[str, pulumi.Output[str]]
    """What the world sees of the private tier, by zone of the NAT gateway."""
    flow_log_group_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("Network", name, MAX_NAME_LENGTH, "app")
        super().__init__("platform:network:Network", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        vpc = aws.ec2.Vpc(
            name,
            cidr_block=args.cidr,
            assign_generated_ipv6_cidr_block=args.dual_stack,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            enable_network_address_usage_metrics=True,
            tags={**args.tags, "Name": name},
            opts=child,
        )
        self._close_defaults(name, vpc, args.tags)

        def subnets(tier: Tier) -> dict[str, pulumi.Output[str]]:
            # The data tier stays on IPv4: databases and caches are reached by it.
            ipv6 = args.dual_stack and tier is not Tier.DATA
            return Subnets(
                f"{name}-{tier.label}",
                SubnetsArgs(
                    vpc_id=vpc.id,
                    vpc_cidr=args.cidr,
                    vpc_ipv6_cidr=vpc.ipv6_cidr_block if ipv6 else None,
                    tier=tier,
                    zones=args.zones,
                    cluster_name=args.cluster_name,
                    tags=args.tags,
                ),
                child,
            ).subnet_ids

        self.vpc_id = vpc.id
        self.cidr = args.cidr
        self.availability_zones = list(args.zones)
        self.public = subnets(Tier.PUBLIC)
        self.private = subnets(Tier.PRIVATE)
        self.data = subnets(Tier.DATA)

        routes = Routes(
            name,
            RoutesArgs(
                vpc_id=vpc.id,
                public=self.public,
                private=self.private,
                data=self.data,
                nat=args.nat,
                topics=args.topics,
                elastic_ip_allocation_ids=args.elastic_ip_allocation_ids,
                dual_stack=args.dual_stack,
                protect=args.protect,
                tags=args.tags,
            ),
            child,
        )
        self.nat_public_ips = routes.nat_public_ips
        Endpoints(
            f"{name}-endpoints",
            EndpointsArgs(
                region=args.region,
                vpc_id=vpc.id,
                vpc_cidr=args.cidr,
                route_table_ids=routes.inner_route_table_ids,
                subnet_ids=list(self.private.values()),
                interface=args.interface_endpoints,
                tags=args.tags,
            ),
            child,
        )
        DataFirewall(
            f"{name}-data",
            DataFirewallArgs(
                vpc_id=vpc.id,
                vpc_cidr=args.cidr,
                subnet_ids=self.data,
                ports=args.data_ports,
                tags=args.tags,
            ),
            child,
        )
        flow_logs = FlowLogs(
            f"{name}-flow-logs",
            FlowLogsArgs(
                account_id=args.account_id,
                region=args.region,
                vpc_id=vpc.id,
                retention_days=args.flow_log_retention_days,
                protect=args.protect,
                tags=args.tags,
            ),
            child,
        )
        self.flow_log_group_name = flow_logs.log_group_name
        make_alarms(
            name,
            namespace="AWS/EC2",
            dimensions={"Per-VPC Metrics": vpc.id},
            alarms=[address_alarm(args.cidr, args.zones)],
            topics=args.topics,
            tags=args.tags,
            child=child,
        )

        self.register_outputs(
            {
                "vpc_id": self.vpc_id,
                "cidr": self.cidr,
                "availability_zones": self.availability_zones,
                "public": self.public,
                "private": self.private,
                "data": self.data,
                "nat_public_ips": self.nat_public_ips,
                "flow_log_group_name": self.flow_log_group_name,
            }
        )

    def _close_defaults(self, name: str, vpc: aws.ec2.Vpc, tags: Mapping[str, str]) -> None:
        """Adopt and empty what AWS gives each VPC: a thing placed by mistake reaches nothing."""
        child = pulumi.ResourceOptions(parent=self)
        unused = {**tags, "Name": f"{name}-default-unused"}
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default", vpc_id=vpc.id, ingress=[], egress=[], tags=unused, opts=child
        )
        aws.ec2.DefaultRouteTable(
            f"{name}-default",
            default_route_table_id=vpc.default_route_table_id,
            routes=[],
            tags=unused,
            opts=child,
        )
