"""What a package's schema says of a resource type, read from the package's own typed Python SDK.

The SDK is generated from the schema, so its classes name every property with its type.
"""

import collections.abc
import importlib
import inspect
import threading
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pulumi import _types as types
from pulumi.asset import Archive, Asset

from .provider import Failure
from .wire import SIGNATURE, UNKNOWN

# The SDK's modules load lazily, and a second thread would see one half loaded.
_LOADING = threading.Lock()
ASSET_SIGNATURES = {"c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"}


class UnknownTypeError(Exception):
    """The package has no such resource type."""


@dataclass(frozen=True)
class Type:
    """One property's type: a scalar, or a container of another type, or an object of fields."""

    name: str
    item: "Type | None" = None
    fields: Mapping[str, "Type"] = field(default_factory=dict)
    required: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Schema:
    """The properties a resource type takes and gives."""

    inputs: Type
    outputs: Mapping[str, Type]


ANY = Type("any")
SCALARS = {str: Type("string"), int: Type("integer"), float: Type("number"), bool: Type("boolean")}


@cache
def schema(token: str) -> Schema:
    """The schema of a token such as `aws:ec2/vpc:Vpc`.

    Raises:
        UnknownTypeError: the package's SDK has no class of that name.
    """
    with _LOADING:
        return _schema(token)


def _schema(token: str) -> Schema:
    package, module, name = token.split(":")
    area = module.split("/")[0]
    path = f"pulumi_{package.replace('-', '_')}" + ("" if area == "index" else f".{area}")
    try:
        resource = getattr(importlib.import_module(path), name)
        defined = importlib.import_module(resource.__module__)
        # The generator says InitArgs where a nested type has taken the name.
        arguments = getattr(defined, f"{name}InitArgs", None) or getattr(defined, f"{name}Args")
    except (ImportError, AttributeError) as error:
        raise UnknownTypeError(token) from error
    outputs = {k: _type(v) for k, v in types.resource_types(resource).items()}
    return Schema(_object(arguments), outputs)


@cache
def _object(cls: Any) -> Type:
    if not types.is_input_type(cls):
        return Type("object", fields={k: _type(v) for k, v in types.output_type_types(cls).items()})
    names = types.input_type_py_to_pulumi_names(cls)
    required = frozenset(
        names[python]
        for python, parameter in inspect.signature(cls.__init__).parameters.items()
        if python in names and parameter.default is inspect.Parameter.empty
    )
    fields = {k: _type(v) for k, v in types.input_type_types(cls).items()}
    return Type("object", fields=fields, required=required)


def _type(annotation: Any) -> Type:
    if annotation in SCALARS:
        return SCALARS[annotation]
    if annotation in (Asset, Archive):
        return Type("asset")
    origin = typing.get_origin(annotation)
    if origin is typing.Union:
        return _first(annotation)
    if origin in (collections.abc.Sequence, list):
        return Type("list", item=_type(typing.get_args(annotation)[0]))
    if origin in (collections.abc.Mapping, dict):
        return Type("map", item=_type(typing.get_args(annotation)[1]))
    if inspect.isclass(annotation) and (
        types.is_input_type(annotation) or types.is_output_type(annotation)
    ):
        return _object(annotation)  # type: ignore[arg-type]
    return ANY


def _first(union: Any) -> Type:
    """The plain alternative of an input's union: not the awaitable, not the Output."""
    plain = (
        argument
        for argument in typing.get_args(union)
        if typing.get_origin(argument) not in (collections.abc.Awaitable,)
        and "Output" not in str(argument)
        and argument is not type(None)
    )
    return next((found for found in map(_type, plain) if found is not ANY), ANY)


def problems(wanted: Type, value: Any, path: str = "") -> Iterator[Failure]:
    """What does not fit the type, each with the path of the property."""
    if value is UNKNOWN or value is None or wanted.name == "any":
        return
    match wanted.name, value:
        case "object", Mapping():
            yield from _object_problems(wanted, value, path)
        case "map", Mapping():
            for key, item in value.items():
                yield from problems(wanted.item or ANY, item, f"{path}.{key}")
        case "list", list():
            for index, item in enumerate(value):
                yield from problems(wanted.item or ANY, item, f"{path}[{index}]")
        case "asset", Mapping() if value.get(SIGNATURE) in ASSET_SIGNATURES:
            return
        case _ if not _scalar_fits(wanted.name, value):
            yield Failure(path, f"takes {_article(wanted)}, got {value!r}")


def _object_problems(wanted: Type, value: Mapping[str, Any], path: str) -> Iterator[Failure]:
    from difflib import get_close_matches  # noqa: PLC0415  needed for mistakes only

    for key, item in value.items():
        inner = f"{path}.{key}" if path else key
        if key in wanted.fields:
            yield from problems(wanted.fields[key], item, inner)
        elif not key.startswith("__"):
            near = get_close_matches(key, wanted.fields, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield Failure(inner, f"no such property{hint}")
    for key in sorted(wanted.required - value.keys()):
        yield Failure(f"{path}.{key}" if path else key, "is required and missing")


def _scalar_fits(name: str, value: Any) -> bool:
    # The engine turns numbers and booleans into strings, and back, as the schema asks.
    match name:
        case "string":
            return isinstance(value, str | int | float | bool)
        case "integer":
            return isinstance(value, int) or (
                isinstance(value, str) and value.lstrip("-").isdigit()
            )
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool) or value in ("true", "false")
    return False


def _article(wanted: Type) -> str:
    return f"an {wanted.name}" if wanted.name[0] in "aeio" else f"a {wanted.name}"
