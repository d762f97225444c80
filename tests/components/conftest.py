"""A component under test: every registration recorded whole, every resource applied to moto."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2

T = TypeVar("T")


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
        return super().RegisterResource(request)


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
    def __init__(self) -> None:
        self.built: dict[tuple[str, str], dict[str, Any]] = {}
        self.options: dict[tuple[str, str], Options] = {}
        self.monitor = RecordingMonitor(self)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.built[args.typ, args.name] = args.inputs
        arn = f"arn:aws:mock:eu-west-1:111122223333:{args.name}"
        return f"{args.name}-id", {"arn": arn, "keyId": f"{args.name}-key", **args.inputs}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise AssertionError(f"a component is pure, yet it invoked {args.token}")

    @property
    def urns(self) -> list[str]:
        return list(self.monitor.resources)

    def run(self, build: Callable[[], T]) -> T:
        """Build, and wait for every registration as a real program would."""
        built: list[T] = []

        @pulumi.runtime.test
        def program() -> None:
            built.append(build())

        program()
        return built[0]


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine()
    pulumi.runtime.set_mocks(engine, monitor=engine.monitor, preview=False)
    yield engine
