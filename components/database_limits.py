"""What an RDS for PostgreSQL instance can take, and the alarm thresholds that follow from it.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
"""

from components.alarms import Alarm
from components.instance_classes import InstanceClass

GIB = 1024**3
# RDS sets max_connections to LEAST(DBInstanceClassMemory / 9531392, 5000), where the memory is
# less than the class has: the system and RDS keep some. AWS does not publish how much; a quarter
# GiB and 4 % errs on the side of an early alarm.
BYTES_A_CONNECTION = 9_531_392
MOST_CONNECTIONS = 5000
KEPT_GIB, KEPT_SHARE = 0.25, 0.04
LATENCY_SECONDS = 0.02  # gp3 answers in single-digit milliseconds
# gp3 gives more from this size on, since RDS then stripes over four volumes.
STRIPED_GIB = 400
IOPS, STRIPED_IOPS = 3000, 12_000


def max_connections(size: InstanceClass) -> int:
    """What PostgreSQL's `max_connections` is at least for a class, as RDS computes it."""
    left_gib = size.memory_gib * (1 - KEPT_SHARE) - KEPT_GIB
    return min(int(left_gib * GIB / BYTES_A_CONNECTION), MOST_CONNECTIONS)


def baseline_iops(allocated_gib: int) -> int:
    """The operations a second that gp3 gives without extra provisioning."""
    return STRIPED_IOPS if allocated_gib >= STRIPED_GIB else IOPS


def disk_queue_depth(allocated_gib: int) -> float:
    """Requests that wait when each of the baseline IOPS takes as long as the alarm allows."""
    return baseline_iops(allocated_gib) * LATENCY_SECONDS


def low_storage_bytes(allocated_gib: int, maximum_gib: int) -> int:
    """Free storage at which autoscaling has not kept up.

    Autoscaling steps in at 10 % free. Below 9 % it did not: it is at its maximum, or a step was
    made within the last six hours. A twentieth of the maximum is enough room to act in.
    """
    return int(min(0.09 * allocated_gib, 0.05 * maximum_gib) * GIB)


def alarms(size: InstanceClass, allocated_gib: int, maximum_gib: int) -> tuple[Alarm, ...]:
    """The alarms of an instance of this class and storage."""
    connections = max_connections(size)
    iops = baseline_iops(allocated_gib)
    return (
        Alarm(
            role="cpu",
            metrics=("CPUUtilization",),
            threshold=90,
            # RDS reports CPU for as long as the instance runs: no data is no database. One alarm
            # says so; the others stay silent, lest one outage rings nine times.
            missing_data="breaching",
            description=(
                "CPU above 90 % for 15 minutes: look at the top SQL in Database Insights. Or no "
                "data at all: is the instance up?"
            ),
        ),
        Alarm(
            role="storage",
            metrics=("FreeStorageSpace",),
            comparison="LessThanThreshold",
            threshold=low_storage_bytes(allocated_gib, maximum_gib),
            critical=True,
            statistic="Minimum",
            description=(
                "Free storage is low and autoscaling has not helped: raise maximum_gib, or free "
                "space. A full instance stops."
            ),
        ),
        Alarm(
            role="memory",
            metrics=("FreeableMemory",),
            comparison="LessThanThreshold",
            threshold=int(0.1 * size.memory_gib * GIB),
            description=f"Less than a tenth of the {size.memory_gib} GiB of memory is free.",
        ),
        Alarm(
            role="connections",
            metrics=("DatabaseConnections",),
            threshold=int(0.8 * connections),
            statistic="Maximum",
            description=f"More than 80 % of the {connections} connections are taken.",
        ),
        Alarm(
            role="iops",
            metrics=("ReadIOPS", "WriteIOPS"),
            threshold=int(0.8 * iops),
            description=f"More than 80 % of the {iops} operations a second that gp3 gives.",
        ),
        Alarm(
            role="disk-queue-depth",
            metrics=("DiskQueueDepth",),
            threshold=disk_queue_depth(allocated_gib),
            description=f"More requests wait than {iops} operations a second serve in 20 ms.",
        ),
        Alarm(
            role="read-latency",
            metrics=("ReadLatency",),
            threshold=LATENCY_SECONDS,
            missing_data="notBreaching",
            description="Reads take more than 20 ms: the storage is overloaded.",
        ),
        Alarm(
            role="write-latency",
            metrics=("WriteLatency",),
            threshold=LATENCY_SECONDS,
            missing_data="notBreaching",
            description="Writes take more than 20 ms: the storage is overloaded.",
        ),
        Alarm(
            role="transaction-ids",
            metrics=("MaximumUsedTransactionIDs",),
            threshold=1_000_000_000,
            critical=True,
            statistic="Maximum",
            description=(
                "A billion transaction ids are used. Autovacuum does not keep up; at two billion "
                "PostgreSQL stops taking writes."
            ),
        ),
    )


# An idle primary ships its log every five minutes, so an idle replica reports up to that.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html
REPLICA_LAG = Alarm(
    role="lag",
    metrics=("ReplicaLag",),
    threshold=600,
    missing_data="breaching",
    description="The replica is more than ten minutes behind, or does not replicate.",
)
