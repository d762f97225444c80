import json
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from components.alarms import Topics
from components.cache import Cache, CacheArgs
from tests.components.conftest import Engine

ACCOUNT = "111122223333"
TOPIC = "arn:aws:sns:eu-west-1:111122223333"
CRITICAL, WARNING = f"{TOPIC}:critical", f"{TOPIC}:warning"
ACCESS = "on ~app:* +@all -@dangerous"

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
KEY = "aws:kms/key:Key"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup"
RANDOM_ID = "random:index/randomId:RandomId"
SNS_POLICY = "aws:sns/topicPolicy:TopicPolicy"
SNS_TOPIC = "aws:sns/topic:Topic"
SUBNETS = "aws:elasticache/subnetGroup:SubnetGroup"
USER = "aws:elasticache/user:User"
USER_GROUP = "aws:elasticache/userGroup:UserGroup"


def cache_args(**changed: Any) -> CacheArgs:
    chosen: dict[str, Any] = {
        "account_id": ACCOUNT,
        "region": "eu-west-1",
        "identifier": "platform-test",
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-a", "subnet-b"],
        "clients": {"nodes": "sg-nodes", "jobs": "sg-jobs"},
        "topics": Topics(critical_arn=CRITICAL, warning_arn=WARNING),
        "users": {"app": ACCESS, "reader": "on ~* +@read"},
        "node_type": "cache.m7g.xlarge",
        "engine_version": "8.0",
        "replicas": 2,
        "snapshot_retention_days": 7,
        "snapshot_window": "02:00-03:00",
        "maintenance_window": "sun:04:00-sun:05:00",
        "log_retention_days": 365,
        "tags": {"Team": "data"},
    }
    return CacheArgs(**{**chosen, **changed})


def build(cloud: Engine, **changed: Any) -> Cache:
    """A cache in a network of moto's own, which has the subnets and groups it refers to."""
    ec2 = cloud.cloud("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"eu-west-1{z}")
        for n, z in enumerate("ab")
    ]
    clients = {
        label: ec2.create_security_group(VpcId=vpc, GroupName=label, Description=label)["GroupId"]
        for label in ("nodes", "jobs")
    }
    found: dict[str, Any] = {
        "vpc_id": vpc,
        "subnet_ids": [each["Subnet"]["SubnetId"] for each in subnets],
        "clients": clients,
    }
    return cloud.run(lambda: Cache("app-cache", cache_args(**{**found, **changed})))


def named(engine: Engine, kind: str) -> dict[str, dict[str, Any]]:
    return {name: inputs for (each, name), inputs in engine.built.items() if each == kind}


def state(engine: Engine, kind: str, name: str) -> dict[str, Any]:
    found = next(
        each for urn, each in engine.monitor.resources.items() if urn.endswith(f"{kind}::{name}")
    )
    return {**found.state, "id": found.id}


@pytest.fixture
def cache(engine: Engine) -> Cache:
    return build(engine)


@pytest.mark.usefixtures("cache")
def test_the_cache_in_the_cloud_is_encrypted_backed_up_and_survives_a_zone(engine: Engine) -> None:
    [made] = engine.cloud("elasticache").describe_replication_groups()["ReplicationGroups"]
    expected = {
        "ReplicationGroupId": "platform-test",
        "AtRestEncryptionEnabled": True,
        "TransitEncryptionEnabled": True,
        "AutomaticFailover": "enabled",
        "MultiAZ": "enabled",
        "SnapshotRetentionLimit": 7,
        "CacheNodeType": "cache.m7g.xlarge",
    }
    assert {key: made[key] for key in expected} == expected


@pytest.mark.usefixtures("cache")
def test_the_safe_settings_are_fixed(engine: Engine) -> None:
    group = engine.built[CACHE, "app-cache"]
    expected = {
        "engine": "valkey",
        "engineVersion": "8.0",
        "transitEncryptionMode": "required",
        "autoMinorVersionUpgrade": True,
        "applyImmediately": False,
        "port": 6379,
        "numCacheClusters": 3,
        "snapshotWindow": "02:00-03:00",
        "maintenanceWindow": "sun:04:00-sun:05:00",
        "kmsKeyId": state(engine, KEY, "app-cache")["arn"],
        "subnetGroupName": state(engine, SUBNETS, "app-cache")["name"],
        "parameterGroupName": state(engine, PARAMETERS, "app-cache-valkey8")["name"],
    }
    assert {key: group[key] for key in expected} == expected


