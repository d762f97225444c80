"""The command line: `python -m sandbox up` and what belongs to it."""

import json
import shlex
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from . import control, engine
from .control import CloudError
from .home import Home
from .lock import BusyError, held
from .project import Project, ProjectError
from .run import Engine

app = typer.Typer(
    help="A Pulumi Python project on an embedded cloud: the real engine, no account, no container.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console, errors = Console(), Console(stderr=True)
T = TypeVar("T")

Stack = Annotated[str, typer.Option("--stack", "-s", help="The stack to work on.")]
Cwd = Annotated[Path, typer.Option("--cwd", help="The folder of the Pulumi project.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
HERE = Path()


@app.command()
def up(stack: Stack = "staging", cwd: Cwd = HERE, as_json: Json = False) -> None:
    """Create or change the stack's resources in the embedded cloud."""
    with _driving("up", cwd, stack) as (runner, project):
        code = _drive(runner, ["up", "--yes", "--stack", stack], project, as_json)
        if code == 0:
            _summary(runner, project, stack, as_json)
    raise typer.Exit(code)


@app.command()
def preview(
    stack: Stack = "staging",
    cwd: Cwd = HERE,
    as_json: Json = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show every changed property.")] = False,
    expect_no_changes: Annotated[
        bool, typer.Option("--expect-no-changes", help="Fail where there is a change.")
    ] = False,
) -> None:
    """Show what `up` would do."""
    arguments = ["preview", "--stack", stack]
    arguments += ["--diff"] if diff else []
    arguments += ["--expect-no-changes"] if expect_no_changes else []
    with _driving("preview", cwd, stack) as (runner, project):
        # The engine's own JSON is the answer here.
        arguments += ["--json"] if as_json else []
        code = runner.run(arguments, project.folder)
    raise typer.Exit(code)


@app.command()
def refresh(stack: Stack = "staging", cwd: Cwd = HERE, as_json: Json = False) -> None:
    """Compare the state with the cloud, show what drifted, and take it into the state."""
    with _driving("refresh", cwd, stack) as (runner, project):
        arguments = ["refresh", "--yes", "--skip-preview", "--diff", "--stack", stack]
        code = _drive(runner, arguments, project, as_json)
        if code == 0 and as_json:
            _summary(runner, project, stack, as_json)
    raise typer.Exit(code)


@app.command()
def destroy(
    stack: Stack = "staging", cwd: Cwd = HERE, as_json: Json = False, yes: Yes = False
) -> None:
    """Delete everything that the stack holds in the embedded cloud."""
    if not yes and not typer.confirm(f"Delete everything of {stack!r} in the embedded cloud?"):
        raise typer.Exit(1)
    with _driving("destroy", cwd, stack) as (runner, project):
        arguments = ["destroy", "--yes", "--skip-preview", "--stack", stack]
        code = _drive(runner, arguments, project, as_json)
        if code == 0 and as_json:
            _summary(runner, project, stack, as_json)
    raise typer.Exit(code)


@app.command()
def status(as_json: Json = False) -> None:
    """Say whether the cloud runs, where, and what it holds: applied, or recorded only."""
    cloud = control.running(Home.find())
    if as_json:
        found = {"running": cloud is not None}
        if cloud:
            found |= _facts(cloud)
        typer.echo(json.dumps(found, indent=2))
    elif cloud:
        console.print(f"The embedded cloud runs as process {cloud.pid}.", highlight=False)
        _print_resources(cloud)
        _print_places(cloud)
    else:
        console.print("The embedded cloud does not run; `python -m sandbox up` starts it.")
    raise typer.Exit(0 if cloud else 1)


@app.command()
def stop() -> None:
    """End the embedded cloud; what it held is gone with it."""
    if control.stop(Home.find()):
        console.print("The embedded cloud has ended.")
    else:
        console.print("The embedded cloud was not running.")


@app.command()
def env(cwd: Cwd = HERE, stack: Stack = "staging") -> None:
    """Print what turns a plain `pulumi` to the sandbox: eval "$(python -m sandbox env)"."""
    with _driving("env", cwd, stack, locked=False) as (runner, project):
        names = runner.environment()
        for other in project.stacks():
            runner.select(project, other)
    for name, value in names.items():
        typer.echo(f"export {name}={shlex.quote(value)}")


class _driving(AbstractContextManager[tuple[Engine, Project]]):  # noqa: N801
    """The engine, the cloud and the stack made ready; every refusal as one message."""

    def __init__(self, command: str, cwd: Path, stack: str, *, locked: bool = True) -> None:
        self.home = Home.find()
        self.cwd, self.stack = cwd, stack
        self.lock: AbstractContextManager[Any] = (
            held(self.home, command) if locked else nullcontext()
        )

    def __enter__(self) -> tuple[Engine, Project]:
        return _refusing(self._ready)

    def _ready(self) -> tuple[Engine, Project]:
        project = Project.find(self.cwd)
        self.lock.__enter__()
        executable = engine.ensure()
        cloud = control.start(self.home)
        runner = Engine(executable, self.home, cloud)
        for note in runner.prepare():
            errors.print(note)
        runner.select(project, self.stack)
        return runner, project

    def __exit__(self, *error: Any) -> None:
        self.lock.__exit__(*error)


def _refusing(action: Callable[[], T]) -> T:
    try:
        return action()
    except (BusyError, CloudError, ProjectError, engine.NoEngineError) as error:
        errors.print(f"[red]error:[/red] {error}", highlight=False)
    except subprocess.CalledProcessError as error:
        errors.print(f"[red]error:[/red] {(error.stderr or str(error)).strip()}", highlight=False)
    raise typer.Exit(1)


def _drive(runner: Engine, arguments: list[str], project: Project, as_json: bool) -> int:
    if not as_json:
        return runner.run(arguments, project.folder)
    return runner.run([*arguments, "--color", "never"], project.folder, to_errors=True)


def _facts(cloud: control.Cloud) -> dict[str, Any]:
    return {
        "endpoint": cloud.endpoint,
        "dashboard": cloud.dashboard,
        "resources": dict(sorted(cloud.resources().items())),
    }


def _summary(runner: Engine, project: Project, stack: str, as_json: bool) -> None:
    outputs = runner.ask(["stack", "output", "--stack", stack], project.folder)
    if as_json:
        typer.echo(json.dumps({"stack": stack, "outputs": outputs, **_facts(runner.cloud)}))
        return
    resources = runner.cloud.resources()
    recorded = [name for name, kind in resources.items() if kind["recorded"]]
    applied = sum(kind["count"] for kind in resources.values() if not kind["recorded"])
    kept = sum(resources[name]["count"] for name in recorded)
    names = f" ({', '.join(sorted(name.split(':')[-1] for name in recorded))})" if recorded else ""
    console.print(
        f"\nApplied to moto: {applied} AWS resources of {len(resources) - len(recorded)} types. "
        f"Recorded only, moto has no such call: {kept}{names}.",
        highlight=False,
        soft_wrap=True,
    )
    _print_places(runner.cloud)


def _print_places(cloud: control.Cloud) -> None:
    for label, value in (
        ("Look", f"aws --endpoint-url {cloud.endpoint} ec2 describe-vpcs"),
        ("Browse", cloud.dashboard),
        ("By hand", 'eval "$(python -m sandbox env)" && pulumi stack -s staging'),
        ("Take down", "make destroy (the resources), make down (the cloud)"),
    ):
        console.print(f"{label + ':':<11}{value}", highlight=False, soft_wrap=True, markup=False)


def _print_resources(cloud: control.Cloud) -> None:
    table = Table("Type", "Count", "How", box=None, pad_edge=False)
    for name, kind in sorted(cloud.resources().items()):
        table.add_row(name, str(kind["count"]), "recorded" if kind["recorded"] else "applied")
    console.print(table)
