import io
import json
import zipfile
from typing import Any

import pulumi
import pytest

from components.secrets import Rotation, Secret, SecretArgs
from tests.components.conftest import Engine

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/api"
ROTATOR = f"arn:aws:iam::{ACCOUNT}:role/rotator"
FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:rotate"
ROTATION = Rotation(lambda_arn=FUNCTION, role_arn=ROTATOR, days=30)

KEY = "aws:kms/key:Key"
STORED = "aws:secretsmanager/secret:Secret"
POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"


def secret_args(**changed: Any) -> SecretArgs:
    chosen: dict[str, Any] = {
        "account_id": ACCOUNT,
        "region": "eu-west-1",
        "description": "Payment provider's API",
        "readers": {"api": ROLE},
        "rotation": ROTATION,
        "replica_region": "eu-central-1",
        "tags": {"Team": "data"},
    }
    return SecretArgs(**{**chosen, **changed})


def build(engine: Engine, **changed: Any) -> Secret:
    iam = engine.cloud("iam")
    iam.create_role(RoleName="rotator", AssumeRolePolicyDocument="{}")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("rotate.py", "")
    engine.cloud("lambda").create_function(
        FunctionName="rotate",
        Runtime="python3.12",
        Role=ROTATOR,
        Handler="rotate.run",
        Code={"ZipFile": packed.getvalue()},
    )
    return engine.run(lambda: Secret("app-payments", secret_args(**changed)))


def statements(engine: Engine) -> dict[str, Any]:
    policy = json.loads(engine.built[POLICY, "app-payments"]["policy"])
    return {each["Sid"]: each for each in policy["Statement"]}


@pytest.fixture
def secret(engine: Engine) -> Secret:
    return build(engine)


@pytest.mark.usefixtures("secret")
def test_the_secret_is_under_a_key_of_its_own_and_rotates(engine: Engine) -> None:
    [found] = engine.cloud("secretsmanager").list_secrets()["SecretList"]
    shown = engine.cloud("secretsmanager").describe_secret(SecretId=found["ARN"])
    assert ":kms:eu-west-1:" in shown["KmsKeyId"], "CKV_AWS_149"
    assert shown["RotationEnabled"], "CKV2_AWS_57, SecretsManager.1"
    assert shown["RotationRules"] == {"AutomaticallyAfterDays": 30}, "CKV_AWS_304"
    assert shown["RotationLambdaARN"] == FUNCTION
    assert [each["Region"] for each in shown["ReplicationStatus"]] == ["eu-central-1"]
    assert engine.built[STORED, "app-payments"]["recoveryWindowInDays"] == 30


@pytest.mark.usefixtures("secret")
def test_the_copy_is_under_a_key_of_its_region(engine: Engine) -> None:
    [replica] = engine.built[STORED, "app-payments"]["replicas"]
    assert ":kms:eu-central-1:" in replica["kmsKeyId"]
    assert engine.built[KEY, "app-payments-replica"]["region"] == "eu-central-1"


@pytest.mark.usefixtures("secret")
def test_no_value_passes_through_the_program(engine: Engine) -> None:
    assert not [name for kind, name in engine.built if kind == VERSION]
    for inputs in engine.built.values():
        assert not {"secretString", "secretBinary", "secretStringWo"} & set(inputs)


@pytest.mark.usefixtures("secret")
def test_only_readers_and_the_rotator_read(engine: Engine) -> None:
    found = statements(engine)
    assert {each["Effect"] for each in found.values()} == {"Deny"}, "IAM decides what is allowed"
    readers = found["ReadersOnly"]
    assert readers["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [ROLE, ROTATOR]}}
    assert "secretsmanager:GetSecretValue" in readers["Action"]
    assert "secretsmanager:PutSecretValue" not in readers["Action"], "an operator puts the first"
    assert found["TlsOnly"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert found["ThisAccountOnly"]["Condition"]["StringNotEquals"] == {
        "aws:PrincipalAccount": ACCOUNT
    }
    assert engine.built[POLICY, "app-payments"]["blockPublicPolicy"] is True


def test_readers_can_be_held_to_a_vpc_endpoint(engine: Engine) -> None:
    build(engine, vpc_endpoint_id=pulumi.Output.from_input("vpce-1"), replica_region=None)
    through = statements(engine)["ThroughTheEndpoint"]
    assert through["Condition"] == {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}


def test_a_secret_that_a_person_replaces_says_who(engine: Engine) -> None:
    by = "the provider's console: every 90 days".replace("'", "")
    build(engine, rotation=None, rotated_by=by, replica_region=None)
    assert engine.built[STORED, "app-payments"]["tags"]["RotatedBy"] == by
    assert statements(engine)["ReadersOnly"]["Condition"] == {
        "ArnNotEquals": {"aws:PrincipalArn": [ROLE]}
    }


@pytest.mark.parametrize("protect", [True, False])
def test_protection_covers_the_secret_and_its_key(engine: Engine, protect: bool) -> None:
    build(engine, protect=protect)
    for kind, name in (
        (STORED, "app-payments"),
        (KEY, "app-payments"),
        (KEY, "app-payments-replica"),
    ):
        options = engine.options[kind, name]
        assert (options.protect, options.retain_on_delete) == (protect, protect), f"{kind} {name}"


def test_the_outputs_are_what_a_readers_policy_names(engine: Engine, secret: Secret) -> None:
    seen: dict[str, str] = {}
    engine.run(lambda: pulumi.Output.all(secret=secret.arn, key=secret.key_arn).apply(seen.update))
    assert seen["secret"].startswith(f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:")
    assert seen["key"].startswith(f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/")


def rotated(days: int) -> dict[str, Any]:
    return {"rotation": Rotation(lambda_arn=FUNCTION, role_arn=ROTATOR, days=days)}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"account_id": "123"}, "account_id='123'"),
    ({"description": ""}, "description is empty"),
    ({"readers": {}}, "readers is empty"),
    ({"readers": {"Api": ROLE}}, "readers has ['Api']"),
    ({"rotation": None}, "give rotation or rotated_by, one of the two"),
    ({"rotated_by": "a person"}, "give rotation or rotated_by, one of the two"),
    (rotated(91), "rotation.days=91; use 1 to 90"),
    (rotated(0), "rotation.days=0; use 1 to 90"),
    ({"rotation": None, "rotated_by": "<nobody>"}, "rotated_by='<nobody>'; a tag takes"),
    ({"recovery_window_days": 6}, "recovery_window_days=6; use 7 to 30"),
    ({"recovery_window_days": 31}, "recovery_window_days=31; use 7 to 30"),
    ({"replica_region": "eu-west-1"}, "replica_region='eu-west-1' is where the secret is"),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED)
def test_a_value_aws_would_refuse_is_refused_at_preview(
    changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match="SecretArgs refused") as caught:
        secret_args(**changed)
    assert message in str(caught.value)
    assert str(caught.value).count("\n  - ") == 1, "one mistake, one line"


@pytest.mark.parametrize(
    "changed", [rotated(1), rotated(90), {"recovery_window_days": 7}, {"recovery_window_days": 30}]
)
def test_a_value_at_its_limit_is_taken(changed: dict[str, Any]) -> None:
    secret_args(**changed)
