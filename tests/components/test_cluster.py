import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_eks as eks
import pytest

from components.alarms import Topics
from components.cluster import CLUSTER as CLUSTER_TYPE
from components.cluster import Cluster, ClusterArgs, without_creator
from sandbox.provider import Resource
from tests.mocked import Engine

ACCOUNT = "111122223333"
TOPICS = Topics(
    critical_arn=f"arn:aws:sns:eu-west-1:{ACCOUNT}:critical",
    warning_arn=f"arn:aws:sns:eu-west-1:{ACCOUNT}:warning",
)
ADMIN, READER = f"arn:aws:iam::{ACCOUNT}:role/admin", f"arn:aws:iam::{ACCOUNT}:role/reader"
CHILD = ("aws:eks/cluster:Cluster", "app-eksCluster")


def cluster_args(**changed: Any) -> ClusterArgs:
    chosen: dict[str, Any] = {
        "account_id": ACCOUNT,
        "region": "eu-west-1",
        "cluster_name": "app",
        "version": "1.34",
        "subnet_ids": ["subnet-11111111", "subnet-22222222"],
        "access": {"platform": (ADMIN, "admin"), "people": (READER, "view")},
        "node_security_group_id": "sg-33333333",
        "topics": TOPICS,
        "log_retention_days": 365,
    }
    return ClusterArgs(**{**chosen, **changed})


def build(engine: Engine, **changed: Any) -> None:
    def program() -> Cluster:
        vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
        subnets = [
            aws.ec2.Subnet(
                zone,
                vpc_id=vpc.id,
                availability_zone=f"eu-west-1{zone}",
                cidr_block=f"10.0.{number}.0/24",
            ).id
            for number, zone in enumerate("ab")
        ]
        nodes = aws.ec2.SecurityGroup("nodes", vpc_id=vpc.id)
        placed = {"subnet_ids": subnets, "node_security_group_id": nodes.id}
        return Cluster("app", cluster_args(**{**placed, **changed}))

    engine.run(program)


@pytest.fixture
def cloud(engine: Engine) -> Any:
    build(engine)
    return engine.cloud("eks")


def test_the_cluster_in_the_cloud_is_private_encrypted_logged_and_protected(
    engine: Engine, cloud: Any
) -> None:
    made = cloud.describe_cluster(name="app")["cluster"]
    assert made["version"] == "1.34"
    assert made["accessConfig"]["authenticationMode"] == "API"
    assert made["accessConfig"]["bootstrapClusterCreatorAdminPermissions"] is False
    assert made["resourcesVpcConfig"]["endpointPrivateAccess"] is True, "EKS.1, CKV_AWS_39"
    assert made["resourcesVpcConfig"]["endpointPublicAccess"] is False
    assert made["upgradePolicy"] == {"supportType": "STANDARD"}
    assert made["deletionProtection"] is True
    [on] = [part["types"] for part in made["logging"]["clusterLogging"] if part["enabled"]]
    assert sorted(on) == sorted(
        ["api", "audit", "authenticator", "controllerManager", "scheduler"]
    ), "CKV_AWS_37 needs all five"
    [encryption] = made["encryptionConfig"]
    keys = engine.cloud("kms").list_aliases()["Aliases"]
    [own] = [alias["TargetKeyId"] for alias in keys if alias["AliasName"] == "alias/app-cluster"]
    assert encryption["provider"]["keyArn"].endswith(own), "EKS.3, CKV_AWS_58"
    assert encryption["resources"] == ["secrets"]


def test_only_the_named_may_use_the_api(cloud: Any) -> None:
    assert sorted(cloud.list_access_entries(clusterName="app")["accessEntries"]) == [ADMIN, READER]

    def policies(principal: str) -> list[str]:
        found = cloud.list_associated_access_policies(clusterName="app", principalArn=principal)
        return [each["policyArn"].rsplit("/", 1)[-1] for each in found["associatedAccessPolicies"]]

    assert policies(ADMIN) == ["AmazonEKSClusterAdminPolicy"]
    assert policies(READER) == ["AmazonEKSAdminViewPolicy"]


