import json
from typing import Any

import pulumi
import pytest

from components.alerts import Alerts, AlertsArgs
from tests.components.conftest import Engine

TOPIC = "aws:sns/topic:Topic"
POLICY = "aws:sns/topicPolicy:TopicPolicy"
KEY = "aws:kms/key:Key"
ACCOUNT = "111122223333"
OF_THE_ACCOUNT = {
    "budgets.amazonaws.com",
    "cloudwatch.amazonaws.com",
    "events.rds.amazonaws.com",
}
RULES = "events.amazonaws.com"
PUBLISHERS = {*OF_THE_ACCOUNT, RULES}
LEVELS = ["critical", "warning"]


@pytest.fixture
def alerts(engine: Engine) -> Alerts:
    return engine.run(
        lambda: Alerts("app-alerts", AlertsArgs(account_id=ACCOUNT, region="eu-west-1"))
    )


def statements(engine: Engine, level: str) -> list[dict[str, Any]]:
    policy = json.loads(engine.built[POLICY, f"app-alerts-{level}"]["policy"])
    found: list[dict[str, Any]] = policy["Statement"]
    return found


def arn_of(engine: Engine, kind: str, name: str) -> str:
    resources = engine.monitor.resources
    found = next(each for urn, each in resources.items() if urn.endswith(f"{kind}::{name}"))
    return str(found.state["arn"])


@pytest.mark.usefixtures("alerts")
def test_there_is_one_topic_to_wake_people_and_one_to_read(engine: Engine) -> None:
    topics = {name for kind, name in engine.built if kind == TOPIC}
    assert topics == {"app-alerts-critical", "app-alerts-warning"}


@pytest.mark.usefixtures("alerts")
@pytest.mark.parametrize("level", LEVELS)
def test_a_topic_is_encrypted_with_the_components_own_key(engine: Engine, level: str) -> None:
    topic = engine.built[TOPIC, f"app-alerts-{level}"]
    key_arn = arn_of(engine, KEY, "app-alerts")
    assert topic["kmsMasterKeyId"] == key_arn, "CKV_AWS_26; AWS's own key shuts alarms out"
    assert topic["signatureVersion"] == 2, "subscribers check SHA256, not SHA1"


@pytest.mark.usefixtures("alerts")
@pytest.mark.parametrize("level", LEVELS)
def test_only_this_accounts_alarms_budgets_and_events_publish(engine: Engine, level: str) -> None:
    allowed = [each for each in statements(engine, level) if each["Effect"] == "Allow"]
    assert {each["Principal"]["Service"] for each in allowed} == PUBLISHERS
    for each in allowed:
        assert each["Action"] == "sns:Publish"
        assert each["Resource"] == arn_of(engine, TOPIC, f"app-alerts-{level}")
        if each["Principal"]["Service"] in OF_THE_ACCOUNT:
            assert each["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}, (
                "a service acts for many accounts; ours is the only one let in"
            )


@pytest.mark.usefixtures("alerts")
@pytest.mark.parametrize("level", LEVELS)
def test_event_rules_publish_without_a_condition_that_never_holds(
    engine: Engine, level: str
) -> None:
    [rules] = [
        each for each in statements(engine, level) if each["Principal"] == {"Service": RULES}
    ]
    assert "Condition" not in rules, "AWS supports none here: the rule would fail without a word"
    policy = json.loads(engine.built[KEY, "app-alerts"]["policy"])
    [uses_key] = [each for each in policy["Statement"] if each["Principal"] == {"Service": RULES}]
    topics = f"arn:aws:sns:eu-west-1:{ACCOUNT}:*"
    assert uses_key["Condition"] == {
        "ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": topics}
    }, "the source account is not among what SNS passes on, its topic is"


@pytest.mark.usefixtures("alerts")
@pytest.mark.parametrize("level", LEVELS)
def test_nothing_publishes_without_tls(engine: Engine, level: str) -> None:
    [denied] = [each for each in statements(engine, level) if each["Effect"] == "Deny"]
    assert denied["Principal"] == "*", "whoever it is"
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.usefixtures("alerts")
def test_whoever_may_publish_may_use_the_key(engine: Engine) -> None:
    policy = json.loads(engine.built[KEY, "app-alerts"]["policy"])
    services = {
        each["Principal"]["Service"]
        for each in policy["Statement"]
        if "Service" in each["Principal"]
    }
    assert services == PUBLISHERS, "an alarm that cannot encrypt is an alarm that nobody gets"


@pytest.mark.usefixtures("alerts")
def test_the_key_may_go_with_the_topics(engine: Engine) -> None:
    assert not engine.options[KEY, "app-alerts"].protect, "a topic keeps no message"


def test_the_outputs_are_the_two_topics(engine: Engine, alerts: Alerts) -> None:
    seen: dict[str, str] = {}
    engine.run(
        lambda: pulumi.Output.all(
            critical=alerts.critical_topic_arn, warning=alerts.warning_topic_arn
        ).apply(seen.update)
    )
    assert seen == {level: arn_of(engine, TOPIC, f"app-alerts-{level}") for level in LEVELS}


def test_an_account_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="use the 12 digits of the AWS account"):
        AlertsArgs(account_id="staging", region="eu-west-1")


@pytest.mark.usefixtures("alerts")
@pytest.mark.parametrize("level", LEVELS)
def test_the_cloud_holds_an_encrypted_topic_with_our_policy(engine: Engine, level: str) -> None:
    topic_arn = arn_of(engine, TOPIC, f"app-alerts-{level}")
    topic = engine.cloud("sns").get_topic_attributes(TopicArn=topic_arn)["Attributes"]
    assert topic["KmsMasterKeyId"] == arn_of(engine, KEY, "app-alerts")
    assert json.loads(topic["Policy"])["Statement"] == statements(engine, level)
