"""Nouns of a service that moto does not know, kept as records behind the same boto3 calls.

A record holds what the creating call was given, in the form that botocore's model says the service
shows it. `status` lists the types made this way as recorded, never as applied.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores

from ..derive import model

Record = dict[str, Any]


class RecordError(ServiceException):  # type: ignore[misc]
    """An error in AWS's words. moto looks for a service named after the module of its own."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A noun of a service that moto does not know."""

    response: type
    """moto's class that answers for the service."""
    service: str
    noun: str
    ids: tuple[str, ...]
    """The members that name one of them together, e.g. cluster and add-on."""
    new_id: str = ""
    """What AWS begins the last of the ids with, where AWS makes it itself: "a-"."""
    arn: str = ""
    """The last part of its ARN, e.g. "usergroup:{UserGroupId}"."""
    gone: str
    """AWS's error code for one that does not exist."""
    member: str = ""
    """The member of an answer that shows one, where it is not the noun."""
    shown: Mapping[str, Any] = field(default_factory=dict)
    """What AWS shows beside what it was given; "{arn}" stands for the ARN."""
    tag: Callable[[Any, str, Any], None] | None = None
    """Hands the tags of the creation to moto: (response, ARN, tags)."""


_RECORDS: dict[tuple[str, str, str, str], dict[tuple[str, ...], Record]] = defaultdict(dict)
_CREATING: set[tuple[str, str]] = set()


def install(nouns: tuple[Recorded, ...]) -> None:
    """Give moto's response classes the calls that botocore's model has for the nouns."""
    for noun in nouns:
        for verb, answer in (
            ("Create", _create),
            ("Put", _put),
            ("Modify", _modify),
            ("Update", _modify),
            ("Delete", _delete),
            ("Describe", _show),
            ("Get", _show),
            ("List", _list),
        ):
            one = f"{verb}{noun.noun}"
            for operation, its_answer in (
                (one, answer),
                (f"{one}s", _list),
                (f"{one[:-1]}ies", _list),
            ):
                if operation in model(noun.service).operation_names:
                    _add(noun, operation, its_answer)
        _CREATING.update((noun.service, f"{verb}{noun.noun}") for verb in ("Create", "Put"))


def is_recorded(service: str, operation: str) -> bool:
    """Whether the creating call is one of ours and not moto's."""
    return (service, operation) in _CREATING


def forget() -> None:
    """Drop every record."""
    _RECORDS.clear()


def store(response: Any, noun: Recorded) -> dict[tuple[str, ...], Record]:
    """The records of a noun in the account and region of a call."""
    key = (noun.service, noun.noun, response.current_account, response.region)
    return _RECORDS[key]


def find(response: Any, noun: Recorded) -> Record:
    """The record that a call names.

    Raises:
        RecordError: there is none, in AWS's words.
    """
    given = response._get_params()
    key = tuple(str(given.get(member)) for member in noun.ids)
    record = store(response, noun).get(key)
    if record is None:
        raise RecordError(noun.gone, f"{noun.noun} {'/'.join(key)} not found.")
    return record


def _add(
    noun: Recorded, operation: str, answer: Callable[[Any, Recorded, str], ActionResult]
) -> None:
    def call(self: Any) -> ActionResult:
        return answer(self, noun, operation)

    call.__name__ = camelcase_to_underscores(operation)
    setattr(noun.response, call.__name__, call)


def _result(noun: Recorded, operation: str, record: Record) -> ActionResult:
    """The record under the member that the operation's output has, or as the output itself."""
    shape = model(noun.service).operation_model(operation).output_shape
    if shape is None:
        return ActionResult({})
    member = (noun.member or noun.noun).lower()
    named = [name for name in shape.members if name.lower() == member]
    return ActionResult({**record, named[0]: record.get(named[0], record)} if named else record)


def _create(response: Any, noun: Recorded, operation: str) -> ActionResult:
    given, kept = dict(response._get_params()), store(response, noun)
    if noun.new_id:
        given[noun.ids[-1]] = f"{noun.new_id}{uuid.uuid4().hex[:17]}"
    key = tuple(str(given[member]) for member in noun.ids)
    if key in kept:
        raise RecordError(
            f"{noun.noun}AlreadyExists", f"{noun.noun} {'/'.join(key)} already exists."
        )
    arn = f"arn:aws:{noun.service}:{response.region}:{response.current_account}:"
    arn += noun.arn.format(**given)
    shown = {name: arn if value == "{arn}" else value for name, value in noun.shown.items()}
    kept[key] = {**shown, **given}
    if noun.tag and (tags := given.get("Tags") or given.get("tags")):
        noun.tag(response, arn, tags)
    return _result(noun, operation, kept[key])


def _put(response: Any, noun: Recorded, operation: str) -> ActionResult:
    key = tuple(str(response._get_params()[member]) for member in noun.ids)
    store(response, noun).pop(key, None)
    return _create(response, noun, operation)


def _modify(response: Any, noun: Recorded, operation: str) -> ActionResult:
    record, given = find(response, noun), response._get_params()
    for key, value in given.items():
        for verb, change in (("ToAdd", set.union), ("ToRemove", set.difference)):
            if key.endswith(verb):
                member = f"{key.removesuffix(verb)}s"
                record[member] = sorted(change(set(record.get(member, [])), set(value)))
                break
        else:
            record[key] = value
    return _result(noun, operation, record)


def _delete(response: Any, noun: Recorded, operation: str) -> ActionResult:
    record = find(response, noun)
    del store(response, noun)[tuple(str(record[member]) for member in noun.ids)]
    return _result(noun, operation, record)


def _show(response: Any, noun: Recorded, operation: str) -> ActionResult:
    return _result(noun, operation, find(response, noun))


def _list(response: Any, noun: Recorded, operation: str) -> ActionResult:
    """Those that the call asks for: structures, or their names where the model lists names."""
    given = response._get_params()
    if given.get(noun.ids[-1]):
        found = [find(response, noun)]
    else:
        asked = {member: given[member] for member in noun.ids if given.get(member)}
        found = [
            record
            for record in store(response, noun).values()
            if asked.items() <= {key: record[key] for key in noun.ids}.items()
        ]
    members = model(noun.service).operation_model(operation).output_shape.members
    name, shape = next((n, s) for n, s in members.items() if s.type_name == "list")
    if shape.member.type_name == "structure":
        return ActionResult({name: found})
    return ActionResult({name: [record[noun.ids[-1]] for record in found]})
