"""Prints every registration of a stack's program, with answers that depend on nothing but names.

`python -m tests.graph.registrations staging`; AGED moves the clock by so many days.
"""

import json
import os
import runpy
import socket
import sys
import time
from typing import Any

import pulumi
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2

from sandbox.sdk import Type, schema
from sandbox.wire import RESOURCE, SIGNATURE, from_struct, to_struct
from tests.graph.graph import ROOT, configure, stack_config
from tests.remote_eks import COMPONENT, take_transforms


class Monitor(mocks.MockMonitor):
    """Keeps each registration as it came."""

    def __init__(self) -> None:
        super().__init__(Answers())
        self.registered: dict[str, Any] = {}

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:  # noqa: N802
        urn = self.make_urn(request.parent, request.type, request.name)
        self.registered[urn] = {
            "inputs": from_struct(request.object),
            "dependencies": sorted(request.dependencies),
            "protect": request.protect,
            "retainOnDelete": request.retainOnDelete,
            "ignoreChanges": sorted(request.ignoreChanges),
        }
        if request.type == COMPONENT:
            return resource_pb2.RegisterResourceResponse(urn=urn, object=to_struct(MADE))
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


class Answers(mocks.Mocks):
    """The inputs again; every other output is made of its path."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.typ.split(":")[0] not in ("aws", "random"):
            return args.name, args.inputs
        shown = {
            key: example(type_, f"{args.name}.{key}")
            for key, type_ in schema(args.typ).outputs.items()
        }
        return f"{args.name}-id", {**shown, **args.inputs}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise AssertionError(f"the program is pure, yet it invoked {args.token}")


def example(type_: Type, path: str) -> Any:
    """A value of the type that says where it comes from."""
    match type_.name:
        case "string":
            return path
        case "integer" | "number":
            return len(path)
        case "boolean":
            return True
        case "list" if type_.item:
            return [example(type_.item, f"{path}[0]")]
        case "object":
            return {key: example(inner, f"{path}.{key}") for key, inner in type_.fields.items()}
    return {}


CLUSTER = "urn:pulumi:stack::platform::aws:eks/cluster:Cluster::cluster"

MADE = {"eksCluster": {SIGNATURE: RESOURCE, "urn": CLUSTER, "id": "cluster"}}


def main(stack: str) -> None:
    """Run the program and print what it registered."""
    ahead, now = float(os.environ.get("AGED", "0")) * 86_400, time.time
    time.time = lambda: now() + ahead
    socket.gethostname = lambda: os.environ.get("HOSTNAME", "here")
    monitor = Monitor()
    cluster = {
        "name": "cluster",
        "arn": "arn:of:cluster",
        "endpoint": "https://cluster",
        "certificateAuthority": {"data": "Y2E="},
        "vpcConfig": {"clusterSecurityGroupId": "sg-cluster"},
    }
    monitor.resources[CLUSTER] = mocks.MockMonitor.ResourceRegistration(CLUSTER, "cluster", cluster)
    pulumi.runtime.set_mocks(monitor.mocks, "platform", stack, monitor=monitor)
    configure(stack_config(stack))

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> None:
        runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")

    take_transforms()
    program()
    print(json.dumps(monitor.registered, indent=1, sort_keys=True, default=str))


if __name__ == "__main__":
    main(sys.argv[1])
