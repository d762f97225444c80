"""A CloudWatch dashboard made from what the stack has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.dashboard_layout import MOST_METRICS, MOST_WIDGETS, Graph, dashboard_body
from components.refusal import check_name, refuse

MAX_NAME_LENGTH = 100
PERIODS = (1, 5, 10, 30)


@dataclass(frozen=True, kw_only=True)
class DashboardArgs:
    """What is seen, in the order in which it is read.

    Raises:
        ValueError: listing every rejected field with its value and what to use instead.
    """

    region: str
    sections: Mapping[str, Sequence[Graph]]
    """Graphs by the section's heading; dashboard_graphs.py has those of each building block."""

    def __post_init__(self) -> None:
        widgets = len(self.sections) + sum(map(len, self.sections.values()))
        refuse(
            "DashboardArgs",
            None if self.sections else "sections is empty; name one, e.g. {'Database': [...]}",
            f"sections has {widgets} widgets; a dashboard takes {MOST_WIDGETS}"
            if widgets > MOST_WIDGETS
            else None,
            *(
                problem
                for heading, graphs in self.sections.items()
                for graph in graphs
                if (problem := problem_of_graph(heading, graph))
            ),
        )


def problem_of_graph(heading: str, graph: Graph) -> str | None:
    """What is wrong with a graph."""
    where, lines, period = f"{heading}, {graph.title}", len(graph.metrics), graph.period_seconds
    if not 1 <= lines <= MOST_METRICS:
        return f"{where}: {lines} metrics; use 1 to {MOST_METRICS}"
    if period not in PERIODS and (period < 60 or period % 60):
        return f"{where}: period_seconds={period}; use a multiple of 60"
    return None


class Dashboard(pulumi.ComponentResource):
    """The dashboard of its own name. It has no tags: CloudWatch's dashboards take none here."""

    name: pulumi.Output[str]

    def __init__(
        self, name: str, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        check_name("Dashboard", name, MAX_NAME_LENGTH, "app")
        super().__init__("platform:dashboard:Dashboard", name, None, opts)
        made = aws.cloudwatch.Dashboard(
            name,
            dashboard_name=name,
            dashboard_body=pulumi.Output.json_dumps(dashboard_body(args.region, args.sections)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name = made.dashboard_name
        self.register_outputs({"name": self.name})
