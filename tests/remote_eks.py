"""pulumi-eks under mocks: its cluster made in moto, and the transforms applied by protocol."""

import asyncio
import json
from typing import Any, ClassVar

from pulumi.runtime import mocks
from pulumi.runtime._callbacks import _CallbackServicer
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import SETTINGS

from sandbox.eks_cluster import CLUSTER, IGNORED, cluster_inputs, kubeconfig, problems
from sandbox.wire import RESOURCE, SIGNATURE, from_struct, to_struct

COMPONENT = "eks:index:Cluster"


def register(monitor: Any, request: resource_pb2.RegisterResourceRequest, urn: str) -> Any:
    """The registration of an `eks.Cluster`.

    Pulumi's mock monitor would read its inputs in a thread of its own, where a reference to a
    resource makes one that no event loop ever finishes.
    """
    outputs = _construct(monitor, request)
    monitor.resources[urn] = mocks.MockMonitor.ResourceRegistration(urn, request.name, outputs)
    return resource_pb2.RegisterResourceResponse(urn=urn, object=to_struct(outputs))


def _construct(monitor: Any, request: resource_pb2.RegisterResourceRequest) -> dict[str, Any]:
    """Register the child that pulumi-eks would, and give the component's outputs."""
    inputs = from_struct(request.object)
    refused = [f"{failure.property}: {failure.reason}" for failure in problems(inputs)]
    assert not refused, f"{COMPONENT} {request.name}: {refused}"
    role = request.object.fields["serviceRole"].struct_value.fields["urn"].string_value
    child = resource_pb2.RegisterResourceRequest(
        type=CLUSTER,
        name=f"{request.name}-eksCluster",
        parent=monitor.make_urn(request.parent, request.type, request.name),
        custom=True,
        object=to_struct(
            cluster_inputs(request.name, inputs, monitor.resources[role].state["arn"])
        ),
        ignoreChanges=IGNORED,
        dependencies=request.dependencies,
    )
    for callback in request.transforms:
        child.object.CopyFrom(_transformed(callback.token, child))
    monitor.RegisterResource(child)
    registration = monitor.resources[monitor.make_urn(child.parent, child.type, child.name)]
    state = registration.state
    config = kubeconfig(state["name"], state["endpoint"], state["certificateAuthority"]["data"])
    return {
        "eksCluster": {SIGNATURE: RESOURCE, "urn": registration.urn, "id": registration.id},
        "instanceRoles": [],
        "kubeconfig": config,
        "kubeconfigJson": json.dumps(config),
    }


def _transformed(token: str, child: resource_pb2.RegisterResourceRequest) -> Any:
    asked = resource_pb2.TransformRequest(
        type=child.type,
        name=child.name,
        custom=True,
        parent=child.parent,
        properties=child.object,
        options=resource_pb2.TransformResourceOptions(ignore_changes=list(child.ignoreChanges)),
    )
    callback, loop = Transforms.registered[token]
    answer = asyncio.run_coroutine_threadsafe(callback(asked.SerializeToString()), loop).result(
        timeout=10
    )
    return answer.properties


class Transforms(_CallbackServicer):
    """Takes a program's transforms as the SDK's own server does, without a server."""

    # The registrations come on threads that do not share the settings of the program's.
    registered: ClassVar[dict[str, tuple[Any, asyncio.AbstractEventLoop]]] = {}

    def __init__(self) -> None:
        self._callbacks = {}
        self._transforms = {}
        self._target = ""

    def register_transform(self, transform: Any) -> Any:
        callback = super().register_transform(transform)
        self.registered[callback.token] = (
            self._callbacks[callback.token],
            asyncio.get_running_loop(),
        )
        return callback


def take_transforms() -> None:
    """Let the program that runs next give transforms."""
    SETTINGS.callbacks = Transforms()
