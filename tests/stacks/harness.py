"""A sandbox of a test's own: its folder, its cloud, and the commands as a person types them."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from sandbox import control
from sandbox.home import Home
from sandbox.project import access_key

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).parent / "programs"
REGION = "eu-west-1"
PROVIDER = "pulumi:providers:"


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    text: str
    """What it printed, both streams, without colours."""

    def lines(self, part: str) -> list[str]:
        """The printed lines that hold a part."""
        return [line.strip() for line in self.text.splitlines() if part in line]


@dataclass(frozen=True)
class Sandbox:
    """Commands against one embedded cloud."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """A person's shell, with the sandbox's folder named."""
        apart = ("AWS_", "PULUMI_")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(apart)}
        return kept | {"SANDBOX_HOME": str(self.home), "NO_COLOR": "1"}

    def start(self, *arguments: str, cwd: Path = ROOT) -> "subprocess.Popen[str]":
        """A command that goes on in the background, in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "sandbox", *arguments, "--cwd", str(cwd)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, cwd: Path = ROOT) -> Ran:
        """A command, to its end."""
        process = self.start(*arguments, cwd=cwd)
        text, _ = process.communicate(timeout=300)
        return Ran(process.returncode, text)

    @property
    def cloud(self) -> control.Cloud:
        """The running cloud."""
        cloud = control.running(Home(self.home))
        assert cloud is not None, "the cloud does not run"
        return cloud

    def stop(self) -> None:
        """End the cloud."""
        control.stop(Home(self.home))

    def client(self, service: str, account: str = "111122223333", region: str = REGION) -> Any:
        """What `aws --endpoint-url` sees in an account."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            region_name=region,
            endpoint_url=self.cloud.endpoint,
            aws_access_key_id=access_key(account),
            aws_secret_access_key="sandbox",  # noqa: S106
        )

    def checkpoint(self, project: str, stack: str) -> dict[str, Any]:
        """The whole of the engine's state of a stack."""
        file = self.home / "state" / ".pulumi" / "stacks" / project / f"{stack}.json"
        return dict(json.loads(file.read_text())["checkpoint"]["latest"] or {})

    def state(self, project: str, stack: str) -> list[dict[str, Any]]:
        """The resources in the engine's state, providers and components apart."""
        resources: list[dict[str, Any]] = self.checkpoint(project, stack).get("resources", [])
        return [each for each in resources if each.get("custom") and PROVIDER not in each["type"]]

    def aws_types(self, project: str, stack: str) -> dict[str, int]:
        """How many of each AWS type the state holds."""
        found: dict[str, int] = {}
        for each in self.state(project, stack):
            if each["type"].startswith("aws:"):
                found[each["type"]] = found.get(each["type"], 0) + 1
        return found

    def applied_types(self) -> dict[str, int]:
        """How many of each AWS type the cloud holds."""
        return {name: kind["count"] for name, kind in self.cloud.resources().items()}
