"""moto under the many threads of the engine."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from moto import mock_aws

from sandbox import moto_cloud
from sandbox.aws.session import Session

THREADS, EACH = 8, 10


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("restless")
def test_threads_that_list_and_make_at_once_disturb_nobody() -> None:
    alarm = {
        "MetricName": "CPUUtilization",
        "Namespace": "AWS/RDS",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "Period": 60,
        "Statistic": "Average",
        "Threshold": 1.0,
    }
    with mock_aws(config=moto_cloud.MOTO_CONFIG):
        moto_cloud.reset()
        session = Session()

        def work(thread: int) -> None:
            for number in range(EACH):
                name = f"{thread}-{number}"
                session.call("cloudwatch", "PutMetricAlarm", {**alarm, "AlarmName": name})
                session.call("cloudwatch", "DescribeAlarms", {"AlarmNames": [name]})

        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(work, range(THREADS)))
        found = session.call("cloudwatch", "DescribeAlarms", {})
    assert len(found["MetricAlarms"]) == THREADS * EACH
