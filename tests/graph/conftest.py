"""Both stacks, each built once, on one worker."""

from pathlib import Path

import pytest

from tests.graph.graph import STACKS, Graph, graph


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> Graph:
    return graph(request.param)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The built graphs are kept in a process, so the tests stay in one."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("graph"))
