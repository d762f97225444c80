"""The command line: `python -m sandbox up` and what belongs to it."""

import json
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from . import control, engine
from .control import Cloud, CloudError
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

Stack = Annotated[str, typer.Option("--stack", "-s", help="The stack to work on.")]
Cwd = Annotated[Path, typer.Option("--cwd", help="The folder of the Pulumi project.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
HERE = Path()
REFUSALS = (BusyError, CloudError, ProjectError, engine.NoEngineError)


@app.command()
def up(stack: Stack = "staging", cwd: Cwd = HERE, as_json: Json = False) -> None:
    """Create or change the stack's resources in the embedded cloud."""
    with _driving("up", cwd, stack) as runner:
        _finish(runner, runner.run("up", "--yes", *_plain(as_json), to_errors=as_json), as_json)


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
    """Show what `up` would do; as JSON, it is the engine's own."""
    wanted = {"--diff": diff, "--expect-no-changes": expect_no_changes, "--json": as_json}
    with _driving("preview", cwd, stack) as runner:
        code = runner.run("preview", *(flag for flag, on in wanted.items() if on))
    raise typer.Exit(code)


@app.command()
def refresh(stack: Stack = "staging", cwd: Cwd = HERE, as_json: Json = False) -> None:
    """Show what was changed in the cloud by hand, and take it into the state."""
    arguments = ("refresh", "--yes", "--skip-preview", "--diff", *_plain(as_json))
    with _driving("refresh", cwd, stack) as runner:
        code = runner.run(*arguments, to_errors=as_json)
        _finish(runner, code, as_json, summary=as_json)


@app.command()
def destroy(
    stack: Stack = "staging",
    cwd: Cwd = HERE,
    as_json: Json = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete everything that the stack holds in the embedded cloud."""
    if not yes and not typer.confirm(f"Delete everything of {stack!r} in the embedded cloud?"):
        raise typer.Exit(1)
    arguments = ("destroy", "--yes", "--skip-preview", *_plain(as_json))
    with _driving("destroy", cwd, stack) as runner:
        code = runner.run(*arguments, to_errors=as_json)
        _finish(runner, code, as_json, summary=as_json)


@app.command()
def status(as_json: Json = False) -> None:
    """Say whether the cloud runs, where, and what it holds: applied, or recorded only."""
    cloud = control.running(Home.find())
    if as_json:
        facts = _facts(cloud) if cloud else {}
        typer.echo(json.dumps({"running": cloud is not None, **facts}, indent=2))
    elif cloud:
        _tell(f"The embedded cloud runs as process {cloud.pid} and answers at {cloud.endpoint}.")
        _print_resources(cloud)
    else:
        _tell("The embedded cloud does not run; `python -m sandbox up` starts it.")
    raise typer.Exit(0 if cloud else 1)


@app.command()
def stop() -> None:
    """End the embedded cloud; what it held is gone with it."""
    ended = control.stop(Home.find())
    _tell("The embedded cloud has ended." if ended else "The embedded cloud was not running.")


@app.command()
def env(stack: Stack = "staging", cwd: Cwd = HERE) -> None:
    """Print what turns `pulumi` and `aws` to the sandbox: eval "$(python -m sandbox env)"."""
    with _driving("env", cwd, stack, locked=False) as runner:
        for other in runner.project.stacks():
            replace(runner, stack=other).prepare()
        for name, value in runner.by_hand().items():
            typer.echo(f"export {name}={shlex.quote(value)}")


@contextmanager
def _driving(command: str, cwd: Path, stack: str, *, locked: bool = True) -> Iterator[Engine]:
    """The engine, the cloud and the stack made ready; a refusal is one message."""
    try:
        home, project = Home.find(), Project.find(cwd)
        with held(home, command) if locked else nullcontext():
            executable = engine.ensure()
            cloud = control.start(home)
            runner = Engine(executable, home, cloud, project, stack)
            for note in runner.prepare():
                _tell(note, errors)
            yield runner
    except REFUSALS as error:
        _tell(f"error: {error}", errors)
        raise typer.Exit(1) from error
    except subprocess.CalledProcessError as error:
        _tell(f"error: {(error.stderr or str(error)).strip()}", errors)
        raise typer.Exit(1) from error


def _plain(as_json: bool) -> tuple[str, ...]:
    return ("--color", "never") if as_json else ()


def _finish(runner: Engine, code: int, as_json: bool, *, summary: bool = True) -> None:
    if code == 0 and summary and as_json:
        names = {"project": runner.project.name, "stack": runner.stack}
        facts = {**names, "outputs": runner.outputs(), **_facts(runner.cloud)}
        typer.echo(json.dumps(facts, indent=2))
    elif code == 0 and summary:
        _print_summary(runner)
    # A killed engine has a negative code.
    raise typer.Exit(code if code >= 0 else 1)


def _facts(cloud: Cloud) -> dict[str, Any]:
    resources = dict(sorted(cloud.resources().items()))
    return {"endpoint": cloud.endpoint, "dashboard": cloud.dashboard, "resources": resources}


def _tell(text: str, where: Console = console) -> None:
    where.print(text, highlight=False, soft_wrap=True, markup=False)


def _print_summary(runner: Engine) -> None:
    kinds = runner.cloud.resources()
    recorded = {name: kind for name, kind in kinds.items() if kind["recorded"]}
    applied = sum(kind["count"] for name, kind in kinds.items() if name not in recorded)
    _tell(f"\nApplied to moto: {applied} AWS resources of {len(kinds) - len(recorded)} types.")
    if recorded:
        names = ", ".join(sorted(name.split(":")[-1] for name in recorded))
        _tell(f"Recorded only, since moto has no such call: {names}.")
    _tell(
        "Look at it:   "
        'eval "$(.venv/bin/python -m sandbox env)"; aws ec2 describe-vpcs; pulumi stack'
    )
    _tell(f"Browse it:    {runner.cloud.dashboard}")
    _tell("Take it down: make destroy (the resources), make down (the cloud)")


def _print_resources(cloud: Cloud) -> None:
    table = Table("Type", "Count", "How", box=None, pad_edge=False)
    for name, kind in sorted(cloud.resources().items()):
        table.add_row(name, str(kind["count"]), "recorded" if kind["recorded"] else "applied")
    console.print(table)
