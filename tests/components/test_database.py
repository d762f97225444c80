import json
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from components.alarms import Topics
from components.database import Database, DatabaseArgs, PointInTime
from tests.components.conftest import Engine

ACCOUNT = "111122223333"
TOPIC = "arn:aws:sns:eu-west-1:111122223333"
CRITICAL, WARNING = f"{TOPIC}:critical", f"{TOPIC}:warning"

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
INSTANCE = "aws:rds/instance:Instance"
KEY = "aws:kms/key:Key"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
ROLE = "aws:iam/role:Role"
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
SUBNETS = "aws:rds/subnetGroup:SubnetGroup"
SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription"


def database_args(**changed: Any) -> DatabaseArgs:
    chosen: dict[str, Any] = {
        "account_id": ACCOUNT,
        "region": "eu-west-1",
        "identifier": "platform-test",
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-a", "subnet-b"],
        "clients": {"nodes": "sg-nodes", "jobs": "sg-jobs"},
        "topics": Topics(critical_arn=CRITICAL, warning_arn=WARNING),
        "instance_class": "db.m7g.large",
        "engine_version": "17",
        "allocated_gib": 100,
        "maximum_gib": 500,
        "multi_az": True,
        "backup_retention_days": 14,
        "backup_window": "02:00-03:00",
        "maintenance_window": "sun:04:00-sun:05:00",
        "log_retention_days": 365,
        "tags": {"Team": "data"},
    }
    return DatabaseArgs(**{**chosen, **changed})


def build(engine: Engine, **changed: Any) -> Database:
    """A database in a network of moto's own, which has the subnets and groups it refers to."""
    ec2 = engine.cloud("ec2")
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
    return engine.run(lambda: Database("app-database", database_args(**{**found, **changed})))


def named(engine: Engine, kind: str) -> dict[str, dict[str, Any]]:
    return {name: inputs for (each, name), inputs in engine.built.items() if each == kind}


def state(engine: Engine, kind: str, name: str) -> dict[str, Any]:
    found = next(
        each for urn, each in engine.monitor.resources.items() if urn.endswith(f"{kind}::{name}")
    )
    return {**found.state, "id": found.id}


def urns_of(engine: Engine, *kinds: str) -> set[str]:
    return {urn for urn in engine.urns if any(f"{kind}::" in urn for kind in kinds)}


@pytest.fixture
def database(engine: Engine) -> Database:
    return build(engine)


@pytest.mark.usefixtures("database")
def test_the_database_in_the_cloud_is_encrypted_backed_up_and_survives_a_zone(
    engine: Engine,
) -> None:
    [made] = engine.cloud("rds").describe_db_instances()["DBInstances"]
    key_arn = state(engine, KEY, "app-database")["arn"]
    expected = {
        "DBInstanceIdentifier": "platform-test",
        "Engine": "postgres",
        "MultiAZ": True,
        "StorageEncrypted": True,
        "KmsKeyId": key_arn,
        "StorageType": "gp3",
        "AllocatedStorage": 100,
        "MaxAllocatedStorage": 500,
        "BackupRetentionPeriod": 14,
        "DeletionProtection": True,
        "IAMDatabaseAuthenticationEnabled": True,
        "PubliclyAccessible": False,
        "AutoMinorVersionUpgrade": True,
        "CopyTagsToSnapshot": True,
    }
    assert {key: made[key] for key in expected} == expected


@pytest.mark.usefixtures("database")
def test_the_safe_settings_are_fixed(engine: Engine) -> None:
    instance = engine.built[INSTANCE, "app-database"]
    expected = {
        "engineVersion": "17",
        "manageMasterUserPassword": True,
        "caCertIdentifier": "rds-ca-rsa2048-g1",
        "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
        "performanceInsightsEnabled": True,
        "performanceInsightsRetentionPeriod": 7,
        "monitoringInterval": 60,
        "applyImmediately": False,
        "deleteAutomatedBackups": False,
        "skipFinalSnapshot": False,
        "port": 6432,
        "backupWindow": "02:00-03:00",
        "maintenanceWindow": "sun:04:00-sun:05:00",
    }
    assert {key: instance[key] for key in expected} == expected
    assert instance["username"] not in {"postgres", "admin"}, "Security Hub RDS.25"
    assert instance["dbSubnetGroupName"] == state(engine, SUBNETS, "app-database")["name"]
    assert instance["monitoringRoleArn"] == state(engine, ROLE, "app-database-monitoring")["arn"]


