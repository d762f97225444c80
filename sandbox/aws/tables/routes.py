"""Route tables, their routes and who uses them."""

from typing import Any

from ...provider import Resource
from ..kinds import Call, Kind, Read
from ..ledger import Ledger
from ..session import Session
from .ec2_common import TAGGED, arn

ROUTE = "aws:ec2/route:Route"
TARGETS = {
    "carrierGatewayId": "CarrierGatewayId",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "localGatewayId": "LocalGatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}
# A route table's inline routes spell two destinations shorter than a route of its own.
DESTINATIONS = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
MEMBERS = {**DESTINATIONS, **TARGETS}
DESTINATION = "{destinationCidrBlock || destinationIpv6CidrBlock || destinationPrefixListId}"


def _parameters(route: dict[str, Any]) -> dict[str, Any]:
    return {MEMBERS[key]: value for key, value in route.items() if value and key in MEMBERS}


def _destination(route: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in route.items() if k in DESTINATIONS.values()}


def _apply_routes(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    table = {"RouteTableId": resource.id}
    before = [_parameters(route) for route in old.get("routes") or []]
    now = [_parameters(route) for route in resource.inputs.get("routes") or []]
    for route in before:
        if route not in now:
            session.call("ec2", "DeleteRoute", {**table, **_destination(route)})
    for route in now:
        if route not in before:
            session.call("ec2", "CreateRoute", {**table, **route})


def _routes(session: Session, table: str) -> list[dict[str, Any]]:
    found = session.call("ec2", "DescribeRouteTables", {"RouteTableIds": [table]})
    routes: list[dict[str, Any]] = found["RouteTables"][0]["Routes"]
    return [route for route in routes if route.get("GatewayId") != "local"]


def _look_table(session: Session, resource: Resource, ledger: Ledger) -> dict[str, Any] | None:
    tables = session.call("ec2", "DescribeRouteTables", {"RouteTableIds": [resource.id]})
    table: dict[str, Any] = tables["RouteTables"][0]
    own = [
        _destination(_parameters(entry.resource.inputs))
        for entry in ledger.entries()
        if entry.resource.type == ROUTE and entry.resource.inputs["routeTableId"] == resource.id
    ]
    spelt = {
        "CidrBlock": "DestinationCidrBlock",
        "Ipv6CidrBlock": "DestinationIpv6CidrBlock",
        "EgressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    }
    table["Routes"] = [
        {**route, **{name: route[aws] for name, aws in spelt.items() if route.get(aws)}}
        for route in table["Routes"]
        if route.get("GatewayId") != "local"
        and not str(route.get("GatewayId", "")).startswith("vpce-")
        and _destination(route) not in own
    ]
    return table


def _look_route(session: Session, resource: Resource, ledger: Ledger) -> dict[str, Any] | None:
    wanted = _destination(_parameters(resource.inputs))
    table = resource.inputs["routeTableId"]
    found = [route for route in _routes(session, table) if _destination(route) == wanted]
    return {**found[0], "RouteTableId": table} if found else None


def _adopt(session: Session, resource: Resource, tags: dict[str, str]) -> tuple[str, Any]:
    id_ = resource.inputs["defaultRouteTableId"]
    shown = session.call("ec2", "DescribeRouteTables", {"RouteTableIds": [id_]})
    for route in _routes(session, id_):
        session.call("ec2", "DeleteRoute", {"RouteTableId": id_, **_destination(route)})
    return id_, shown["RouteTables"][0]


def _keep(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    """AWS deletes a VPC's own defaults with the VPC; pulumi-aws only lets go of them."""


TABLE_ROUTES = Kind(
    **TAGGED,
    tag_type="route-table",
    apply=_apply_routes,
    applies=frozenset({"routes"}),
    look=_look_table,
    outputs={"arn": arn("route-table")},
)

KINDS = {
    "aws:ec2/routeTable:RouteTable": TABLE_ROUTES,
    "aws:ec2/defaultRouteTable:DefaultRouteTable": Kind(
        **TAGGED,
        make=_adopt,
        makes=frozenset({"defaultRouteTableId"}),
        apply=_apply_routes,
        applies=frozenset({"routes"}),
        look=_look_table,
        remove=_keep,
        outputs={"arn": arn("route-table")},
    ),
    ROUTE: Kind(
        noun="Route",
        create="CreateRoute",
        id=f"r-{{routeTableId}}-{DESTINATION}",
        rename={"egressOnlyGatewayId": "EgressOnlyInternetGatewayId"},
        look=_look_route,
        update=("ReplaceRoute",),
        update_with={
            "RouteTableId": "{routeTableId}",
            "DestinationCidrBlock": "{destinationCidrBlock}",
            "DestinationIpv6CidrBlock": "{destinationIpv6CidrBlock}",
            "DestinationPrefixListId": "{destinationPrefixListId}",
        },
        fixed=frozenset(
            {
                "routeTableId",
                "destinationCidrBlock",
                "destinationIpv6CidrBlock",
                "destinationPrefixListId",
            }
        ),
        delete=(
            Call(
                "DeleteRoute",
                {
                    "RouteTableId": "{routeTableId}",
                    "DestinationCidrBlock": "{destinationCidrBlock}",
                    "DestinationIpv6CidrBlock": "{destinationIpv6CidrBlock}",
                    "DestinationPrefixListId": "{destinationPrefixListId}",
                },
            ),
        ),
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Kind(
        create="AssociateRouteTable",
        id="{result.AssociationId}",
        read=Read(
            "DescribeRouteTables",
            {"Filters": [{"Name": "association.route-table-association-id", "Values": ["{id}"]}]},
            "RouteTables[].Associations[?RouteTableAssociationId=='{id}'][] | [0]",
        ),
        delete=(Call("DisassociateRouteTable", {"AssociationId": "{id}"}),),
        deletes_first=True,
    ),
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": Kind(
        make=lambda session, resource, tags: _make_main(session, resource),
        makes=frozenset({"vpcId", "routeTableId"}),
        look=lambda session, resource, ledger: _main(session, resource.inputs["vpcId"]),
        remove=_keep,
        deletes_first=True,
    ),
}


def _main(session: Session, vpc: str) -> dict[str, Any] | None:
    filters = [
        {"Name": "vpc-id", "Values": [vpc]},
        {"Name": "association.main", "Values": ["true"]},
    ]
    tables = session.call("ec2", "DescribeRouteTables", {"Filters": filters})["RouteTables"]
    associations = [a for table in tables for a in table["Associations"] if a["Main"]]
    return {**associations[0], "VpcId": vpc} if associations else None


def _make_main(session: Session, resource: Resource) -> tuple[str, dict[str, Any]]:
    current = _main(session, resource.inputs["vpcId"]) or {}
    answer = session.call(
        "ec2",
        "ReplaceRouteTableAssociation",
        {
            "AssociationId": current["RouteTableAssociationId"],
            "RouteTableId": resource.inputs["routeTableId"],
        },
    )
    return answer["NewAssociationId"], answer
