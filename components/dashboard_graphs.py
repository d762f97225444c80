"""What is worth seeing of each building block, as graphs for a dashboard.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-EKS.html
"""

from collections.abc import Mapping, Sequence

import pulumi

from components.dashboard_layout import Graph, Metric


def _graphs(
    namespace: str,
    dimensions: Mapping[str, pulumi.Input[str]],
    graphs: Mapping[str, Mapping[str, str]],
) -> list[Graph]:
    """Graphs by title, each of metrics with their statistic, all of one resource."""
    return [
        Graph(
            title=title,
            metrics=[
                Metric(namespace=namespace, name=name, dimensions=dimensions, statistic=statistic)
                for name, statistic in metrics.items()
            ],
        )
        for title, metrics in graphs.items()
    ]


def database_graphs(identifier: pulumi.Input[str]) -> list[Graph]:
    """An RDS instance by its identifier."""
    return _graphs(
        "AWS/RDS",
        {"DBInstanceIdentifier": identifier},
        {
            "CPU, %": {"CPUUtilization": "Average"},
            "Connections": {"DatabaseConnections": "Maximum"},
            "Free storage, bytes": {"FreeStorageSpace": "Minimum"},
            "Free memory, bytes": {"FreeableMemory": "Minimum"},
            "Latency, seconds": {"ReadLatency": "Average", "WriteLatency": "Average"},
            "Operations a second": {"ReadIOPS": "Average", "WriteIOPS": "Average"},
            "Replica lag, seconds": {"ReplicaLag": "Maximum"},
            "Disk queue": {"DiskQueueDepth": "Average"},
        },
    )


def cache_graphs(members: Sequence[str]) -> list[Graph]:
    """A replication group by its members' names, e.g. "app-cache-001"."""
    titles = {
        "CPU of the engine, %": ("EngineCPUUtilization", "Average"),
        "Memory, %": ("DatabaseMemoryUsagePercentage", "Maximum"),
        "Evictions": ("Evictions", "Sum"),
        "Connections": ("CurrConnections", "Maximum"),
    }
    return [
        Graph(
            title=title,
            metrics=[
                Metric(
                    namespace="AWS/ElastiCache",
                    name=name,
                    dimensions={"CacheClusterId": member},
                    statistic=statistic,
                    label=member,
                )
                for member in members
            ],
        )
        for title, (name, statistic) in titles.items()
    ]


def balancer_graphs(load_balancer: pulumi.Input[str]) -> list[Graph]:
    """An Application Load Balancer by its ARN's suffix, "app/name/id"."""
    return _graphs(
        "AWS/ApplicationELB",
        {"LoadBalancer": load_balancer},
        {
            "Requests": {"RequestCount": "Sum"},
            "Errors of targets": {
                "HTTPCode_Target_4XX_Count": "Sum",
                "HTTPCode_Target_5XX_Count": "Sum",
            },
            "Errors of the balancer": {"HTTPCode_ELB_5XX_Count": "Sum"},
            "Response time, p99, seconds": {"TargetResponseTime": "p99"},
        },
    )


def firewall_graphs(web_acl: str, region: str) -> list[Graph]:
    """A web ACL by its name."""
    return _graphs(
        "AWS/WAFV2",
        {"WebACL": web_acl, "Region": region, "Rule": "ALL"},
        {"Requests": {"AllowedRequests": "Sum", "BlockedRequests": "Sum"}},
    )


def cluster_graphs(cluster_name: str) -> list[Graph]:
    """A cluster with the CloudWatch observability add-on, by its name."""
    return _graphs(
        "ContainerInsights",
        {"ClusterName": cluster_name},
        {
            "Nodes": {"cluster_node_count": "Average", "cluster_failed_node_count": "Maximum"},
            "CPU of nodes, %": {"node_cpu_utilization": "Average"},
            "Memory of nodes, %": {"node_memory_utilization": "Average"},
            "Disk of nodes, %": {"node_filesystem_utilization": "Maximum"},
        },
    )


def backup_graphs(vault_name: str) -> list[Graph]:
    """A backup vault by its name."""
    return _graphs(
        "AWS/Backup",
        {"BackupVaultName": vault_name},
        {
            "Backups": {"NumberOfBackupJobsCompleted": "Sum", "NumberOfBackupJobsFailed": "Sum"},
            "Copies": {"NumberOfCopyJobsCompleted": "Sum", "NumberOfCopyJobsFailed": "Sum"},
        },
    )