@pytest.mark.usefixtures("database")
def test_one_key_of_its_own_encrypts_everything(engine: Engine) -> None:
    key_arn = state(engine, KEY, "app-database")["arn"]
    instance = engine.built[INSTANCE, "app-database"]
    used = ("kmsKeyId", "masterUserSecretKmsKeyId", "performanceInsightsKmsKeyId")
    assert {instance[each] for each in used} == {key_arn}
    assert {group["kmsKeyId"] for group in named(engine, LOG_GROUP).values()} == {key_arn}


@pytest.mark.usefixtures("database")
def test_nobody_here_sees_the_password(engine: Engine) -> None:
    assert not {"password", "passwordWo"} & set(engine.built[INSTANCE, "app-database"])
    kinds = {kind for kind, _ in engine.built}
    assert "random:index/randomPassword:RandomPassword" not in kinds


@pytest.mark.usefixtures("database")
def test_the_password_is_rotated_each_month(engine: Engine) -> None:
    [rotation] = named(engine, ROTATION).values()
    secret = state(engine, INSTANCE, "app-database")["masterUserSecrets"][0]["secretArn"]
    assert rotation["secretId"] == secret
    assert rotation["rotationRules"]["automaticallyAfterDays"] == 30, "CKV_AWS_304: at most 90"


@pytest.mark.usefixtures("database")
def test_tls_is_forced_and_slow_statements_are_logged(engine: Engine) -> None:
    [(name, group)] = named(engine, PARAMETERS).items()
    used = engine.built[INSTANCE, "app-database"]["parameterGroupName"]
    assert used == state(engine, PARAMETERS, name)["name"]
    values = {each["name"]: each["value"] for each in group["parameters"]}
    assert values["rds.force_ssl"] == "1", "CKV2_AWS_69"
    assert values["log_statement"] == "ddl", "CKV2_AWS_30; all would log users' data"
    assert values["log_min_duration_statement"] == "1000", "CKV2_AWS_30"
    assert (name, group["family"]) == ("app-database-postgres17", "postgres17")


@pytest.mark.usefixtures("database")
def test_only_named_clients_reach_the_port(engine: Engine) -> None:
    ec2 = engine.cloud("ec2")
    group = state(engine, GROUP, "app-database")["id"]
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
    assert allowed == {(clients["nodes"], 6432, 6432), (clients["jobs"], 6432, 6432)}
    assert set(named(engine, INGRESS)) == {"app-database-from-nodes", "app-database-from-jobs"}
    assert not {"ingress", "egress"} & set(engine.built[GROUP, "app-database"])


@pytest.mark.usefixtures("database")
def test_each_client_gets_its_way_out_too(engine: Engine) -> None:
    group = state(engine, GROUP, "app-database")["id"]
    rules = named(engine, EGRESS).values()
    assert {rule["referencedSecurityGroupId"] for rule in rules} == {group}
    assert {(rule["fromPort"], rule["toPort"], rule["ipProtocol"]) for rule in rules} == {
        (6432, 6432, "tcp")
    }
    assert all(rule["securityGroupId"] != group for rule in rules), "PostgreSQL opens nothing"


@pytest.mark.usefixtures("database")
def test_every_group_and_rule_says_what_it_is_for(engine: Engine) -> None:
    for kind in (GROUP, INGRESS, EGRESS):
        assert all(each["description"] for each in named(engine, kind).values()), "CKV_AWS_23"


@pytest.mark.usefixtures("database")
def test_log_groups_are_ours_before_rds_makes_them(engine: Engine) -> None:
    groups = {group["name"]: group for group in named(engine, LOG_GROUP).values()}
    assert set(groups) == {
        "/aws/rds/instance/platform-test/postgresql",
        "/aws/rds/instance/platform-test/upgrade",
    }
    assert {group["retentionInDays"] for group in groups.values()} == {365}
    needed = urns_of(engine, LOG_GROUP)
    assert needed <= set(engine.options[INSTANCE, "app-database"].depends_on)