def test_one_node_has_no_failover(engine: Engine) -> None:
    build(engine, replicas=0)
    group = engine.built[CACHE, "app-cache"]
    found = {key: group[key] for key in ("automaticFailoverEnabled", "multiAzEnabled")}
    assert found == {"automaticFailoverEnabled": False, "multiAzEnabled": False}
    assert group["numCacheClusters"] == 1


@pytest.mark.usefixtures("cache")
def test_users_prove_themselves_by_iam(engine: Engine) -> None:
    users = named(engine, USER)
    assert set(users) == {"app-cache-app", "app-cache-reader"}
    for user in users.values():
        assert user["authenticationMode"] == {"type": "iam"}, "no password anywhere"
        assert user["userId"] == user["userName"], "IAM authentication wants them to be the same"
        assert user["engine"] == "valkey"
        assert not {"passwords", "passwordsWo", "noPasswordRequired"} & set(user)
    assert users["app-cache-app"]["accessString"] == ACCESS


@pytest.mark.usefixtures("cache")
def test_the_group_has_the_users_and_the_cache_the_group(engine: Engine) -> None:
    [group] = named(engine, USER_GROUP).values()
    assert set(group["userIds"]) == {"platform-test-app", "platform-test-reader"}
    made = engine.built[CACHE, "app-cache"]
    assert made["userGroupIds"] == ["platform-test"], "CKV_AWS_31, Security Hub ElastiCache.6"
    assert "authToken" not in made


def test_redis_has_a_default_user_who_can_do_nothing(engine: Engine) -> None:
    build(engine, engine="redis", engine_version="7.1")
    users = named(engine, USER)
    [nobody] = [user for user in users.values() if user["userName"] == "default"]
    assert nobody["accessString"].split()[0] == "off"
    assert nobody["accessString"].split()[-1] == "-@all"
    assert {user["engine"] for user in users.values()} == {"redis"}
    [group] = named(engine, USER_GROUP).values()
    assert nobody["userId"] in group["userIds"], "a group of Redis has to have one"
    assert group["engine"] == "redis"


@pytest.mark.parametrize(
    ("engine_name", "version", "family"),
    [("valkey", "7.2", "valkey7"), ("valkey", "8.1", "valkey8"), ("redis", "7.1", "redis7")],
)
def test_the_parameter_group_is_of_the_engines_family(
    engine: Engine, engine_name: str, version: str, family: str
) -> None:
    build(engine, engine=engine_name, engine_version=version)
    [(name, group)] = named(engine, PARAMETERS).items()
    assert (name, group["family"]) == (f"app-cache-{family}", family)
    assert {each["name"] for each in group["parameters"]} == {"maxmemory-policy"}


@pytest.mark.usefixtures("cache")
def test_only_named_clients_reach_the_port(engine: Engine) -> None:
    ec2 = engine.cloud("ec2")
    group = state(engine, GROUP, "app-cache")["id"]
    clients = {
        each["GroupName"]: each["GroupId"]
        for each in ec2.describe_security_groups()["SecurityGroups"]
    }
    filters = [{"Name": "group-id", "Values": [group]}]
    rules = ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    allowed = {
        (rule["ReferencedGroupInfo"]["GroupId"], rule["FromPort"], rule["ToPort"])
        for rule in rules
        if not rule["IsEgress"]
    }
    assert allowed == {(clients["nodes"], 6379, 6379), (clients["jobs"], 6379, 6379)}
    assert not {"ingress", "egress"} & set(engine.built[GROUP, "app-cache"])
    assert engine.built[CACHE, "app-cache"]["securityGroupIds"] == [group]


@pytest.mark.usefixtures("cache")
def test_each_client_gets_its_way_out_too(engine: Engine) -> None:
    group = state(engine, GROUP, "app-cache")["id"]
    rules = named(engine, EGRESS)
    assert set(rules) == set(named(engine, INGRESS))
    assert {rule["referencedSecurityGroupId"] for rule in rules.values()} == {group}
    assert all(rule["securityGroupId"] != group for rule in rules.values()), "a cache opens nothing"


@pytest.mark.usefixtures("cache")
def test_every_group_and_rule_says_what_it_is_for(engine: Engine) -> None:
    for kind in (GROUP, INGRESS, EGRESS):
        assert all(each["description"] for each in named(engine, kind).values()), "CKV_AWS_23"


