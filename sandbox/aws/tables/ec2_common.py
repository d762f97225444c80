"""What EC2's tables share: tags, ARNs, and rules as AWS spells them."""

from collections.abc import Mapping
from typing import Any

from ..kinds import Call

TAG = Call("CreateTags", {"Resources": ["{id}"], "Tags": "{tagList}"})
UNTAG = Call("DeleteTags", {"Resources": ["{id}"], "Tags": "{goneList}"})
TAGGED: Mapping[str, Any] = {"tag": TAG, "untag": UNTAG}


def arn(noun: str) -> str:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html."""
    return f"arn:aws:ec2:{{region}}:{{account}}:{noun}/{{id}}"
