"""pulumi-eks: a remote component, constructed in the cloud's process with real children.

https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto (Construct)
"""

import asyncio
import json
import threading
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import grpc
import pulumi
from google.protobuf import empty_pb2
from pulumi.provider import ConstructResult, Provider
from pulumi.provider.server import ProviderServicer
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from .eks_cluster import CLUSTER, IGNORED, cluster_inputs, kubeconfig, problems
from .provider import SUMMARY
from .wire import to_struct

COMPONENT = "eks:index:Cluster"
ABSENT = (
    "autoModeNodeRoleName",
    "clusterIngressRuleId",
    "clusterSecurityGroupId",
    "defaultNodeGroupAsgName",
    "fargateProfileId",
    "fargateProfileStatus",
    "nodeSecurityGroupId",
    "oidcProviderArn",
    "oidcProviderUrl",
)


class _Cluster(pulumi.CustomResource):
    """The one child that holds the cluster."""

    name: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    certificateAuthority: pulumi.Output[dict[str, str]]  # noqa: N815  the property's own name

    def __init__(self, name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        shown = dict.fromkeys(("endpoint", "certificateAuthority", "arn"))
        super().__init__(CLUSTER, name, {"name": None, **shown, **inputs}, opts)


class Cluster(pulumi.ComponentResource):
    """What `eks.Cluster` registers when everything optional is switched off."""

    def __init__(
        self, name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions | None
    ) -> None:
        super().__init__(COMPONENT, name, None, opts)
        role_arn = pulumi.Output.from_input(inputs["serviceRole"]).apply(lambda role: role.arn)
        cluster = _Cluster(
            f"{name}-eksCluster",
            cluster_inputs(name, inputs, role_arn),
            pulumi.ResourceOptions(
                parent=self, version=version("pulumi-aws"), ignore_changes=IGNORED
            ),
        )
        config = pulumi.Output.all(
            cluster.name, cluster.endpoint, cluster.certificateAuthority
        ).apply(lambda shown: kubeconfig(shown[0], shown[1], shown[2]["data"]))
        as_json = config.apply(json.dumps)
        pulumi.ProviderResource(
            "kubernetes",
            f"{name}-eks-k8s",
            {"kubeconfig": as_json},
            pulumi.ResourceOptions(parent=self, version=version("pulumi-kubernetes")),
        )
        self.state: dict[str, Any] = {
            **dict.fromkeys(ABSENT, ""),
            "eksCluster": cluster,
            "instanceRoles": [],
            "kubeconfig": config,
            "kubeconfigJson": as_json,
        }
        self.register_outputs(self.state)


class _Package(Provider):
    """Constructs clusters, and refuses every other type by name."""

    def __init__(self) -> None:
        super().__init__(version("pulumi-eks"), schema='{"name":"eks"}')

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: Mapping[str, Any],
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Register the component and its children."""
        if resource_type != COMPONENT:
            raise pulumi.RunError(f"the sandbox does not know {resource_type}; use {COMPONENT}")
        if found := list(problems(inputs)):
            lines = "\n  - ".join(f"{each.property}: {each.reason}" for each in found)
            raise pulumi.RunError(f"{COMPONENT} {name} refused:\n  - {lines}")
        component = Cluster(name, inputs, options)
        return ConstructResult(component.urn, component.state)


class Servicer(ProviderServicer):
    """Pulumi's own frame for components, for an engine that attaches and a sandbox that asks."""

    def __init__(self) -> None:
        super().__init__(_Package(), [], "")

    async def Attach(self, request: Any, context: Any) -> Any:
        """Take the address of the engine that attaches."""
        self.engine_address = request.address
        return empty_pb2.Empty()

    async def Handshake(self, request: Any, context: Any) -> Any:
        """Take the address of the engine that attaches."""
        self.engine_address = request.engine_address
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=True, accept_outputs=True
        )

    async def CheckConfig(self, request: Any, context: Any) -> Any:
        """The package has no configuration of its own."""
        return provider_pb2.CheckResponse(inputs=request.news)

    async def DiffConfig(self, request: Any, context: Any) -> Any:
        """The package has no configuration of its own."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    async def Invoke(self, request: Any, context: Any) -> Any:
        """What a component makes belongs to other packages."""
        if request.tok == SUMMARY:
            return provider_pb2.InvokeResponse(**{"return": to_struct({})})
        return await context.abort(grpc.StatusCode.UNIMPLEMENTED, f"no {request.tok} here")


def serve(host: str) -> int:
    """Answer the engine for `eks` from a thread with an event loop of its own; the port."""
    ready: list[int] = []
    listening = threading.Event()

    async def listen() -> None:
        server = grpc.aio.server()
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(), server)
        ready.append(server.add_insecure_port(f"{host}:0"))
        await server.start()
        listening.set()
        await server.wait_for_termination()

    threading.Thread(target=lambda: asyncio.run(listen()), daemon=True).start()
    listening.wait()
    return ready[0]
