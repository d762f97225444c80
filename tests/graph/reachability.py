"""Who reaches whom on which port: security groups, network ACLs and routes of a stack together.

https://docs.aws.amazon.com/vpc/latest/userguide/infrastructure-security.html
A connection is possible where the groups of both ends allow it, the network ACLs of both subnets
let it through and its answer back, and the route tables lead there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, ip_network

from tests.graph.graph import Graph, Node

ANYWHERE = IPv4Network("0.0.0.0/0")
INTERNET = "internet"
# An answer goes to any port that a client chose for itself.
EPHEMERAL = 50_000
ALWAYS_TRIED = (22, 80, 443, 3389, 5432, 6379)


@dataclass(frozen=True)
class Place:
    """Something with network interfaces: the groups it wears and the subnets it is in."""

    name: str
    groups: frozenset[str]
    subnets: frozenset[str]


@dataclass(frozen=True)
class Reachability:
    """The network of one stack."""

    graph: Graph

    def ports(self, source: Place | None, target: Place | None) -> set[int]:
        """The TCP ports on which a new connection gets through; None is the internet."""
        return {port for port in self._candidates if self._passes(source, target, port)}

    @cached_property
    def _candidates(self) -> set[int]:
        named = {
            int(rule.inputs[end])
            for rule in self.graph.of("GroupIngressRule", "GroupEgressRule")
            for end in ("fromPort", "toPort")
            if rule.inputs.get(end) not in (None, -1)
        }
        return named | set(ALWAYS_TRIED)

    def _passes(self, source: Place | None, target: Place | None, port: int) -> bool:
        return (
            (source is None or self._group_allows("GroupEgressRule", source, target, port))
            and (target is None or self._group_allows("GroupIngressRule", target, source, port))
            and any(
                self._acls_allow(a, b, port) and self._acls_allow(b, a, EPHEMERAL)
                for a in self._blocks(source)
                for b in self._blocks(target)
                if self._routes_lead(a, b)
            )
        )

    def _group_allows(self, kind: str, own: Place, other: Place | None, port: int) -> bool:
        for rule in self.graph.of(kind):
            inputs = rule.inputs
            if inputs["securityGroupId"] not in own.groups or not _covers(inputs, port):
                continue
            if other and inputs.get("referencedSecurityGroupId") in other.groups:
                return True
            if inputs.get("cidrIpv4") and any(
                block.subnet_of(IPv4Network(inputs["cidrIpv4"])) for _, block in self._blocks(other)
            ):
                return True
        return False

    def _blocks(self, place: Place | None) -> list[tuple[str, IPv4Network]]:
        if place is None:
            return [(INTERNET, ANYWHERE)]
        return [(subnet, self._subnets[subnet]) for subnet in sorted(place.subnets)]

    @cached_property
    def _subnets(self) -> dict[str, IPv4Network]:
        return {
            node.id: IPv4Network(node.inputs["cidrBlock"])
            for node in self.graph.of("ec2/subnet:Subnet")
        }

    def _acls_allow(
        self, start: tuple[str, IPv4Network], end: tuple[str, IPv4Network], port: int
    ) -> bool:
        """Whether packets to a port leave the one subnet and enter the other."""
        if start[0] == end[0]:
            return True
        return self._acl_allows(start[0], end[1], port, egress=True) and self._acl_allows(
            end[0], start[1], port, egress=False
        )

    def _acl_allows(self, subnet: str, other: IPv4Network, port: int, *, egress: bool) -> bool:
        associated = [
            node.inputs["networkAclId"]
            for node in self.graph.of("NetworkAclAssociation")
            if node.inputs["subnetId"] == subnet
        ]
        if not associated:
            return True
        rules = sorted(
            (
                node.inputs
                for node in self.graph.of("NetworkAclRule")
                if node.inputs["networkAclId"] == associated[0]
                and bool(node.inputs.get("egress")) is egress
                and node.inputs.get("cidrBlock")
            ),
            key=lambda rule: int(rule["ruleNumber"]),
        )
        for rule in rules:
            if other.subnet_of(IPv4Network(rule["cidrBlock"])) and _covers(rule, port):
                return bool(rule["ruleAction"] == "allow")
        return False

    def _routes_lead(self, start: tuple[str, IPv4Network], end: tuple[str, IPv4Network]) -> bool:
        if INTERNET == start[0] == end[0]:
            return False
        if start[0] == INTERNET:
            return any(via.startswith("igw-") for via in self._default_routes(end[0]))
        if end[0] == INTERNET:
            return bool(self._default_routes(start[0]))
        return True

    def _default_routes(self, subnet: str) -> list[str]:
        tables = {
            node.inputs["routeTableId"]
            for node in self.graph.of("RouteTableAssociation")
            if node.inputs.get("subnetId") == subnet
        }
        return [
            str(node.inputs.get("gatewayId") or node.inputs.get("natGatewayId"))
            for node in self.graph.of("ec2/route:Route")
            if node.inputs["routeTableId"] in tables
            and ip_network(node.inputs.get("destinationCidrBlock") or "::/0") == ANYWHERE
        ]


def _covers(rule: object, port: int) -> bool:
    inputs = dict(rule)  # type: ignore[call-overload]
    protocol = str(inputs.get("ipProtocol") or inputs.get("protocol"))
    if protocol in ("-1", "all"):
        return True
    if protocol not in ("tcp", "6"):
        return False
    return int(inputs["fromPort"]) <= port <= int(inputs["toPort"])


def places(graph: Graph) -> dict[str, Place]:
    """What has interfaces in a stack, by the words of the assertions."""
    return {place.name: place for place in _places(graph)}


def _places(graph: Graph) -> Iterator[Place]:
    db_subnets = _members(graph.of("rds/subnetGroup:SubnetGroup"))
    cache_subnets = _members(graph.of("elasticache/subnetGroup:SubnetGroup"))
    for node in graph.of("rds/instance:Instance"):
        if not node.inputs.get("replicateSourceDb"):
            worn, name = node.inputs["vpcSecurityGroupIds"], node.inputs["dbSubnetGroupName"]
            yield _place("database", worn, db_subnets[name])
    for node in graph.of("ReplicationGroup"):
        worn, name = node.inputs["securityGroupIds"], node.inputs["subnetGroupName"]
        yield _place("cache", worn, cache_subnets[name])
    private = [node.id for node in graph.of("ec2/subnet:Subnet") if "-private-" in node.name]
    nodes = [
        node.id
        for node in graph.of("ec2/securityGroup:SecurityGroup")
        if node.name.endswith("-nodes")
    ]
    yield _place("nodes", nodes, private)


def _members(groups: list[Node]) -> dict[str, list[str]]:
    return {str(node.state["name"]): list(node.inputs["subnetIds"]) for node in groups}


def _place(name: str, groups: Iterable[str], subnets: Iterable[str]) -> Place:
    return Place(name, frozenset(groups), frozenset(subnets))