@pytest.mark.usefixtures("database")
def test_enhanced_monitoring_is_trusted_for_this_account_only(engine: Engine) -> None:
    [role] = named(engine, ROLE).values()
    [statement] = json.loads(role["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"Service": "monitoring.rds.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
    [attachment] = named(engine, ATTACHMENT).values()
    assert attachment["policyArn"].endswith("service-role/AmazonRDSEnhancedMonitoringRole")
    needed = urns_of(engine, ATTACHMENT)
    assert needed <= set(engine.options[INSTANCE, "app-database"].depends_on), (
        "RDS refuses a monitoring role that may do nothing yet"
    )


@pytest.mark.usefixtures("database")
def test_people_hear_what_happens_to_it(engine: Engine) -> None:
    subscriptions = named(engine, SUBSCRIPTION)
    assert {
        name: (each["sourceType"], each["snsTopic"]) for name, each in subscriptions.items()
    } == {
        "app-database-failures": ("db-instance", CRITICAL),
        "app-database-events": ("db-instance", WARNING),
        "app-database-parameters": ("db-parameter-group", WARNING),
        "app-database-security-groups": ("db-security-group", WARNING),
    }, "Security Hub RDS.20, RDS.21, RDS.22"
    events = subscriptions["app-database-events"]
    assert events["sourceIds"] == ["platform-test"]
    assert {"maintenance", "configuration change", "failure"} <= set(events["eventCategories"])
    assert "low storage" in subscriptions["app-database-failures"]["eventCategories"]


@pytest.mark.usefixtures("database")
def test_the_alarms_watch_this_instance(engine: Engine) -> None:
    alarms = named(engine, ALARM)
    roles = {name.removeprefix("app-database-") for name in alarms}
    assert {"cpu", "storage", "memory", "connections", "disk-queue-depth"} <= roles
    single = [each for each in alarms.values() if "dimensions" in each]
    assert {each["dimensions"]["DBInstanceIdentifier"] for each in single} == {"platform-test"}
    assert alarms["app-database-storage"]["alarmActions"] == [CRITICAL]
    assert alarms["app-database-cpu"]["alarmActions"] == [WARNING]


@pytest.mark.usefixtures("database")
def test_the_last_snapshot_has_a_name_that_no_earlier_one_has(engine: Engine) -> None:
    drawn = state(engine, "random:index/randomId:RandomId", "app-database-last-snapshot")["hex"]
    name = engine.built[INSTANCE, "app-database"]["finalSnapshotIdentifier"]
    assert name == f"platform-test-last-{drawn}", "a fixed name collides at the second destroy"


@pytest.mark.parametrize("protect", [True, False])
def test_protection_is_pulumis_and_awss(engine: Engine, protect: bool) -> None:
    build(engine, protect=protect)
    for kind in (INSTANCE, KEY):
        options = engine.options[kind, "app-database"]
        assert (options.protect, options.retain_on_delete) == (protect, protect)
    instance = engine.built[INSTANCE, "app-database"]
    assert instance["deletionProtection"] is protect
    assert instance["skipFinalSnapshot"] is not protect
    assert instance["deleteAutomatedBackups"] is not protect


@pytest.mark.usefixtures("database")
def test_a_minor_upgrade_by_aws_is_no_change_and_a_major_one_of_ours_is(engine: Engine) -> None:
    instance = engine.built[INSTANCE, "app-database"]
    assert instance["engineVersion"] == "17", "pulumi-aws takes every minor of it for the same"
    assert "engineVersion" not in engine.options[INSTANCE, "app-database"].ignore_changes


def test_a_replica_is_watched_logged_and_encrypted_like_the_primary(engine: Engine) -> None:
    build(engine, replicas=2)
    instances = named(engine, INSTANCE)
    assert set(instances) == {
        "app-database",
        "app-database-replica-1",
        "app-database-replica-2",
    }
    replica, primary = instances["app-database-replica-1"], instances["app-database"]
    assert replica["replicateSourceDb"] == "platform-test"
    assert replica["storageEncrypted"] is True
    assert engine.options[INSTANCE, "app-database-replica-1"].protect, "readers depend on it"
    same = (
        *("instanceClass", "vpcSecurityGroupIds", "parameterGroupName", "monitoringRoleArn"),
        *("performanceInsightsKmsKeyId", "enabledCloudwatchLogsExports", "caCertIdentifier"),
        *("iamDatabaseAuthenticationEnabled", "deletionProtection", "maxAllocatedStorage"),
    )
    assert {key: replica[key] for key in same} == {key: primary[key] for key in same}
    assert replica["skipFinalSnapshot"] is True, "AWS takes none of a replica"
    assert not {"username", "manageMasterUserPassword"} & set(replica), "they are the primary's"
    assert named(engine, ALARM)["app-database-replica-1-lag"]["dimensions"] == {
        "DBInstanceIdentifier": "platform-test-replica-1"
    }
    logs = {each["name"] for each in named(engine, LOG_GROUP).values()}
    assert "/aws/rds/instance/platform-test-replica-2/postgresql" in logs
    events = named(engine, SUBSCRIPTION)["app-database-events"]
    assert len(events["sourceIds"]) == 3


def leave_a_snapshot(engine: Engine) -> None:
    rds = engine.cloud("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="old",
        DBInstanceClass="db.m7g.large",
        Engine="postgres",
        MasterUsername="platform",
        MasterUserPassword="only-in-moto",
        AllocatedStorage=100,
    )
    rds.create_db_snapshot(DBInstanceIdentifier="old", DBSnapshotIdentifier="before")


def test_a_snapshot_to_begin_with_is_given_to_rds(engine: Engine) -> None:
    leave_a_snapshot(engine)
    build(engine, restore_from_snapshot="before")
    assert engine.built[INSTANCE, "app-database"]["snapshotIdentifier"] == "before"


@pytest.mark.parametrize(
    ("moment", "asked"),
    [
        (
            PointInTime(source_identifier="old", time="2026-01-31T23:45:00Z"),
            {"restoreTime": "2026-01-31T23:45:00Z"},
        ),
        (PointInTime(source_identifier="old"), {"useLatestRestorableTime": True}),
    ],
)
def test_a_moment_to_begin_with_is_given_to_rds(
    engine: Engine, moment: PointInTime, asked: dict[str, Any]
) -> None:
    leave_a_snapshot(engine)
    build(engine, restore_to=moment)
    given = engine.built[INSTANCE, "app-database"]["restoreToPointInTime"]
    assert given == {"sourceDbInstanceIdentifier": "old", **asked}


@pytest.mark.usefixtures("database")
def test_where_it_began_is_history(engine: Engine) -> None:
    ignored = set(engine.options[INSTANCE, "app-database"].ignore_changes)
    assert ignored == {"snapshotIdentifier", "restoreToPointInTime", "kmsKeyId"}, (
        "taking the input away replaces nothing, and a restored instance keeps its source's key"
    )


def test_outputs_say_where_it_is_and_hold_no_secret(engine: Engine) -> None:
    database = build(engine, replicas=1)
    seen: dict[str, Any] = {}

    engine.run(
        lambda: pulumi.Output.all(
            endpoint=database.endpoint,
            secret=database.master_secret_arn,
            group=database.security_group_id,
            replica=database.replica_endpoints["1"],
        ).apply(seen.update)
    )
    assert seen["endpoint"].startswith("platform-test.")
    assert seen["replica"].startswith("platform-test-replica-1.")
    assert seen["secret"].startswith(f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:")
    assert seen["group"].startswith("sg-")
    assert database.port == 6432


@pytest.mark.usefixtures("database")
def test_every_child_is_named_after_the_database(engine: Engine) -> None:
    children = [urn for urn in engine.urns if "platform:database:Database$" in urn]
    assert children
    assert all(urn.rpartition("::")[2].startswith("app-database") for urn in children)
    assert all(
        engine.options[kind, name].parent
        for kind, name in engine.built
        if kind.split(":")[0] in {"aws", "random"}
    )


@pytest.mark.usefixtures("database")
def test_tags_of_the_caller_reach_what_can_be_tagged(engine: Engine) -> None:
    for kind in (INSTANCE, KEY, LOG_GROUP, ALARM, ROLE, GROUP, PARAMETERS, SUBSCRIPTION):
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
    engine.run(lambda: Database("app-database", database_args(replicas=1)))


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"account_id": "123"}, "account_id='123'"),
    ({"identifier": "Platform"}, "identifier='Platform'"),
    ({"identifier": "platform--test"}, "identifier='platform--test'"),
    ({"identifier": "9platform"}, "identifier='9platform'"),
    ({"identifier": "platform-"}, "identifier='platform-'"),
    ({"identifier": "p" * 41}, "use up to 40"),
    ({"subnet_ids": ["subnet-a"]}, "subnet_ids has 1"),
    ({"clients": {}}, "clients is empty"),
    ({"clients": {"the nodes": "sg-1"}}, "clients has 'the nodes'"),
    ({"instance_class": "db.m7g.lrage"}, "did you mean 'db.m7g.large'?"),
    ({"instance_class": "cache.m7g.large"}, "did you mean 'db.m7g.large'?"),
    ({"engine_version": "14"}, "engine_version='14'"),
    ({"engine_version": "16.3"}, "name a major version"),
    ({"engine_version": "latest"}, "engine_version='latest'"),
    ({"allocated_gib": 19}, "allocated_gib=19; gp3 takes 20"),
    ({"maximum_gib": 109}, "maximum_gib=109; use 110 or more"),
    ({"maximum_gib": 65_537}, "maximum_gib=65537; gp3 ends at 65536"),
    ({"backup_retention_days": 0}, "backup_retention_days=0; use 1 to 35"),
    ({"backup_retention_days": 36}, "backup_retention_days=36; use 1 to 35"),
    ({"backup_window": "2:00-3:00"}, "backup_window='2:00-3:00'"),
    ({"backup_window": "02:00-02:29"}, "is 29 minutes long"),
    ({"backup_window": "04:30-05:30"}, "overlaps maintenance_window"),
    ({"maintenance_window": "sunday"}, "maintenance_window='sunday'"),
    ({"log_retention_days": 10}, "use 14"),
    ({"performance_insights_retention_days": 30}, "performance_insights_retention_days=30"),
    ({"replicas": 16}, "replicas=16; use 0 to 15"),
    ({"replicas": -1}, "replicas=-1; use 0 to 15"),
    ({"port": 5432}, "port=5432"),
    ({"port": 1149}, "port=1149"),
    ({"admin_username": "postgres"}, "admin_username='postgres'"),
    ({"admin_username": "admin"}, "admin_username='admin'"),
    ({"admin_username": "pg_owner"}, "admin_username='pg_owner'"),
    ({"admin_username": "o'brien"}, "admin_username="),
    (
        {"restore_from_snapshot": "before", "restore_to": PointInTime(source_identifier="old")},
        "restore_from_snapshot and restore_to are both given",
    ),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED)
