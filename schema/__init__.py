"""What a stack file may hold, read off the settings: JSON Schema for editors, a page for people."""

import json
from pathlib import Path
from typing import Any

import settings

FILE = Path(__file__).parent / "stack.schema.json"


def stack_schema() -> dict[str, Any]:
    """What a stack file may hold, as JSON Schema 2020-12."""
    generated = settings.Settings.model_json_schema(by_alias=True)
    definitions = generated.pop("$defs", {})
    generated.pop("title", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stack of the platform",
        "type": "object",
        "properties": {
            "config": generated,
            # What `pulumi stack init` notes for the secrets of a stack.
            "secretsprovider": {"type": "string"},
            "encryptedkey": {"type": "string"},
            "encryptionsalt": {"type": "string"},
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(stack_schema(), indent=2) + "\n"
