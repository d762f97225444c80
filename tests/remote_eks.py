"""pulumi-eks under mocks: its cluster made in moto, and the transforms applied by protocol."""

import json
from typing import Any

import grpc
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from sandbox.eks_cluster import CLUSTER, IGNORED, cluster_inputs, kubeconfig, problems
from sandbox.wire import RESOURCE, SIGNATURE, from_struct, to_struct

COMPONENT = "eks:index:Cluster"


def construct(monitor: Any, request: resource_pb2.RegisterResourceRequest) -> dict[str, Any]:
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
        child.object.CopyFrom(_transformed(callback, child))
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


def _transformed(callback: Any, child: resource_pb2.RegisterResourceRequest) -> Any:
    asked = resource_pb2.TransformRequest(
        type=child.type,
        name=child.name,
        custom=True,
        parent=child.parent,
        properties=child.object,
        options=resource_pb2.TransformResourceOptions(ignore_changes=list(child.ignoreChanges)),
    )
    with grpc.insecure_channel(callback.target) as channel:
        answer = callback_pb2_grpc.CallbacksStub(channel).Invoke(
            callback_pb2.CallbackInvokeRequest(
                token=callback.token, request=asked.SerializeToString()
            ),
            timeout=10,
        )
    return resource_pb2.TransformResponse.FromString(answer.response).properties
