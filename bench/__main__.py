"""`make bench`: up and no-change preview of each stack, beside an empty program's.

The floor is the same command on a program that only imports pulumi_aws, in the same run and on
the same machine, so that the figures mean the same everywhere. pulumi_aws loads a module when
something of it is used, so the floor uses one class of each module that the stacks use.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
PREVIEWS = 5
EMPTY = """
import pulumi_aws as aws
import pulumi_eks
import pulumi_kubernetes

used = (
    aws.backup.Plan,
    aws.budgets.Budget,
    aws.chatbot.SlackChannelConfiguration,
    aws.cloudwatch.LogGroup,
    aws.ec2.Vpc,
    aws.ecr.Repository,
    aws.eks.Addon,
    aws.elasticache.User,
    aws.iam.Role,
    aws.kms.Key,
    aws.rds.Instance,
    aws.secretsmanager.SecretRotation,
    aws.sns.Topic,
    aws.vpc.SecurityGroupIngressRule,
)
"""
BARS_MILLISECONDS = {"up": 50.0, "preview": 10.0}


@dataclass(frozen=True)
class Measured:
    """One program's times."""

    name: str
    resources: int
    seconds: dict[str, float]

    def milliseconds_a_resource(self, command: str, floor: "Measured") -> float:
        """What each resource adds to the floor."""
        return 1000 * (self.seconds[command] - floor.seconds[command]) / self.resources


def measure(name: str, folder: Path, stack: str, home: Path) -> Measured:
    """Up from nothing, then the median of several previews without a change."""
    command = [sys.executable, "-m", "sandbox"]
    where = ["--stack", stack, "--cwd", str(folder)]
    environment = os.environ | {"SANDBOX_HOME": str(home)}

    def run(*arguments: str) -> tuple[float, str]:
        begun = time.perf_counter()
        ran = subprocess.run(
            [*command, *arguments, *where],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return time.perf_counter() - begun, ran.stdout

    up, answer = run("up", "--json")
    previews = [run("preview", "--expect-no-changes")[0] for _ in range(PREVIEWS)]
    resources = state(home, json.loads(answer)["project"], stack)
    seconds = {"up": up, "preview": statistics.median(previews)}
    return Measured(name, resources, seconds)


def state(home: Path, project: str, stack: str) -> int:
    """How many resources the engine manages for a stack, components among them."""
    file = home / "state" / ".pulumi" / "stacks" / project / f"{stack}.json"
    latest = json.loads(file.read_text())["checkpoint"]["latest"]
    return sum(":providers:" not in each["type"] for each in latest.get("resources", []))


@contextmanager
def cloud() -> Iterator[Path]:
    """An embedded cloud that runs before the first measurement and ends after the last."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        environment = os.environ | {"SANDBOX_HOME": str(home)}
        empty = _empty(Path(folder) / "empty")
        warm = [sys.executable, "-m", "sandbox", "up", "--stack", "warm", "--cwd", str(empty)]
        subprocess.run(warm, cwd=ROOT, env=environment, check=True, capture_output=True)
        yield home
        end = [sys.executable, "-m", "sandbox", "stop"]
        subprocess.run(end, cwd=ROOT, env=environment, check=True, capture_output=True)


def _empty(folder: Path) -> Path:
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: empty\nruntime: python\n")
    (folder / "__main__.py").write_text(EMPTY)
    return folder


def main() -> int:
    """Print the table; 1 where a bar is missed."""
    with cloud() as home:
        floor = measure("empty", home.parent / "empty", "floor", home)
        stacks = [measure(stack, ROOT, stack, home) for stack in ("staging", "production")]
    table = Table("program", "resources", "up s", "preview s", box=None, pad_edge=False)
    table.add_column("ms a resource: up, preview")
    missed = False
    for each in (floor, *stacks):
        times = [f"{each.seconds[command]:.1f}" for command in BARS_MILLISECONDS]
        costs = ""
        if each is not floor:
            each_ms = {c: each.milliseconds_a_resource(c, floor) for c in BARS_MILLISECONDS}
            missed |= any(each_ms[c] > bar for c, bar in BARS_MILLISECONDS.items())
            costs = ", ".join(f"{cost:.1f}" for cost in each_ms.values())
        table.add_row(each.name, str(each.resources), *times, costs)
    console = Console()
    console.print(table)
    bars = ", ".join(f"{command} {bar:.0f}" for command, bar in BARS_MILLISECONDS.items())
    console.print(f"Bars in ms a resource above the floor: {bars}.")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