@pytest.mark.usefixtures("cache")
def test_both_logs_go_to_encrypted_groups_as_json(engine: Engine) -> None:
    groups = {group["name"]: group for group in named(engine, LOG_GROUP).values()}
    key_arn = state(engine, KEY, "app-cache")["arn"]
    assert {(each["kmsKeyId"], each["retentionInDays"]) for each in groups.values()} == {
        (key_arn, 365)
    }
    delivered = engine.built[CACHE, "app-cache"]["logDeliveryConfigurations"]
    assert {each["logType"]: each["destination"] for each in delivered} == {
        "slow-log": "/aws/elasticache/platform-test/slow-log",
        "engine-log": "/aws/elasticache/platform-test/engine-log",
    }
    assert set(groups) == {each["destination"] for each in delivered}
    assert {(each["logFormat"], each["destinationType"]) for each in delivered} == {
        ("json", "cloudwatch-logs")
    }


@pytest.mark.usefixtures("cache")
def test_events_go_to_a_topic_that_elasticache_can_publish_to(engine: Engine) -> None:
    topic = state(engine, SNS_TOPIC, "app-cache-events")
    assert engine.built[CACHE, "app-cache"]["notificationTopicArn"] == topic["arn"]
    assert "kmsMasterKeyId" not in engine.built[SNS_TOPIC, "app-cache-events"], (
        "an encrypted topic becomes inactive"
    )
    policy = json.loads(engine.built[SNS_POLICY, "app-cache-events"]["policy"])
    [allowed] = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceOwner": ACCOUNT}}, (
        "the one condition that ElastiCache meets"
    )
    assert (allowed["Action"], allowed["Resource"]) == ("sns:Publish", topic["arn"])
    [denied] = [each for each in policy["Statement"] if each["Effect"] == "Deny"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.usefixtures("cache")
def test_the_topic_is_open_before_the_cache_publishes(engine: Engine) -> None:
    policies = {urn for urn in engine.urns if f"{SNS_POLICY}::" in urn}
    assert policies <= set(engine.options[CACHE, "app-cache"].depends_on)


@pytest.mark.parametrize(("replicas", "members"), [(0, ["001"]), (2, ["001", "002", "003"])])
def test_each_member_has_its_alarms(engine: Engine, replicas: int, members: list[str]) -> None:
    build(engine, replicas=replicas)
    alarms = named(engine, ALARM)
    watched = {
        each["dimensions"]["CacheClusterId"] for each in alarms.values() if "dimensions" in each
    }
    assert watched == {f"platform-test-{member}" for member in members}
    for member in members:
        assert f"app-cache-{member}-memory" in alarms
    assert alarms["app-cache-001-memory"]["alarmActions"] == [CRITICAL]
    assert alarms["app-cache-001-evictions"]["alarmActions"] == [WARNING]


def test_the_last_snapshot_has_a_name_that_no_earlier_one_has(engine: Engine) -> None:
    build(engine, protect=True)
    drawn = state(engine, RANDOM_ID, "app-cache-last-snapshot")["hex"]
    name = engine.built[CACHE, "app-cache"]["finalSnapshotIdentifier"]
    assert name == f"platform-test-last-{drawn}", "a fixed name collides at the second destroy"


@pytest.mark.parametrize("protect", [True, False])
def test_protection_covers_the_cache_and_its_key(engine: Engine, protect: bool) -> None:
    build(engine, protect=protect)
    for kind in (CACHE, KEY):
        options = engine.options[kind, "app-cache"]
        assert (options.protect, options.retain_on_delete) == (protect, protect)


def test_outputs_say_where_it_is_and_who_may_use_it(engine: Engine) -> None:
    cache = build(engine)
    seen: dict[str, Any] = {}

    engine.run(
        lambda: pulumi.Output.all(
            endpoint=cache.endpoint,
            reader=cache.reader_endpoint,
            arn=cache.arn,
            app=cache.user_arns["app"],
            group=cache.security_group_id,
        ).apply(seen.update)
    )
    assert "platform-test" in seen["endpoint"]
    assert seen["arn"] == f"arn:aws:elasticache:eu-west-1:{ACCOUNT}:replicationgroup:platform-test"
    assert seen["app"] == f"arn:aws:elasticache:eu-west-1:{ACCOUNT}:user:platform-test-app"
    assert seen["group"].startswith("sg-")
    assert cache.port == 6379


@pytest.mark.usefixtures("cache")
def test_every_child_is_named_after_the_cache(engine: Engine) -> None:
    children = [urn for urn in engine.urns if "platform:cache:Cache$" in urn]
    assert children
    assert all(urn.rpartition("::")[2].startswith("app-cache") for urn in children)


@pytest.mark.usefixtures("cache")
def test_tags_of_the_caller_reach_what_can_be_tagged(engine: Engine) -> None:
    for kind in (CACHE, KEY, LOG_GROUP, ALARM, GROUP, PARAMETERS, USER, USER_GROUP, SNS_TOPIC):
        for name, inputs in named(engine, kind).items():
            assert inputs["tags"]["Team"] == "data", f"{kind} {name}"
            assert inputs["tags"]["Name"], f"{kind} {name}"


class Nothing(mocks.Mocks):
    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return "", {}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise AssertionError(f"invoked {args.token}")


def test_it_previews_before_anything_exists(engine: Engine) -> None:
    pulumi.runtime.set_mocks(Nothing(), preview=True)
    engine.run(lambda: Cache("app-cache", cache_args()))


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"account_id": "123"}, "account_id='123'"),
    ({"identifier": "Platform"}, "identifier='Platform'"),
    ({"identifier": "platform--test"}, "identifier='platform--test'"),
    ({"identifier": "platform-"}, "identifier='platform-'"),
    ({"identifier": "p" * 37, "users": {"a": ACCESS}}, "use up to 36"),
    ({"clients": {}}, "clients is empty"),
    ({"clients": {"Nodes": "sg-1"}}, "clients has 'Nodes'"),
    ({"engine": "memcached"}, "engine='memcached'; use 'valkey' or 'redis'"),
    ({"engine_version": "7.1"}, "engine_version='7.1'; valkey has 7.2"),
    ({"engine": "redis", "engine_version": "6.2"}, "engine_version='6.2'; redis has 7.0"),
    ({"node_type": "db.m7g.large"}, "did you mean 'cache.m7g.large'?"),
    ({"node_type": "cache.m7g.lrage"}, "did you mean 'cache.m7g.large'?"),
    ({"replicas": 6}, "replicas=6; use 0 to 5"),
    ({"replicas": -1}, "replicas=-1; use 0 to 5"),
    ({"subnet_ids": ["subnet-a"]}, "subnet_ids has 1; use 2, or replicas=0"),
    ({"users": {}}, "users is empty"),
    ({"users": {"default": ACCESS}}, "users has 'default'"),
    ({"users": {"nobody": ACCESS}}, "users has 'nobody'"),
    ({"users": {"App": ACCESS}}, "users has 'App'"),
    ({"users": {"a" * 27: ACCESS}}, "is longer than 40 characters"),
    ({"users": {"app": "~* +@all"}}, "begin with 'on'"),
    ({"users": {"app": "on nopass ~* +@all"}}, "users.app has 'nopass'"),
    ({"users": {"app": "on >secret ~* +@all"}}, "users.app has '>secret'"),
    ({"users": {"app": "on #5e8848 ~* +@all"}}, "users.app has '#5e8848'"),
    ({"snapshot_retention_days": 36}, "snapshot_retention_days=36"),
    ({"snapshot_retention_days": -1}, "snapshot_retention_days=-1"),
    ({"snapshot_window": "02:00-02:59"}, "is 59 minutes long"),
    ({"snapshot_window": "04:30-05:30"}, "overlaps maintenance_window"),
    ({"maintenance_window": "sunday"}, "maintenance_window='sunday'"),
    ({"log_retention_days": 10}, "use 14"),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED)
