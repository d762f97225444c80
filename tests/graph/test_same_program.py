"""The program is pure: nothing of the machine, the clock or the environment is in its graph."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.graph.graph import ROOT, STACKS

ELSEWHERE = {
    "PYTHONHASHSEED": "7",
    "TZ": "Pacific/Kiritimati",
    "LANG": "tr_TR.UTF-8",
    "HOSTNAME": "elsewhere",
    "USER": "somebody",
    "AWS_REGION": "ap-south-1",
    "AWS_ACCESS_KEY_ID": "somebody",
    "AGED": "400",
}


def registrations(stack: str, environment: dict[str, str], home: Path) -> bytes:
    variables = {"PATH": os.environ["PATH"], "HOME": str(home), **environment}
    command = [sys.executable, "-m", "tests.graph.registrations", stack]
    run = subprocess.run(command, cwd=ROOT, env=variables, check=True, capture_output=True)
    return run.stdout


@pytest.mark.parametrize("stack", STACKS)
def test_another_clock_environment_and_host_give_the_same_graph(stack: str, tmp_path: Path) -> None:
    here = registrations(stack, {"PYTHONHASHSEED": "1"}, Path.home())
    assert b"aws:ec2/vpc:Vpc" in here
    assert registrations(stack, ELSEWHERE, tmp_path) == here
