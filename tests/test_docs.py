"""The documentation says only what exists, in the order in which CI runs it."""

import re
import shlex
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from sandbox.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
BLOCKS = re.compile(r"```sh\n(.*?)```", re.DOTALL)
TARGETS = re.compile(r"^([a-z]+):", re.MULTILINE)
QUOTED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?://)([^)#]+)")


def commands() -> list[list[str]]:
    """Every command of the README, from its blocks and its text."""
    lines = [line for block in BLOCKS.findall(README) for line in block.splitlines()]
    quoted = [text for text in QUOTED.findall(BLOCKS.sub("", README)) if " " in text]
    return [shlex.split(text, comments=True) for text in (*lines, *quoted)]


def test_the_first_two_commands_are_those_that_do_everything() -> None:
    assert [
        shlex.split(each, comments=True) for each in BLOCKS.findall(README)[0].splitlines()
    ] == [
        ["make", "up"],
        ["make", "test"],
    ]


def test_ci_runs_the_two_commands_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in ("make up", "make test") if line not in script] == []


def test_every_make_command_of_the_readme_is_a_target() -> None:
    targets = set(TARGETS.findall((ROOT / "Makefile").read_text()))
    used = {
        word
        for command in commands()
        if command[0] == "make"
        for word in command[1:]
        if "=" not in word
    }
    assert used
    assert used - targets == set()


def test_every_sandbox_command_of_the_readme_is_one_of_its_own() -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    used = set(re.findall(r"-m sandbox ([a-z]+)", README))
    assert used
    assert used - set(group.commands) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    assert [
        link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()
    ] == []


def test_every_decision_says_what_would_reverse_it() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert decisions
    assert [
        file.name for file in decisions if "**What would reverse it.**" not in file.read_text()
    ] == []


def test_every_test_that_the_security_page_names_is_there() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    named = set(re.findall(r"`(test_\w+)`", page))
    found = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", file.read_text(), re.MULTILINE)
    }
    assert named
    assert named - found == set()
