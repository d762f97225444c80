import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from components.alarms import Topics
from components.network import Network, NetworkArgs
from components.network_limits import address_capacity
from tests.mocked import Engine

ACCOUNT = "111122223333"
TOPICS = Topics(
    critical_arn=f"arn:aws:sns:eu-west-1:{ACCOUNT}:critical",
    warning_arn=f"arn:aws:sns:eu-west-1:{ACCOUNT}:warning",
)
ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
TIERS = ["public", "private", "data"]
VPC_IPV6 = "2a05:d018:abc:1200::/56"

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
ACL = "aws:ec2/networkAcl:NetworkAcl"
ACL_ASSOCIATION = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
ALIAS = "aws:kms/alias:Alias"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
EGRESS_ONLY = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
EIP = "aws:ec2/eip:Eip"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
GROUP_EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
GROUP_INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
KEY = "aws:kms/key:Key"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
NAT = "aws:ec2/natGateway:NatGateway"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ROUTE = "aws:ec2/route:Route"
SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:ec2/routeTable:RouteTable"
VPC = "aws:ec2/vpc:Vpc"


def network_args(**changed: Any) -> NetworkArgs:
    chosen: dict[str, Any] = {
        "account_id": ACCOUNT,
        "region": "eu-west-1",
        "cidr": "10.0.0.0/16",
        "zones": ZONES,
        "nat": "one_per_zone",
        "data_ports": [6432, 6379],
        "topics": TOPICS,
        "flow_log_retention_days": 365,
    }
    return NetworkArgs(**{**chosen, **changed})


def build(engine: Engine, **changed: Any) -> Network:
    return engine.run(lambda: Network("app", network_args(**changed)))


def named(engine: Engine, kind: str) -> dict[str, dict[str, Any]]:
    return {name: inputs for (each, name), inputs in engine.built.items() if each == kind}


def ids(engine: Engine, outputs: Mapping[str, pulumi.Output[str]]) -> dict[str, str]:
    found: dict[str, str] = {}

    def read() -> pulumi.Output[None]:
        return pulumi.Output.all(**outputs).apply(found.update)

    engine.run(read)
    return found


def registered(engine: Engine, kind: str, name: str) -> mocks.MockMonitor.ResourceRegistration:
    """A resource as those that refer to it see it."""
    resources = engine.monitor.resources
    return next(found for urn, found in resources.items() if urn.endswith(f"{kind}::{name}"))


def id_of(engine: Engine, kind: str, name: str) -> str:
    return registered(engine, kind, name).id


def state_of(engine: Engine, kind: str, name: str) -> dict[str, Any]:
    return registered(engine, kind, name).state


def route_table_of(engine: Engine, tier: str) -> set[str]:
    return {
        association["routeTableId"]
        for name, association in named(engine, ASSOCIATION).items()
        if name.startswith(f"app-{tier}-")
    }


