"""pulumi-aws on moto: every input goes to a call, a follow-up or the table's own lists."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

import jmespath

from ..project import DEFAULT_ACCOUNT, DEFAULT_REGION
from ..provider import Failure, GoneError, Properties, RefusedError, Resource
from ..sdk import UnknownTypeError, problems, schema
from ..wire import has_unknown
from . import invokes
from .accounts import admit
from .derive import AmbiguousError, Derived, complete, model
from .extensions.records import is_recorded
from .kinds import Call, Kind, Read
from .ledger import Entry, Ledger
from .requests import converted, properties_of, request_for, takes_tags
from .session import Session
from .shapes import from_aws
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
        """Region, account and default tags of the provider."""

        def read(key: str) -> Any:
            value = config.get(key)
            return json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value

        accounts = read("allowedAccountIds") or []
        self.session.region = config.get("region") or DEFAULT_REGION
        self.session.account = accounts[0] if accounts else DEFAULT_ACCOUNT
        admit(self.session.account)
        self.default_tags = (read("defaultTags") or {}).get("tags") or {}

    def seen(self, urn: str, id: str) -> None:
        """The engine's state holds this id."""
        self.ledger.seen(urn, id)

    def orphans(self, urn: str) -> list[Resource]:
        """What a killed run made and did not record."""
        return self.ledger.orphans(urn)

    def derived(self, type_: str) -> Derived:
        """The calls behind a type, from the table or from botocore's model."""
        if type_ not in self._derived:
            self._derived[type_] = complete(type_, KINDS.get(type_, Kind()))
        return self._derived[type_]

    def summary(self) -> Properties:
        """The types of what exists, and whether moto holds it or only a record is kept."""
        found: Properties = {}
        for entry in self.ledger.entries():
            type_ = entry.resource.type
            derived = self.derived(type_)
            recorded = is_recorded(derived.service, derived.create)
            found.setdefault(type_, {"count": 0, "recorded": recorded})["count"] += 1
        return found

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
        named = _naming_property(derived, resource.type)
        if named and named not in inputs:
            prefix = inputs.get(f"{named}Prefix") or f"{resource.name}-"
            name = old.get(named) or prefix + _suffix(resource.urn, seed)
            inputs[named] = name.lower() if derived.kind.autoname_lower else name
        if not failures and not has_unknown(inputs):
            trial = Resource(resource.urn, resource.type, resource.name, inputs)
            failures += request_for(derived, trial, self._context(trial)).failures(resource.type)
        return inputs, failures

    def outputs(self, type_: str) -> Iterable[str]:
        """The properties that one of the type has once it is made."""
        return schema(type_).outputs

    def given_inside(self, type_: str) -> Mapping[str, Iterable[str]]:
        """The fields that only AWS gives, inside properties that a program gives."""
        return self.derived(type_).kind.given_inside

    def replaces(self, resource: Resource, changed: str) -> bool:
        """Whether no call of AWS changes the property in place."""
        derived = self.derived(resource.type)
        kind = derived.kind
        if changed in kind.fixed or changed == "region":
            return True
        if changed in kind.local | kind.kept | kind.applies | kind.alters | ALWAYS_LOCAL | {"tags"}:
            return False
        if any(changed in call.takes for call in kind.after):
            return False
        return not any(properties_of(derived, name, [changed]) for name in derived.update)

    def deletes_first(self, resource: Resource) -> bool:
        """A thing whose name is given by the program cannot exist twice."""
        derived = self.derived(resource.type)
        named = _naming_property(derived, resource.type)
        return derived.kind.deletes_first or (
            bool(named) and resource.inputs.get(named) == resource.state.get(named)
        )

    def create(self, resource: Resource) -> tuple[str, Properties]:
        """Make it in moto, run what follows, and read what is there."""
        derived = self.derived(resource.type)
        kind, context = derived.kind, self._context(resource)
        region = resource.inputs.get("region")
        request = request_for(derived, resource, context)
        if failures := request.failures(resource.type):
            raise RefusedError("; ".join(f"{f.property} {f.reason}".strip() for f in failures))
        if kind.make:
            id_, result = kind.make(self.session, resource, context["tags"])
        else:
            result = self._call(derived.service, request.operation, request.parameters, region)
            id_ = _id_of(derived, request.parameters, context | {"result": result})
        made = Resource(resource.urn, resource.type, resource.name, resource.inputs, id_)
        context = self._context(made) | {"result": result}
        self.ledger.put(Entry(made, {}))
        try:
            if request.left and not kind.make:
                self._update_by(derived, derived.update[0], request.left, context, made.inputs)
            for call in kind.after:
                if call.takes & made.inputs.keys():
                    self._follow(derived, call, context, region)
            if kind.apply:
                kind.apply(self.session, made, {})
            if kind.tag and context["tags"] and not takes_tags(derived):
                self._follow(derived, kind.tag, context, region)
            return id_, self._record(made, context)
        except (RefusedError, GoneError) as error:
            self.delete(made)
            raise RefusedError(str(error)) from error

    def _record(self, made: Resource, context: dict[str, Any]) -> Properties:
        live = self._look(made)
        if live is None:
            raise RefusedError(f"{made.type} {made.id} was made, and moto does not show it")
        state = self._state(made, live, context)
        resource = Resource(made.urn, made.type, made.name, made.inputs, made.id, state)
        self.ledger.put(Entry(resource, live))
        return state

    def read(self, resource: Resource) -> tuple[Properties, Properties]:
        """What moto shows now; what it showed after the last change tells drift from noise."""
        derived = self.derived(resource.type)
        entry = self.ledger.get(resource.urn, resource.id)
        live = self._look(entry.resource if entry else resource)
        if live is None:
            self.ledger.drop(resource.urn, resource.id)
            raise GoneError(resource.id)
        if entry is None:
            wanted = schema(resource.type)
            shown = {key: live[key] for key in wanted.inputs.fields if key in live}
            inputs = resource.inputs or shown
            made = Resource(resource.urn, resource.type, resource.name, inputs, resource.id)
            return inputs, self._record(made, self._context(made))
        inputs, state = dict(resource.inputs), dict(resource.state)
        for key in live.keys() | entry.live.keys():
            if live.get(key) == entry.live.get(key) or key in derived.kind.settled:
                continue
            state[key] = live.get(key)
            if key in inputs or key in ("ingress", "egress", "routes"):
                inputs[key] = live.get(key)
        if state.get("tagsAll") != entry.resource.state.get("tagsAll"):
            own = self._own_tags(live.get("tagsAll") or {}, resource.inputs)
            inputs["tags"] = state["tags"] = own
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
        changed = {key for key in old.keys() | inputs.keys() if old.get(key) != inputs.get(key)}
        context = self._context(resource)
        region = inputs.get("region")
        for operation in derived.update:
            self._update_by(derived, operation, changed, context, inputs)
        for call in kind.after:
            if call.takes & changed:
                self._follow(derived, call, context, region)
        if kind.alter and changed & kind.alters:
            kind.alter(self.session, resource, old)
        if kind.apply and changed & kind.applies:
            kind.apply(self.session, resource, old)
        if self._tags(old) != context["tags"]:
            self._retag(derived, context, old, region)
        return self._record(resource, context)

    def _update_by(
        self,
        derived: Derived,
        operation: str,
        changed: Iterable[str],
        context: dict[str, Any],
        inputs: Properties,
    ) -> None:
        wanted = properties_of(derived, operation, changed)
        if not wanted:
            return
        # A put replaces the whole; a modify takes what changes.
        whole = operation == derived.create or operation.startswith("Put")
        sent = inputs if whole else {key: inputs.get(key) for key in wanted}
        parameters = converted(derived, operation, sent, fill(derived.kind.update_with, context))
        shape = model(derived.service).operation_model(operation).input_shape
        if derived.id_member in shape.members:
            parameters.setdefault(derived.id_member, context["id"])
        if "ApplyImmediately" in shape.members:
            parameters["ApplyImmediately"] = True
        self._call(derived.service, operation, parameters, inputs.get("region"))

    def _retag(
        self, derived: Derived, context: dict[str, Any], old: Properties, region: str | None
    ) -> None:
        gone = sorted(self._tags(old).keys() - context["tags"].keys())
        context = context | {"gone": gone, "goneList": [{"Key": key} for key in gone]}
        if derived.kind.untag and gone:
            self._follow(derived, derived.kind.untag, context, region)
        if derived.kind.tag and context["tags"]:
            self._follow(derived, derived.kind.tag, context, region)

    def delete(self, resource: Resource) -> None:
        """Remove it; one that is gone already stays gone."""
        derived = self.derived(resource.type)
        context = self._context(resource)
        try:
            for undo in (derived.kind.before_delete, derived.kind.remove):
                if undo:
                    undo(self.session, resource, {})
            for call in derived.delete:
                self._follow(derived, call, context, resource.inputs.get("region"))
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
        self, derived: Derived, call: Call, context: dict[str, Any], region: str | None
    ) -> None:
        filled = fill(call.parameters, context)
        if filled is MISSING:
            return
        service = call.service or derived.service
        parameters = converted(derived, call.operation, {}, filled, service)
        self.session.call(service, call.operation, parameters, region)

    def _look(self, resource: Resource) -> Properties | None:
        derived = self.derived(resource.type)
        kind, context = derived.kind, self._context(resource)
        region = resource.inputs.get("region")
        try:
            if kind.look:
                data = kind.look(self.session, resource, self.ledger)
            else:
                assert derived.read is not None  # noqa: S101  derivation refuses such a kind
                data = self._show(derived, derived.read, context, region)
            if not data:
                return None
            for extra in kind.also_read:
                data = data | (self._show(derived, extra, context, region) or {})
        except GoneError:
            return None
        live = from_aws(schema(resource.type).outputs, data, derived.prefixes, kind.rename)
        tags = live.pop("tags", None)
        if tags is not None:
            live["tagsAll"] = tags
        return live

    def _show(
        self, derived: Derived, read: Read, context: dict[str, Any], region: str | None
    ) -> dict[str, Any] | None:
        parameters = fill(read.parameters, context)
        answer = self.session.call(
            read.service or derived.service,
            read.operation,
            {} if parameters is MISSING else parameters,
            region,
        )
        found = jmespath.search(read.path.replace("{id}", context["id"]), answer)
        return found or None

    def _state(self, resource: Resource, live: Properties, context: dict[str, Any]) -> Properties:
        outputs = schema(resource.type).outputs
        computed = fill(self.derived(resource.type).kind.outputs, context | {"live": live})
        state = {key: live[key] for key in outputs if key in live}
        state |= {} if computed is MISSING else computed
        for key, given in resource.inputs.items():
            nested = key in outputs and outputs[key].name == "object"
            state[key] = {**state.get(key, {}), **given} if nested and given else given
        if "tagsAll" in outputs:
            state["tagsAll"] = self._tags(resource.inputs)
        if "region" in outputs:
            state.setdefault("region", self.session.region)
        return state

    def _tags(self, inputs: Properties) -> dict[str, str]:
        return {**self.default_tags, **(inputs.get("tags") or {})}

    def _context(self, resource: Resource) -> dict[str, Any]:
        takes = "tags" in schema(resource.type).inputs.fields
        tags = self._tags(resource.inputs) if takes else {}
        return {
            **resource.state,
            **resource.inputs,
            "id": resource.id,
            "account": self.session.account,
            "region": resource.inputs.get("region") or self.session.region,
            "tags": tags,
            "tagList": [{"Key": key, "Value": value} for key, value in tags.items()],
        }


