"""The life of the staging stack on the real engine."""

from pathlib import Path
from typing import Any

import pytest

from tests.stacks.clear_text import in_clear
from tests.stacks.harness import Sandbox

GROUP = "platform-staging-database"


def edit(folder: Path, old: str, new: str) -> None:
    file = folder / "Pulumi.staging.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def named(resources: list[dict[str, Any]], type_: str, name: str) -> dict[str, Any]:
    return next(r for r in resources if r["type"] == type_ and r["urn"].endswith(f"::{name}"))


def test_staging_lives_from_up_to_destroy(
    sandbox: Sandbox, platform: Path, subtests: pytest.Subtests
) -> None:
    stack_file = (platform / "Pulumi.staging.yaml").read_text()

    with subtests.test("up creates everything, and the cloud holds what the state says"):
        up = sandbox.run("up", cwd=platform)
        assert up.code == 0, up.text
        assert sandbox.applied_types() == sandbox.aws_types("platform", "staging")
        assert (platform / "Pulumi.staging.yaml").read_text() == stack_file

    with subtests.test("nothing secret lies in the state in the clear"):
        assert list(in_clear(sandbox.checkpoint("platform", "staging"))) == []

    with subtests.test("a preview right after shows no change"):
        preview = sandbox.run("preview", "--expect-no-changes", cwd=platform)
        assert preview.code == 0, preview.text

    with subtests.test("a second up changes nothing"):
        again = sandbox.run("up", cwd=platform)
        assert again.lines("unchanged")
        assert not again.lines("created")

    with subtests.test("a refresh of what nobody touched finds no drift"):
        quiet = sandbox.run("refresh", cwd=platform)
        assert not quiet.lines("~ "), quiet.text

    with subtests.test("a rule added by hand is named by refresh, and taken back by up"):
        resources = sandbox.state("platform", "staging")
        group = named(resources, "aws:ec2/securityGroup:SecurityGroup", GROUP)["id"]
        ec2 = sandbox.client("ec2")
        ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="203.0.113.0/24"
        )
        refresh = sandbox.run("refresh", cwd=platform)
        assert refresh.lines(GROUP)
        assert refresh.lines("203.0.113.0/24"), refresh.text
        assert sandbox.run("up", cwd=platform).code == 0
        filters = [{"Name": "group-id", "Values": [group]}]
        rules = ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
        assert "203.0.113.0/24" not in [rule.get("CidrIpv4") for rule in rules]

    with subtests.test("what was deleted by hand is made again"):
        logs = sandbox.client("logs")
        log_group = "/aws/rds/instance/platform-staging-database/upgrade"
        logs.delete_log_group(logGroupName=log_group)
        assert sandbox.run("refresh", cwd=platform).lines("platform-staging-database-upgrade")
        assert sandbox.run("up", cwd=platform).code == 0
        found = logs.describe_log_groups(logGroupNamePrefix=log_group)["logGroups"]
        assert [each["retentionInDays"] for each in found] == [30]

    with subtests.test("what AWS changes in place is changed in place"):
        edit(platform, "instance_class: db.t4g.medium", "instance_class: db.t4g.large")
        preview = sandbox.run("preview", cwd=platform)
        assert preview.lines("platform-staging-database update [diff: ~instanceClass]")
        assert sandbox.run("up", cwd=platform).code == 0
        instance = sandbox.client("rds").describe_db_instances()["DBInstances"][0]
        assert instance["DBInstanceClass"] == "db.t4g.large"

    with subtests.test("what AWS cannot change in place is replaced"):
        edit(platform, "cidr: 10.20.0.0/16", "cidr: 10.21.0.0/16")
        preview = sandbox.run("preview", cwd=platform)
        assert preview.lines("aws:ec2:Vpc platform-staging replace [diff: ~cidrBlock]")
        edit(platform, "cidr: 10.21.0.0/16", "cidr: 10.20.0.0/16")

    with subtests.test("destroy leaves nothing of ours"):
        destroy = sandbox.run("destroy", "--yes", cwd=platform)
        assert destroy.code == 0, destroy.text
        assert sandbox.state("platform", "staging") == []
        assert remains(sandbox) == []


def remains(sandbox: Sandbox) -> list[str]:
    """What the account still holds beside what AWS puts into every account."""
    ec2, kms = sandbox.client("ec2"), sandbox.client("kms")
    keys = [key["KeyId"] for key in kms.list_keys()["Keys"]]
    found = {
        "vpc": [vpc for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]],
        "address": ec2.describe_addresses()["Addresses"],
        "gateway": ec2.describe_nat_gateways(Filters=[{"Name": "state", "Values": ["available"]}])[
            "NatGateways"
        ],
        "endpoint": [
            endpoint
            for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]
            if endpoint["State"] != "deleted"
        ],
        "flow log": ec2.describe_flow_logs()["FlowLogs"],
        "group": [
            group["GroupId"]
            for group in ec2.describe_security_groups()["SecurityGroups"]
            if group["GroupName"] != "default"
        ],
        "key": [
            key
            for key in keys
            if kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] != "PendingDeletion"
        ],
        "alias": [
            alias["AliasName"]
            for alias in kms.list_aliases()["Aliases"]
            if not alias["AliasName"].startswith("alias/aws/")
        ],
        "instance": sandbox.client("rds").describe_db_instances()["DBInstances"],
        "snapshot": sandbox.client("rds").describe_db_snapshots()["DBSnapshots"],
        "cache": sandbox.client("elasticache").describe_replication_groups()["ReplicationGroups"],
        "cache subnets": sandbox.client("elasticache").describe_cache_subnet_groups()[
            "CacheSubnetGroups"
        ],
        "user group": sandbox.client("elasticache").describe_user_groups()["UserGroups"],
        "log group": sandbox.client("logs").describe_log_groups()["logGroups"],
        "alarm": sandbox.client("cloudwatch").describe_alarms()["MetricAlarms"],
        "topic": sandbox.client("sns").list_topics()["Topics"],
        "bucket": sandbox.client("s3").list_buckets()["Buckets"],
        "role": sandbox.client("iam").list_roles()["Roles"],
        "cluster": sandbox.client("eks").list_clusters()["clusters"],
        "template": ec2.describe_launch_templates()["LaunchTemplates"],
        "vault": sandbox.client("backup").list_backup_vaults()["BackupVaultList"],
        "plan": sandbox.client("backup").list_backup_plans()["BackupPlansList"],
        "dashboard": sandbox.client("cloudwatch").list_dashboards()["DashboardEntries"],
        "event rule": sandbox.client("events").list_rules()["Rules"],
        "budget": sandbox.client("budgets").describe_budgets(AccountId="111122223333")["Budgets"],
        "secret": sandbox.client("secretsmanager").list_secrets()["SecretList"],
    }
    return [f"{kind}: {each}" for kind, each in found.items() if each]
