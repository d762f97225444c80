import json
from typing import Any

import pytest

from components.encryption_key import EncryptionKey, EncryptionKeyArgs
from tests.components.conftest import Engine

KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
ACCOUNT = "111122223333"


def key_args(**changed: Any) -> EncryptionKeyArgs:
    chosen = {"account_id": ACCOUNT, "region": "eu-west-1", "description": "Orders"}
    return EncryptionKeyArgs(**{**chosen, **changed})


def build(engine: Engine, **changed: Any) -> dict[str, Any]:
    engine.run(lambda: EncryptionKey("app-orders", key_args(**changed)))
    return engine.built[KEY, "app-orders"]


def statements(engine: Engine, **changed: Any) -> list[dict[str, Any]]:
    policy = json.loads(build(engine, **changed)["policy"])
    found: list[dict[str, Any]] = policy["Statement"]
    return found


def test_the_key_rotates_and_can_be_saved_for_thirty_days(engine: Engine) -> None:
    key = build(engine)
    assert key["enableKeyRotation"] is True, "CKV_AWS_7, KMS.4"
    assert key["deletionWindowInDays"] == 30, "the longest time AWS gives to change one's mind"


def test_the_alias_is_the_components_name(engine: Engine) -> None:
    key = engine.run(lambda: EncryptionKey("app-orders", key_args()))
    seen: list[str] = []
    engine.run(lambda: key.key_id.apply(seen.append))
    alias = engine.built[ALIAS, "app-orders"]
    assert alias["name"] == "alias/app-orders", "people find a key by its name"
    assert [alias["targetKeyId"]] == seen


def test_without_services_only_iam_decides(engine: Engine) -> None:
    assert statements(engine) == [
        {
            "Sid": "IamDecidesInThisAccount",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ]


def test_logs_use_the_key_for_this_accounts_log_groups_only(engine: Engine) -> None:
    logs = statements(engine, services=["logs"])[1]
    assert logs["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert logs["Condition"] == {
        "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:*"}
    }, "logs send no source account; the encryption context binds them"


def test_a_service_uses_the_key_for_this_account_only(engine: Engine) -> None:
    events = statements(engine, services=["events.rds"])[1]
    assert events == {
        "Sid": "EventsRds",
        "Effect": "Allow",
        "Principal": {"Service": "events.rds.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }


def test_no_statement_is_for_everybody(engine: Engine) -> None:
    every = statements(engine, services=["logs", "cloudwatch", "events.rds", "delivery.logs"])
    assert len(every) == 5
    assert len({statement["Sid"] for statement in every}) == 5, "AWS refuses a Sid used twice"
    for statement in every:
        assert statement["Principal"] not in ("*", {"AWS": "*"}, {"Service": "*"}), "CKV_AWS_33"


@pytest.mark.parametrize("protect", [True, False])
def test_a_protected_key_is_kept_when_it_leaves_the_stack(engine: Engine, protect: bool) -> None:
    build(engine, protect=protect)
    options = engine.options[KEY, "app-orders"]
    assert options.protect is protect
    assert options.retain_on_delete is protect, "a lost key is lost data"
    assert not engine.options[ALIAS, "app-orders"].retain_on_delete, "the next stack needs the name"


def test_a_key_is_protected_unless_told_otherwise(engine: Engine) -> None:
    build(engine)
    assert engine.options[KEY, "app-orders"].protect, "safe without being asked"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"account_id": "1234"}, "account_id='1234'; use the 12 digits of the AWS account"),
        ({"description": ""}, "description is empty; say what the key encrypts"),
        ({"services": ["rds"]}, "services has 'rds', which uses the key by grants; leave it out"),
        (
            {"services": ["*"]},
            "services has '*'; use the principal's first part, e.g. 'logs'",
        ),
        (
            {"services": ["logs.amazonaws.com"]},
            "services has 'logs.amazonaws.com'; use the principal's first part, e.g. 'logs'",
        ),
        ({"services": ["logs", "logs"]}, "services has 'logs' 2 times; name each once"),
    ],
)
def test_what_makes_no_policy_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="EncryptionKeyArgs refused") as refusal:
        key_args(**changed)
    assert message in str(refusal.value)


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(ValueError, match="refused") as refusal:
        key_args(account_id="", description="", services=["rds"])
    assert str(refusal.value).count("\n  - ") == 3


def test_a_name_that_is_no_alias_registers_nothing(engine: Engine) -> None:
    with pytest.raises(ValueError, match="EncryptionKey name 'App Orders'"):
        EncryptionKey("App Orders", key_args())
    assert engine.built == {}


def test_the_cloud_holds_a_rotated_key_under_the_alias(engine: Engine) -> None:
    build(engine, services=["logs"])
    kms = engine.cloud("kms")
    key_id = kms.describe_key(KeyId="alias/app-orders")["KeyMetadata"]["KeyId"]
    assert kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"], "CKV_AWS_7, KMS.4"
    held = kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]
    assert json.loads(held) == json.loads(engine.built[KEY, "app-orders"]["policy"])
