import json
import warnings
from datetime import date, timedelta
from typing import Any

import pytest

from components.addons import (
    BEFORE_NODES,
    CONFIGURATION,
    IDENTITIES,
    OBSERVABILITY,
    ON_NODES,
    Addons,
    AddonsArgs,
)
from components.kubernetes_provider import kubeconfig
from components.kubernetes_versions import VERSIONS, WARNED, warning
from components.pod_identity import PodIdentityArgs, trust_policy
from settings import parse
from tests.graph.graph import STACKS, stack_config
from tests.mocked import Engine

ADDON = "aws:eks/addon:Addon"


def args(**changed: Any) -> AddonsArgs:
    chosen: dict[str, Any] = {
        "account_id": "111122223333",
        "cluster_name": "app",
        "version": "1.35",
        "names": [*ON_NODES, OBSERVABILITY],
    }
    return AddonsArgs(**{**chosen, **changed})


def test_each_addon_has_the_version_of_the_kubernetes_version(engine: Engine) -> None:
    engine.run(lambda: Addons("app", args()))
    eks = engine.cloud("eks")
    names = eks.list_addons(clusterName="app")["addons"]
    made = {name: eks.describe_addon(clusterName="app", addonName=name)["addon"] for name in names}
    assert {name: addon["addonVersion"] for name, addon in made.items()} == {
        name: VERSIONS["1.35"].addons[name] for name in [*ON_NODES, OBSERVABILITY]
    }


def test_an_addon_that_calls_aws_has_a_role_of_its_own_first(engine: Engine) -> None:
    engine.run(lambda: Addons("app", args()))
    found = engine.cloud("eks").list_pod_identity_associations(clusterName="app")["associations"]
    assert sorted(each["serviceAccount"] for each in found) == [
        "cloudwatch-agent",
        "ebs-csi-controller-sa",
    ]
    waits = engine.options[ADDON, "app-aws-ebs-csi-driver"].depends_on
    assert any("PodIdentityAssociation" in urn for urn in waits)


def test_every_version_has_every_addon_and_network_policies_are_obeyed() -> None:
    names = {*BEFORE_NODES, *ON_NODES, OBSERVABILITY}
    assert all(set(version.addons) == names for version in VERSIONS.values())
    assert IDENTITIES.keys() <= names
    assert CONFIGURATION["vpc-cni"] == {"enableNetworkPolicy": "true"}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_end_of_support_is_told_sixty_days_before(version: str) -> None:
    end = VERSIONS[version].standard_support_ends
    assert warning(version, end - WARNED - timedelta(days=1)) is None
    assert str(end) in (warning(version, end - WARNED) or "")


@pytest.mark.parametrize("stack", STACKS)
def test_no_stack_runs_a_version_that_has_left_support(stack: str) -> None:
    chosen, today = parse(stack_config(stack), stack).cluster, date.today()
    for version in {chosen.version, chosen.node_version}:
        assert today < VERSIONS[version].standard_support_ends
        if told := warning(version, today):
            warnings.warn(told, stacklevel=1)


def test_pods_alone_take_on_a_role_and_in_this_account_only() -> None:
    [statement] = trust_policy("111122223333")["Statement"]
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}


def test_a_role_without_permission_is_refused() -> None:
    with pytest.raises(ValueError, match="neither policy nor managed_policy_arns"):
        PodIdentityArgs(
            account_id="111122223333",
            cluster_name="app",
            namespace="shop",
            service_account="api",
        )


def test_the_kubeconfig_holds_no_credential() -> None:
    config = kubeconfig("app", "https://api", "Y2E=", "eu-west-1")
    [user] = config["users"]
    assert set(user["user"]) == {"exec"}
    assert user["user"]["exec"]["args"][:2] == ["eks", "get-token"]
    assert "token:" not in json.dumps(config)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"names": ["calico"]}, "names has 'calico'; use vpc-cni"),
        ({"version": "1.3"}, "version='1.3'"),
        ({"account_id": "1"}, "account_id='1'"),
    ],
)
def test_an_addon_that_is_not_pinned_is_refused(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match="AddonsArgs refused") as error:
        args(**changed)
    assert told in str(error.value)