def test_a_value_aws_would_refuse_is_refused_at_preview(
    changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match="DatabaseArgs refused") as caught:
        database_args(**changed)
    assert message in str(caught.value)
    assert str(caught.value).count("\n  - ") == 1, "one mistake, one line"


ACCEPTED: list[dict[str, Any]] = [
    {"engine_version": "15"},
    {"allocated_gib": 20, "maximum_gib": 22},
    {"maximum_gib": 110},
    {"maximum_gib": 65_536},
    {"backup_retention_days": 1},
    {"backup_retention_days": 35},
    {"backup_window": "03:00-04:00"},
    {"performance_insights_retention_days": 713},
    {"performance_insights_retention_days": 731},
    {"replicas": 15},
    {"port": 1150},
    {"identifier": "p" * 40},
]


@pytest.mark.parametrize("changed", ACCEPTED)
def test_a_value_at_its_limit_is_taken(changed: dict[str, Any]) -> None:
    database_args(**changed)


def test_every_problem_is_reported_at_once() -> None:
    with pytest.raises(ValueError, match="DatabaseArgs refused") as caught:
        database_args(instance_class="db.huge", port=5432, clients={}, engine_version="9.6")
    assert str(caught.value).count("\n  - ") == 4


@pytest.mark.parametrize("time", ["yesterday", "2026-01-31", "2026-02-30T00:00:00Z"])
def test_a_moment_that_is_none_is_refused(time: str) -> None:
    with pytest.raises(ValueError, match=r"use UTC as in"):
        PointInTime(source_identifier="old", time=time)


@pytest.mark.parametrize("name", ["Database", "app--database", "a" * 41, ""])
def test_a_name_aws_would_refuse_registers_nothing(engine: Engine, name: str) -> None:
    with pytest.raises(ValueError, match=r"e\.g\. 'app-database'"):
        Database(name, database_args())
    assert engine.built == {}
