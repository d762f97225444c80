"""VPC, subnets, gateways, endpoints, flow logs."""

from typing import Any

from ...provider import Resource
from ..kinds import Call, Kind, Read
from ..session import Session
from .ec2_common import TAGGED, arn

VPC_ATTRIBUTES = ("enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics")
SUBNET_ATTRIBUTES = (
    "mapPublicIpOnLaunch",
    "assignIpv6AddressOnCreation",
    "enableResourceNameDnsARecordOnLaunch",
)
IPV6 = "Ipv6CidrBlock: Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock"
ENDPOINT_LISTS = {
    "routeTableIds": "RouteTableIds",
    "subnetIds": "SubnetIds",
    "securityGroupIds": "SecurityGroupIds",
}


def _member(key: str) -> str:
    return key[0].upper() + key[1:]


def _by_vpc(operation: str, path: str, *filters: dict[str, Any]) -> Read:
    in_vpc = {"Name": "vpc-id", "Values": ["{id}"]}
    return Read(operation, {"Filters": [in_vpc, *filters]}, path)


def _attach_gateway(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    gateway = {"InternetGatewayId": resource.id}
    if old.get("vpcId"):
        session.call("ec2", "DetachInternetGateway", {**gateway, "VpcId": old["vpcId"]})
    if vpc := resource.inputs.get("vpcId"):
        session.call("ec2", "AttachInternetGateway", {**gateway, "VpcId": vpc})


def _detach_gateway(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    if vpc := resource.inputs.get("vpcId"):
        gateway = {"InternetGatewayId": resource.id, "VpcId": vpc}
        session.call("ec2", "DetachInternetGateway", gateway)


def _alter_endpoint(session: Session, resource: Resource, old: dict[str, Any]) -> None:
    parameters: dict[str, Any] = {"VpcEndpointId": resource.id}
    for key, member in ENDPOINT_LISTS.items():
        before, now = set(old.get(key) or []), set(resource.inputs.get(key) or [])
        if now - before:
            parameters[f"Add{member}"] = sorted(now - before)
        if before - now:
            parameters[f"Remove{member}"] = sorted(before - now)
    if policy := resource.inputs.get("policy"):
        parameters["PolicyDocument"] = policy
    session.call("ec2", "ModifyVpcEndpoint", parameters)


KINDS = {
    "aws:ec2/vpc:Vpc": Kind(
        **TAGGED,
        tag_type="vpc",
        defaults={"enableDnsSupport": True},
        rename={"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"},
        after=tuple(
            Call("ModifyVpcAttribute", {"VpcId": "{id}", _member(key): {"Value": f"{{{key}}}"}})
            for key in VPC_ATTRIBUTES
        ),
        read=Read("DescribeVpcs", {"VpcIds": ["{id}"]}, f"Vpcs[0] | merge(@, {{{IPV6}}})"),
        also_read=(
            *(
                Read(
                    "DescribeVpcAttribute",
                    {"VpcId": "{id}", "Attribute": key},
                    f"{{{_member(key)}: {_member(key)}.Value}}",
                )
                for key in VPC_ATTRIBUTES
            ),
            _by_vpc(
                "DescribeSecurityGroups",
                "{defaultSecurityGroupId: SecurityGroups[0].GroupId}",
                {"Name": "group-name", "Values": ["default"]},
            ),
            _by_vpc(
                "DescribeNetworkAcls",
                "{defaultNetworkAclId: NetworkAcls[0].NetworkAclId}",
                {"Name": "default", "Values": ["true"]},
            ),
            _by_vpc(
                "DescribeRouteTables",
                "{defaultRouteTableId: RouteTables[0].RouteTableId,"
                " mainRouteTableId: RouteTables[0].RouteTableId}",
                {"Name": "association.main", "Values": ["true"]},
            ),
        ),
        outputs={"arn": arn("vpc")},
    ),
    "aws:ec2/subnet:Subnet": Kind(
        **TAGGED,
        tag_type="subnet",
        after=tuple(
            Call(
                "ModifySubnetAttribute", {"SubnetId": "{id}", _member(key): {"Value": f"{{{key}}}"}}
            )
            for key in SUBNET_ATTRIBUTES
        ),
        kept=frozenset({"enableDns64", "privateDnsHostnameTypeOnLaunch"}),
        read=Read("DescribeSubnets", {"SubnetIds": ["{id}"]}, f"Subnets[0] | merge(@, {{{IPV6}}})"),
        outputs={"arn": arn("subnet")},
        settled=frozenset({"availableIpAddressCount"}),
    ),
    "aws:ec2/internetGateway:InternetGateway": Kind(
        **TAGGED,
        tag_type="internet-gateway",
        apply=_attach_gateway,
        applies=frozenset({"vpcId"}),
        before_delete=_detach_gateway,
        read=Read(
            "DescribeInternetGateways",
            {"InternetGatewayIds": ["{id}"]},
            "InternetGateways[0] | merge(@, {VpcId: Attachments[0].VpcId})",
        ),
        outputs={"arn": arn("internet-gateway")},
    ),
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": Kind(
        **TAGGED, tag_type="egress-only-internet-gateway"
    ),
    "aws:ec2/eip:Eip": Kind(
        **TAGGED,
        tag_type="elastic-ip",
        create="AllocateAddress",
        id="{result.AllocationId}",
        local=frozenset({"vpc"}),
        read=Read("DescribeAddresses", {"AllocationIds": ["{id}"]}, "Addresses[0]"),
        delete=(Call("ReleaseAddress", {"AllocationId": "{id}"}),),
        outputs={"arn": arn("elastic-ip")},
        # These follow from what the address is attached to later.
        settled=frozenset(
            {"associationId", "networkInterface", "privateIp", "instance", "privateDns"}
        ),
    ),
    "aws:ec2/natGateway:NatGateway": Kind(
        **TAGGED,
        tag_type="natgateway",
        read=Read(
            "DescribeNatGateways",
            {"NatGatewayIds": ["{id}"]},
            "NatGateways[?State!='deleted'] | [0] | merge(@, NatGatewayAddresses[0] || `{}`)",
        ),
        settled=frozenset({"state"}),
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Kind(
        **TAGGED,
        tag_type="vpc-endpoint",
        create="CreateVpcEndpoint",
        id="{result.VpcEndpoint.VpcEndpointId}",
        rename={"policy": "PolicyDocument"},
        local=frozenset({"autoAccept"}),
        read=Read("DescribeVpcEndpoints", {"VpcEndpointIds": ["{id}"]}, "VpcEndpoints[0]"),
        update=("ModifyVpcEndpoint",),
        update_with={"VpcEndpointId": "{id}"},
        alter=_alter_endpoint,
        alters=frozenset({*ENDPOINT_LISTS, "policy"}),
        delete=(Call("DeleteVpcEndpoints", {"VpcEndpointIds": ["{id}"]}),),
        outputs={"arn": arn("vpc-endpoint")},
    ),
    "aws:ec2/flowLog:FlowLog": Kind(
        **TAGGED,
        tag_type="vpc-flow-log",
        create="CreateFlowLogs",
        create_with={
            "ResourceIds": ["{vpcId || subnetId || eniId || transitGatewayId}"],
            "ResourceType": (
                "{vpcId && 'VPC' || subnetId && 'Subnet' || eniId && 'NetworkInterface'"
                " || 'TransitGateway'}"
            ),
        },
        id="{result.FlowLogIds[0]}",
        rename={"iamRoleArn": "DeliverLogsPermissionArn"},
        read=Read("DescribeFlowLogs", {"FlowLogIds": ["{id}"]}, "FlowLogs[0]"),
        delete=(Call("DeleteFlowLogs", {"FlowLogIds": ["{id}"]}),),
        outputs={"arn": arn("vpc-flow-log")},
    ),
}