def give_the_vpc_ipv6(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What AWS answers when a VPC asks for a block."""
    answer = engine.new_resource

    def with_ipv6(args: mocks.MockResourceArgs) -> Any:
        id_, state = answer(args)
        if args.typ == VPC:
            state = {**state, "ipv6CidrBlock": state.get("ipv6CidrBlock") or VPC_IPV6}
        return id_, state

    monkeypatch.setattr(engine, "new_resource", with_ipv6)


def test_every_zone_has_a_subnet_of_every_tier_at_its_own_address(engine: Engine) -> None:
    build(engine)
    blocks = {name: subnet["cidrBlock"] for name, subnet in named(engine, SUBNET).items()}
    assert blocks == {
        "app-public-eu-west-1a": "10.0.0.0/21",
        "app-public-eu-west-1b": "10.0.8.0/21",
        "app-public-eu-west-1c": "10.0.16.0/21",
        "app-private-eu-west-1a": "10.0.64.0/21",
        "app-private-eu-west-1b": "10.0.72.0/21",
        "app-private-eu-west-1c": "10.0.80.0/21",
        "app-data-eu-west-1a": "10.0.128.0/21",
        "app-data-eu-west-1b": "10.0.136.0/21",
        "app-data-eu-west-1c": "10.0.144.0/21",
    }
    for name, subnet in named(engine, SUBNET).items():
        assert name.endswith(subnet["availabilityZone"]), "a subnet is where its name says"


def test_adding_a_zone_changes_nothing_that_is_there(engine: Engine) -> None:
    engine.run(lambda: Network("old", network_args(zones=["eu-west-1c", "eu-west-1b"])))
    engine.run(lambda: Network("new", network_args(zones=ZONES)))

    def blocks(network: str) -> dict[str, str]:
        return {
            name.removeprefix(f"{network}-"): subnet["cidrBlock"]
            for name, subnet in named(engine, SUBNET).items()
            if name.startswith(network)
        }

    assert blocks("old").items() <= blocks("new").items(), "no subnet moves or is renamed"
    assert len(blocks("new")) == len(blocks("old")) + 3


def test_nothing_gets_a_public_address_by_itself(engine: Engine) -> None:
    build(engine)
    given = {subnet["mapPublicIpOnLaunch"] for subnet in named(engine, SUBNET).values()}
    assert given == {False}, "CKV_AWS_130, EC2.15: load balancers and NAT gateways need none"


def test_names_resolve_and_addresses_are_counted(engine: Engine) -> None:
    build(engine)
    vpc = engine.built[VPC, "app"]
    assert vpc["cidrBlock"] == "10.0.0.0/16"
    assert vpc["enableDnsHostnames"] is True, "interface endpoints and EKS need it"
    assert vpc["enableDnsSupport"] is True
    assert vpc["enableNetworkAddressUsageMetrics"] is True, "exhaustion is seen coming"


@pytest.mark.parametrize(
    ("cluster_name", "karpenter"),
    [(None, {}), ("platform-staging", {"karpenter.sh/discovery": "platform-staging"})],
)
def test_subnets_are_found_by_load_balancers_and_karpenter(
    engine: Engine, cluster_name: str | None, karpenter: dict[str, str]
) -> None:
    build(engine, cluster_name=cluster_name, tags={"Team": "core"})
    expected = {
        "public": {"kubernetes.io/role/elb": "1"},
        "private": {"kubernetes.io/role/internal-elb": "1", **karpenter},
        "data": {},
    }
    for tier in TIERS:
        for zone in ZONES:
            name = f"app-{tier}-{zone}"
            assert engine.built[SUBNET, name]["tags"] == {
                "Team": "core",
                "Name": name,
                **expected[tier],
            }


def test_what_is_placed_in_the_defaults_by_mistake_reaches_nothing(engine: Engine) -> None:
    build(engine)
    group = engine.built[DEFAULT_GROUP, "app-default"]
    assert group.get("ingress", []) == [], "CKV2_AWS_12, EC2.2"
    assert group.get("egress", []) == [], "CKV2_AWS_12, EC2.2"
    assert engine.built[DEFAULT_TABLE, "app-default"]["routes"] == []


def test_each_subnet_is_in_the_route_table_of_its_tier(engine: Engine) -> None:
    build(engine)
    tables = {name.removeprefix("app-") for name in named(engine, TABLE)}
    assert tables == {"public", "data", *(f"private-{zone}" for zone in ZONES)}
    assert len(named(engine, ASSOCIATION)) == 9, "a subnet outside would follow the main table"
    assert route_table_of(engine, "public") == {id_of(engine, TABLE, "app-public")}
    assert route_table_of(engine, "data") == {id_of(engine, TABLE, "app-data")}
    for zone in ZONES:
        association = engine.built[ASSOCIATION, f"app-private-{zone}"]
        assert association["routeTableId"] == id_of(engine, TABLE, f"app-private-{zone}")
        for tier in TIERS:
            association = engine.built[ASSOCIATION, f"app-{tier}-{zone}"]
            assert association["subnetId"] == id_of(engine, SUBNET, f"app-{tier}-{zone}")


def test_the_data_tier_has_no_way_to_the_internet(engine: Engine) -> None:
    build(engine)
    routed = {route["routeTableId"] for route in named(engine, ROUTE).values()}
    assert id_of(engine, TABLE, "app-data") not in routed, "RDS.46"
    assert all("routes" not in table for table in named(engine, TABLE).values()), (
        "routes inside a table would fight the separate ones"
    )


@pytest.mark.parametrize(
    ("nat", "gateway_of"),
    [
        ("none", {}),
        ("single", dict.fromkeys(ZONES, "eu-west-1a")),
        ("one_per_zone", {zone: zone for zone in ZONES}),
    ],
)
def test_private_subnets_leave_by_the_nat_gateway_that_was_chosen(
    engine: Engine, nat: str, gateway_of: dict[str, str]
) -> None:
    build(engine, nat=nat)
    gateways = set(gateway_of.values())
    assert set(named(engine, NAT)) == {f"app-nat-{zone}" for zone in gateways}
    assert set(named(engine, EIP)) == {f"app-nat-{zone}" for zone in gateways}
    for zone in gateways:
        gateway = engine.built[NAT, f"app-nat-{zone}"]
        assert gateway["subnetId"] == id_of(engine, SUBNET, f"app-public-{zone}")
        assert gateway["allocationId"] == id_of(engine, EIP, f"app-nat-{zone}")
        assert gateway["connectivityType"] == "public"
    routes = {
        name: route["natGatewayId"]
        for name, route in named(engine, ROUTE).items()
        if "natGatewayId" in route
    }
    assert routes == {
        f"app-private-{zone}-internet": id_of(engine, NAT, f"app-nat-{gateway}")
        for zone, gateway in gateway_of.items()
    }, "a zone that has a gateway does not depend on another zone"


def test_a_nat_gateway_outlives_no_route_it_needs(engine: Engine) -> None:
    build(engine)
    for zone in ZONES:
        for kind in (NAT, EIP):
            needed = engine.options[kind, f"app-nat-{zone}"].depends_on
            assert any(urn.endswith("::app-public-internet") for urn in needed), (
                "AWS detaches no internet gateway while addresses are mapped"
            )


def test_addresses_that_partners_allow_are_used_again(engine: Engine) -> None:
    allowed = engine.cloud("ec2").allocate_address(Domain="vpc")["AllocationId"]
    build(engine, elastic_ip_allocation_ids={"eu-west-1b": allowed})
    assert set(named(engine, EIP)) == {"app-nat-eu-west-1a", "app-nat-eu-west-1c"}
    assert engine.built[NAT, "app-nat-eu-west-1b"]["allocationId"] == allowed


def test_s3_and_dynamodb_are_reached_without_nat(engine: Engine) -> None:
    build(engine)
    tables = {id_of(engine, TABLE, f"app-private-{zone}") for zone in ZONES}
    assert set(named(engine, ENDPOINT)) == {"app-endpoints-s3", "app-endpoints-dynamodb"}
    for service in ("s3", "dynamodb"):
        endpoint = engine.built[ENDPOINT, f"app-endpoints-{service}"]
        assert endpoint["vpcEndpointType"] == "Gateway"
        assert endpoint["serviceName"] == f"com.amazonaws.eu-west-1.{service}"
        assert set(endpoint["routeTableIds"]) == {*tables, id_of(engine, TABLE, "app-data")}
    assert not named(engine, GROUP), "a group that nothing wears"


def test_interface_endpoints_answer_the_vpc_under_the_public_names(engine: Engine) -> None:
    build(engine, interface_endpoints=["ecr.api", "sts"])
    group = id_of(engine, GROUP, "app-endpoints")
    for service, name in {"ecr.api": "app-endpoints-ecr-api", "sts": "app-endpoints-sts"}.items():
        endpoint = engine.built[ENDPOINT, name]
        assert endpoint["vpcEndpointType"] == "Interface"
        assert endpoint["serviceName"] == f"com.amazonaws.eu-west-1.{service}"
        assert endpoint["privateDnsEnabled"] is True, "no client needs another address"
        assert endpoint["securityGroupIds"] == [group]
        assert set(endpoint["subnetIds"]) == {
            id_of(engine, SUBNET, f"app-private-{zone}") for zone in ZONES
        }
    rules = named(engine, GROUP_INGRESS)
    assert set(rules) == {"app-endpoints-from-vpc"}
    rule = rules["app-endpoints-from-vpc"]
    assert (rule["fromPort"], rule["toPort"], rule["cidrIpv4"]) == (443, 443, "10.0.0.0/16")
    assert rule["description"], "CKV_AWS_23"
    assert not named(engine, GROUP_EGRESS), "an endpoint opens no connection"


def test_the_vpc_alone_passes_the_data_tiers_acl(engine: Engine) -> None:
    build(engine)
    rules = {
        name: (rule["egress"], rule["ruleAction"], rule["fromPort"], rule["toPort"])
        for name, rule in named(engine, ACL_RULE).items()
    }
    assert rules == {
        "app-data-in-6432": (False, "allow", 6432, 6432),
        "app-data-in-6379": (False, "allow", 6379, 6379),
        "app-data-answers": (True, "allow", 1024, 65535),
    }
    for rule in named(engine, ACL_RULE).values():
        assert rule["cidrBlock"] == "10.0.0.0/16", "the second wall lets nobody else in"
        assert rule["protocol"] == "tcp"
    walled = {each["subnetId"] for each in named(engine, ACL_ASSOCIATION).values()}
    assert walled == {id_of(engine, SUBNET, f"app-data-{zone}") for zone in ZONES}


def test_a_port_more_renumbers_no_rule(engine: Engine) -> None:
    build(engine, data_ports=[5433, 6379, 6432])
    numbers = {
        rule["fromPort"]: rule["ruleNumber"]
        for rule in named(engine, ACL_RULE).values()
        if not rule["egress"]
    }
    assert numbers == {5433: 5433, 6379: 6379, 6432: 6432}, "AWS replaces a rule that is renumbered"


def test_every_connection_is_recorded(engine: Engine) -> None:
    build(engine)
    [flow_log] = named(engine, FLOW_LOG).values()
    assert flow_log["vpcId"] == id_of(engine, VPC, "app")
    assert flow_log["trafficType"] == "ALL", "EC2.6"
    assert flow_log["maxAggregationInterval"] == 60
    assert flow_log["logDestinationType"] == "cloud-watch-logs"
    depends_on = engine.options[FLOW_LOG, "app-flow-logs"].depends_on
    assert any("RolePolicy" in urn for urn in depends_on), "the first records need the permission"


def test_the_record_is_encrypted_and_ends(engine: Engine) -> None:
    build(engine)
    group = engine.built[LOG_GROUP, "app-flow-logs"]
    assert group["kmsKeyId"] == state_of(engine, KEY, "app-flow-logs")["arn"], "CKV_AWS_158"
    assert group["retentionInDays"] == 365, "CKV_AWS_66"
    key_policy = json.loads(engine.built[KEY, "app-flow-logs"]["policy"])
    assert [each["Sid"] for each in key_policy["Statement"]] == ["IamDecidesInThisAccount", "Logs"]
    assert engine.built[ALIAS, "app-flow-logs"]["name"] == "alias/app-flow-logs"


def test_only_flow_logs_of_this_account_write_and_only_there(engine: Engine) -> None:
    build(engine)
    [trust] = json.loads(engine.built[ROLE, "app-flow-logs"]["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc-flow-log/*"},
    }, "no other account's flow log borrows the role"
    [write] = json.loads(engine.built[ROLE_POLICY, "app-flow-logs"]["policy"])["Statement"]
    assert set(write["Action"]) == {
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    }, "no CreateLogGroup: a deleted group must not come back unencrypted"
    assert len(write["Resource"]) == 2
    for arn in write["Resource"]:
        assert "app-flow-logs" in arn, "CKV_AWS_355: one log group, no wildcard"


@pytest.mark.parametrize("protect", [True, False])
def test_what_cannot_be_made_again_is_protected(engine: Engine, protect: bool) -> None:
    build(engine, protect=protect)
    kept = [(KEY, "app-flow-logs"), (LOG_GROUP, "app-flow-logs")]
    for resource in kept:
        assert engine.options[resource].protect is protect
        assert engine.options[resource].retain_on_delete is protect
    for zone in ZONES:
        options = engine.options[EIP, f"app-nat-{zone}"]
        assert options.protect is protect, "AWS gives no released address back"
        assert not options.retain_on_delete, "an address that nobody uses costs money"


def test_dual_stack_gives_ipv6_to_the_outer_tiers_and_a_one_way_door(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_the_vpc_ipv6(engine, monkeypatch)
    build(engine, dual_stack=True, nat="single")
    assert engine.built[VPC, "app"]["assignGeneratedIpv6CidrBlock"] is True
    for tier in ("public", "private"):
        for zone in ZONES:
            subnet = engine.built[SUBNET, f"app-{tier}-{zone}"]
            assert subnet["ipv6CidrBlock"].endswith("::/64")
            assert subnet["assignIpv6AddressOnCreation"] is True
    routes = {
        name: route
        for name, route in named(engine, ROUTE).items()
        if "destinationIpv6CidrBlock" in route
    }
    assert set(routes) == {
        "app-public-internet-ipv6",
        *(f"app-private-{zone}-internet-ipv6" for zone in ZONES),
    }
    for name, route in routes.items():
        assert route["destinationIpv6CidrBlock"] == "::/0"
        assert ("gatewayId" in route) == name.startswith("app-public"), "private connects out only"
        assert ("egressOnlyGatewayId" in route) == name.startswith("app-private")


def test_the_data_tier_has_no_ipv6(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    give_the_vpc_ipv6(engine, monkeypatch)
    build(engine, dual_stack=True)
    for zone in ZONES:
        subnet = engine.built[SUBNET, f"app-data-{zone}"]
        assert not subnet.get("ipv6CidrBlock"), "an IPv6 address is a public one"
        assert subnet["assignIpv6AddressOnCreation"] is False


def test_without_dual_stack_there_is_no_ipv6(engine: Engine) -> None:
    build(engine)
    assert engine.built[VPC, "app"]["assignGeneratedIpv6CidrBlock"] is False
    assert not named(engine, EGRESS_ONLY)
    assert not any("destinationIpv6CidrBlock" in route for route in named(engine, ROUTE).values())
    assert not any(subnet.get("ipv6CidrBlock") for subnet in named(engine, SUBNET).values())


def test_outputs_are_keyed_by_tier_and_zone(engine: Engine) -> None:
    network = build(engine)
    assert network.availability_zones == ZONES
    assert network.cidr == "10.0.0.0/16"
    for tier in TIERS:
        assert ids(engine, getattr(network, tier)) == {
            zone: id_of(engine, SUBNET, f"app-{tier}-{zone}") for zone in ZONES
        }


@pytest.mark.parametrize(
    ("nat", "zones"), [("none", []), ("single", ["eu-west-1a"]), ("one_per_zone", ZONES)]
)
def test_public_addresses_are_known_for_the_zones_that_have_nat(
    engine: Engine, nat: str, zones: list[str]
) -> None:
    assert list(build(engine, nat=nat).nat_public_ips) == zones


def test_every_resource_has_the_callers_tags_and_a_name(engine: Engine) -> None:
    build(engine, tags={"Team": "core"}, interface_endpoints=["sts"])
    tagged = {key: inputs["tags"] for key, inputs in engine.built.items() if "tags" in inputs}
    assert len(tagged) > 30
    for key, tags in tagged.items():
        assert tags["Team"] == "core", key
        assert tags["Name"].startswith("app"), key


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"account_id": "staging"}, "account_id='staging'; use the 12 digits of the AWS account"),
        ({"cidr": "10.0.0.0/8"}, "cidr=10.0.0.0/8; use a prefix length of /16 to /20"),
        (
            {"zones": ["us-east-1a", "us-east-1b"]},
            "zones has 'us-east-1a'; use a zone of eu-west-1, eu-west-1a to eu-west-1h",
        ),
        ({"nat": "two"}, "nat='two'; use 'none', 'single', 'one_per_zone'"),
        (
            {"nat": "single", "elastic_ip_allocation_ids": {"eu-west-1b": "eipalloc-0a1b2c3d"}},
            "elastic_ip_allocation_ids has 'eu-west-1b', where no NAT gateway stands; "
            "use eu-west-1a",
        ),
        (
            {"nat": "none", "elastic_ip_allocation_ids": {"eu-west-1b": "eipalloc-0a1b2c3d"}},
            "elastic_ip_allocation_ids has 'eu-west-1b', where no NAT gateway stands; leave it out",
        ),
        (
            {"elastic_ip_allocation_ids": {"eu-west-1b": "203.0.113.7"}},
            "elastic_ip_allocation_ids['eu-west-1b']='203.0.113.7'; "
            "use an id such as 'eipalloc-0a1b2c3d'",
        ),
        (
            {"elastic_ip_allocation_ids": dict.fromkeys(ZONES[:2], "eipalloc-0a1b2c3d")},
            "elastic_ip_allocation_ids names an address twice; a gateway needs its own",
        ),
        ({"data_ports": []}, "data_ports is empty; name what listens, e.g. [6432, 6379]"),
        ({"data_ports": [443]}, "data_ports has 443; use 1024 to 32766"),
        ({"data_ports": [32767]}, "data_ports has 32767; use 1024 to 32766"),
        ({"data_ports": [6379, 6379]}, "data_ports has 6379 more than once; name it once"),
        (
            {"data_ports": list(range(6000, 6021))},
            "data_ports has 21; AWS takes 20 rules an ACL",
        ),
        (
            {"interface_endpoints": ["s3"]},
            "interface_endpoints has 's3', which has a gateway; leave it out",
        ),
        (
            {"interface_endpoints": ["com.amazonaws.eu-west-1.sts"]},
            "interface_endpoints has 'com.amazonaws.eu-west-1.sts'; use 'sts'",
        ),
        (
            {"interface_endpoints": ["ECR"]},
            "interface_endpoints has 'ECR'; use a name such as 'ecr.api'",
        ),
        (
            {"interface_endpoints": ["sts", "sts"]},
            "interface_endpoints has 'sts' more than once; name it once",
        ),
        (
            {"flow_log_retention_days": 300},
            "flow_log_retention_days=300; CloudWatch Logs keeps fixed periods, use 365",
        ),
        (
            {"flow_log_retention_days": 9999},
            "flow_log_retention_days=9999; CloudWatch Logs keeps fixed periods, use 3653",
        ),
        ({"cluster_name": ""}, "cluster_name is empty; leave it out, or name the cluster"),
    ],
)
def test_what_aws_would_refuse_is_refused_at_preview(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="NetworkArgs refused") as refusal:
        network_args(**changed)
    assert f"- {message}" in str(refusal.value).replace("\n  ", "")


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(ValueError, match="refused") as refusal:
        network_args(account_id="", cidr="ten", nat="two", data_ports=[], flow_log_retention_days=2)
    assert str(refusal.value).count("\n  - ") == 5, "one preview shows all there is to mend"


def test_a_name_that_aws_would_refuse_registers_nothing(engine: Engine) -> None:
    with pytest.raises(ValueError, match="Network name 'App_1'"):
        Network("App_1", network_args())
    assert engine.built == {}


def test_the_cloud_holds_subnets_without_public_addresses(engine: Engine) -> None:
    build(engine)
    ours = {"Name": "vpc-id", "Values": [id_of(engine, VPC, "app")]}
    subnets = engine.cloud("ec2").describe_subnets(Filters=[ours])["Subnets"]
    assert len(subnets) == 9
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in subnets), "CKV_AWS_130"


def test_the_cloud_holds_an_empty_default_security_group(engine: Engine) -> None:
    build(engine)
    [group] = engine.cloud("ec2").describe_security_groups(
        Filters=[
            {"Name": "vpc-id", "Values": [id_of(engine, VPC, "app")]},
            {"Name": "group-name", "Values": ["default"]},
        ]
    )["SecurityGroups"]
    assert group["IpPermissions"] == [], "CKV2_AWS_12, EC2.2"
    assert group["IpPermissionsEgress"] == [], "CKV2_AWS_12, EC2.2"


def test_the_cloud_holds_no_way_from_the_data_tier_to_the_internet(engine: Engine) -> None:
    build(engine)
    table_id = id_of(engine, TABLE, "app-data")
    [table] = engine.cloud("ec2").describe_route_tables(RouteTableIds=[table_id])["RouteTables"]
    targets = {route.get("DestinationCidrBlock") for route in table["Routes"]}
    assert "0.0.0.0/0" not in targets, "RDS.46"
    assert len(table["Associations"]) == 3, "every data subnet follows it"


def test_the_cloud_holds_a_default_route_of_each_private_table(engine: Engine) -> None:
    build(engine)
    for zone in ZONES:
        table_id = id_of(engine, TABLE, f"app-private-{zone}")
        [table] = engine.cloud("ec2").describe_route_tables(RouteTableIds=[table_id])["RouteTables"]
        out = {route.get("DestinationCidrBlock"): route for route in table["Routes"]}["0.0.0.0/0"]
        assert out["NatGatewayId"] == id_of(engine, NAT, f"app-nat-{zone}")


def test_the_cloud_holds_the_data_tiers_acl_on_every_data_subnet(engine: Engine) -> None:
    build(engine)
    acl_id = id_of(engine, ACL, "app-data")
    [acl] = engine.cloud("ec2").describe_network_acls(NetworkAclIds=[acl_id])["NetworkAcls"]
    walled = {association["SubnetId"] for association in acl["Associations"]}
    assert walled == {id_of(engine, SUBNET, f"app-data-{zone}") for zone in ZONES}
    allowed = [entry for entry in acl["Entries"] if entry["RuleAction"] == "allow"]
    assert {entry["CidrBlock"] for entry in allowed} == {"10.0.0.0/16"}


def test_the_cloud_records_the_vpcs_traffic(engine: Engine) -> None:
    build(engine)
    [flow_log] = engine.cloud("ec2").describe_flow_logs()["FlowLogs"]
    assert flow_log["ResourceId"] == id_of(engine, VPC, "app")
    assert flow_log["TrafficType"] == "ALL"


def test_each_nat_gateway_that_runs_out_of_ports_wakes_somebody(engine: Engine) -> None:
    build(engine)
    alarms = engine.cloud("cloudwatch").describe_alarms()["MetricAlarms"]
    ports = [alarm for alarm in alarms if alarm["MetricName"] == "ErrorPortAllocation"]
    gateways = engine.cloud("ec2").describe_nat_gateways()["NatGateways"]
    assert sorted(alarm["Dimensions"][0]["Value"] for alarm in ports) == sorted(
        gateway["NatGatewayId"] for gateway in gateways
    )
    assert {tuple(alarm["AlarmActions"]) for alarm in ports} == {(TOPICS.critical_arn,)}


@pytest.mark.parametrize(
    ("cidr", "zones", "addresses"),
    [
        ("10.0.0.0/16", ZONES, 3 * (2048 - 5)),
        ("10.0.0.0/20", ZONES[:2], 2 * (128 - 5)),
    ],
)
def test_the_alarm_on_addresses_knows_what_the_private_subnets_hold(
    engine: Engine, cidr: str, zones: list[str], addresses: int
) -> None:
    assert address_capacity(cidr, zones) == addresses
    build(engine, cidr=cidr, zones=zones)
    assert engine.built[ALARM, "app-addresses"]["threshold"] == int(0.8 * addresses)
