from dataclasses import replace
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import cache_limits, database_limits
from components.alarms import Alarm, Topics, make_alarms
from components.instance_classes import CACHE_NODE_TYPES, DATABASE_CLASSES, InstanceClass
from tests.components.conftest import Engine

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
GIB = 1024**3
TOPICS = Topics(
    critical_arn="arn:aws:sns:eu-west-1:111122223333:critical",
    warning_arn="arn:aws:sns:eu-west-1:111122223333:warning",
)
BUSY = Alarm(
    role="busy",
    metrics=("CPUUtilization",),
    threshold=90,
    description="Busy: look at the queries.",
)
CLASSES = st.sampled_from(sorted(DATABASE_CLASSES)).map(DATABASE_CLASSES.__getitem__)
NODES = st.sampled_from(sorted(CACHE_NODE_TYPES)).map(CACHE_NODE_TYPES.__getitem__)


@st.composite
def storage(draw: st.DrawFn) -> tuple[int, int]:
    allocated = draw(st.integers(20, 59_000))
    return allocated, draw(st.integers(-(-allocated * 11 // 10), 65_536))


def make(engine: Engine, alarm: Alarm) -> dict[str, Any]:
    engine.run(
        lambda: make_alarms(
            "app",
            namespace="AWS/RDS",
            dimensions={"DBInstanceIdentifier": "app"},
            alarms=[alarm],
            topics=TOPICS,
            tags={"Team": "data"},
            child=pulumi.ResourceOptions(),
        )
    )
    return engine.built[ALARM, f"app-{alarm.role}"]


def database(
    size: InstanceClass, allocated_gib: int = 100, maximum_gib: int = 200
) -> dict[str, Alarm]:
    return {alarm.role: alarm for alarm in database_limits.alarms(size, allocated_gib, maximum_gib)}


def cache(node: InstanceClass, replicated: bool = True) -> dict[str, Alarm]:
    return {alarm.role: alarm for alarm in cache_limits.alarms(node, replicated=replicated)}


@pytest.mark.parametrize(
    ("critical", "topic"), [(True, TOPICS.critical_arn), (False, TOPICS.warning_arn)]
)
def test_a_topic_hears_when_it_starts_and_when_it_is_over(
    engine: Engine, critical: bool, topic: str
) -> None:
    made = make(engine, replace(BUSY, critical=critical))
    assert made["alarmActions"] == made["okActions"] == [topic], "CKV_AWS_319"


def test_an_alarm_in_the_cloud_is_what_was_described(engine: Engine) -> None:
    make(engine, BUSY)
    [made] = engine.cloud("cloudwatch").describe_alarms()["MetricAlarms"]
    expected = {
        "Namespace": "AWS/RDS",
        "MetricName": "CPUUtilization",
        "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "app"}],
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 90.0,
        "Statistic": "Average",
        "Period": 300,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 3,
        "TreatMissingData": "missing",
        "AlarmDescription": "Busy: look at the queries.",
    }
    assert {key: made[key] for key in expected} == expected


def test_several_metrics_are_added_up(engine: Engine) -> None:
    made = make(engine, replace(BUSY, metrics=("ReadIOPS", "WriteIOPS")))
    first, second, total = made["metricQueries"]
    assert [each["metric"]["metricName"] for each in (first, second)] == ["ReadIOPS", "WriteIOPS"]
    assert (total["expression"], total["returnData"]) == ("m1 + m2", True)
    assert "metricName" not in made, "one or the other"


@given(CLASSES, storage())
def test_an_alarm_on_a_database_can_fire(size: InstanceClass, gib: tuple[int, int]) -> None:
    alarms = database(size, *gib)
    assert 0 < alarms["connections"].threshold < database_limits.max_connections(size)
    assert 0 < alarms["memory"].threshold < size.memory_gib * GIB
    assert 0 < alarms["storage"].threshold < gib[0] * GIB


@given(CLASSES)
def test_connections_stay_below_what_aws_computes_from_the_whole_memory(
    size: InstanceClass,
) -> None:
    most = min(int(size.memory_gib * GIB / 9_531_392), 5000)
    assert 0 < database_limits.max_connections(size) <= most


@pytest.mark.parametrize(
    ("name", "connections"),
    [("db.t4g.micro", 79), ("db.t4g.medium", 404), ("db.m7g.large", 837), ("db.r7g.4xlarge", 5000)],
)
def test_connections_follow_from_the_class(name: str, connections: int) -> None:
    size = DATABASE_CLASSES[name]
    assert database_limits.max_connections(size) == connections
    assert database(size)["connections"].threshold == int(0.8 * connections)


@given(storage())
def test_storage_rings_after_autoscaling_should_have_helped(gib: tuple[int, int]) -> None:
    allocated, maximum = gib
    low = database_limits.low_storage_bytes(allocated, maximum)
    assert low < 0.1 * allocated * GIB, "RDS grows the storage at 10 %; health is no alarm"
    assert low <= 0.05 * maximum * GIB


@pytest.mark.parametrize(
    ("allocated", "maximum", "gib"), [(50, 55, 2.75), (50, 5000, 4.5), (5000, 65_536, 450)]
)
def test_free_storage_follows_from_the_storage(allocated: int, maximum: int, gib: float) -> None:
    assert database_limits.low_storage_bytes(allocated, maximum) == int(gib * GIB)


@pytest.mark.parametrize(("allocated", "iops", "depth"), [(399, 3000, 60), (400, 12_000, 240)])
def test_gp3_gives_more_from_400_gib_on(allocated: int, iops: int, depth: int) -> None:
    alarms = database(DATABASE_CLASSES["db.m7g.large"], allocated, 1000)
    assert alarms["iops"].threshold == int(0.8 * iops)
    assert alarms["disk-queue-depth"].threshold == depth


def test_a_database_has_an_alarm_for_each_way_to_fail() -> None:
    alarms = database(DATABASE_CLASSES["db.m7g.large"])
    assert {role: alarm.metrics for role, alarm in alarms.items()} == {
        "cpu": ("CPUUtilization",),
        "storage": ("FreeStorageSpace",),
        "memory": ("FreeableMemory",),
        "connections": ("DatabaseConnections",),
        "iops": ("ReadIOPS", "WriteIOPS"),
        "disk-queue-depth": ("DiskQueueDepth",),
        "read-latency": ("ReadLatency",),
        "write-latency": ("WriteLatency",),
        "transaction-ids": ("MaximumUsedTransactionIDs",),
    }
    below = {role for role, alarm in alarms.items() if alarm.comparison == "LessThanThreshold"}
    assert below == {"storage", "memory"}, "too little of these, too much of the others"
    critical = {role for role, alarm in alarms.items() if alarm.critical}
    assert critical == {"storage", "transaction-ids"}, "these stop PostgreSQL"


def test_one_alarm_of_a_database_says_that_it_is_silent() -> None:
    alarms = database(DATABASE_CLASSES["db.m7g.large"])
    silent = {role for role, alarm in alarms.items() if alarm.missing_data == "breaching"}
    assert silent == {"cpu"}, "an outage rings once"


def test_transaction_ids_ring_at_half_of_what_there_is() -> None:
    threshold = database(DATABASE_CLASSES["db.m7g.large"])["transaction-ids"].threshold
    assert 200_000_000 < threshold < 2**31 / 2, "after autovacuum's own limit, with time to act"


def test_an_idle_replica_is_not_behind() -> None:
    assert database_limits.REPLICA_LAG.threshold > 300, "idle, it reports up to five minutes"
    assert database_limits.REPLICA_LAG.missing_data == "breaching", "ended, it reports nothing"


@given(NODES, st.booleans())
def test_each_alarm_says_what_to_do(node: InstanceClass, replicated: bool) -> None:
    for alarm in cache(node, replicated).values():
        assert len(alarm.description) > 40, "whoever is woken reads it first"


@pytest.mark.parametrize(
    ("name", "metric", "threshold"),
    [
        ("cache.t4g.small", "CPUUtilization", 45),
        ("cache.m7g.large", "CPUUtilization", 45),
        ("cache.m7g.xlarge", "EngineCPUUtilization", 90),
    ],
)
def test_a_small_node_is_measured_by_the_one_core_the_engine_uses(
    name: str, metric: str, threshold: int
) -> None:
    alarm = cache(CACHE_NODE_TYPES[name])["cpu"]
    assert (alarm.metrics, alarm.threshold) == ((metric,), threshold)


def test_a_cache_has_an_alarm_for_each_way_to_fail() -> None:
    alarms = cache(CACHE_NODE_TYPES["cache.m7g.xlarge"])
    assert {role: alarm.metrics for role, alarm in alarms.items()} == {
        "cpu": ("EngineCPUUtilization",),
        "memory": ("DatabaseMemoryUsagePercentage",),
        "evictions": ("Evictions",),
        "connections": ("CurrConnections",),
        "refused": ("AuthenticationFailures", "CommandAuthorizationFailures"),
        "lag": ("ReplicationLag",),
    }
    silent = {role for role, alarm in alarms.items() if alarm.missing_data == "breaching"}
    assert silent == {"cpu"}, "an outage rings once"


def test_without_replicas_nothing_lags() -> None:
    node = CACHE_NODE_TYPES["cache.m7g.xlarge"]
    assert set(cache(node)) - set(cache(node, replicated=False)) == {"lag"}
