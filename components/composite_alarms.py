"""Alarms on alarms: what several of them mean together.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.alarms import Topics
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 100
Rule = pulumi.Input[str]


def in_alarm(alarm_name: pulumi.Input[str]) -> pulumi.Output[str]:
    """The rule that an alarm, by its name in AWS, is in ALARM."""
    return pulumi.Output.format('ALARM("{0}")', alarm_name)


def all_of(*rules: Rule) -> pulumi.Output[str]:
    """The rule that each of the rules holds."""
    return _joined(" AND ", rules)


def any_of(*rules: Rule) -> pulumi.Output[str]:
    """The rule that one of the rules holds."""
    return _joined(" OR ", rules)


def none_of(*rules: Rule) -> pulumi.Output[str]:
    """The rule that no rule holds."""
    return pulumi.Output.format("NOT {0}", any_of(*rules))


def _joined(word: str, rules: tuple[Rule, ...]) -> pulumi.Output[str]:
    if not rules:
        raise ValueError("a rule of no rules; name an alarm, e.g. in_alarm(name)")
    joined: pulumi.Output[str] = pulumi.Output.all(*rules).apply(
        lambda each: f"({word.join(each)})"
    )
    return joined


@dataclass(frozen=True, kw_only=True)
class CompositeAlarm:
    """What several alarms mean when they come together."""

    rule: Rule
    """Of `in_alarm`, `all_of`, `any_of` and `none_of`."""
    description: str
    """What has happened and what to do first."""
    critical: bool = True


@dataclass(frozen=True, kw_only=True)
class CompositeAlarmsArgs:
    """Composite alarms by label.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    alarms: Mapping[str, CompositeAlarm]
    topics: Topics
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse(
            "CompositeAlarmsArgs",
            None
            if self.alarms
            else "alarms is empty; name one, e.g. {'down': CompositeAlarm(...)}",
            *(
                f"alarms.{label}.description is empty; say what to do first"
                for label, alarm in self.alarms.items()
                if not alarm.description
            ),
        )


class CompositeAlarms(pulumi.ComponentResource):
    """Alarms named `<name>-<label>` in AWS."""

    names: dict[str, pulumi.Output[str]]

    def __init__(
        self, name: str, args: CompositeAlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("CompositeAlarms", name, MAX_NAME_LENGTH, "app-composite")
        super().__init__("platform:composite_alarms:CompositeAlarms", name, None, opts)
        self.names = {}
        for label, alarm in args.alarms.items():
            topic = args.topics.critical_arn if alarm.critical else args.topics.warning_arn
            made = aws.cloudwatch.CompositeAlarm(
                f"{name}-{label}",
                alarm_name=f"{name}-{label}",
                alarm_rule=alarm.rule,
                alarm_description=alarm.description,
                alarm_actions=[topic],
                ok_actions=[topic],
                tags={**args.tags, "Name": f"{name}-{label}"},
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.names[label] = made.alarm_name
        self.register_outputs({"names": self.names})
