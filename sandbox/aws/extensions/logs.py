"""CloudWatch Logs: a key for a log group that exists."""

from typing import Any

from moto.logs.responses import LogsResponse


def install() -> None:
    """Give moto's class the call it lacks."""
    LogsResponse.associate_kms_key = associate_kms_key


def associate_kms_key(self: Any) -> str:
    """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html."""
    group = self.logs_backend.groups[self._get_param("logGroupName")]
    group.kms_key_id = self._get_param("kmsKeyId")
    return ""
