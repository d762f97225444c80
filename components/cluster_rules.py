"""What the control plane and the nodes may say to each other, and nodes among themselves.

https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
Nodes do not wear the group that EKS makes: it lets everything out.
"""

import pulumi
import pulumi_aws as aws

# The API calls the kubelet, and the admission webhooks and API services that run as pods.
TO_NODES = {
    "kubelet": 10250,
    "metrics-server": 10251,
    "webhooks-443": 443,
    "webhooks-8443": 8443,
    "webhooks-9443": 9443,
}


def connect_nodes(
    name: str,
    *,
    cluster_security_group_id: pulumi.Input[str],
    node_security_group_id: pulumi.Input[str],
    child: pulumi.ResourceOptions,
) -> None:
    """The rules of both groups; NetworkPolicies say which pods may talk."""
    for role, port in TO_NODES.items():
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-{role}",
            security_group_id=node_security_group_id,
            referenced_security_group_id=cluster_security_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"{role} from the control plane",
            tags={"Name": f"{name}-{role}"},
            opts=child,
        )
    for kind, what in (
        (aws.vpc.SecurityGroupIngressRule, "Pods from other nodes"),
        (aws.vpc.SecurityGroupEgressRule, "Pods to other nodes"),
    ):
        kind(
            f"{name}-nodes",
            security_group_id=node_security_group_id,
            referenced_security_group_id=node_security_group_id,
            ip_protocol="-1",
            description=what,
            tags={"Name": f"{name}-nodes"},
            opts=child,
        )
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-api",
        security_group_id=cluster_security_group_id,
        referenced_security_group_id=node_security_group_id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        description="The Kubernetes API from nodes",
        tags={"Name": f"{name}-api"},
        opts=child,
    )
