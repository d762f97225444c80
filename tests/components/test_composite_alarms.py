from typing import Any

import pulumi
import pytest

from components.alarms import Topics
from components.composite_alarms import (
    CompositeAlarm,
    CompositeAlarms,
    CompositeAlarmsArgs,
    all_of,
    any_of,
    in_alarm,
    none_of,
)
from tests.components.conftest import Engine

TOPIC = "arn:aws:sns:eu-west-1:111122223333"
TOPICS = Topics(critical_arn=f"{TOPIC}:critical", warning_arn=f"{TOPIC}:warning")


def build(engine: Engine) -> CompositeAlarms:
    def program() -> CompositeAlarms:
        errors, hosts = pulumi.Output.from_input("errors-1"), pulumi.Output.from_input("hosts-1")
        down = CompositeAlarm(
            rule=all_of(in_alarm(errors), any_of(in_alarm(hosts), in_alarm("nodes"))),
            description="Users get errors. Look at the pods of the last release.",
        )
        quiet = CompositeAlarm(
            rule=none_of(in_alarm(errors)), description="All is well.", critical=False
        )
        args = CompositeAlarmsArgs(
            alarms={"down": down, "quiet": quiet}, topics=TOPICS, tags={"Team": "data"}
        )
        return CompositeAlarms("app", args)

    return engine.run(program)


def test_a_rule_is_made_of_alarms_by_name(engine: Engine) -> None:
    build(engine)
    cloud = engine.cloud("cloudwatch")
    assert cloud.describe_alarms()["MetricAlarms"] == []
    found = {
        alarm["AlarmName"]: alarm
        for alarm in cloud.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    }
    assert found["app-down"]["AlarmRule"] == (
        '(ALARM("errors-1") AND (ALARM("hosts-1") OR ALARM("nodes")))'
    )
    assert found["app-quiet"]["AlarmRule"] == 'NOT (ALARM("errors-1"))'
    assert found["app-down"]["AlarmActions"] == [f"{TOPIC}:critical"]
    assert found["app-down"]["OKActions"] == [f"{TOPIC}:critical"]
    assert found["app-quiet"]["AlarmActions"] == [f"{TOPIC}:warning"]


def test_composite_alarms_can_be_part_of_others(engine: Engine) -> None:
    alarms = build(engine)
    seen: dict[str, Any] = {}
    engine.run(lambda: pulumi.Output.all(**alarms.names).apply(seen.update))
    assert seen == {"down": "app-down", "quiet": "app-quiet"}


def test_a_rule_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="a rule of no rules; name an alarm"):
        all_of()


REFUSED: list[tuple[dict[str, CompositeAlarm], str]] = [
    ({}, "alarms is empty; name one"),
    ({"down": CompositeAlarm(rule="x", description="")}, "alarms.down.description is empty"),
]


@pytest.mark.parametrize(("alarms", "message"), REFUSED)
def test_an_alarm_that_says_nothing_is_refused(
    alarms: dict[str, CompositeAlarm], message: str
) -> None:
    with pytest.raises(ValueError, match="CompositeAlarmsArgs refused") as caught:
        CompositeAlarmsArgs(alarms=alarms, topics=TOPICS)
    assert message in str(caught.value)
