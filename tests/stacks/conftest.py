"""One embedded cloud for each module of tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stacks.harness import ROOT, Sandbox

PROGRAM = ("Pulumi.yaml", "__main__.py", "settings", "components")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.stop()


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    """This project in a folder of its own, so that a test can edit the stack files."""
    for name in PROGRAM:
        (tmp_path / name).symlink_to(ROOT / name)
    for stack in ("staging", "production"):
        name = f"Pulumi.{stack}.yaml"
        (tmp_path / name).write_text((ROOT / name).read_text())
    return tmp_path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A module's tests share its cloud, so they stay on one worker."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.stack)
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
