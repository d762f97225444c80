"""CloudWatch: composite alarms, which moto's model has and its calls do not make."""

from typing import Any

from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult

from .records import Recorded

RECORDED: tuple[Recorded, ...] = ()
_describe = CloudWatchResponse.describe_alarms


def install() -> None:
    """Give moto's class the calls it lacks."""
    CloudWatchResponse.put_composite_alarm = put_composite_alarm
    CloudWatchResponse.describe_alarms = describe_alarms


def put_composite_alarm(self: Any) -> ActionResult:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html."""
    given = self._get_params()
    alarm = self.cloudwatch_backend.put_metric_alarm(
        name=given["AlarmName"],
        rule=given["AlarmRule"],
        description=given.get("AlarmDescription"),
        actions_enabled=given.get("ActionsEnabled", True),
        alarm_actions=given.get("AlarmActions", []),
        ok_actions=given.get("OKActions", []),
        insufficient_data_actions=given.get("InsufficientDataActions", []),
        tags=given.get("Tags"),
        namespace="",
        metric_name="",
        comparison_operator="",
        evaluation_periods=0,
        period=0,
        threshold=0,
        statistic="",
        dimensions=[],
    )
    alarm.actions_suppressor = given.get("ActionsSuppressor")
    alarm.actions_suppressor_wait_period = given.get("ActionsSuppressorWaitPeriod")
    alarm.actions_suppressor_extension_period = given.get("ActionsSuppressorExtensionPeriod")
    return EmptyResult()


def describe_alarms(self: Any) -> ActionResult:
    """AWS shows composite alarms only to a caller who asks for that type."""
    answer: Any = _describe(self).result
    wanted = self._get_param("AlarmTypes") or ["MetricAlarm"]
    composite = [
        {
            "AlarmName": alarm.name,
            "AlarmArn": alarm.alarm_arn,
            "AlarmRule": alarm.rule,
            "AlarmDescription": alarm.description,
            "ActionsEnabled": alarm.actions_enabled,
            "AlarmActions": alarm.alarm_actions,
            "OKActions": alarm.ok_actions,
            "InsufficientDataActions": alarm.insufficient_data_actions,
            "StateValue": alarm.state_value,
            "StateReason": alarm.state_reason,
            "ActionsSuppressor": alarm.actions_suppressor,
            "ActionsSuppressorWaitPeriod": alarm.actions_suppressor_wait_period,
            "ActionsSuppressorExtensionPeriod": alarm.actions_suppressor_extension_period,
        }
        for alarm in answer["CompositeAlarms"]
    ]
    return ActionResult(
        {
            "MetricAlarms": answer["MetricAlarms"] if "MetricAlarm" in wanted else [],
            "CompositeAlarms": composite if "CompositeAlarm" in wanted else [],
        }
    )
