import json
from typing import Any

import pulumi
import pytest

from components.registry import Registry, RegistryArgs
from tests.components.conftest import Engine

ACCOUNT, READER = "111122223333", "444455556666"
KEY = "aws:kms/key:Key"
REPOSITORY = "aws:ecr/repository:Repository"


def registry_args(**changed: Any) -> RegistryArgs:
    chosen: dict[str, Any] = {
        "account_id": ACCOUNT,
        "region": "eu-west-1",
        "repositories": ["platform/api", "platform/worker"],
        "readers": [READER],
        "tags": {"Team": "data"},
    }
    return RegistryArgs(**{**chosen, **changed})


def build(engine: Engine, **changed: Any) -> Registry:
    return engine.run(lambda: Registry("app-images", registry_args(**changed)))


@pytest.fixture
def registry(engine: Engine) -> Registry:
    return build(engine)


@pytest.mark.usefixtures("registry")
def test_images_never_change_are_scanned_and_encrypted(engine: Engine) -> None:
    found = engine.cloud("ecr").describe_repositories()["repositories"]
    assert {each["repositoryName"] for each in found} == {"platform/api", "platform/worker"}
    for each in found:
        assert each["imageTagMutability"] == "IMMUTABLE", "CKV_AWS_51, ECR.2"
        assert each["imageScanningConfiguration"] == {"scanOnPush": True}, "CKV_AWS_163, ECR.1"
        encryption = each["encryptionConfiguration"]
        assert encryption["encryptionType"] == "KMS", "CKV_AWS_136"
        assert ":kms:eu-west-1:" in encryption["kmsKey"]


@pytest.mark.usefixtures("registry")
def test_old_images_go(engine: Engine) -> None:
    answer = engine.cloud("ecr").get_lifecycle_policy(repositoryName="platform/api")
    untagged, tagged = json.loads(answer["lifecyclePolicyText"])["rules"]
    assert (untagged["selection"]["tagStatus"], untagged["selection"]["countNumber"]) == (
        "untagged",
        14,
    )
    assert (tagged["selection"]["countType"], tagged["selection"]["countNumber"]) == (
        "imageCountMoreThan",
        100,
    )


@pytest.mark.usefixtures("registry")
def test_only_the_account_and_its_readers_are_let_in_and_readers_pull(engine: Engine) -> None:
    answer = engine.cloud("ecr").get_repository_policy(repositoryName="platform/api")
    statements = {each["Sid"]: each for each in json.loads(answer["policyText"])["Statement"]}
    assert statements["TlsOnly"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    strangers = statements["KnownAccountsOnly"]
    assert strangers["Effect"] == "Deny"
    assert strangers["Condition"]["StringNotEquals"] == {"aws:PrincipalAccount": [ACCOUNT, READER]}
    readers = statements["ReadersPull"]
    assert readers["Principal"] == {"AWS": [f"arn:aws:iam::{READER}:root"]}
    assert not [each for each in readers["Action"] if "Put" in each or "Delete" in each]


def test_without_readers_nobody_is_allowed_by_the_repository_itself(engine: Engine) -> None:
    build(engine, readers=[], repositories=["api"])
    answer = engine.cloud("ecr").get_repository_policy(repositoryName="api")
    statements = json.loads(answer["policyText"])["Statement"]
    assert {each["Effect"] for each in statements} == {"Deny"}


@pytest.mark.parametrize("protect", [True, False])
def test_images_are_never_deleted_with_the_repository(engine: Engine, protect: bool) -> None:
    build(engine, protect=protect, repositories=["api"])
    assert "forceDelete" not in engine.built[REPOSITORY, "app-images-api"]
    for kind, name in ((REPOSITORY, "app-images-api"), (KEY, "app-images")):
        options = engine.options[kind, name]
        assert (options.protect, options.retain_on_delete) == (protect, protect)


def test_the_outputs_say_where_to_push(engine: Engine, registry: Registry) -> None:
    seen: dict[str, str] = {}
    engine.run(lambda: pulumi.Output.all(**registry.urls).apply(seen.update))
    assert seen["platform/api"] == f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/platform/api"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"account_id": "123"}, "account_id='123'"),
    ({"repositories": []}, "repositories is empty"),
    ({"repositories": ["Platform"]}, "repositories has 'Platform'"),
    ({"repositories": ["a//b"]}, "repositories has 'a//b'"),
    ({"repositories": ["a"]}, "repositories has 'a'"),
    ({"repositories": ["a/b", "a-b"]}, "repositories has 2 names that become 'a-b'"),
    ({"readers": ["4444"]}, "readers has '4444'; use the 12 digits"),
    ({"readers": [ACCOUNT]}, "readers has '111122223333', where the registry is"),
    ({"keep_tagged": 0}, "keep_tagged=0; use 1 or more"),
    ({"untagged_days": 0}, "untagged_days=0; use 1 or more"),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED)
def test_a_value_aws_would_refuse_is_refused_at_preview(
    changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match="RegistryArgs refused") as caught:
        registry_args(**changed)
    assert message in str(caught.value)
    assert str(caught.value).count("\n  - ") == 1, "one mistake, one line"


def test_a_value_at_its_limit_is_taken() -> None:
    registry_args(keep_tagged=1, untagged_days=1, repositories=["ab", "a" * 256])
