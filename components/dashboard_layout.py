"""Where each widget of a dashboard stands: sections below each other, four graphs in a row.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

COLUMNS = 24
HEADING_HEIGHT = 1
GRAPH_WIDTH, GRAPH_HEIGHT = 6, 6
PER_ROW = COLUMNS // GRAPH_WIDTH
MOST_WIDGETS = 500
MOST_METRICS = 500  # for each graph


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One line of a graph."""

    namespace: str
    name: str
    dimensions: Mapping[str, pulumi.Input[str]]
    statistic: str = "Average"
    label: str = ""
    """What the line is called. Absent: CloudWatch's own choice."""


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Lines that are read together."""

    title: str
    metrics: Sequence[Metric]
    period_seconds: int = 300


@dataclass(frozen=True)
class Box:
    """A widget's place, in columns and rows."""

    x: int
    y: int
    width: int
    height: int


def section_height(graphs: int) -> int:
    """The rows that a section takes with its heading."""
    return HEADING_HEIGHT + GRAPH_HEIGHT * -(-graphs // PER_ROW)


def places(section_sizes: Sequence[int]) -> list[tuple[Box, list[Box]]]:
    """For each section, by its number of graphs: its heading's place and its graphs' places."""
    found, top = [], 0
    for size in section_sizes:
        heading = Box(0, top, COLUMNS, HEADING_HEIGHT)
        graphs = [
            Box(
                number % PER_ROW * GRAPH_WIDTH,
                top + HEADING_HEIGHT + number // PER_ROW * GRAPH_HEIGHT,
                GRAPH_WIDTH,
                GRAPH_HEIGHT,
            )
            for number in range(size)
        ]
        found.append((heading, graphs))
        top += section_height(size)
    return found


def dashboard_body(region: str, sections: Mapping[str, Sequence[Graph]]) -> dict[str, Any]:
    """The dashboard as CloudWatch takes it, before Outputs are known."""
    widgets: list[dict[str, Any]] = []
    layout = places([len(graphs) for graphs in sections.values()])
    for (title, graphs), (heading, boxes) in zip(sections.items(), layout, strict=True):
        widgets.append(_widget("text", heading, {"markdown": f"## {title}"}))
        for graph, box in zip(graphs, boxes, strict=True):
            widgets.append(_widget("metric", box, _graph(region, graph)))
    return {"widgets": widgets}


def _widget(kind: str, box: Box, properties: dict[str, Any]) -> dict[str, Any]:
    place = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    return {"type": kind, **place, "properties": properties}


def _graph(region: str, graph: Graph) -> dict[str, Any]:
    return {
        "title": graph.title,
        "region": region,
        "view": "timeSeries",
        "stacked": False,
        "period": graph.period_seconds,
        "metrics": [_line(metric) for metric in graph.metrics],
    }


def _line(metric: Metric) -> list[Any]:
    pairs = [part for pair in metric.dimensions.items() for part in pair]
    drawn = {"stat": metric.statistic, **({"label": metric.label} if metric.label else {})}
    return [metric.namespace, metric.name, *pairs, drawn]
