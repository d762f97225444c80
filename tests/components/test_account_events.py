import json
from typing import Any

import pytest

from components.account_events import EVENTS, AccountEvents, AccountEventsArgs
from components.alarms import Topics
from tests.components.conftest import Engine

TOPIC = "arn:aws:sns:eu-west-1:111122223333"
TOPICS = Topics(critical_arn=f"{TOPIC}:critical", warning_arn=f"{TOPIC}:warning")
RULE = "aws:cloudwatch/eventRule:EventRule"


@pytest.fixture
def events(engine: Engine) -> AccountEvents:
    args = AccountEventsArgs(topics=TOPICS, tags={"Team": "data"})
    return engine.run(lambda: AccountEvents("app-events", args))


@pytest.mark.usefixtures("events")
def test_every_event_has_a_rule_and_a_topic(engine: Engine) -> None:
    cloud = engine.cloud("events")
    found = {
        rule["Name"].removeprefix("app-events-").rpartition("-")[0]: [
            target["Arn"].rpartition(":")[2]
            for target in cloud.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        ]
        for rule in cloud.list_rules()["Rules"]
    }
    assert found == {
        "key-deletion": ["critical"],
        "secret-rotation": ["warning"],
        "secret-deletion": ["warning"],
        "certificate-expiring": ["warning"],
        "certificate-expired": ["critical"],
        "image-findings": ["warning"],
        "guardduty": ["critical"],
        "health": ["warning"],
    }


@pytest.mark.usefixtures("events")
def test_every_rule_says_what_to_do_and_is_tagged(engine: Engine) -> None:
    rules = {name: inputs for (kind, name), inputs in engine.built.items() if kind == RULE}
    for name, rule in rules.items():
        assert 20 < len(rule["description"]) <= 512, f"{name}: EventBridge takes 512 characters"
        assert rule["tags"] == {"Team": "data", "Name": name}


@pytest.mark.usefixtures("events")
def test_an_event_that_does_not_reach_its_topic_is_noticed(engine: Engine) -> None:
    rules = {rule["Name"] for rule in engine.cloud("events").list_rules()["Rules"]}
    alarms = engine.cloud("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {alarm["Dimensions"][0]["Value"] for alarm in alarms} == rules
    assert {(alarm["Namespace"], alarm["MetricName"]) for alarm in alarms} == {
        ("AWS/Events", "FailedInvocations")
    }


def details(label: str) -> Any:
    return EVENTS[label].pattern["detail"]


def test_the_deletion_of_a_key_and_a_failed_rotation_are_known_by_their_api_names() -> None:
    assert details("key-deletion") == {
        "eventSource": ["kms.amazonaws.com"],
        "eventName": ["ScheduleKeyDeletion", "DisableKey"],
    }
    assert "RotationFailed" in details("secret-rotation")["eventName"]


@pytest.mark.parametrize("label", EVENTS)
def test_a_pattern_is_of_one_source_and_names_its_events(label: str) -> None:
    pattern = json.loads(json.dumps(EVENTS[label].pattern))
    [source] = pattern["source"]
    assert source.startswith("aws.")
    assert pattern["detail-type"], "a pattern of a source alone matches all that it says"


def test_a_bad_name_registers_nothing(engine: Engine) -> None:
    with pytest.raises(ValueError, match="AccountEvents name"):
        AccountEvents("App", AccountEventsArgs(topics=TOPICS))
    assert engine.built == {}
