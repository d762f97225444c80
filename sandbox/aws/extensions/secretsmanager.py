"""Secrets Manager: a rotation that is scheduled; the sandbox runs no function."""

import time
from typing import Any

from moto.awslambda.utils import get_backend
from moto.secretsmanager.responses import SecretsManagerResponse

from .records import RecordError

_rotate = SecretsManagerResponse.rotate_secret


def install() -> None:
    """Keep moto from running the function, which takes a container and a version to rotate."""
    SecretsManagerResponse.rotate_secret = rotate_secret


def rotate_secret(self: Any) -> Any:
    """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html."""
    arn = self._get_param("RotationLambdaARN")
    if not arn:
        return _rotate(self)
    try:
        get_backend(self.current_account, self.region).get_function(arn)
    except Exception as error:
        raise RecordError("ResourceNotFoundException", f"Resource not found: {arn}.") from error
    self.backend.describe_secret(self._get_param("SecretId"))
    secret = self.backend.secrets[self._get_param("SecretId")]
    days = (self._get_param("RotationRules") or {}).get("AutomaticallyAfterDays", 0)
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = arn
    secret.auto_rotate_after_days = days
    secret.next_rotation_date = int(time.time()) + days * 86400
    return secret.to_short_dict()
