"""What a table leaves out, read from botocore's model of the service.

A type is derived when the operations are unambiguous: one that creates the noun, one that
deletes it by one required member, and one that shows it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import UnknownServiceError
from moto.core.utils import get_service_model

from .kinds import Call, Kind, Read
from .shapes import bare

SERVICES = {
    "alb": "elbv2",
    "lb": "elbv2",
    "vpc": "ec2",
    "ebs": "ec2",
    "msk": "kafka",
    "sfn": "stepfunctions",
    "cfg": "config",
    "amp": "amp",
    "cognito": "cognito-idp",
    "kinesis": "kinesis",
    "ses": "ses",
    "waf": "wafv2",
    "appautoscaling": "application-autoscaling",
}
CREATE, DELETE = ("Create", "Put", "Register", "Allocate"), ("Delete", "Deregister", "Release")
SHOW, CHANGE = ("Describe", "Get", "List"), ("Modify", "Update", "Put", "Set")


class AmbiguousError(Exception):
    """No table names the type, and botocore's operations do not settle it."""


@dataclass(frozen=True)
class Derived:
    """Everything needed to make, show, change and remove one type."""

    kind: Kind
    service: str
    create: str
    prefixes: tuple[str, ...]
    read: Read | None
    delete: tuple[Call, ...]
    update: tuple[str, ...]
    id_member: str


def model(service: str) -> Any:
    """botocore's model of a service, the one that moto has loaded."""
    return get_service_model(service)


def complete(token: str, kind: Kind) -> Derived:
    """The table's row for a type with its gaps filled.

    Raises:
        AmbiguousError: when the model does not settle what is missing.
    """
    module, type_name = token.split(":")[1].partition("/")[0], token.split(":")[2]
    service = kind.service or SERVICES.get(module, module)
    try:
        operations = set(model(service).operation_names)
    except UnknownServiceError as error:
        raise AmbiguousError(f"{token}: AWS has no service {service!r} here") from error
    nouns = [kind.noun] if kind.noun else list(_nouns(type_name, service))
    for noun in nouns:
        create = kind.create or _first(operations, CREATE, noun)
        if not create and not kind.make:
            continue
        member = _id_member(service, operations, noun, kind)
        if not (kind.delete or kind.remove) and not member:
            continue
        delete = kind.delete
        if not delete and not kind.remove:
            delete = (Call(_first(operations, DELETE, noun), {member: "{id}"}),)
        read = kind.read or (_read(service, operations, noun, member) if not kind.look else None)
        if read is None and not kind.look:
            continue
        update = kind.update or tuple(
            name for verb in CHANGE if (name := f"{verb}{noun}") in operations
        )
        prefixes = (noun, service, "db", "cache", "Group" if noun.endswith("Group") else noun)
        return Derived(kind, service, create, prefixes, read, delete, update, member)
    raise AmbiguousError(
        f"{token}: no table of the sandbox names this type, and {service}'s operations do not "
        f"settle how it is made (looked for Create/Describe/Delete of {' or '.join(nouns)})"
    )


def _nouns(type_name: str, service: str) -> Iterator[str]:
    yield type_name
    for prefix in ("DB", "Cache", service.capitalize(), service.upper()):
        yield f"{prefix}{type_name}"


def _first(operations: set[str], verbs: tuple[str, ...], noun: str) -> str:
    return next((f"{verb}{noun}" for verb in verbs if f"{verb}{noun}" in operations), "")


def _id_member(service: str, operations: set[str], noun: str, kind: Kind) -> str:
    delete = _first(operations, DELETE, noun)
    if not delete:
        return ""
    shape = model(service).operation_model(delete).input_shape
    if shape is None:
        return ""
    required = shape.required_members
    names = [
        name
        for name in (required or shape.members)
        if bare(name)
        in {bare(f"{noun}{end}") for end in ("Id", "Identifier", "Name", "Arn", "Url", "")}
        | {"id", "name", "arn", "identifier", "groupid", "resourcearn"}
    ]
    return (
        names[0]
        if len(names) == 1 or (names and not required)
        else (required[0] if len(required) == 1 else "")
    )


def _read(service: str, operations: set[str], noun: str, member: str) -> Read | None:
    for verb in SHOW:
        for name in (noun, f"{noun}s", f"{noun}es", f"{noun[:-1]}ies"):
            operation = f"{verb}{name}"
            if operation not in operations:
                continue
            shape = model(service).operation_model(operation)
            parameters = _selector(shape.input_shape, member)
            path = _path(shape.output_shape, noun, member)
            if parameters is not None and path:
                return Read(operation, parameters, path)
    return None


def _selector(shape: Any, member: str) -> dict[str, Any] | None:
    if shape is None or not member:
        return None
    if member in shape.members:
        return {member: "{id}"}
    wanted = {bare(member) + "s", bare(member) + "list", bare(member) + "names"}
    for name, inner in shape.members.items():
        if bare(name) in wanted and inner.type_name == "list":
            return {name: ["{id}"]}
    return None


def _path(shape: Any, noun: str, member: str) -> str:
    """Where the answer shows the thing: its own list or structure, or the answer itself."""
    if shape is None or not shape.members:
        return ""
    kinds = {name: inner.type_name for name, inner in shape.members.items()}
    lists = [
        name
        for name, inner in shape.members.items()
        if inner.type_name == "list" and inner.member.type_name == "structure"
    ]
    structures = [name for name, kind in kinds.items() if kind == "structure"]
    scalars = len(kinds) - len(structures) - sum(kind == "list" for kind in kinds.values())
    if named := [name for name in lists if bare(name).startswith(bare(noun))]:
        return f"{named[0]}[0]"
    if named := [name for name in structures if bare(name).startswith(bare(noun))]:
        return str(named[0])
    if member in kinds or scalars >= 3:
        return "@"
    if len(lists) == 1:
        return f"{lists[0]}[0]"
    return structures[0] if len(structures) == 1 else "@"
