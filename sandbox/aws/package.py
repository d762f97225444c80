"""pulumi-aws on moto: every input goes to a call, a follow-up or the table's local list."""

import hashlib
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

import jmespath

from ..provider import Failure, GoneError, Properties, RefusedError, Resource
from ..sdk import Schema, UnknownTypeError, problems, schema
from ..wire import UNKNOWN, has_unknown
from . import invokes
from .derive import AmbiguousError, Derived, complete, model
from .kinds import Call, Kind, Read
from .ledger import Entry, Ledger
from .session import Session
from .shapes import Request, bare, from_aws
from .tables import KINDS
from .template import MISSING, fill

ALWAYS_LOCAL = frozenset({"region", "forceDestroy", "timeouts"})


class AwsPackage:
    """What the engine asks of `aws`, answered by moto."""

    name = "aws"

    def __init__(self) -> None:
        self.version = version("pulumi-aws")
        self.session = Session()
        self.ledger = Ledger()
        self.default_tags: dict[str, str] = {}
        self._derived: dict[str, Derived] = {}

    def configure(self, config: Mapping[str, Any]) -> None:
        """Region, account and default tags of the provider, for the run that begins."""
        import json  # noqa: PLC0415

        def read(key: str) -> Any:
            value = config.get(key)
            return json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value

        self.session.region = config.get("region") or "us-east-1"
        accounts = read("allowedAccountIds") or []
        self.session.account = accounts[0] if accounts else "123456789012"
        self.default_tags = (read("defaultTags") or {}).get("tags") or {}
        self.ledger.begin()

    def seen(self, urn: str, id: str) -> None:
        """The engine's state holds this id."""
        self.ledger.seen(urn, id)

    def orphans(self, urn: str) -> list[tuple[Resource, str]]:
        """What a killed run made and did not record."""
        return [(resource, resource.id) for resource in self.ledger.orphans(urn)]

    def derived(self, type_: str) -> Derived:
        """The calls behind a type, from the table or from botocore's model."""
        if type_ not in self._derived:
            self._derived[type_] = complete(type_, KINDS.get(type_, Kind()))
        return self._derived[type_]

    def check(
        self, resource: Resource, old: Properties, seed: bytes
    ) -> tuple[Properties, Iterable[Failure]]:
        """Property names and types by the schema; physical names as pulumi-aws makes them."""
        inputs = dict(resource.inputs)
        try:
            wanted = schema(resource.type)
            derived = self.derived(resource.type)
        except UnknownTypeError:
            return inputs, [Failure("", f"pulumi-aws has no resource type {resource.type}")]
        except AmbiguousError as error:
            return inputs, [Failure("", str(error))]
        failures = list(problems(wanted.inputs, inputs))
        for key, value in derived.kind.defaults.items():
            inputs.setdefault(key, value)
        named = derived.kind.autoname or _naming_property(derived, wanted)
        if named and named not in inputs and f"{named}Prefix" not in inputs:
            inputs[named] = old.get(named) or self._autoname(resource.name, derived.kind, seed)
        elif named and named not in inputs:
            prefix = inputs[f"{named}Prefix"]
            inputs[named] = old.get(named) or f"{prefix}{_suffix(resource.urn, seed)}"
        if not failures and not has_unknown(inputs):
            failures += self._placing_failures(resource.type, derived, inputs)
        return inputs, failures

    def _autoname(self, name: str, kind: Kind, seed: bytes) -> str:
        name = f"{name}-{_suffix(name, seed)}"
        return name.lower() if kind.autoname_lower else name

    def _placing_failures(
        self, type_: str, derived: Derived, inputs: Properties
    ) -> Iterable[Failure]:
        request, _ = self._request(derived, inputs, self._context(Resource("", type_, "", inputs)))
        for path in request.unplaced:
            yield Failure(path, f"the sandbox knows no place for this input of {type_}")
        for problem in request.problems:
            yield Failure("", problem)

    def replaces(self, resource: Resource, changed: str) -> bool:
        """Whether no call of AWS changes the property in place."""
        derived = self.derived(resource.type)
        kind = derived.kind
        if changed in kind.fixed:
            return True
        if changed in kind.local or changed in ALWAYS_LOCAL - {"region"}:
            return False
        if changed in kind.changes and kind.change:
            return False
        if changed == "tags":
            return False
        if any(changed in call.takes for call in kind.after):
            return False
        return not any(
            changed in _properties_of(derived, operation, [changed])
            for operation in derived.update
        )

    def deletes_first(self, resource: Resource) -> bool:
        """A thing whose name is given by the program cannot exist twice."""
        derived = self.derived(resource.type)
        if derived.kind.deletes_first:
            return True
        named = derived.kind.autoname or _naming_property(derived, schema(resource.type))
        return bool(named) and resource.inputs.get(named) == resource.state.get(named)

    def create(self, resource: Resource) -> tuple[str, Properties]:
        """Make it in moto, run what follows, and read what is there."""
        derived = self.derived(resource.type)
        kind, context = derived.kind, self._context(resource)
        region = resource.inputs.get("region")
        if kind.make:
            id_, result = kind.make(self.session, resource, self._tags(resource.inputs))
        else:
            request, parameters = self._request(derived, resource.inputs, context)
            if request.unplaced or request.problems:
                raise RefusedError(
                    "; ".join([*request.problems, *map(_unplaced, request.unplaced)])
                )
            result = (
                {}
                if kind.recorded
                else self._call(derived.service, derived.create, parameters, region)
            )
            context["result"] = result
            id_ = self._id(derived, parameters, context)
        made = Resource(resource.urn, resource.type, resource.name, resource.inputs, id_)
        context = self._context(made) | {"result": result}
        try:
            for call in kind.after:
                self._follow(derived, call, context, resource.inputs, region)
            if kind.tag and context["tags"] and not _takes_tags(derived):
                self._follow(derived, kind.tag, context, {"tags": True}, region, force=True)
            return id_, self._record(made, context)
        except (RefusedError, GoneError):
            self.delete(made)
            raise

    def _record(self, made: Resource, context: dict[str, Any]) -> Properties:
        derived = self.derived(made.type)
        live = self._look(derived, made) if not derived.kind.recorded else {}
        if live is None:
            raise RefusedError(f"{made.type} {made.id} was made, and moto does not show it")
        state = self._state(made, live, context)
        resource = Resource(made.urn, made.type, made.name, made.inputs, made.id, state)
        self.ledger.put(Entry(resource, live, derived.kind.recorded))
        return state

    def read(self, resource: Resource) -> tuple[Properties, Properties]:
        """What moto shows now; what it showed after the last change tells drift from noise."""
        derived = self.derived(resource.type)
        entry = self.ledger.get(resource.urn, resource.id)
        if derived.kind.recorded:
            if entry is None:
                raise GoneError(resource.id)
            return resource.inputs, resource.state
        live = self._look(derived, resource)
        if live is None:
            self.ledger.drop(resource.urn, resource.id)
            raise GoneError(resource.id)
        wanted = schema(resource.type)
        if entry is None:
            inputs = {key: live[key] for key in wanted.inputs.fields if key in live}
            made = Resource(resource.urn, resource.type, resource.name, inputs, resource.id)
            state = self._state(made, live, self._context(made))
            self.ledger.put(Entry(made, live, recorded=False))
            return resource.inputs or inputs, state
        inputs, state = dict(entry.resource.inputs), dict(entry.resource.state)
        for key in live.keys() | entry.live.keys():
            if live.get(key) == entry.live.get(key) or key in derived.kind.settled:
                continue
            state[key] = live.get(key)
            if key in inputs:
                inputs[key] = live.get(key)
        if "tags" in inputs and state.get("tagsAll") != entry.resource.state.get("tagsAll"):
            inputs["tags"] = state["tags"] = self._own_tags(live.get("tagsAll") or {}, inputs)
        return inputs, state

    def _own_tags(self, tags: Mapping[str, str], inputs: Properties) -> dict[str, str]:
        given = inputs.get("tags") or {}
        return {
            key: value
            for key, value in tags.items()
            if key in given or self.default_tags.get(key) != value
        }

    def update(self, resource: Resource, old: Properties) -> Properties:
        """Change in place what changed, by the calls that take it."""
        derived = self.derived(resource.type)
        kind, inputs = derived.kind, resource.inputs
        entry = self.ledger.get(resource.urn, resource.id)
        base = old or (entry.resource.inputs if entry else {})
        changed = {
            key for key in base.keys() | inputs.keys() if base.get(key) != inputs.get(key)
        }
        context = self._context(resource)
        region = inputs.get("region")
        if kind.change and changed & kind.changes:
            kind.change(self.session, resource, base, changed)
        for operation in derived.update if not kind.recorded else ():
            self._update_by(derived, operation, changed, context, inputs, region)
        for call in kind.after:
            if call.takes & changed:
                self._follow(derived, call, context, inputs, region)
        if changed & {"tags"} and not kind.recorded:
            self._retag(derived, context, base, region)
        return self._record(resource, context)

    def _update_by(
        self,
        derived: Derived,
        operation: str,
        changed: set[str],
        context: dict[str, Any],
        inputs: Properties,
        region: str | None,
    ) -> None:
        wanted = _properties_of(derived, operation, changed - {"tags"})
        if not wanted:
            return
        shape = model(derived.service).operation_model(operation).input_shape
        request = Request(derived.prefixes, derived.kind.rename)
        whole = operation == derived.create or operation.startswith("Put")
        sent = inputs if whole else {key: inputs.get(key) for key in wanted}
        parameters = request.structure(
            shape, {k: v for k, v in sent.items() if v is not None and k != "tags"}
        )
        if derived.id_member in shape.members:
            parameters[derived.id_member] = context["id"]
        extra = fill({**derived.kind.update_with}, context)
        if extra is not MISSING:
            parameters |= {k: v for k, v in extra.items() if k in shape.members}
        if "ApplyImmediately" in shape.members:
            parameters["ApplyImmediately"] = True
        self._call(derived.service, operation, parameters, region)

    def _retag(
        self, derived: Derived, context: dict[str, Any], base: Properties, region: str | None
    ) -> None:
        kind = derived.kind
        gone = sorted(self._tags(base).keys() - context["tags"].keys())
        if kind.untag and gone:
            self._follow(derived, kind.untag, context | {"result": gone}, {}, region, force=True)
        if kind.tag and context["tags"]:
            self._follow(derived, kind.tag, context, {}, region, force=True)

    def delete(self, resource: Resource) -> None:
        """Remove it; one that is gone already stays gone."""
        derived = self.derived(resource.type)
        entry = self.ledger.get(resource.urn, resource.id)
        if entry and not resource.state:
            resource = entry.resource
        context = self._context(resource)
        region = resource.inputs.get("region")
        try:
            if derived.kind.remove:
                derived.kind.remove(self.session, resource)
            elif not derived.kind.recorded:
                for call in derived.delete:
                    self._follow(derived, call, context, resource.inputs, region, force=True)
        except GoneError:
            pass
        self.ledger.drop(resource.urn, resource.id)

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Answer a look-up from moto."""
        return invokes.answer(self.session, token, arguments)

    def _call(
        self, service: str, operation: str, parameters: dict[str, Any], region: str | None
    ) -> dict[str, Any]:
        try:
            return self.session.call(service, operation, parameters, region)
        except GoneError as error:
            raise RefusedError(str(error)) from error

    def _follow(
        self,
        derived: Derived,
        call: Call,
        context: dict[str, Any],
        inputs: Properties,
        region: str | None,
        force: bool = False,
    ) -> None:
        if not (force or call.always or call.takes & inputs.keys()):
            return
        parameters = fill(call.parameters, context)
        if parameters is not MISSING:
            self.session.call(call.service or derived.service, call.operation, parameters, region)

    def _request(
        self, derived: Derived, inputs: Properties, context: dict[str, Any]
    ) -> tuple[Request, dict[str, Any]]:
        kind = derived.kind
        request = Request(derived.prefixes, kind.rename)
        if kind.make:
            request.unplaced += sorted(
                key
                for key in inputs.keys() - kind.changes - kind.local - ALWAYS_LOCAL - {"tags"}
                if not key.startswith("__")
            )
            return request, {}
        shape = model(derived.service).operation_model(derived.create).input_shape
        followed = frozenset().union(*(call.takes for call in kind.after))
        filled = fill(kind.create_with, context)
        extra = {} if filled is MISSING else filled
        taken = frozenset(k for call in [Call("", kind.create_with)] for k in call.takes)
        skipped = followed | taken | kind.local | ALWAYS_LOCAL
        sent = {
            key: value
            for key, value in inputs.items()
            if key == "tags" or key not in skipped or key in kind.rename
        }
        tags = context["tags"]
        sent.pop("tags", None)
        parameters = request.structure(shape, sent) | extra
        if tags:
            self._place_tags(request, derived, shape, parameters, tags, "tags" in inputs)
        return request, parameters

    def _place_tags(
        self,
        request: Request,
        derived: Derived,
        shape: Any,
        parameters: dict[str, Any],
        tags: dict[str, str],
        given: bool,
    ) -> None:
        if "TagSpecifications" in shape.members and derived.kind.tag_type:
            parameters["TagSpecifications"] = [
                {
                    "ResourceType": derived.kind.tag_type,
                    "Tags": [{"Key": k, "Value": v} for k, v in tags.items()],
                }
            ]
        elif member := request.member(shape, "tags"):
            parameters[member] = request.convert(shape.members[member], tags, "tags")
        elif given and not derived.kind.tag:
            request.unplaced.append("tags")

    def _id(self, derived: Derived, parameters: dict[str, Any], context: dict[str, Any]) -> str:
        if derived.kind.id:
            value = fill(derived.kind.id, context)
        else:
            value = (
                _find(context["result"], derived.id_member)
                or parameters.get(derived.id_member)
                or MISSING
            )
        if value is MISSING:
            raise RefusedError(f"the answer of {derived.create} has no {derived.id_member}")
        return str(value)

    def _look(self, derived: Derived, resource: Resource) -> Properties | None:
        kind = derived.kind
        if kind.look:
            return kind.look(self.session, resource, self.ledger)
        assert derived.read is not None  # noqa: S101  derivation refuses such a kind
        context = self._context(resource)
        region = resource.inputs.get("region")
        data = self._show(derived, derived.read, context, region)
        if data is None:
            return None
        for extra in kind.also_read:
            data = data | (self._show(derived, extra, context, region) or {})
        live = from_aws(schema(resource.type).outputs, data, derived.prefixes, kind.rename)
        tags = live.pop("tags", None)
        if tags is not None:
            live["tagsAll"] = tags
        return live

    def _show(
        self, derived: Derived, read: Read, context: dict[str, Any], region: str | None
    ) -> dict[str, Any] | None:
        parameters = fill(read.parameters, context)
        try:
            answer = self.session.call(
                read.service or derived.service,
                read.operation,
                {} if parameters is MISSING else parameters,
                region,
            )
        except GoneError:
            return None
        path = fill(read.path, context)
        found = jmespath.search(path, answer)
        return found or None

    def _state(
        self, resource: Resource, live: Properties, context: dict[str, Any]
    ) -> Properties:
        wanted: Schema = schema(resource.type)
        kind = self.derived(resource.type).kind
        computed = fill(kind.outputs, context | {"live": live})
        state = {key: live[key] for key in wanted.outputs if key in live}
        state |= {} if computed is MISSING else computed
        state |= resource.inputs
        if "tagsAll" in wanted.outputs:
            state["tagsAll"] = self._tags(resource.inputs)
        if "region" in wanted.outputs:
            state.setdefault("region", self.session.region)
        return state

    def _tags(self, inputs: Properties) -> dict[str, str]:
        return {**self.default_tags, **(inputs.get("tags") or {})}

    def _context(self, resource: Resource) -> dict[str, Any]:
        takes_tags = "tags" in schema(resource.type).inputs.fields
        tags = self._tags(resource.inputs) if takes_tags else {}
        return {
            **resource.state,
            **resource.inputs,
            "id": resource.id,
            "name": resource.inputs.get("name") or resource.name,
            "account": self.session.account,
            "region": resource.inputs.get("region") or self.session.region,
            "tags": tags,
            "tagList": [{"Key": key, "Value": value} for key, value in tags.items()],
        }


def _suffix(name: str, seed: bytes) -> str:
    return hashlib.sha256(seed + name.encode()).hexdigest()[:7]


def _naming_property(derived: Derived, wanted: Schema) -> str:
    """`name` where the call that creates the thing requires one."""
    if derived.kind.make or "name" not in wanted.inputs.fields or not derived.create:
        return ""
    shape = model(derived.service).operation_model(derived.create).input_shape
    member = Request(derived.prefixes, derived.kind.rename).member(shape, "name")
    return "name" if member in shape.required_members or "nameprefix" in map(
        bare, wanted.inputs.fields
    ) else ""


def _properties_of(derived: Derived, operation: str, keys: Iterable[str]) -> set[str]:
    shape = model(derived.service).operation_model(operation).input_shape
    request = Request(derived.prefixes, derived.kind.rename)
    placed = set()
    for key in keys:
        if key in derived.kind.local or key in derived.kind.fixed or key in derived.kind.changes:
            continue
        if key in derived.kind.rename and derived.kind.rename[key] is None:
            continue
        name = derived.kind.rename.get(key) or request.member(shape, key)
        if name in shape.members and name != derived.id_member:
            placed.add(key)
    return placed


def _takes_tags(derived: Derived) -> bool:
    if derived.kind.make:
        return False
    shape = model(derived.service).operation_model(derived.create).input_shape
    return ("TagSpecifications" in shape.members and bool(derived.kind.tag_type)) or (
        Request().member(shape, "tags") is not None
    )


def _unplaced(path: str) -> str:
    return f"{path}: the sandbox knows no place for this input"


def _find(answer: Any, member: str) -> Any:
    if isinstance(answer, Mapping) and member:
        if answer.get(member) and not isinstance(answer[member], Mapping | list):
            return answer[member]
        for value in answer.values():
            if isinstance(value, Mapping) and (found := _find(value, member)):
                return found
    return None


__all__ = ["UNKNOWN", "AwsPackage"]
