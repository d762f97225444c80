"""What an ElastiCache node can take, and the alarm thresholds that follow from it.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html
"""

from components.alarms import Alarm
from components.instance_classes import InstanceClass

MOST_CONNECTIONS = 65_000


def cpu_alarm(node: InstanceClass) -> Alarm:
    """The engine's own thread is what fills up. A node reports it as long as it runs.

    AWS advises `EngineCPUUtilization` from four vCPUs on; below, the machine's, at 90 % of the
    one core that the engine uses.
    """
    if node.vcpus >= 4:
        return Alarm(
            role="cpu",
            metrics=("EngineCPUUtilization",),
            threshold=90,
            missing_data="breaching",
            description=(
                "The engine's thread is 90 % busy: spread the load or take a larger node. Or no "
                "data at all: is the node up?"
            ),
        )
    return Alarm(
        role="cpu",
        metrics=("CPUUtilization",),
        threshold=90 // node.vcpus,
        missing_data="breaching",
        description=(
            f"One of {node.vcpus} cores is 90 % busy: the engine's thread is the limit. Or no "
            "data at all: is the node up?"
        ),
    )


def alarms(node: InstanceClass, *, replicated: bool) -> tuple[Alarm, ...]:
    """The alarms of each member of a group of such nodes."""
    common = (
        cpu_alarm(node),
        Alarm(
            role="memory",
            metrics=("DatabaseMemoryUsagePercentage",),
            threshold=85,
            critical=True,
            description=f"85 % of {node.memory_gib} GiB is used; keys are evicted soon.",
        ),
        Alarm(
            role="evictions",
            metrics=("Evictions",),
            threshold=0,
            statistic="Sum",
            missing_data="notBreaching",
            description="Keys are evicted for 15 minutes: what is cached no longer fits.",
        ),
        Alarm(
            role="connections",
            metrics=("CurrConnections",),
            threshold=int(0.8 * MOST_CONNECTIONS),
            statistic="Maximum",
            description=f"More than 80 % of the {MOST_CONNECTIONS} connections are taken.",
        ),
        Alarm(
            role="refused",
            metrics=("AuthenticationFailures", "CommandAuthorizationFailures"),
            threshold=0,
            statistic="Sum",
            evaluation_periods=1,
            missing_data="notBreaching",
            description="Somebody tried a wrong user or a command that is not granted.",
        ),
    )
    lag = Alarm(
        role="lag",
        metrics=("ReplicationLag",),
        threshold=30,
        missing_data="notBreaching",
        description="The replica is half a minute behind; a failover would lose that much.",
    )
    return (*common, lag) if replicated else common
