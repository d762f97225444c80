"""Who hears of backups that fail, and of backups that never ran.

https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html
https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
"""

from collections.abc import Iterable

from components.alarms import Alarm
from components.backup_plan import BackupRule
from components.event_rules import Event

DAY_SECONDS = 86_400
# Backup and copy jobs report a state, restore jobs a status.
EVENTS = {
    "backup-jobs": Event(
        pattern={
            "source": ["aws.backup"],
            "detail-type": ["Backup Job State Change"],
            "detail": {"state": ["FAILED", "ABORTED", "EXPIRED"]},
        },
        description="A backup job did not finish. The event says of which resource and why.",
    ),
    "copy-jobs": Event(
        pattern={
            "source": ["aws.backup"],
            "detail-type": ["Copy Job State Change"],
            "detail": {"state": ["FAILED"]},
        },
        description="A copy to the second region failed. The event says of what and why.",
    ),
    "restore-jobs": Event(
        pattern={
            "source": ["aws.backup"],
            "detail-type": ["Restore Job State Change"],
            "detail": {"status": ["FAILED", "ABORTED"]},
        },
        description="A restore or a restore test failed. Backups may be of no use: look now.",
        critical=True,
    ),
}


def vault_alarms(rules: Iterable[BackupRule], copied: bool) -> list[Alarm]:
    """The alarms of a vault. They page; the events beside them tell which job and why."""

    def failed(role: str, metric: str, description: str) -> Alarm:
        return Alarm(
            role=role,
            metrics=(metric,),
            threshold=0,
            description=description,
            critical=True,
            statistic="Sum",
            period_seconds=3600,
            evaluation_periods=1,
            missing_data="notBreaching",
        )

    alarms = [
        failed("failed", "NumberOfBackupJobsFailed", "A backup failed. Start one by hand."),
        failed(
            "expired",
            "NumberOfBackupJobsExpired",
            "A backup did not start in its window. Look for a clash with the database's windows.",
        ),
    ]
    if copied:
        alarms.append(
            failed(
                "copy-failed",
                "NumberOfCopyJobsFailed",
                "A copy to the second region failed. Check its vault and key, and copy by hand.",
            )
        )
    if any(runs_daily(rule.schedule) for rule in rules):
        alarms.append(
            Alarm(
                role="missing",
                metrics=("NumberOfBackupJobsCompleted",),
                comparison="LessThanThreshold",
                threshold=1,
                description="No backup for two days. Look for the resources' Backup tag.",
                critical=True,
                statistic="Sum",
                period_seconds=DAY_SECONDS,
                evaluation_periods=2,
                missing_data="breaching",
            )
        )
    return alarms


def restore_alarm(resource_type: str) -> Alarm:
    """Restore jobs are counted by what they restore."""
    return Alarm(
        role=f"restore-failed-{resource_type.lower()}",
        metrics=("NumberOfRestoreJobsFailed",),
        threshold=0,
        description=f"A restore of {resource_type} failed. Its backups may be of no use.",
        critical=True,
        statistic="Sum",
        period_seconds=3600,
        evaluation_periods=1,
        missing_data="notBreaching",
    )


def runs_daily(schedule: str) -> bool:
    """Whether an AWS cron expression names every day."""
    _, _, day, month, weekday, year = schedule.removeprefix("cron(").removesuffix(")").split()
    return {day, weekday} <= {"*", "?"} and (month, year) == ("*", "*")