def test_what_a_node_needs_to_join_is_there_before_it(cloud: Any) -> None:
    assert sorted(cloud.list_addons(clusterName="app")["addons"]) == [
        "eks-pod-identity-agent",
        "kube-proxy",
        "vpc-cni",
    ]
    cni = cloud.describe_addon(clusterName="app", addonName="vpc-cni")["addon"]
    assert cni["addonVersion"] == "v1.21.1-eksbuild.1"
    assert json.loads(cni["configurationValues"]) == {"enableNetworkPolicy": "true"}
    [association] = cloud.list_pod_identity_associations(clusterName="app")["associations"]
    assert (association["namespace"], association["serviceAccount"]) == ("kube-system", "aws-node")


def test_the_log_group_is_ours_before_eks_makes_it(engine: Engine, cloud: Any) -> None:
    [group] = engine.cloud("logs").describe_log_groups()["logGroups"]
    assert group["logGroupName"] == "/aws/eks/app/cluster"
    assert group["retentionInDays"] == 365
    assert group["kmsKeyId"]
    component = engine.options["eks:index:Cluster", "app"]
    assert any("LogGroup" in urn for urn in component.depends_on)


@pytest.mark.usefixtures("cloud")
def test_the_control_plane_and_the_nodes_reach_each_other_and_nobody_else_does(
    engine: Engine,
) -> None:
    def rules(kind: str) -> set[str]:
        type_ = f"aws:vpc/securityGroup{kind}Rule:SecurityGroup{kind}Rule"
        found = {name: rule for (each, name), rule in engine.built.items() if each == type_}
        assert all(rule["description"] for rule in found.values())
        assert all("referencedSecurityGroupId" in rule for rule in found.values())
        return set(found)

    assert rules("Ingress") == {
        "app-api",
        "app-kubelet",
        "app-metrics-server",
        "app-nodes",
        "app-webhooks-443",
        "app-webhooks-8443",
        "app-webhooks-9443",
    }
    assert rules("Egress") == {"app-nodes"}


def test_a_newer_version_replaces_nothing(engine: Engine, cloud: Any) -> None:
    inputs = engine.built[CHILD]
    urn = engine.urn_of[CHILD]
    changed = Resource(urn, CLUSTER_TYPE, CHILD[1], {**inputs, "version": "1.35"}, "app")
    assert not engine.aws.replaces(changed, "version")
    engine.aws.update(changed, inputs)
    assert cloud.describe_cluster(name="app")["cluster"]["version"] == "1.35"


def test_the_api_is_public_for_named_blocks_only(engine: Engine) -> None:
    build(engine, public_access_cidrs=["203.0.113.0/24"], protect=False)
    config = engine.built[CHILD]["vpcConfig"]
    assert config["endpointPublicAccess"] is True
    assert config["publicAccessCidrs"] == ["203.0.113.0/24"]
    assert engine.built[CHILD]["deletionProtection"] is False


def test_the_transform_touches_the_cluster_alone() -> None:
    def transformed(type_: str, props: dict[str, Any]) -> Any:
        args = pulumi.ResourceTransformArgs(
            custom=True, type_=type_, name="app", props=props, opts=pulumi.ResourceOptions()
        )
        return without_creator(args)

    assert transformed("aws:iam/role:Role", {}) is None
    access = {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True}
    result = transformed(CLUSTER_TYPE, {"name": "app", "accessConfig": access})
    assert result.props == {
        "name": "app",
        "accessConfig": {**access, "bootstrapClusterCreatorAdminPermissions": False},
    }
    assert eks.AuthenticationMode.API.value == "API"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"version": "1.2"}, "version='1.2'; use '1.34', '1.35'"),
        ({"subnet_ids": ["subnet-1"]}, "subnet_ids has 1; use 2 or more"),
        ({"access": {"people": (READER, "view")}}, "access names no admin"),
        ({"access": {"a": (ADMIN, "admin"), "b": (ADMIN, "view")}}, "access.b names"),
        ({"access": {"a": ("admin", "admin")}}, "access.a.principal_arn='admin'"),
        ({"public_access_cidrs": ["0.0.0.0/0"]}, "public_access_cidrs has '0.0.0.0/0'; use /20"),
        ({"public_access_cidrs": ["office"]}, "public_access_cidrs has 'office'; use an IPv4"),
        ({"log_retention_days": 31}, "log_retention_days=31"),
        ({"cluster_name": "App"}, "cluster_name='App'"),
        ({"account_id": "1"}, "account_id='1'"),
    ],
)
def test_a_value_that_is_unsafe_or_impossible_is_refused(
    changed: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match="ClusterArgs refused") as error:
        cluster_args(**changed)
    assert told in str(error.value)
