"""The Pulumi engine driven against the embedded cloud."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import language_host
from .control import Cloud
from .home import PASSPHRASE, Home
from .lock import clear_dead_engine_locks
from .project import Project, access_key

# What encrypts a stack's secrets on AWS; here nothing of the account can be asked.
ENCRYPTION = re.compile(r"^(secretsprovider|encryptedkey|encryptionsalt):.*\n?", re.MULTILINE)


@dataclass(frozen=True)
class Engine:
    """A `pulumi` for one stack, whose backend is a folder and whose providers are the cloud's."""

    executable: Path
    home: Home
    cloud: Cloud
    project: Project
    stack: str

    def environment(self) -> dict[str, str]:
        """The variables that turn any `pulumi` and `aws` command to the sandbox."""
        folders = [self.executable.parent, Path(sys.executable).parent, os.environ.get("PATH", "")]
        attached = ",".join(f"{name}:{port}" for name, port in self.cloud.packages.items())
        return {
            "PATH": os.pathsep.join(map(str, folders)),
            "PULUMI_BACKEND_URL": f"file://{self.home.state}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_DEBUG_PROVIDERS": attached,
            # The stack files stay those of AWS: what encrypts lies in the sandbox's own state.
            "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
            "PULUMI_HOME": str(self.home.root / "pulumi"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # The cloud answers for the providers; nothing has to be downloaded.
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            # Two cores are better used than for collecting the garbage of a minute's process.
            "GOGC": "400",
            # An engine that was built from source asks for these; the vendor's does not.
            "SANDBOX_PYTHON": sys.executable,
            "SANDBOX_LANGUAGE_HOST": language_host.__file__,
            "AWS_ACCESS_KEY_ID": access_key(self.project.account(self.stack)),
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_ENDPOINT_URL": self.cloud.endpoint,
            "AWS_REGION": self.project.region(self.stack),
            # boto3 reads only this one.
            "AWS_DEFAULT_REGION": self.project.region(self.stack),
        }

    def prepare(self) -> list[str]:
        """Make the backend and the stack ready; what a person should know of it."""
        notes = []
        marker = self.home.root / "state-of"
        known = marker.read_text() if marker.exists() else ""
        if known != self.cloud.id:
            if self.home.state.exists():
                shutil.rmtree(self.home.state)
                notes.append("The embedded cloud is a new one: the state of the last is cleared.")
            marker.write_text(self.cloud.id)
        self.home.state.mkdir(mode=0o700, exist_ok=True)
        clear_dead_engine_locks(self.home)
        self._make_stack()
        return notes

    def copy_stack_file(self) -> Path:
        """The engine notes its encryption in the stack file: let it have one that is nobody's."""
        name = f"Pulumi.{self.stack}.yaml"
        original = self.project.folder / name
        text = original.read_text() if original.is_file() else ""
        copy = self.home.root / "stacks" / self.project.name / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(ENCRYPTION.sub("", text))
        return copy

    def _make_stack(self) -> None:
        """Make the stack when it is missing, without a line written to the project."""
        stacks = self.home.state / ".pulumi" / "stacks" / self.project.name
        if (stacks / f"{self.stack}.json").exists():
            return
        with tempfile.TemporaryDirectory() as folder:
            description = {"name": self.project.name, "runtime": "python"}
            (Path(folder) / "Pulumi.yaml").write_text(json.dumps(description))
            elsewhere = replace(self, project=replace(self.project, folder=Path(folder)))
            elsewhere.answer("stack", "init", self.stack, "--non-interactive")

    def run(self, *arguments: str, to_errors: bool = False) -> int:
        """Run one command on the stack for a person to watch; its exit code."""
        where = ("--stack", self.stack, "--config-file", str(self.copy_stack_file()))
        run = subprocess.run(  # noqa: S603
            [str(self.executable), *arguments, *where],
            check=False,
            cwd=self.project.folder,
            env=_clean(os.environ) | self.environment(),
            stdout=sys.stderr if to_errors else None,
        )
        return run.returncode

    def by_hand(self) -> dict[str, str]:
        """The same for a person's shell, whose `pulumi` leaves the stack files alone too."""
        script = self.home.root / "bin" / "pulumi"
        script.parent.mkdir(exist_ok=True)
        root = Path(__file__).parent.parent
        script.write_text(
            f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" -m sandbox.by_hand "$@"\n'
        )
        script.chmod(0o755)
        environment = self.environment()
        path = f"{script.parent}{os.pathsep}{environment['PATH']}"
        return environment | {"PATH": path, "SANDBOX_HOME": str(self.home.root)}

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; a secret one stays hidden."""
        answer = self.answer("stack", "output", "--json", "--stack", self.stack)
        return dict(json.loads(answer))

    def answer(self, *arguments: str) -> str:
        """What a command prints.

        Raises:
            subprocess.CalledProcessError: it failed.
        """
        run = subprocess.run(  # noqa: S603
            [str(self.executable), *arguments],
            cwd=self.project.folder,
            env=_clean(os.environ) | self.environment(),
            check=True,
            capture_output=True,
            text=True,
        )
        return run.stdout


def _clean(environment: Mapping[str, str]) -> dict[str, str]:
    """No account's credentials and no Pulumi service reach a run in the sandbox."""
    apart = ("AWS_", "PULUMI_ACCESS_TOKEN", "PULUMI_CLOUD_URL")
    return {key: value for key, value in environment.items() if not key.startswith(apart)}
