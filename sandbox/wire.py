"""Pulumi's property values on the wire, to and from plain Python.

https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go
The engine keeps secrets secret itself for a provider that does not accept them, so a
secret arrives here as its value; an unknown stays UNKNOWN.
"""

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
UNKNOWN_VALUES = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


class Unknown:
    """A value that the engine will know only after something else was created."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN = Unknown()


def from_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """One object of the engine as a dictionary."""
    return {key: _from_value(value) for key, value in struct.fields.items()}


def _from_value(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            text = value.string_value
            return UNKNOWN if text in UNKNOWN_VALUES else text
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_from_value(item) for item in value.list_value.values]
        case "struct_value":
            return _from_object(from_struct(value.struct_value))
        case _:
            return None


def _from_object(value: dict[str, Any]) -> Any:
    match value.get(SIGNATURE):
        case str() as signature if signature == SECRET:
            return value["value"]
        case str() as signature if signature == OUTPUT:
            return value.get("value", UNKNOWN)
        case str() as signature if signature == RESOURCE:
            return value.get("id") or value["urn"]
    return value


def to_struct(value: Mapping[str, Any]) -> struct_pb2.Struct:
    """A dictionary as an object of the engine; None is left out."""
    struct = struct_pb2.Struct()
    for key, item in value.items():
        if item is not None:
            _fill(struct.fields[key], item)
    return struct


def _fill(target: struct_pb2.Value, value: Any) -> None:
    if value is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif value is UNKNOWN:
        target.string_value = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, Mapping):
        target.struct_value.SetInParent()
        for key, item in value.items():
            if item is not None:
                _fill(target.struct_value.fields[key], item)
    else:
        target.list_value.SetInParent()
        for item in value:
            _fill(target.list_value.values.add(), item)


def has_unknown(value: Any) -> bool:
    """Whether any part of a value is not known yet."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN
