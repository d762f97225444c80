"""The Kubernetes provider of a cluster, whose identity outlives every change of the cluster.

https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html
https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/
"""

import json
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes


def kubernetes_provider(
    name: str,
    *,
    cluster_name: pulumi.Input[str],
    endpoint: pulumi.Input[str],
    certificate_authority: pulumi.Input[str],
    region: str,
    opts: pulumi.ResourceOptions | None = None,
) -> kubernetes.Provider:
    """A provider that gets its credential from AWS at each use, so that no state holds one."""
    config = pulumi.Output.all(cluster_name, endpoint, certificate_authority).apply(
        lambda known: json.dumps(kubeconfig(known[0], known[1], known[2], region))
    )
    return kubernetes.Provider(
        name,
        kubeconfig=config,
        # What stands between the objects' last change and now is seen, and not overwritten.
        enable_server_side_apply=True,
        # A cluster that is gone took its objects along.
        delete_unreachable=True,
        opts=opts,
    )


def kubeconfig(
    cluster_name: str, endpoint: str, certificate_authority: str, region: str
) -> dict[str, Any]:
    """A kubeconfig without a secret: `aws eks get-token` makes the credential."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": cluster_name,
        "clusters": [
            {
                "name": cluster_name,
                "cluster": {
                    "server": endpoint,
                    "certificate-authority-data": certificate_authority,
                },
            }
        ],
        "contexts": [
            {"name": cluster_name, "context": {"cluster": cluster_name, "user": cluster_name}}
        ],
        "users": [
            {
                "name": cluster_name,
                "user": {
                    "exec": {
                        "apiVersion": "client.authentication.k8s.io/v1",
                        "command": "aws",
                        "args": [
                            "eks",
                            "get-token",
                            "--region",
                            region,
                            "--cluster-name",
                            cluster_name,
                            "--output",
                            "json",
                        ],
                        "interactiveMode": "Never",
                    }
                },
            }
        ],
    }
