import json
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.alarms import Topics
from components.backup import Backup, BackupArgs, RestoreTest
from components.backup_plan import BackupRule, VaultLock
from components.backup_vault import Place, vault_policy
from components.backup_watch import runs_daily
from tests.components.conftest import Engine

ACCOUNT = "111122223333"
TOPIC = "arn:aws:sns:eu-west-1:111122223333"
CRITICAL, WARNING = f"{TOPIC}:critical", f"{TOPIC}:warning"
RECOVERY = "arn:aws:iam::111122223333:role/recovery"

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
KEY = "aws:kms/key:Key"
PLAN = "aws:backup/plan:Plan"
POLICY = "aws:backup/vaultPolicy:VaultPolicy"
ROLE = "aws:iam/role:Role"
RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
VAULT = "aws:backup/vault:Vault"

DAILY = BackupRule(schedule="cron(0 6 * * ? *)", keep_days=35, copy_keep_days=35)
MONTHLY = BackupRule(schedule="cron(0 8 1 * ? *)", keep_days=400)
TEST = RestoreTest(schedule="cron(0 9 2 * ? *)", resources={"RDS": {"dbSubnetGroupName": "data"}})


def backup_args(**changed: Any) -> BackupArgs:
    chosen: dict[str, Any] = {
        "account_id": ACCOUNT,
        "region": "eu-west-1",
        "topics": Topics(critical_arn=CRITICAL, warning_arn=WARNING),
        "rules": {"daily": DAILY, "monthly": MONTHLY},
        "copy_region": "eu-central-1",
        "lock": VaultLock(minimum_days=7, maximum_days=400),
        "break_glass_role_arns": [RECOVERY],
        "restore_test": TEST,
        "tags": {"Team": "data"},
    }
    return BackupArgs(**{**chosen, **changed})


def build(engine: Engine, **changed: Any) -> Backup:
    return engine.run(lambda: Backup("app-backup", backup_args(**changed)))


def named(engine: Engine, kind: str) -> dict[str, dict[str, Any]]:
    return {name: inputs for (each, name), inputs in engine.built.items() if each == kind}


@pytest.fixture
def backup(engine: Engine) -> Backup:
    return build(engine)


@pytest.mark.usefixtures("backup")
def test_the_vault_is_locked_and_under_a_key_of_its_own(engine: Engine) -> None:
    cloud = engine.cloud("backup")
    [vault] = cloud.list_backup_vaults()["BackupVaultList"]
    expected = {
        "BackupVaultName": "app-backup",
        "Locked": True,
        "MinRetentionDays": 7,
        "MaxRetentionDays": 400,
    }
    assert {key: vault[key] for key in expected} == expected
    assert ":kms:eu-west-1:" in vault["EncryptionKeyArn"], "CKV_AWS_166"
    assert all("changeableForDays" not in lock for lock in named(engine, LOCK).values()), (
        "with it the lock is compliance mode, which nobody can ever take away"
    )


@pytest.mark.usefixtures("backup")
def test_copies_go_to_a_vault_and_key_of_the_second_region(engine: Engine) -> None:
    client = engine.aws.session.client("backup", "eu-central-1")
    [vault] = client.list_backup_vaults()["BackupVaultList"]
    assert vault["BackupVaultArn"] == (
        f"arn:aws:backup:eu-central-1:{ACCOUNT}:backup-vault:app-backup"
    )
    assert ":kms:eu-central-1:" in vault["EncryptionKeyArn"]
    assert vault["Locked"]
    policy = client.get_backup_vault_access_policy(BackupVaultName="app-backup")["Policy"]
    assert "backup:DeleteRecoveryPoint" in policy


@pytest.mark.usefixtures("backup")
def test_the_plan_keeps_and_copies_by_rule(engine: Engine) -> None:
    cloud = engine.cloud("backup")
    [plan] = cloud.list_backup_plans()["BackupPlansList"]
    rules = {
        rule["RuleName"]: rule
        for rule in cloud.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]["Rules"]
    }
    assert {name: rule["Lifecycle"]["DeleteAfterDays"] for name, rule in rules.items()} == {
        "daily": 35,
        "monthly": 400,
    }
    assert rules["daily"]["ScheduleExpression"] == "cron(0 6 * * ? *)"
    assert (rules["daily"]["StartWindowMinutes"], rules["daily"]["CompletionWindowMinutes"]) == (
        60,
        480,
    )
    [copy] = rules["daily"]["CopyActions"]
    assert ":eu-central-1:" in copy["DestinationBackupVaultArn"]
    assert copy["Lifecycle"]["DeleteAfterDays"] == 35
    assert not rules["monthly"].get("CopyActions")


