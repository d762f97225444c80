"""Types of backup, alerts, budgets and registries: made, seen without drift, changed, gone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from sandbox.aws.package import AwsPackage
from sandbox.moto_cloud import MOTO_CONFIG, reset
from sandbox.provider import GoneError, Resource

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/backup"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:topic"
DENY = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
RULE = {
    "ruleName": "daily",
    "targetVaultName": "vault",
    "schedule": "cron(0 6 * * ? *)",
    "scheduleExpressionTimezone": "Etc/UTC",
    "startWindow": 60,
    "completionWindow": 480,
    "lifecycle": {"deleteAfter": 35},
}
NOTICE = {
    "comparisonOperator": "GREATER_THAN",
    "notificationType": "ACTUAL",
    "threshold": 80,
    "thresholdType": "PERCENTAGE",
    "subscriberSnsTopicArns": [TOPIC],
    "subscriberEmailAddresses": ["team@example.com"],
}
EXPIRE = {
    "rulePriority": 1,
    "selection": {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": 7,
    },
    "action": {"type": "expire"},
}


def policy(sid: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": sid, **DENY}]})


@pytest.fixture
def package() -> Iterator[AwsPackage]:
    with mock_aws(config=MOTO_CONFIG):
        reset()
        package = AwsPackage()
        package.configure({"region": "eu-west-1", "allowedAccountIds": [ACCOUNT]})
        yield package


def make(package: AwsPackage, type_: str, inputs: dict[str, Any]) -> Resource:
    name = type_.rpartition(":")[2]
    urn = f"urn:pulumi:test::test::{type_}::{name}"
    inputs, failures = package.check(Resource(urn, type_, name, inputs), {}, b"")
    assert not [(failure.property, failure.reason) for failure in failures]
    id_, state = package.create(Resource(urn, type_, name, inputs))
    return Resource(urn, type_, name, inputs, id_, state)


BEFORE: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "vault": [("aws:backup/vault:Vault", {"name": "vault"})],
    "plan": [("aws:backup/plan:Plan", {"name": "plan", "rules": [RULE]})],
    "testing": [
        (
            "aws:backup/restoreTestingPlan:RestoreTestingPlan",
            {
                "name": "testing",
                "scheduleExpression": "cron(0 5 1 * ? *)",
                "recoveryPointSelection": {
                    "algorithm": "LATEST_WITHIN_WINDOW",
                    "includeVaults": ["*"],
                    "recoveryPointTypes": ["SNAPSHOT"],
                },
            },
        )
    ],
    "rule": [
        ("aws:cloudwatch/eventRule:EventRule", {"name": "rule", "eventPattern": '{"source":["a"]}'})
    ],
    "repository": [("aws:ecr/repository:Repository", {"name": "repository"})],
    "": [],
}
CHANGES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("", "aws:backup/vault:Vault", {"name": "vault"}, {"tags": {"A": "b"}}),
    (
        "vault",
        "aws:backup/vaultPolicy:VaultPolicy",
        {"backupVaultName": "vault", "policy": policy("A")},
        {"policy": policy("B")},
    ),
    (
        "vault",
        "aws:backup/vaultNotifications:VaultNotifications",
        {
            "backupVaultName": "vault",
            "snsTopicArn": TOPIC,
            "backupVaultEvents": ["BACKUP_JOB_FAILED"],
        },
        {"backupVaultEvents": ["COPY_JOB_FAILED"]},
    ),
    (
        "vault",
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        {"backupVaultName": "vault", "minRetentionDays": 7, "maxRetentionDays": 400},
        {"minRetentionDays": 8},
    ),
    (
        "vault",
        "aws:backup/plan:Plan",
        {"name": "plan", "rules": [RULE]},
        {"rules": [RULE, {**RULE, "ruleName": "weekly", "lifecycle": {"deleteAfter": 90}}]},
    ),
    (
        "testing",
        "aws:backup/restoreTestingSelection:RestoreTestingSelection",
        {
            "name": "rds",
            "restoreTestingPlanName": "testing",
            "iamRoleArn": ROLE,
            "protectedResourceType": "RDS",
            "protectedResourceArns": ["*"],
            "restoreMetadataOverrides": {"dbSubnetGroupName": "a"},
        },
        {"restoreMetadataOverrides": {"dbSubnetGroupName": "b"}},
    ),
    ("", *BEFORE["testing"][0], {"startWindowHours": 8}),
    ("", *BEFORE["rule"][0], {"eventPattern": '{"source":["b"]}'}),
    (
        "rule",
        "aws:cloudwatch/eventTarget:EventTarget",
        {
            "rule": "rule",
            "targetId": "topic",
            "arn": TOPIC,
            "inputTransformer": {"inputPaths": {"a": "$.a"}, "inputTemplate": '"<a>"'},
        },
        {"arn": f"{TOPIC}-2"},
    ),
    (
        "",
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        {"alarmName": "down", "alarmRule": 'ALARM("a")', "alarmActions": [TOPIC]},
        {"alarmRule": 'ALARM("b")'},
    ),
    (
        "",
        "aws:budgets/budget:Budget",
        {
            "name": "budget",
            "accountId": ACCOUNT,
            "budgetType": "COST",
            "timeUnit": "MONTHLY",
            "limitAmount": "100",
            "limitUnit": "USD",
            "notifications": [NOTICE],
        },
        {"limitAmount": "200", "notifications": [{**NOTICE, "threshold": 90.0}]},
    ),
    (
        "",
        "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
        {
            "configurationName": "alerts",
            "iamRoleArn": ROLE,
            "slackChannelId": "C0123456789",
            "slackTeamId": "T0123456789",
            "snsTopicArns": [TOPIC],
        },
        {"slackChannelId": "C9876543210"},
    ),
    (
        "repository",
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        {"repository": "repository", "policy": json.dumps({"rules": [EXPIRE]})},
        {"policy": json.dumps({"rules": [{**EXPIRE, "description": "old"}]})},
    ),
    (
        "repository",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        {"repository": "repository", "policy": policy("A")},
        {"policy": policy("B")},
    ),
]


@pytest.mark.parametrize(
    ("before", "type_", "inputs", "changed"), CHANGES, ids=[each[1] for each in CHANGES]
)
def test_a_type_is_made_changed_in_place_and_gone(
    package: AwsPackage,
    before: str,
    type_: str,
    inputs: dict[str, Any],
    changed: dict[str, Any],
) -> None:
    for earlier in BEFORE[before]:
        make(package, *earlier)
    made = make(package, type_, inputs)
    assert package.read(made) == (made.inputs, made.state), "no drift right after"
    assert not [key for key in changed if package.replaces(made, key)]

    wanted = {**made.inputs, **changed}
    asked = Resource(made.urn, type_, made.name, wanted, made.id, made.state)
    state = package.update(asked, made.inputs)
    now = Resource(made.urn, type_, made.name, wanted, made.id, state)
    assert package.read(now) == (wanted, state)
    entry = package.ledger.get(made.urn, made.id)
    assert entry is not None
    for key in changed.keys() - {"tags"}:
        assert entry.live[key] == changed[key], f"{key} changed in the cloud"

    package.delete(now)
    with pytest.raises(GoneError):
        package.read(Resource(made.urn, type_, made.name, wanted, made.id, state))


def test_a_selection_is_of_its_plan(package: AwsPackage) -> None:
    plan = make(package, *BEFORE["plan"][0])
    chosen = [{"type": "STRINGEQUALS", "key": "Backup", "value": "plan"}]
    inputs = {
        "name": "tagged",
        "planId": plan.id,
        "iamRoleArn": ROLE,
        "selectionTags": chosen,
    }
    made = make(package, "aws:backup/selection:Selection", inputs)
    assert package.read(made) == (made.inputs, made.state)
    assert package.replaces(made, "selectionTags"), "AWS changes none in place"
    client = package.session.client("backup")
    [shown] = client.list_backup_selections(BackupPlanId=plan.id)["BackupSelectionsList"]
    assert shown["SelectionId"] == made.id
    package.delete(made)
    assert client.list_backup_selections(BackupPlanId=plan.id)["BackupSelectionsList"] == []


def test_status_tells_records_from_what_moto_holds(package: AwsPackage) -> None:
    for type_, inputs in (*BEFORE["vault"], *BEFORE["testing"]):
        make(package, type_, inputs)
    make(
        package,
        "aws:backup/vaultPolicy:VaultPolicy",
        {"backupVaultName": "vault", "policy": policy("A")},
    )
    assert {type_: each["recorded"] for type_, each in package.summary().items()} == {
        "aws:backup/vault:Vault": False,
        "aws:backup/restoreTestingPlan:RestoreTestingPlan": True,
        "aws:backup/vaultPolicy:VaultPolicy": True,
    }


def test_each_region_has_vaults_and_keys_of_its_own(package: AwsPackage) -> None:
    elsewhere = {"region": "eu-central-1"}
    key = make(package, "aws:kms/key:Key", {"enableKeyRotation": True, **elsewhere})
    made = make(
        package,
        "aws:backup/vault:Vault",
        {"name": "vault", "kmsKeyArn": key.state["arn"], **elsewhere},
    )
    assert made.state["arn"] == f"arn:aws:backup:eu-central-1:{ACCOUNT}:backup-vault:vault"
    assert package.session.client("backup").list_backup_vaults()["BackupVaultList"] == []
