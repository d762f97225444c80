"""The Pulumi project that the sandbox is pointed at."""

from dataclasses import dataclass
from pathlib import Path

import yaml


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

    def stacks(self) -> list[str]:
        """The stacks that have a file."""
        files = self.folder.glob("Pulumi.*.yaml")
        return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)
