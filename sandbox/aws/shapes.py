"""Pulumi's properties to the parameters of an AWS call, and back, by botocore's shapes.

Names are matched without case, hyphens and a plural s; what does not match is renamed in the
tables. A property that finds no place is reported, never dropped.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..sdk import ANY, Type

Json = Any


def bare(name: str) -> str:
    """A name without what the two worlds disagree on."""
    return name.replace("-", "").replace("_", "").lower()


def singular(name: str) -> str:
    """A bare name without its plural s."""
    return name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")


@dataclass
class Request:
    """Parameters for one operation, filled from properties."""

    prefixes: Sequence[str] = ()
    rename: Mapping[str, str | None] = field(default_factory=dict)
    unplaced: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def structure(self, shape: Any, value: Mapping[str, Any], path: str = "") -> dict[str, Json]:
        """A structure's members from an object's properties."""
        members: dict[str, Json] = {}
        for key, item in value.items():
            if key.startswith("__") or item is None:
                continue
            inner = f"{path}.{key}" if path else key
            if inner in self.rename and self.rename[inner] is None:
                continue
            name = self.rename.get(inner) or self.member(shape, key)
            if name is None or name not in shape.members:
                self.unplaced.append(inner)
                continue
            members[name] = self.convert(shape.members[name], item, inner)
        return members

    def member(self, shape: Any, key: str) -> str | None:
        """The member that a property means, or None."""
        wanted = [bare(key), *(bare(prefix + key) for prefix in self.prefixes)]
        by_name: dict[str, str] = {bare(name): name for name in shape.members}
        for name in wanted:
            if name in by_name:
                return by_name[name]
        by_singular = {singular(name): original for name, original in by_name.items()}
        return next(
            (by_singular[singular(name)] for name in wanted if singular(name) in by_singular), None
        )

    def convert(self, shape: Any, value: Any, path: str) -> Json:
        """One value in the form that its shape asks for."""
        match shape.type_name:
            case "structure":
                return self._one(shape, value, path)
            case "list":
                return self._list(shape, value, path)
            case "map":
                return {k: self.convert(shape.value, v, path) for k, v in value.items()}
            case _:
                return self._scalar(shape, value, path)

    def _one(self, shape: Any, value: Any, path: str) -> Json:
        if isinstance(value, list):
            value = value[0] if value else {}
        if not isinstance(value, Mapping):
            # Lists wrapped as {"Quantity": n, "Items": [...]}.
            if len(shape.members) == 1:
                (name,) = shape.members
                return {name: self.convert(shape.members[name], value, path)}
            self.problems.append(f"{path}={value!r} is no object")
            return {}
        return self.structure(shape, value, path)

    def _list(self, shape: Any, value: Any, path: str) -> Json:
        item = shape.member
        if isinstance(value, Mapping) and item.type_name == "structure":
            if pair := key_value_members(item):
                return [{pair[0]: k, pair[1]: str(v)} for k, v in value.items()]
            value = [value]
        if not isinstance(value, list):
            value = [value]
        return [self.convert(item, entry, path) for entry in value]

    def _scalar(self, shape: Any, value: Any, path: str) -> Json:
        match shape.type_name:
            case "integer" | "long":
                value = int(value)
            case "float" | "double":
                value = float(value)
            case "boolean":
                value = value if isinstance(value, bool) else str(value).lower() == "true"
            case "string":
                value = str(value).lower() if isinstance(value, bool) else str(value)
            case "blob":
                value = value.encode() if isinstance(value, str) else value
        self.problems.extend(constraint_problems(shape, value, path))
        return value


def constraint_problems(shape: Any, value: Any, path: str) -> Iterable[str]:
    """What botocore does not check itself: enumerations, ranges, lengths and patterns."""
    if shape.type_name == "string":
        if shape.enum and value not in shape.enum:
            yield f"{path}={value!r}; AWS takes {', '.join(shape.enum[:12])}"
        size, what = len(value), "characters"
    elif shape.type_name in ("integer", "long", "float", "double"):
        size, what = value, ""
    else:
        return
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        lowest = "…" if low is None else low
        yield f"{path}={value!r}; AWS takes {lowest} to {high} {what}".strip()
    pattern = shape.metadata.get("pattern")
    if pattern and shape.type_name == "string" and not _matches(pattern, value):
        yield f"{path}={value!r}; AWS takes what matches {pattern}"


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value, re.DOTALL) is not None
    except re.error:
        # Some models carry Java's syntax.
        return True


def key_value_members(shape: Any) -> tuple[str, str] | None:
    """The members of a pair such as {Key, Value} or {TagKey, TagValue}."""
    names = list(shape.members)
    key = next((n for n in names if bare(n) in ("key", "tagkey", "name")), None)
    value = next((n for n in names if bare(n) in ("value", "tagvalue")), None)
    return (key, value) if key and value and len(names) <= 3 else None


def from_aws(
    wanted: Mapping[str, Type],
    data: Mapping[str, Any],
    prefixes: Sequence[str] = (),
    rename: Mapping[str, str | None] | None = None,
    path: str = "",
) -> dict[str, Any]:
    """The properties that a described thing shows; what it does not show is left out."""
    names = {bare(name): name for name in data}
    singulars = {singular(name): original for name, original in names.items()}
    found: dict[str, Any] = {}
    for key, type_ in wanted.items():
        inner = f"{path}.{key}" if path else key
        if rename and inner in rename:
            member = rename[inner]
        else:
            candidates = [bare(key), *(bare(prefix + key) for prefix in prefixes)]
            member = next((names[c] for c in candidates if c in names), None) or next(
                (singulars[singular(c)] for c in candidates if singular(c) in singulars), None
            )
        if member is None or data.get(member) is None:
            continue
        value = _value(type_, data[member], prefixes, rename, inner)
        if value is not None:
            found[key] = value
    return found


def _value(wanted: Type, value: Any, prefixes: Sequence[str], rename: Any, path: str) -> Any:
    match wanted.name, value:
        case "object", Mapping():
            return from_aws(wanted.fields, value, prefixes, rename, path)
        case "list", list():
            items = [_value(wanted.item or ANY, item, prefixes, rename, path) for item in value]
            return [item for item in items if item is not None]
        case "list", Mapping():
            item = _value(wanted.item or ANY, value, prefixes, rename, path)
            return [item] if item is not None else None
        case "map", list():
            return {
                next(v for k, v in pair.items() if bare(k).endswith("key")): next(
                    v for k, v in pair.items() if bare(k).endswith("value")
                )
                for pair in value
                if isinstance(pair, Mapping) and any(bare(k).endswith("key") for k in pair)
            }
        case "map", Mapping():
            return dict(value)
        case "string", Mapping() if "Statement" in value:
            return json.dumps(value)
        case _:
            return _scalar_of(wanted.name, value)


def _scalar_of(name: str, value: Any) -> Any:
    if isinstance(value, Mapping | list):
        return None
    try:
        match name:
            case "integer":
                return int(value)
            case "number":
                return float(value)
            case "boolean":
                return value if isinstance(value, bool) else str(value).lower() == "true"
            case "string":
                if isinstance(value, bool):
                    return str(value).lower()
                return value.isoformat() if hasattr(value, "isoformat") else str(value)
    except ValueError:
        return None
    return value if isinstance(value, str | int | float | bool) else None
