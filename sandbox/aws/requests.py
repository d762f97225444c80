"""The parameters of a call from a resource's inputs, and what found no place in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..provider import Failure, Resource
from .derive import Derived, model
from .shapes import Request
from .template import MISSING, fill, properties

ALWAYS_LOCAL = frozenset({"region", "forceDestroy", "timeouts"})


@dataclass
class Prepared:
    """A call that is ready to go, or the reasons why it is not."""

    operation: str
    parameters: dict[str, Any] = field(default_factory=dict)
    unplaced: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Properties that a variant of the creation does not take; the update call does."""

    def failures(self, type_: str) -> list[Failure]:
        """Each input that is not accounted for, each value that AWS does not take."""
        return [
            Failure(path, f"the sandbox knows no place for this input of {type_}")
            for path in self.unplaced
        ] + [Failure("", problem) for problem in self.problems]


def request_for(derived: Derived, resource: Resource, context: Mapping[str, Any]) -> Prepared:
    """The creating call of a resource."""
    kind, inputs = derived.kind, resource.inputs
    operation = next(
        (name for key, name in kind.variants.items() if inputs.get(key)), derived.create
    )
    prepared = Prepared(operation)
    template = set(properties(kind.create_with))
    followed: frozenset[str] = frozenset().union(*(call.takes for call in kind.after))
    apart = followed | kind.applies | kind.local | kind.kept | ALWAYS_LOCAL
    if kind.make:
        known = apart | kind.makes | {"tags"}
        prepared.unplaced = sorted(
            key for key in inputs if key not in known and not key.startswith("__")
        )
        return prepared
    sent = {
        key: value
        for key, value in inputs.items()
        if key not in apart and (key not in template or key in kind.rename) and key != "tags"
    }
    request = Request(derived.prefixes, kind.rename)
    shape = model(derived.service).operation_model(operation).input_shape
    nested = kind.prepare(sent) if kind.prepare else sent
    prepared.parameters = request.structure(shape, nested)
    filled = fill(kind.create_with, {**context, **(kind.prepare(inputs) if kind.prepare else {})})
    if filled is not MISSING:
        exact = Request()
        prepared.parameters |= exact.structure(shape, filled)
        request.problems += exact.problems
        request.unplaced += exact.unplaced
    _place_tags(request, derived, shape, prepared.parameters, context, "tags" in inputs)
    if operation != derived.create:
        base = properties_of(derived, derived.create, sent) | kind.fixed
        prepared.left = [key for key in request.unplaced if key in base]
        request.unplaced = [key for key in request.unplaced if key not in base]
    prepared.unplaced, prepared.problems = request.unplaced, request.problems
    return prepared


def converted(
    derived: Derived,
    operation: str,
    inputs: Mapping[str, Any],
    filled: Any,
    service: str = "",
) -> dict[str, Any]:
    """Inputs and a filled template as the parameters of an operation."""
    shape = model(service or derived.service).operation_model(operation).input_shape
    kind = derived.kind
    nested = kind.prepare(dict(inputs)) if kind.prepare else inputs
    given = {key: value for key, value in nested.items() if value is not None and key != "tags"}
    parameters = Request(derived.prefixes, kind.rename).structure(shape, given)
    if filled is not MISSING and filled:
        taken = {key: value for key, value in filled.items() if key in shape.members}
        parameters |= Request().structure(shape, taken)
    return parameters


def properties_of(derived: Derived, operation: str, keys: Iterable[str]) -> set[str]:
    """Those of the properties that an operation takes."""
    kind = derived.kind
    shape = model(derived.service).operation_model(operation).input_shape
    request = Request(derived.prefixes, kind.rename)
    apart = kind.local | kind.kept | kind.fixed | kind.alters | kind.applies | {"tags"}
    by_template = frozenset(properties(kind.update_with))
    placed = set()
    for key in keys:
        if key in apart or kind.rename.get(key, key) is None:
            continue
        name = kind.rename.get(key) or request.member(shape, key)
        if (name in shape.members and name != derived.id_member) or key in by_template:
            placed.add(key)
    return placed


def takes_tags(derived: Derived) -> bool:
    """Whether the creating call tags what it makes."""
    if derived.kind.make:
        return False
    shape = model(derived.service).operation_model(derived.create).input_shape
    return ("TagSpecifications" in shape.members and bool(derived.kind.tag_type)) or (
        Request().member(shape, "tags") is not None
    )


def _place_tags(
    request: Request,
    derived: Derived,
    shape: Any,
    parameters: dict[str, Any],
    context: Mapping[str, Any],
    given: bool,
) -> None:
    if not context["tags"]:
        return
    if "TagSpecifications" in shape.members and derived.kind.tag_type:
        parameters["TagSpecifications"] = [
            {"ResourceType": derived.kind.tag_type, "Tags": context["tagList"]}
        ]
    elif member := Request().member(shape, "tags"):
        parameters[member] = request.convert(shape.members[member], context["tags"], "tags")
    elif given and not derived.kind.tag:
        request.unplaced.append("tags")
