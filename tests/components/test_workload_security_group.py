from typing import Any

import pytest

from components.workload_security_group import (
    WorkloadSecurityGroup,
    WorkloadSecurityGroupArgs,
)
from tests.components.conftest import Engine

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


def build(engine: Engine, **changed: Any) -> None:
    vpc = engine.cloud("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]
    chosen = {"vpc_id": vpc["VpcId"], "vpc_cidr": "10.0.0.0/16"}
    args = WorkloadSecurityGroupArgs(**{**chosen, **changed})
    engine.run(lambda: WorkloadSecurityGroup("app-workload", args))


def egress(engine: Engine) -> dict[str, tuple[str, int, int, str]]:
    return {
        name.removeprefix("app-workload-"): (
            inputs["ipProtocol"],
            inputs["fromPort"],
            inputs["toPort"],
            inputs.get("cidrIpv4") or inputs["cidrIpv6"],
        )
        for (kind, name), inputs in engine.built.items()
        if kind == EGRESS
    }


def test_nodes_open_https_and_dns_and_nothing_else(engine: Engine) -> None:
    build(engine)
    assert egress(engine) == {
        "https": ("tcp", 443, 443, "0.0.0.0/0"),
        "dns-udp": ("udp", 53, 53, "10.0.0.0/16"),
        "dns-tcp": ("tcp", 53, 53, "10.0.0.0/16"),
    }, "CKV_AWS_382: no group opens everything"


def test_dual_stack_adds_https_by_ipv6(engine: Engine) -> None:
    build(engine, dual_stack=True)
    assert egress(engine)["https-ipv6"] == ("tcp", 443, 443, "::/0")
    assert len(egress(engine)) == 4


def test_nothing_may_connect_by_this_group(engine: Engine) -> None:
    build(engine)
    assert not [name for kind, name in engine.built if kind == INGRESS]
    assert not {"ingress", "egress"} & set(engine.built[GROUP, "app-workload"]), (
        "rules inside the group would fight those that databases and caches add"
    )


def test_the_group_and_every_rule_say_what_they_are_for(engine: Engine) -> None:
    build(engine, dual_stack=True)
    described = [
        inputs.get("description")
        for (kind, _), inputs in engine.built.items()
        if kind in (GROUP, EGRESS)
    ]
    assert len(described) == 5
    assert all(described), "CKV_AWS_23"


@pytest.mark.parametrize("cidr", ["", "10.0.0.1/16", "::/0"])
def test_a_block_that_is_none_is_refused(cidr: str) -> None:
    with pytest.raises(ValueError, match="use the VPC's block"):
        WorkloadSecurityGroupArgs(vpc_id="vpc-0a1b2c3d", vpc_cidr=cidr)


def test_the_cloud_holds_the_four_ways_out_and_no_way_in(engine: Engine) -> None:
    build(engine, dual_stack=True)
    [group] = [
        group
        for group in engine.cloud("ec2").describe_security_groups()["SecurityGroups"]
        if group["Description"] == "Workloads app-workload"
    ]
    assert group["IpPermissions"] == []
    opened = [
        (permission["IpProtocol"], permission["ToPort"], *target.values())
        for permission in group["IpPermissionsEgress"]
        for target in [*permission["IpRanges"], *permission["Ipv6Ranges"]]
    ]
    assert {(protocol, port) for protocol, port, *_ in opened} == {
        ("tcp", 443),
        ("udp", 53),
        ("tcp", 53),
    }, "AWS gives a new group a rule that opens everything; ours must not keep it"
    assert len(opened) == 4
