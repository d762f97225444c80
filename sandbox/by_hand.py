"""`pulumi` as a person types it in the sandbox's environment.

The engine notes its encryption in the stack file, and writes the whole file anew to do so. Here
it gets the sandbox's copy, so that the project's own stays as it was written.
"""

import os
import sys
from pathlib import Path

from . import control, engine
from .home import Home
from .project import Project, ProjectError
from .run import Engine

CHANGING = frozenset({"up", "update", "preview", "refresh", "destroy", "import", "watch"})


def main(arguments: list[str]) -> None:
    """Become the engine, with the copy of the stack file where the command takes one."""
    executable = engine.find()
    if executable is None:
        sys.exit("error: Pulumi's command line is gone; get it again with: make setup")
    if CHANGING.isdisjoint(arguments) or _value(arguments, "--config-file"):
        os.execv(executable, [str(executable), *arguments])  # noqa: S606
    cloud = control.running(Home.find())
    if cloud is None:
        sys.exit("error: the embedded cloud does not run; start it with: make up")
    folder = Path(_value(arguments, "--cwd", "-C") or ".")
    try:
        project = Project.find(folder)
    except ProjectError as error:
        sys.exit(f"error: {error}")
    stack = _value(arguments, "--stack", "-s")
    runner = Engine(executable, Home.find(), cloud, project, stack or "")
    if not stack:
        stack = runner.answer("stack", "--show-name").strip()
        runner = Engine(executable, Home.find(), cloud, project, stack)
    file = runner.copy_stack_file()
    if not {"--debug", "-d"}.isdisjoint(arguments):
        os.environ["SANDBOX_DEBUG"] = "true"
    os.execv(executable, [str(executable), *arguments, "--config-file", str(file)])  # noqa: S606


def _value(arguments: list[str], *names: str) -> str | None:
    for position, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name in names:
            return value if equals else next(iter(arguments[position + 1 :]), None)
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