def test_what_carries_the_tag_is_backed_up(engine: Engine, backup: Backup) -> None:
    cloud = engine.cloud("backup")
    [plan] = cloud.list_backup_plans()["BackupPlansList"]
    [found] = cloud.list_backup_selections(BackupPlanId=plan["BackupPlanId"])[
        "BackupSelectionsList"
    ]
    chosen = cloud.get_backup_selection(
        BackupPlanId=plan["BackupPlanId"], SelectionId=found["SelectionId"]
    )["BackupSelection"]
    [tag] = chosen["ListOfTags"]
    assert {tag["ConditionKey"]: tag["ConditionValue"]} == backup.resource_tags
    assert backup.resource_tags == {"Backup": "app-backup"}
    assert chosen["IamRoleArn"].endswith(f":role/{role_name(engine, 'app-backup-jobs')}")


def role_name(engine: Engine, label: str) -> str:
    return str(state(engine, ROLE, label)["name"])


def state(engine: Engine, kind: str, name: str) -> dict[str, Any]:
    resources = engine.monitor.resources
    found = next(each for urn, each in resources.items() if urn.endswith(f"{kind}::{name}"))
    return dict(found.state)


@pytest.mark.usefixtures("backup")
def test_whoever_backs_up_cannot_restore(engine: Engine) -> None:
    iam = engine.cloud("iam")
    attached = {
        label: [
            each["PolicyName"]
            for each in iam.list_attached_role_policies(RoleName=role_name(engine, label))[
                "AttachedPolicies"
            ]
        ]
        for label in ("app-backup-jobs", "app-backup-restores")
    }
    assert attached == {
        "app-backup-jobs": ["AWSBackupServiceRolePolicyForBackup"],
        "app-backup-restores": ["AWSBackupServiceRolePolicyForRestores"],
    }
    for role in named(engine, ROLE).values():
        [statement] = json.loads(role["assumeRolePolicy"])["Statement"]
        assert statement["Principal"] == {"Service": "backup.amazonaws.com"}
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def place(**changed: Any) -> Place:
    chosen: dict[str, Any] = {
        "account_id": ACCOUNT,
        "region": "eu-west-1",
        "lock": None,
        "break_glass_role_arns": [RECOVERY],
        "protect": True,
        "tags": {},
    }
    return Place(**{**chosen, **changed})


