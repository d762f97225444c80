"""The Pulumi project that the sandbox is pointed at."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DEFAULT_ACCOUNT = "123456789012"
DEFAULT_REGION = "us-east-1"


class ProjectError(Exception):
    """There is no project to run; the text says what to do."""


@dataclass(frozen=True)
class Project:
    """A folder with a Pulumi.yaml of a Python program."""

    folder: Path
    name: str

    @classmethod
    def find(cls, folder: Path) -> "Project":
        """The project in a folder.

        Raises:
            ProjectError: no Pulumi.yaml, one that is no YAML, or not of Python.
        """
        file = folder / "Pulumi.yaml"
        if not file.is_file():
            raise ProjectError(f"{file}: there is none; name the project's folder with --cwd")
        try:
            content = yaml.safe_load(file.read_text()) or {}
        except yaml.YAMLError as error:
            raise ProjectError(f"{file}: {str(error).splitlines()[0]}") from error
        runtime = content.get("runtime")
        language = runtime.get("name") if isinstance(runtime, dict) else runtime
        if language != "python" or not content.get("name"):
            raise ProjectError(f"{file}: needs a name, and runtime: python; it has {language!r}")
        return cls(folder.resolve(), str(content["name"]))

    def account(self, stack: str) -> str:
        """The account that the stack's file allows, as the aws package reads it."""
        accounts = self._config(stack).get("aws:allowedAccountIds")
        return str(accounts[0]) if isinstance(accounts, list) and accounts else DEFAULT_ACCOUNT

    def region(self, stack: str) -> str:
        """The region of the stack's file."""
        return str(self._config(stack).get("aws:region") or DEFAULT_REGION)

    def _config(self, stack: str) -> dict[str, Any]:
        file = self.folder / f"Pulumi.{stack}.yaml"
        try:
            content = yaml.safe_load(file.read_text()) if file.is_file() else None
        except yaml.YAMLError as error:
            raise ProjectError(f"{file}: {str(error).splitlines()[0]}") from error
        config = content.get("config") if isinstance(content, dict) else None
        return config if isinstance(config, dict) else {}

    def stacks(self) -> list[str]:
        """The stacks that have a file."""
        files = self.folder.glob("Pulumi.*.yaml")
        return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)


def access_key(account: str) -> str:
    """The access key id with which `aws` looks into an account: 20 characters, as in AWS."""
    return f"AKIA{account}0000"
