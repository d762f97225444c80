"""boto3 clients on the embedded moto: cached, since each takes a tenth of a second to make."""

import threading
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from ..project import DEFAULT_ACCOUNT, DEFAULT_REGION
from ..provider import GoneError, RefusedError

GONE = ("notfound", "nosuch", "doesnotexist", "notexist", "404")


class Session:
    """Clients for one account; moto keeps accounts and regions apart."""

    def __init__(self) -> None:
        self.account = DEFAULT_ACCOUNT
        self.region = DEFAULT_REGION
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        self._boto = boto3.session.Session(
            aws_access_key_id="sandbox",
            aws_secret_access_key="sandbox",  # noqa: S106
        )

    def client(self, service: str, region: str | None = None) -> Any:
        """The client of a service in the account of this run."""
        key = (service, region or self.region)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._make(*key)
            return self._clients[key]

    def _make(self, service: str, region: str) -> Any:
        client = self._boto.client(  # type: ignore[call-overload]
            service, region_name=region, config=Config(retries={"total_max_attempts": 1})
        )

        def name_account(request: Any, **_: Any) -> None:
            request.headers["x-moto-account-id"] = self.account

        client.meta.events.register("before-sign.*.*", name_account)
        return client

    def call(
        self, service: str, operation: str, parameters: dict[str, Any], region: str | None = None
    ) -> dict[str, Any]:
        """Run one operation by its AWS name.

        Raises:
            GoneError: the thing is not there.
            RefusedError: AWS's own error, as its code and message.
        """
        client = self.client(service, region)
        try:
            answer = client._make_api_call(operation, parameters)
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
            if is_gone(code, message):
                raise GoneError(f"{operation}: {code}: {message}") from error
            raise RefusedError(f"{service} {operation}: {code}: {message}") from error
        except NotImplementedError as error:
            raise RefusedError(f"{service} {operation}: moto has no such call") from error
        answer.pop("ResponseMetadata", None)
        return dict(answer)


def is_gone(code: str, message: str) -> bool:
    """Whether an AWS error says that the thing does not exist."""
    text = code.replace(".", "").lower()
    return any(sign in text for sign in GONE) or "does not exist" in message.lower()
