import json
from typing import Any

import pulumi
import pytest

from components.alarms import Topics
from components.alert_routes import AlertRoutes, AlertRoutesArgs, SlackChannel, chatbot_region
from components.alerts import Alerts, AlertsArgs
from tests.components.conftest import Engine

ACCOUNT = "111122223333"
TOPIC = "arn:aws:sns:eu-west-1:111122223333"
URL = "https://events.pagerduty.com/integration/0123456789abcdef/enqueue"

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
CHANNEL = "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration"
QUEUE = "aws:sqs/queue:Queue"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"


def routes_args(**changed: Any) -> AlertRoutesArgs:
    chosen: dict[str, Any] = {
        "account_id": ACCOUNT,
        "region": "eu-west-1",
        "topics": Topics(critical_arn=f"{TOPIC}:critical", warning_arn=f"{TOPIC}:warning"),
        "critical_emails": {"on-call": "on-call@example.com"},
        "warning_emails": {"team": "team@example.com"},
        "pagerduty_url": URL,
        "slack": SlackChannel(workspace_id="T0123456789", channel_id="C0123456789"),
        "tags": {"Team": "data"},
    }
    return AlertRoutesArgs(**{**chosen, **changed})


def build(engine: Engine, **changed: Any) -> AlertRoutes:
    def program() -> AlertRoutes:
        alerts = Alerts("app-alerts", AlertsArgs(account_id=ACCOUNT, region="eu-west-1"))
        topics = Topics(
            critical_arn=alerts.critical_topic_arn, warning_arn=alerts.warning_topic_arn
        )
        return AlertRoutes("app-routes", routes_args(topics=topics, **changed))

    return engine.run(program)


def named(engine: Engine, kind: str) -> dict[str, dict[str, Any]]:
    return {name: inputs for (each, name), inputs in engine.built.items() if each == kind}


@pytest.fixture
def routes(engine: Engine) -> AlertRoutes:
    return build(engine)


@pytest.mark.usefixtures("routes")
def test_each_level_reaches_its_people(engine: Engine) -> None:
    found = {
        (each["TopicArn"].rpartition(":")[2].split("-")[2], each["Protocol"], each["Endpoint"])
        for each in engine.cloud("sns").list_subscriptions()["Subscriptions"]
    }
    assert found == {
        ("critical", "email", "on-call@example.com"),
        ("critical", "https", URL),
        ("warning", "email", "team@example.com"),
    }


@pytest.mark.usefixtures("routes")
def test_warnings_go_to_slack(engine: Engine) -> None:
    [channel] = engine.cloud("chatbot").describe_slack_channel_configurations()[
        "SlackChannelConfigurations"
    ]
    [topic] = channel["SnsTopicArns"]
    assert ":app-alerts-warning" in topic
    assert (channel["SlackTeamId"], channel["SlackChannelId"]) == ("T0123456789", "C0123456789")
    assert channel["GuardrailPolicyArns"] == ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"], (
        "without one a channel may do whatever an administrator may"
    )
    assert channel["UserAuthorizationRequired"] is True


@pytest.mark.usefixtures("routes")
def test_what_pagerduty_does_not_take_is_kept_encrypted_and_noticed(engine: Engine) -> None:
    subscription = engine.built[SUBSCRIPTION, "app-routes-pagerduty"]
    queue = engine.built[QUEUE, "app-routes-pagerduty"]
    target = json.loads(subscription["redrivePolicy"])["deadLetterTargetArn"]
    assert ":app-routes-pagerduty" in target
    assert queue["kmsMasterKeyId"].startswith("arn:aws:kms:"), "CKV_AWS_27"
    assert queue["messageRetentionSeconds"] == 14 * 86_400
    policy = json.loads(engine.built[QUEUE_POLICY, "app-routes-pagerduty"]["policy"])
    allowed, denied = policy["Statement"]
    assert allowed["Principal"] == {"Service": "sns.amazonaws.com"}
    assert ":app-alerts-critical" in allowed["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    [alarm] = named(engine, ALARM).values()
    assert ":app-alerts-warning" in alarm["alarmActions"][0], "not by the way that just failed"


def test_the_address_of_pagerduty_is_a_secret(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    register = engine.monitor.RegisterResource

    def keep(request: Any) -> Any:
        asked.append(request)
        return register(request)

    monkeypatch.setattr(engine.monitor, "RegisterResource", keep)
    build(engine)
    [request] = [
        each for each in asked if each.name == "app-routes-pagerduty" and each.type == SUBSCRIPTION
    ]
    assert list(request.additionalSecretOutputs) == ["endpoint"]
    sealed = request.object["endpoint"]
    assert sealed["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270", (
        "Pulumi's mark of a secret: the state has it encrypted"
    )


def test_without_pagerduty_and_slack_there_are_only_mails(engine: Engine) -> None:
    build(engine, pagerduty_url=None, slack=None)
    assert {each["protocol"] for each in named(engine, SUBSCRIPTION).values()} == {"email"}
    assert not named(engine, QUEUE)
    assert not named(engine, CHANNEL)


def test_another_address_moves_no_other(engine: Engine) -> None:
    build(engine, warning_emails={"first": "first@example.com", "team": "team@example.com"})
    assert "app-routes-warning-team" in named(engine, SUBSCRIPTION)


@pytest.mark.parametrize(("region", "called"), [("eu-west-1", None), ("eu-central-1", "us-east-2")])
def test_chatbot_is_called_where_it_answers(region: str, called: str | None) -> None:
    assert chatbot_region(region) == called


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"account_id": "123"}, "account_id='123'"),
    ({"critical_emails": {}, "pagerduty_url": None}, "nobody is told of critical alarms"),
    ({"critical_emails": {"a": "nobody"}}, "critical_emails.a has 'nobody'; use an e-mail"),
    ({"warning_emails": {"a": "a@example"}}, "warning_emails.a has 'a@example'"),
    ({"warning_emails": {"A": "a@example.com"}}, "warning_emails has the label 'A'"),
    ({"pagerduty_url": "http://events.pagerduty.com/x"}, "pagerduty_url: use an address that"),
    ({"pagerduty_url": "https://events.pagerduty.com"}, "pagerduty_url: use an address that"),
    (
        {"slack": SlackChannel(workspace_id="C0123456789", channel_id="C0123456789")},
        "slack.workspace_id='C0123456789'; use the workspace's id from Slack, e.g. 'T0123456789'",
    ),
    (
        {"slack": SlackChannel(workspace_id="T0123456789", channel_id="#alerts")},
        "slack.channel_id='#alerts'; use the channel's id",
    ),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED)
def test_an_address_that_is_none_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="AlertRoutesArgs refused") as caught:
        routes_args(**changed)
    assert message in str(caught.value)
    assert str(caught.value).count("\n  - ") == 1, "one mistake, one line"


def test_a_refusal_does_not_print_the_address(engine: Engine) -> None:
    with pytest.raises(ValueError, match="AlertRoutesArgs refused") as caught:
        routes_args(pagerduty_url="http://events.pagerduty.com/integration/secret/enqueue")
    assert "secret" not in str(caught.value)


def test_an_address_that_is_known_later_is_taken() -> None:
    routes_args(pagerduty_url=pulumi.Output.secret(URL))