def test_a_value_aws_would_refuse_is_refused_at_preview(
    changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match="CacheArgs refused") as caught:
        cache_args(**changed)
    assert message in str(caught.value)
    assert str(caught.value).count("\n  - ") == 1, "one mistake, one line"


ACCEPTED: list[dict[str, Any]] = [
    {"replicas": 5},
    {"replicas": 0, "subnet_ids": ["subnet-a"]},
    {"snapshot_retention_days": 35},
    {"users": {"a" * 26: ACCESS}},
    {"snapshot_window": "03:00-04:00"},
    {"engine": "redis", "engine_version": "7.0"},
]


@pytest.mark.parametrize("changed", ACCEPTED)
def test_a_value_at_its_limit_is_taken(changed: dict[str, Any]) -> None:
    cache_args(**changed)


def test_every_problem_is_reported_at_once() -> None:
    with pytest.raises(ValueError, match="CacheArgs refused") as caught:
        cache_args(node_type="cache.huge", replicas=9, clients={}, users={})
    assert str(caught.value).count("\n  - ") == 4


@pytest.mark.parametrize("name", ["Cache", "app--cache", "a" * 37, ""])
def test_a_name_aws_would_refuse_registers_nothing(engine: Engine, name: str) -> None:
    with pytest.raises(ValueError, match=r"e\.g\. 'app-cache'"):
        Cache(name, cache_args())
    assert engine.built == {}