def _suffix(name: str, seed: bytes) -> str:
    return hashlib.sha256(seed + name.encode()).hexdigest()[:7]


def _naming_property(derived: Derived, type_: str) -> str:
    """What Pulumi names when the program does not: `name` where the type has a prefix for it."""
    if derived.kind.autoname:
        return derived.kind.autoname
    fields = schema(type_).inputs.fields
    if "name" not in fields or derived.kind.make:
        return ""
    if "namePrefix" in fields:
        return "name"
    shape = model(derived.service).operation_model(derived.create).input_shape
    required = {member.lower() for member in shape.required_members}
    names = {f"{prefix}name".lower() for prefix in ("", *derived.prefixes)}
    return "name" if required & names or derived.kind.rename.get("name") else ""


def _id_of(derived: Derived, parameters: dict[str, Any], context: dict[str, Any]) -> str:
    if derived.kind.id:
        value = fill(derived.kind.id, context)
    else:
        member = derived.id_member
        value = _find(context["result"], member) or parameters.get(member) or MISSING
    if value is MISSING:
        raise RefusedError(f"the answer of {derived.create} has no {derived.id_member}")
    return str(value)


def _find(answer: Any, member: str) -> Any:
    if isinstance(answer, Mapping) and member:
        if answer.get(member) and not isinstance(answer[member], Mapping | list):
            return answer[member]
        for value in answer.values():
            if isinstance(value, Mapping) and (found := _find(value, member)):
                return found
    return None
