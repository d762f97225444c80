from typing import Any

import pulumi_aws as aws
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.node_group import (
    NodeGroup,
    NodeGroupArgs,
    Taint,
    ami_type,
    problem_of_sizes,
    problems_of_instance_types,
)
from sandbox.provider import Resource
from tests.mocked import Engine

GROUP, TEMPLATE = "aws:eks/nodeGroup:NodeGroup", "aws:ec2/launchTemplate:LaunchTemplate"


def args(**changed: Any) -> NodeGroupArgs:
    chosen: dict[str, Any] = {
        "cluster_name": "app",
        "version": "1.34",
        "subnet_ids": ["subnet-11111111", "subnet-22222222"],
        "security_group_ids": ["sg-33333333"],
        "kms_key_arn": "arn:aws:kms:eu-west-1:111122223333:key/disks",
        "generation": "a",
        "instance_types": ["m7g.large", "m6g.large"],
        "minimum": 2,
        "desired": 3,
        "maximum": 6,
        "taints": [Taint(key="only", value="gpu", effect="NO_SCHEDULE")],
        "labels": {"kind": "general"},
    }
    return NodeGroupArgs(**{**chosen, **changed})


@pytest.fixture
def cloud(engine: Engine) -> Any:
    def program() -> NodeGroup:
        vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
        subnet = aws.ec2.Subnet("a", vpc_id=vpc.id, cidr_block="10.0.0.0/24")
        cluster = aws.eks.Cluster(
            "app",
            name="app",
            version="1.34",
            role_arn="arn:aws:iam::111122223333:role/cluster",
            vpc_config=aws.eks.ClusterVpcConfigArgs(subnet_ids=[subnet.id]),
        )
        return NodeGroup("app-general", args(cluster_name=cluster.name, subnet_ids=[subnet.id]))

    engine.run(program)
    return engine.cloud("eks")


def test_nodes_in_the_cloud_are_of_one_kind_and_repair_themselves(cloud: Any) -> None:
    name = "app-general-a"
    made = cloud.describe_nodegroup(clusterName="app", nodegroupName=name)["nodegroup"]
    assert made["amiType"] == "AL2023_ARM_64_STANDARD"
    assert made["instanceTypes"] == ["m7g.large", "m6g.large"]
    assert made["scalingConfig"] == {"minSize": 2, "desiredSize": 3, "maxSize": 6}
    assert made["updateConfig"] == {"maxUnavailablePercentage": 33}
    assert made["nodeRepairConfig"]["enabled"] is True
    assert made["labels"] == {"kind": "general"}
    assert made["taints"] == [{"key": "only", "value": "gpu", "effect": "NO_SCHEDULE"}]


def test_disks_are_encrypted_and_the_metadata_is_for_the_node_alone(
    engine: Engine, cloud: Any
) -> None:
    ec2 = engine.cloud("ec2")
    [template] = ec2.describe_launch_templates()["LaunchTemplates"]
    found = ec2.describe_launch_template_versions(LaunchTemplateId=template["LaunchTemplateId"])
    data = found["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    assert data["MetadataOptions"]["HttpTokens"] == "required", "EC2.8, CKV_AWS_79"
    assert data["MetadataOptions"]["HttpPutResponseHopLimit"] == 1, "CKV_AWS_341"
    [disk] = data["BlockDeviceMappings"]
    assert disk["Ebs"]["Encrypted"] in (True, "true"), "EC2.181, CKV_AWS_8"
    assert disk["Ebs"]["KmsKeyId"] == "arn:aws:kms:eu-west-1:111122223333:key/disks"
    assert disk["Ebs"]["VolumeType"] == "gp3"
    assert "KeyName" not in data, "CKV_AWS_100: no SSH"
    assert cloud.describe_nodegroup(clusterName="app", nodegroupName="app-general-a")


@pytest.mark.usefixtures("cloud")
def test_another_generation_is_another_group_that_comes_first(engine: Engine) -> None:
    key = (GROUP, "app-general-a")
    assert not engine.options[key].delete_before_replace
    assert engine.options[key].ignore_changes == ["scalingConfig.desiredSize"]
    inputs = engine.built[key]
    assert inputs["nodeGroupName"] == "app-general-a", "the generation is in the name"
    changed = Resource(engine.urn_of[key], GROUP, key[1], {**inputs, "version": "1.35"}, "app:x")
    assert not engine.aws.replaces(changed, "version"), "a version rolls through the group"


@pytest.mark.usefixtures("cloud")
def test_nodes_have_no_more_permission_than_joining_and_pulling(engine: Engine) -> None:
    [role] = engine.cloud("iam").list_roles()["Roles"]
    attached = engine.cloud("iam").list_attached_role_policies(RoleName=role["RoleName"])
    assert sorted(each["PolicyName"] for each in attached["AttachedPolicies"]) == [
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEKSWorkerNodePolicy",
        "AmazonSSMManagedInstanceCore",
    ]


@pytest.mark.parametrize(
    ("instance_type", "architecture"),
    [
        ("m7g.large", "ARM_64"),
        ("c8gn.xlarge", "ARM_64"),
        ("t4g.medium", "ARM_64"),
        ("g5g.xlarge", "ARM_64"),
        ("m7i.large", "x86_64"),
        ("g6.xlarge", "x86_64"),
        ("m7i-flex.large", "x86_64"),
    ],
)
def test_the_image_is_of_the_instances_architecture(instance_type: str, architecture: str) -> None:
    assert architecture in ami_type([instance_type])


@given(st.integers(-1, 5), st.integers(-1, 5), st.integers(-1, 5))
def test_sizes_are_accepted_when_they_do_not_fall(low: int, middle: int, high: int) -> None:
    accepted = problem_of_sizes(low, middle, high) is None
    assert accepted == (0 <= low <= middle <= high and high > 0)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"instance_types": []}, "instance_types is empty"),
        ({"instance_types": ["large"]}, "instance_types has 'large'"),
        ({"instance_types": ["m7g.large", "m7i.large"]}, "instance_types mixes arm64 and x86_64"),
        ({"generation": "A-1"}, "generation='A-1'"),
        ({"minimum": 4}, "minimum=4, desired=3, maximum=6"),
        ({"disk_gib": 8}, "disk_gib=8; use 20"),
        ({"capacity": "FREE"}, "capacity='FREE'"),
        ({"version": "1.2"}, "version='1.2'"),
    ],
)
def test_nodes_that_could_not_start_are_refused(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match="NodeGroupArgs refused") as error:
        args(**changed)
    assert told in str(error.value)


def test_a_mix_is_seen_before_names_are_checked_alone() -> None:
    assert problems_of_instance_types(["m7g.large", "m6g.large"]) == []