def test_only_the_break_glass_role_deletes_backups_or_the_lock() -> None:
    [denied] = vault_policy(place())["Statement"]
    assert (denied["Effect"], denied["Principal"]) == ("Deny", "*")
    assert {
        "backup:DeleteRecoveryPoint",
        "backup:UpdateRecoveryPointLifecycle",
        "backup:DeleteBackupVault",
        "backup:DeleteBackupVaultLockConfiguration",
        "backup:PutBackupVaultLockConfiguration",
    } <= set(denied["Action"])
    assert denied["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [RECOVERY]}}


def test_without_a_break_glass_role_nobody_deletes() -> None:
    [denied] = vault_policy(place(break_glass_role_arns=[]))["Statement"]
    assert "Condition" not in denied


def test_an_unprotected_vault_can_go_once_its_policy_has(engine: Engine) -> None:
    build(engine, protect=False, lock=None, copy_region=None, rules={"monthly": MONTHLY})
    [denied] = json.loads(engine.built[POLICY, "app-backup"]["policy"])["Statement"]
    assert "backup:DeleteBackupVault" not in denied["Action"]
    assert engine.built[VAULT, "app-backup"]["forceDestroy"] is True
    assert not engine.options[VAULT, "app-backup"].protect
    assert named(engine, LOCK) == {}


@pytest.mark.usefixtures("backup")
def test_protection_covers_vaults_keys_and_locks(engine: Engine) -> None:
    for kind in (VAULT, KEY, LOCK, POLICY):
        assert set(named(engine, kind)) == {"app-backup", "app-backup-copy"}
        for name in named(engine, kind):
            options = engine.options[kind, name]
            assert (options.protect, options.retain_on_delete) == (True, True), f"{kind} {name}"
    assert {vault["forceDestroy"] for vault in named(engine, VAULT).values()} == {False}


@pytest.mark.usefixtures("backup")
def test_the_policy_comes_after_the_lock_that_it_shuts_away(engine: Engine) -> None:
    for name in ("app-backup", "app-backup-copy"):
        [lock] = [urn for urn in engine.urns if urn.endswith(f"{LOCK}::{name}")]
        assert lock in engine.options[POLICY, name].depends_on


@pytest.mark.usefixtures("backup")
def test_backups_are_restored_to_prove_them(engine: Engine) -> None:
    cloud = engine.cloud("backup")
    plan = cloud.get_restore_testing_plan(RestoreTestingPlanName="app_backup")["RestoreTestingPlan"]
    chosen = plan["RecoveryPointSelection"]
    assert plan["ScheduleExpression"] == TEST.schedule
    assert chosen["IncludeVaults"] == [
        f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:app-backup"
    ]
    selection = cloud.get_restore_testing_selection(
        RestoreTestingPlanName="app_backup", RestoreTestingSelectionName="rds"
    )["RestoreTestingSelection"]
    assert selection["ProtectedResourceType"] == "RDS"
    assert selection["ProtectedResourceConditions"]["StringEquals"] == [
        {"Key": "aws:ResourceTag/Backup", "Value": "app-backup"}
    ]
    assert selection["RestoreMetadataOverrides"] == {"dbSubnetGroupName": "data"}
    assert selection["IamRoleArn"].endswith(role_name(engine, "app-backup-restores"))


def vault_alarms(engine: Engine) -> dict[str, dict[str, Any]]:
    found = named(engine, ALARM).items()
    return {name: alarm for name, alarm in found if alarm["namespace"] == "AWS/Backup"}


@pytest.mark.usefixtures("backup")
def test_every_failure_reaches_a_person(engine: Engine) -> None:
    alarms = vault_alarms(engine)
    assert {name: alarm["metricName"] for name, alarm in alarms.items()} == {
        "app-backup-failed": "NumberOfBackupJobsFailed",
        "app-backup-expired": "NumberOfBackupJobsExpired",
        "app-backup-copy-failed": "NumberOfCopyJobsFailed",
        "app-backup-missing": "NumberOfBackupJobsCompleted",
        "app-backup-restore-failed-rds": "NumberOfRestoreJobsFailed",
    }
    assert {tuple(alarm["alarmActions"]) for alarm in alarms.values()} == {(CRITICAL,)}
    assert alarms["app-backup-failed"]["dimensions"] == {"BackupVaultName": "app-backup"}
    assert alarms["app-backup-missing"]["treatMissingData"] == "breaching", (
        "no backup at all sends no metric"
    )
    patterns = {
        name: json.loads(rule["eventPattern"]) for name, rule in named(engine, RULE).items()
    }
    assert patterns["app-backup-backup-jobs"]["detail"] == {
        "state": ["FAILED", "ABORTED", "EXPIRED"]
    }
    targets = named(engine, TARGET)
    assert set(targets) == set(patterns)
    assert targets["app-backup-restore-jobs"]["arn"] == CRITICAL
    events = engine.cloud("events")
    for rule in events.list_rules()["Rules"]:
        assert events.list_targets_by_rule(Rule=rule["Name"])["Targets"]


def test_a_plan_that_is_not_daily_is_not_missed_after_two_days(engine: Engine) -> None:
    build(engine, rules={"monthly": MONTHLY}, copy_region=None, restore_test=None)
    assert set(vault_alarms(engine)) == {"app-backup-failed", "app-backup-expired"}


@given(st.sampled_from(["*", "?"]), st.integers(0, 23), st.integers(1, 28))
def test_a_daily_schedule_is_told_from_others(any_day: str, hour: int, day: int) -> None:
    assert runs_daily(f"cron(0 {hour} * * {any_day} *)")
    assert not runs_daily(f"cron(0 {hour} {day} * ? *)")
    assert not runs_daily(f"cron(0 {hour} ? * SUN *)")


def test_it_previews_and_says_where_backups_are(engine: Engine) -> None:
    backup = build(engine)
    seen: dict[str, Any] = {}
    engine.run(
        lambda: pulumi.Output.all(vault=backup.vault_arn, copy=backup.copy_vault_arn).apply(
            seen.update
        )
    )
    assert seen == {
        "vault": f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:app-backup",
        "copy": f"arn:aws:backup:eu-central-1:{ACCOUNT}:backup-vault:app-backup",
    }


def changed_rule(**changed: Any) -> dict[str, Any]:
    chosen = {"schedule": "cron(0 6 * * ? *)", "keep_days": 35, **changed}
    return {"rules": {"daily": BackupRule(**chosen), "monthly": DAILY}}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"account_id": "123"}, "account_id='123'"),
    ({"rules": {}, "copy_region": None}, "rules is empty"),
    ({"rules": {"Daily": DAILY}}, "rules has 'Daily'"),
    (changed_rule(schedule="daily"), "rules.daily.schedule='daily'; use six fields"),
    (changed_rule(schedule="cron(0 6 * * ?)"), "use six fields"),
    (changed_rule(keep_days=401), "keep_days=401; the vault's lock refuses it, use 7 to 400"),
    (changed_rule(keep_days=6), "keep_days=6; the vault's lock"),
    (changed_rule(keep_days=0), "keep_days=0; use 1 to 36500"),
    (changed_rule(copy_keep_days=401), "copy_keep_days=401; the vault's lock"),
    (changed_rule(start_within_minutes=59), "start_within_minutes=59; use 60"),
    (changed_rule(complete_within_minutes=119), "complete_within_minutes=119; use 120 or more"),
    ({"rules": {"monthly": MONTHLY}}, "no rule copies"),
    ({"copy_region": None}, "copy_keep_days=35; give copy_region too"),
    ({"copy_region": "eu-west-1"}, "copy_region='eu-west-1' is where the backups are"),
    ({"copy_region": "Frankfurt"}, "copy_region='Frankfurt'; use a region's code"),
    ({"lock": VaultLock(minimum_days=0, maximum_days=400)}, "lock=0 to 400 days"),
    ({"break_glass_role_arns": ["recovery"]}, "break_glass_role_arns has 'recovery'"),
    ({"restore_test": RestoreTest(schedule="x", resources={"RDS": {}})}, "schedule='x'"),
    ({"restore_test": RestoreTest(schedule=TEST.schedule, resources={})}, "resources is empty"),
    (
        {"restore_test": RestoreTest(schedule=TEST.schedule, resources={"rds": {}})},
        "restore_test.resources has rds; use Aurora",
    ),
    (
        {
            "restore_test": RestoreTest(
                schedule=TEST.schedule, resources={"RDS": {}}, selection_window_days=366
            )
        },
        "selection_window_days=366; use 1 to 365",
    ),
    (
        {
            "restore_test": RestoreTest(
                schedule=TEST.schedule, resources={"RDS": {}}, validation_window_hours=0
            )
        },
        "validation_window_hours=0; use 1 to 168",
    ),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED)
def test_a_value_aws_would_refuse_is_refused_at_preview(
    changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match="BackupArgs refused") as caught:
        backup_args(**changed)
    assert message in str(caught.value)
    assert str(caught.value).count("\n  - ") == 1, "one mistake, one line"


ACCEPTED: list[dict[str, Any]] = [
    changed_rule(keep_days=7),
    changed_rule(keep_days=400),
    changed_rule(start_within_minutes=60, complete_within_minutes=120),
    {"lock": None, "break_glass_role_arns": []},
    {"restore_test": None},
]


@pytest.mark.parametrize("changed", ACCEPTED)
def test_a_value_at_its_limit_is_taken(changed: dict[str, Any]) -> None:
    backup_args(**changed)


def test_a_name_aws_would_refuse_registers_nothing(engine: Engine) -> None:
    with pytest.raises(ValueError, match=r"e\.g\. 'app-backup'"):
        Backup("App", backup_args())
    assert engine.built == {}
