"""Pulumi's mocks, with every registration recorded whole and every resource applied to moto."""

import os
from collections.abc import Callable
from typing import Any, TypeVar

import pulumi
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2

from sandbox.aws.package import AwsPackage
from sandbox.provider import Package, Resource
from sandbox.random_package import RandomPackage
from sandbox.wire import from_struct
from tests import remote_eks

T = TypeVar("T")
# Two tenths of a second for each test, and no component starts an instance.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"

SEED = b"unit tests"


class RecordingMonitor(mocks.MockMonitor):
    """Pulumi's mock monitor, keeping what it drops (options) and refusing what it hides (twins)."""

    def __init__(self, engine: "Engine") -> None:
        super().__init__(engine)
        self.engine = engine

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:  # noqa: N802
        urn = self.make_urn(request.parent, request.type, request.name)
        if urn in self.resources:
            raise ValueError(f"registered twice: {urn}")
        self.engine.options[request.type, request.name] = Options(request)
        self.engine.built[request.type, request.name] = from_struct(request.object)
        self.engine.urn_of[request.type, request.name] = urn
        if request.type == remote_eks.COMPONENT:
            return remote_eks.register(self, request, urn)
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


class Options:
    """The options of one registration, as the engine would see them."""

    def __init__(self, request: resource_pb2.RegisterResourceRequest) -> None:
        self.protect = request.protect
        self.retain_on_delete = request.retainOnDelete
        self.ignore_changes = list(request.ignoreChanges)
        self.delete_before_replace = request.deleteBeforeReplace
        self.depends_on = list(request.dependencies)
        self.aliases = list(request.aliases)
        self.parent = request.parent


class Engine(mocks.Mocks):
    def __init__(self, aws: AwsPackage) -> None:
        self.built: dict[tuple[str, str], dict[str, Any]] = {}
        self.options: dict[tuple[str, str], Options] = {}
        self.urn_of: dict[tuple[str, str], str] = {}
        self.monitor = RecordingMonitor(self)
        self.aws = aws
        self.packages: dict[str, Package] = {"aws": aws, "random": RandomPackage()}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Check and create as the sandbox does; what it refuses fails the test by name."""
        if args.typ.split(":")[0] not in self.packages:
            return args.name, {}
        package = self.packages[args.typ.split(":")[0]]
        urn, inputs = self.urn_of[args.typ, args.name], self.built[args.typ, args.name]
        asked = Resource(urn, args.typ, args.name, inputs)
        inputs, failures = package.check(asked, {}, SEED)
        refused = [f"{failure.property}: {failure.reason}" for failure in failures]
        assert not refused, f"{args.typ} {args.name}: {refused}"
        return package.create(Resource(urn, args.typ, args.name, inputs))

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise AssertionError(f"a component is pure, yet it invoked {args.token}")

    @property
    def urns(self) -> list[str]:
        return list(self.monitor.resources)

    def cloud(self, service: str) -> Any:
        """A boto3 client that looks at what the component left in moto."""
        return self.aws.session.client(service)

    def run(self, build: Callable[[], T]) -> T:
        """Build, and wait for every registration as a real program would."""
        built: list[T] = []

        @pulumi.runtime.test  # type: ignore[untyped-decorator]
        def program() -> None:
            built.append(build())

        remote_eks.take_transforms()
        program()
        return built[0]
