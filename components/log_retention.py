"""How long CloudWatch Logs can keep a log group's events.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


def problem_of_log_retention(field: str, days: int) -> str | None:
    """What is wrong with a number of days, with the next longer one that AWS takes."""
    if days in LOG_RETENTION_DAYS:
        return None
    longer = min((each for each in LOG_RETENTION_DAYS if each > days), default=3653)
    return f"{field}={days}; CloudWatch Logs keeps fixed periods, use {longer}"
