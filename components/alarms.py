"""CloudWatch alarms as data: what is measured, against which threshold, and who hears of it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

Comparison = Literal["GreaterThanThreshold", "LessThanThreshold"]


@dataclass(frozen=True, kw_only=True)
class Topics:
    """Where alarms go: one topic wakes people, the other is read in the morning."""

    critical_arn: pulumi.Input[str]
    warning_arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One alarm on one metric, or on the sum of several."""

    role: str
    """What the alarm is about; it names the resource, so it never changes."""
    metrics: tuple[str, ...]
    """One metric, or several that are added up."""
    comparison: Comparison = "GreaterThanThreshold"
    threshold: float
    description: str
    """What has happened and what to do first."""
    critical: bool = False
    statistic: str = "Average"
    period_seconds: int = 300
    evaluation_periods: int = 3
    missing_data: Literal["breaching", "notBreaching", "missing"] = "missing"
    """What no data means. "missing": neither good nor bad, so nobody is told."""


def make_alarms(
    name: str,
    *,
    namespace: str,
    dimensions: Mapping[str, pulumi.Input[str]],
    alarms: Iterable[Alarm],
    topics: Topics,
    tags: Mapping[str, str],
    child: pulumi.ResourceOptions,
) -> dict[str, pulumi.Output[str]]:
    """The alarms of one resource, each named after its role; their names in AWS by role."""
    names: dict[str, pulumi.Output[str]] = {}
    for alarm in alarms:
        topic = topics.critical_arn if alarm.critical else topics.warning_arn
        label = f"{name}-{alarm.role}"
        common = {
            "alarm_description": alarm.description,
            "comparison_operator": alarm.comparison,
            "threshold": alarm.threshold,
            "evaluation_periods": alarm.evaluation_periods,
            "datapoints_to_alarm": alarm.evaluation_periods,
            "treat_missing_data": alarm.missing_data,
            "alarm_actions": [topic],
            "ok_actions": [topic],
            "tags": {**tags, "Name": label},
        }
        if len(alarm.metrics) == 1:
            made = aws.cloudwatch.MetricAlarm(
                label,
                namespace=namespace,
                metric_name=alarm.metrics[0],
                dimensions=dict(dimensions),
                statistic=alarm.statistic,
                period=alarm.period_seconds,
                opts=child,
                **common,
            )
        else:
            made = aws.cloudwatch.MetricAlarm(
                label,
                metric_queries=_sum(alarm, namespace, dimensions),
                opts=child,
                **common,
            )
        names[alarm.role] = made.name
    return names


def _sum(
    alarm: Alarm, namespace: str, dimensions: Mapping[str, pulumi.Input[str]]
) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgs]:
    parts = [
        aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id=f"m{number}",
            metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=namespace,
                metric_name=metric,
                dimensions=dict(dimensions),
                stat=alarm.statistic,
                period=alarm.period_seconds,
            ),
        )
        for number, metric in enumerate(alarm.metrics, start=1)
    ]
    total = aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id="total",
        expression=" + ".join(f"m{number}" for number in range(1, len(parts) + 1)),
        label=" + ".join(alarm.metrics),
        return_data=True,
    )
    return [*parts, total]
