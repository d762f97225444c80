"""What EKS itself measures of a control plane, and the alarms on it.

https://docs.aws.amazon.com/eks/latest/userguide/cloudwatch.html
"""

from components.alarms import Alarm

# EKS publishes these for clusters of Kubernetes 1.28 and newer, for nothing.
ALARMS = (
    Alarm(
        role="api-errors",
        metrics=("apiserver_request_total_5XX",),
        threshold=25,
        statistic="Sum",
        critical=True,
        missing_data="notBreaching",
        description=(
            "The Kubernetes API answers with errors. See the control plane's log group, and the "
            "AWS Health dashboard."
        ),
    ),
    Alarm(
        role="pods-pending",
        metrics=("scheduler_pending_pods",),
        threshold=10,
        statistic="Maximum",
        missing_data="notBreaching",
        description=(
            "Pods wait for a node. See what they ask for, and whether the node groups are at their "
            "maximum."
        ),
    ),
    Alarm(
        role="storage",
        metrics=("apiserver_storage_size_bytes",),
        # etcd takes 8 GB on EKS and then turns the API read-only.
        threshold=6_000_000_000,
        statistic="Maximum",
        critical=True,
        missing_data="notBreaching",
        description=(
            "The cluster's database is nearly full; at 8 GB it takes no change. Delete objects "
            "that pile up: events, jobs, custom resources."
        ),
    ),
)
