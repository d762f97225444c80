"""The Pulumi engine driven against the embedded cloud."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import language_host
from .control import Cloud
from .home import PASSPHRASE, Home
from .lock import clear_dead_engine_locks
from .project import Project


@dataclass(frozen=True)
class Engine:
    """A `pulumi` whose backend is a folder and whose providers are the cloud's."""

    executable: Path
    home: Home
    cloud: Cloud

    def environment(self) -> dict[str, str]:
        """The variables that turn any `pulumi` command to the sandbox."""
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
            # An engine that was built from source asks for these; the vendor's does not.
            "SANDBOX_PYTHON": sys.executable,
            "SANDBOX_LANGUAGE_HOST": language_host.__file__,
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_ENDPOINT_URL": self.cloud.endpoint,
        }

    def prepare(self) -> list[str]:
        """Make the backend ready; what a person should know of it."""
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
        return notes

    def select(self, project: Project, stack: str) -> None:
        """Make the stack when it is missing, without a line written to the project."""
        file = self.home.state / ".pulumi" / "stacks" / project.name / f"{stack}.json"
        if file.exists():
            return
        with tempfile.TemporaryDirectory() as folder:
            description = {"name": project.name, "runtime": "python"}
            (Path(folder) / "Pulumi.yaml").write_text(json.dumps(description))
            arguments = ["stack", "init", stack, "--non-interactive"]
            self._quietly(arguments, Path(folder))

    def run(self, arguments: list[str], folder: Path, *, to_errors: bool = False) -> int:
        """Run one command for a person to watch; its exit code."""
        command = [str(self.executable), *arguments]
        environment = {**_clean(os.environ), **self.environment()}
        out = sys.stderr if to_errors else None
        run = subprocess.run(  # noqa: S603
            command, check=False, cwd=folder, env=environment, stdout=out
        )
        return run.returncode

    def ask(self, arguments: list[str], folder: Path) -> Any:
        """What a command answers as JSON."""
        return json.loads(self._quietly([*arguments, "--json"], folder))

    def _quietly(self, arguments: list[str], folder: Path) -> str:
        """What a command prints.

        Raises:
            subprocess.CalledProcessError: it failed.
        """
        run = subprocess.run(  # noqa: S603
            [str(self.executable), *arguments],
            cwd=folder,
            env={**_clean(os.environ), **self.environment()},
            check=True,
            capture_output=True,
            text=True,
        )
        return run.stdout


def _clean(environment: Mapping[str, str]) -> dict[str, str]:
    """No account's credentials and no Pulumi service reach a run in the sandbox."""
    apart = ("AWS_", "PULUMI_ACCESS_TOKEN", "PULUMI_CLOUD_URL")
    return {key: value for key, value in environment.items() if not key.startswith(apart)}
