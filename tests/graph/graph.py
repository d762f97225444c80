"""One stack's resources, as the program registers them and moto shows them."""

import json
import runpy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import yaml
from moto import mock_aws
from pulumi.runtime import config as runtime_config

from sandbox.aws.package import AwsPackage
from sandbox.moto_cloud import MOTO_CONFIG, reset
from tests.mocked import Engine, Options

ROOT = Path(__file__).parents[2]
STACKS = ("staging", "production")


@dataclass(frozen=True)
class Node:
    """One resource: inputs as given, state as moto showed it."""

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    state: Mapping[str, Any]
    id: str
    options: Options

    def __str__(self) -> str:
        return f"{self.type} {self.name}"


@dataclass(frozen=True)
class Graph:
    """Every resource of a stack."""

    stack: str
    nodes: tuple[Node, ...]

    def of(self, *types: str) -> list[Node]:
        """The nodes whose type ends as one of these, e.g. "ec2/vpc:Vpc"."""
        return [node for node in self.nodes if node.type.endswith(types)]

    @property
    def aws(self) -> list[Node]:
        """The resources of AWS."""
        return [node for node in self.nodes if node.type.startswith("aws:")]


def stack_config(stack: str) -> dict[str, Any]:
    """The `config` of a stack file."""
    config: dict[str, Any] = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return config


def configure(config: Mapping[str, Any]) -> None:
    """Hand a stack's configuration to the program in the engine's way."""
    texts = {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()
    }
    runtime_config.set_all_config(texts)


@cache
def graph(stack: str, name: str = "") -> Graph:
    """The graph of one stack, built once; under another name where one is given."""
    config = stack_config(stack)
    config["platform:name"] = name or config["platform:name"]
    with mock_aws(config=MOTO_CONFIG):
        reset()
        package = AwsPackage()
        package.configure({key.split(":")[1]: value for key, value in config.items()})
        engine = Engine(package)
        pulumi.runtime.set_mocks(engine, "platform", stack, monitor=engine.monitor)
        configure(config)
        engine.run(lambda: runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__"))
    registered = engine.monitor.resources
    return Graph(
        stack,
        tuple(
            Node(urn, type_, name, engine.built[type_, name], shown.state, shown.id, options)
            for (type_, name), options in engine.options.items()
            if (urn := engine.urn_of[type_, name])
            if (shown := registered.get(urn))
        ),
    )
