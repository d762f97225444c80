import json
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.dashboard import Dashboard, DashboardArgs
from components.dashboard_graphs import (
    backup_graphs,
    balancer_graphs,
    cache_graphs,
    cluster_graphs,
    database_graphs,
    firewall_graphs,
)
from components.dashboard_layout import COLUMNS, Box, Graph, Metric, places
from tests.components.conftest import Engine

LINE = Metric(namespace="AWS/RDS", name="CPUUtilization", dimensions={"A": "b"})
GRAPH = Graph(title="CPU", metrics=[LINE])
SIZES = st.lists(st.integers(0, 12), min_size=1, max_size=10)


def boxes(sizes: list[int]) -> list[Box]:
    return [box for heading, graphs in places(sizes) for box in (heading, *graphs)]


@given(SIZES)
def test_no_widget_lies_on_another_and_all_fit(sizes: list[int]) -> None:
    taken: set[tuple[int, int]] = set()
    for box in boxes(sizes):
        assert box.x >= 0
        assert box.x + box.width <= COLUMNS
        cells = {
            (box.x + right, box.y + down)
            for right in range(box.width)
            for down in range(box.height)
        }
        assert not taken & cells
        taken |= cells


@given(SIZES, st.integers(1, 3), st.integers(0, 5))
def test_what_is_added_at_the_end_moves_nothing(sizes: list[int], more: int, new: int) -> None:
    before = boxes(sizes)
    assert boxes([*sizes[:-1], sizes[-1] + more])[: len(before)] == before
    assert boxes([*sizes, new])[: len(before)] == before


@pytest.fixture
def body(engine: Engine) -> Any:
    def program() -> Dashboard:
        sections = {
            "Balancer": balancer_graphs(pulumi.Output.from_input("app/app/0123")),
            "Firewall": firewall_graphs("app", "eu-west-1"),
            "Cluster": cluster_graphs("app"),
            "Database": database_graphs(pulumi.Output.from_input("app-database")),
            "Cache": cache_graphs(["app-cache-001", "app-cache-002"]),
            "Backup": backup_graphs("app-backup"),
        }
        return Dashboard("app", DashboardArgs(region="eu-west-1", sections=sections))

    engine.run(program)
    answer = engine.cloud("cloudwatch").get_dashboard(DashboardName="app")
    return json.loads(answer["DashboardBody"])


def test_the_dashboard_is_of_the_resources(body: Any) -> None:
    headings = [
        each["properties"]["markdown"] for each in body["widgets"] if each["type"] == "text"
    ]
    assert headings == [
        f"## {heading}"
        for heading in ("Balancer", "Firewall", "Cluster", "Database", "Cache", "Backup")
    ]
    graphs = [each["properties"] for each in body["widgets"] if each["type"] == "metric"]
    lines = [line for graph in graphs for line in graph["metrics"]]
    assert ["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", "app-database"] in [
        line[:4] for line in lines
    ]
    assert {line[-1]["label"] for line in lines if line[0] == "AWS/ElastiCache"} == {
        "app-cache-001",
        "app-cache-002",
    }
    assert all(graph["region"] == "eu-west-1" for graph in graphs)
    assert all(isinstance(part, str) for line in lines for part in line[:-1])
    assert [line[-1]["stat"] for line in lines if line[1] == "TargetResponseTime"] == ["p99"]


REFUSED: list[tuple[dict[str, list[Graph]], str]] = [
    ({}, "sections is empty"),
    ({"A": [GRAPH] * 500}, "sections has 501 widgets; a dashboard takes 500"),
    ({"A": [Graph(title="CPU", metrics=[])]}, "A, CPU: 0 metrics; use 1 to 500"),
    (
        {"A": [Graph(title="CPU", metrics=[LINE], period_seconds=90)]},
        "A, CPU: period_seconds=90; use a multiple of 60",
    ),
]


@pytest.mark.parametrize(("sections", "message"), REFUSED)
def test_what_cloudwatch_would_refuse_is_refused(
    sections: dict[str, list[Graph]], message: str
) -> None:
    with pytest.raises(ValueError, match="DashboardArgs refused") as caught:
        DashboardArgs(region="eu-west-1", sections=sections)
    assert message in str(caught.value)


def test_a_dashboard_at_its_limit_is_taken() -> None:
    DashboardArgs(region="eu-west-1", sections={"A": [GRAPH] * 499})
