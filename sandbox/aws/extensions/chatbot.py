"""AWS Chatbot, a service of which moto has nothing: its address, its class and its records."""

import re
import sys
import types
from collections.abc import Callable
from typing import Any

from moto import backend_index
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from . import records
from .records import Recorded, RecordError

ADDRESS = r"https?://chatbot\.(.+)\.amazonaws\.com"
MODULE = "moto.chatbot"


class Response(BaseResponse):  # type: ignore[misc]
    """Slack channels and their tags."""

    def __init__(self) -> None:
        super().__init__(service_name="chatbot")
        self.automated_parameter_parsing = True

    def create_slack_channel_configuration(self) -> ActionResult:
        """https://docs.aws.amazon.com/chatbot/latest/APIReference/API_CreateSlackChannelConfiguration.html."""
        given = dict(self._get_params())
        name = given["ConfigurationName"]
        kept = records.store(self, CHANNEL)
        if name in {each["ConfigurationName"] for each in kept.values()}:
            raise RecordError("ConflictException", f"{name} already exists.")
        # A configuration is of the account, not of a region: its ARN names none.
        arn = f"arn:aws:chatbot::{self.current_account}:chat-configuration/slack-channel/{name}"
        kept[(arn,)] = {
            "SlackChannelName": name,
            "SlackTeamName": given["SlackTeamId"],
            "SnsTopicArns": [],
            "LoggingLevel": "NONE",
            "UserAuthorizationRequired": False,
            "State": "ENABLED",
            **given,
            "ChatConfigurationArn": arn,
        }
        return ActionResult({"ChannelConfiguration": kept[(arn,)]})

    def update_slack_channel_configuration(self) -> ActionResult:
        """https://docs.aws.amazon.com/chatbot/latest/APIReference/API_UpdateSlackChannelConfiguration.html."""
        record = records.find(self, CHANNEL)
        record.update(self._get_params())
        return ActionResult({"ChannelConfiguration": record})

    def _tags(self) -> dict[str, str]:
        arn = self._get_params()["ResourceARN"]
        record = records.store(self, CHANNEL).get((arn,))
        if record is None:
            raise RecordError("ResourceNotFoundException", f"{arn} not found.")
        return {tag["TagKey"]: tag["TagValue"] for tag in record.get("Tags") or []}

    def _retag(self, tags: dict[str, str]) -> ActionResult:
        record = records.store(self, CHANNEL)[(self._get_params()["ResourceARN"],)]
        record["Tags"] = [{"TagKey": key, "TagValue": value} for key, value in tags.items()]
        return EmptyResult()

    def tag_resource(self) -> ActionResult:
        """https://docs.aws.amazon.com/chatbot/latest/APIReference/API_TagResource.html."""
        given = self._get_params()["Tags"]
        return self._retag(self._tags() | {tag["TagKey"]: tag["TagValue"] for tag in given})

    def untag_resource(self) -> ActionResult:
        """https://docs.aws.amazon.com/chatbot/latest/APIReference/API_UntagResource.html."""
        gone = self._get_params()["TagKeys"]
        return self._retag({k: v for k, v in self._tags().items() if k not in gone})


class Backend(BaseBackend):  # type: ignore[misc]
    """What moto's dispatcher looks for: the addresses of the service."""

    @property
    def urls(self) -> dict[str, Callable[..., Any]]:
        """Every path goes to the class, which finds the operation by botocore's model."""
        return {f"{ADDRESS}/.*$": Response.dispatch}

    @property
    def flask_paths(self) -> dict[str, Callable[..., Any]]:
        """The same for moto's server."""
        return {"/<path:path>": Response.dispatch}


CHANNEL = Recorded(
    response=Response,
    service="chatbot",
    noun="SlackChannelConfiguration",
    ids=("ChatConfigurationArn",),
    gone="ResourceNotFoundException",
)
RECORDED: tuple[Recorded, ...] = (CHANNEL,)
OWN = {
    name: call for name, call in vars(Response).items() if name.startswith(("create_", "update_"))
}


def install() -> None:
    """Tell moto of the service, under the name that it would have there."""
    for name, call in OWN.items():
        setattr(Response, name, call)
    if MODULE in sys.modules:
        return
    module = types.ModuleType(MODULE)
    module.chatbot_backends = BackendDict(  # type: ignore[attr-defined]
        Backend, "chatbot", additional_regions=["us-east-1"]
    )
    sys.modules[MODULE] = module
    backend_index.backend_url_patterns.append(("chatbot", re.compile(ADDRESS)))
