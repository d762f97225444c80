"""The frame every emulated package stands in: the engine's provider protocol over one Package.

The engine attaches to a server that already listens (PULUMI_DEBUG_PROVIDERS).
https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from .wire import UNKNOWN, from_struct, to_struct

log = logging.getLogger(__name__)

Properties = dict[str, Any]
SUMMARY = "sandbox:index:summary"


class RefusedError(Exception):
    """Something the emulated cloud does not accept; the text is what the user reads."""


class GoneError(Exception):
    """What was asked for is no longer there."""


@dataclass(frozen=True)
class Failure:
    """One property that is not as the package's schema says; empty for the resource itself."""

    property: str
    reason: str


@dataclass(frozen=True)
class Resource:
    """One resource of a program, as a package sees it."""

    urn: str
    type: str
    name: str
    inputs: Properties
    id: str = ""
    state: Properties = field(default_factory=dict)


class Package(Protocol):
    """What a package must do; everything else is the frame's."""

    name: str
    version: str

    def configure(self, config: Mapping[str, str]) -> None:
        """Take the provider's configuration for the run that begins."""

    def check(
        self, resource: Resource, old: Properties, seed: bytes
    ) -> tuple[Properties, Iterable[Failure]]:
        """The inputs with physical names filled in, and what is wrong with them."""

    def outputs(self, type_: str) -> Iterable[str]:
        """The properties that one of the type has once it is made."""

    def given_inside(self, type_: str) -> Mapping[str, Iterable[str]]:
        """The fields that only the cloud gives, inside properties that a program gives."""

    def replaces(self, resource: Resource, changed: str) -> bool:
        """Whether a change of this property cannot be made in place."""

    def deletes_first(self, resource: Resource) -> bool:
        """Whether two of it cannot exist side by side, so the old one goes first."""

    def create(self, resource: Resource) -> tuple[str, Properties]:
        """Make it; its id and state."""

    def read(self, resource: Resource) -> tuple[Properties, Properties]:
        """Inputs and state as they are now. Raises GoneError."""

    def update(self, resource: Resource, old: Properties) -> Properties:
        """Change it in place; the new state."""

    def delete(self, resource: Resource) -> None:
        """Remove it; that it is gone already is no error."""

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Answer a look-up."""

    def orphans(self, urn: str) -> list[Resource]:
        """What was made for this URN in a run that did not live to record it."""

    def seen(self, urn: str, id: str) -> None:
        """The engine's state holds this id."""

    def summary(self) -> Properties:
        """What exists: type → {"count", "recorded"}."""


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine for one package."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.locks: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self.package.version)

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse()

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(
            schema=f'{{"name":"{self.package.name}","version":"{self.package.version}"}}'
        )

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        # The sandbox has one cloud: another region or tag of the provider replaces nothing.
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> Any:
        self.package.configure(from_struct(request.args))
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=True)

    def Invoke(self, request: Any, context: Any) -> Any:
        def answer() -> Any:
            if request.tok == SUMMARY:
                return provider_pb2.InvokeResponse(**{"return": to_struct(self.package.summary())})
            try:
                result = self.package.invoke(request.tok, from_struct(request.args))
            except RefusedError as error:
                return provider_pb2.InvokeResponse(
                    failures=[provider_pb2.CheckFailure(property="", reason=str(error))]
                )
            # "return" is a keyword, hence the dictionary.
            return provider_pb2.InvokeResponse(**{"return": to_struct(result)})

        return self._guard(context, answer)

    def Check(self, request: Any, context: Any) -> Any:
        def answer() -> Any:
            resource = _resource(request, from_struct(request.news))
            inputs, failures = self.package.check(
                resource, from_struct(request.olds), request.randomSeed
            )
            return provider_pb2.CheckResponse(
                inputs=to_struct(inputs),
                failures=[
                    provider_pb2.CheckFailure(property=f.property, reason=f.reason)
                    for f in failures
                ],
            )

        return self._guard(context, answer)

    def Diff(self, request: Any, context: Any) -> Any:
        def answer() -> Any:
            old, new = from_struct(request.old_inputs), from_struct(request.news)
            resource = _resource(request, new, request.id, from_struct(request.olds))
            self.package.seen(request.urn, request.id)
            ignored = {path.split(".")[0].split("[")[0] for path in request.ignoreChanges}
            response = provider_pb2.DiffResponse(
                changes=provider_pb2.DiffResponse.DIFF_NONE, hasDetailedDiff=True
            )
            for key in sorted(old.keys() | new.keys()):
                if key.startswith("__") or key in ignored or old.get(key) == new.get(key):
                    continue
                replace = self.package.replaces(resource, key)
                response.diffs.append(key)
                if replace:
                    response.replaces.append(key)
                response.detailedDiff[key].kind = _kind(key not in old, key not in new, replace)
                response.detailedDiff[key].inputDiff = True
            if response.diffs:
                response.changes = provider_pb2.DiffResponse.DIFF_SOME
            if response.replaces:
                response.deleteBeforeReplace = self.package.deletes_first(resource)
            return response

        return self._guard(context, answer)

    def Create(self, request: Any, context: Any) -> Any:
        def answer() -> Any:
            if request.preview:
                resource = _resource(request, from_struct(request.properties))
                return provider_pb2.CreateResponse(properties=to_struct(self._planned(resource)))
            with self.locks[request.urn]:
                for orphan in self.package.orphans(request.urn):
                    self.package.delete(orphan)
                id_, state = self.package.create(
                    _resource(request, from_struct(request.properties))
                )
            return provider_pb2.CreateResponse(id=id_, properties=to_struct(state))

        return self._guard(context, answer)

    def Read(self, request: Any, context: Any) -> Any:
        def answer() -> Any:
            resource = _resource(
                request, from_struct(request.inputs), request.id, from_struct(request.properties)
            )
            self.package.seen(request.urn, request.id)
            try:
                inputs, state = self.package.read(resource)
            except GoneError:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(
                id=request.id, inputs=to_struct(inputs), properties=to_struct(state)
            )

        return self._guard(context, answer)

    def Update(self, request: Any, context: Any) -> Any:
        def answer() -> Any:
            self.package.seen(request.urn, request.id)
            resource = _resource(
                request, from_struct(request.news), request.id, from_struct(request.olds)
            )
            if request.preview:
                planned = self._planned(resource, resource.state)
                return provider_pb2.UpdateResponse(properties=to_struct(planned))
            with self.locks[request.urn]:
                state = self.package.update(resource, from_struct(request.old_inputs))
            return provider_pb2.UpdateResponse(properties=to_struct(state))

        return self._guard(context, answer)

    def Delete(self, request: Any, context: Any) -> Any:
        def answer() -> Any:
            state = from_struct(request.properties)
            inputs = from_struct(request.old_inputs) or state
            with self.locks[request.urn]:
                self.package.delete(_resource(request, inputs, request.id, state))
            return empty_pb2.Empty()

        return self._guard(context, answer)

    def _planned(self, resource: Resource, known: Properties | None = None) -> Properties:
        """The inputs, and each other output as it was; before the creation all are to come."""
        outputs = dict.fromkeys(self.package.outputs(resource.type), UNKNOWN)
        planned = {**(outputs if known is None else known), **resource.inputs}
        for key, fields in self.package.given_inside(resource.type).items():
            given = resource.inputs.get(key)
            if isinstance(given, Mapping):
                before = {} if known is None else known.get(key) or {}
                inside = {field: before.get(field, UNKNOWN) for field in fields}
                planned[key] = {**inside, **given}
        return planned

    def _guard(self, context: Any, answer: Callable[[], Any]) -> Any:
        try:
            return answer()
        except RefusedError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except Exception as error:
            log.exception("unexpected")
            context.abort(grpc.StatusCode.INTERNAL, f"{type(error).__name__}: {error}")


def _resource(
    request: Any, inputs: Properties, id: str = "", state: Properties | None = None
) -> Resource:
    # A child's URN carries its parents' types before the last "$".
    type_, name = request.urn.split("::")[2].split("$")[-1], request.urn.split("::", 3)[3]
    return Resource(request.urn, type_, name, inputs, id, state or {})


def _kind(added: bool, deleted: bool, replace: bool) -> Any:
    kinds = provider_pb2.PropertyDiff
    if added:
        return kinds.ADD_REPLACE if replace else kinds.ADD
    if deleted:
        return kinds.DELETE_REPLACE if replace else kinds.DELETE
    return kinds.UPDATE_REPLACE if replace else kinds.UPDATE
