"""What is refused, and how: one clear error, nothing touched."""

import json
import subprocess
import sys
import time
from pathlib import Path

from tests.stacks.harness import PROGRAMS, Sandbox

MISTAKES = {
    "cidr: 10.20.0.0/16": "cidr: 10.20.0.0/25",
    "zones: [eu-west-1a, eu-west-1b]": "zones: [eu-west-1a, us-east-1b]",
    "instance_class: db.t4g.medium": "instance_class: db.t4g.gigantic",
    "  replicas: 0\n    snapshot": "  replcas: 0\n    replicas: 0\n    snapshot",
    "maintenance_window: mon:04:00-mon:05:00": "maintenance_window: mon:02:30-mon:03:30",
}


def project(folder: Path, program: str) -> Path:
    (folder / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
    (folder / "__main__.py").write_text(program)
    return folder


def test_a_stack_file_with_five_mistakes_gives_one_error_of_five_lines(
    sandbox: Sandbox, platform: Path
) -> None:
    file = platform / "Pulumi.staging.yaml"
    text = file.read_text()
    for right, wrong in MISTAKES.items():
        assert right in text
        text = text.replace(right, wrong)
    file.write_text(text)

    up = sandbox.run("up", cwd=platform)

    assert up.code != 0
    diagnostics = up.text.partition("Diagnostics:")[2]
    assert diagnostics.count("error: ") == 1, up.text
    assert diagnostics.count("Pulumi.staging.yaml: ") == len(MISTAKES), up.text
    assert "Traceback" not in up.text
    assert sandbox.state("platform", "staging") == []
    assert sandbox.applied_types() == {}


def test_a_misspelt_property_fails_its_resource_by_name(sandbox: Sandbox, tmp_path: Path) -> None:
    program = """
import pulumi

class Bucket(pulumi.CustomResource):
    pass

Bucket("aws:s3/bucket:Bucket", "files", {"bukcet": "files"})
"""
    up = sandbox.run("up", "--stack", "dev", cwd=project(tmp_path, program))
    assert up.code != 0
    assert up.lines("bukcet")
    assert up.lines("did you mean 'bucket'?"), up.text


def test_a_type_that_is_not_known_is_refused_before_anything_is_made(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    program = """
import pulumi
import pulumi_aws as aws

aws.sqs.Queue("first")
pulumi.CustomResource("aws:imaginary/thing:Thing", "second", {})
"""
    up = sandbox.run("up", "--stack", "dev", cwd=project(tmp_path, program))
    assert up.code != 0
    assert up.lines("aws:imaginary/thing:Thing"), up.text
    assert sandbox.applied_types() == {}


def test_a_value_that_aws_does_not_take_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    program = """
import pulumi_aws as aws

aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", instance_tenancy="shared")
"""
    up = sandbox.run("up", "--stack", "dev", cwd=project(tmp_path, program))
    assert up.code != 0
    assert up.lines("instanceTenancy='shared'; AWS takes default, dedicated, host"), up.text


def test_a_second_up_while_one_runs_is_refused(sandbox: Sandbox) -> None:
    first = sandbox.start("up", "--stack", "dev", cwd=PROGRAMS / "queue")
    deadline = time.monotonic() + 60
    lock, holder = sandbox.home / "run.lock", f"process {first.pid}"
    while time.monotonic() < deadline and not (lock.exists() and holder in lock.read_text()):
        time.sleep(0.05)
    second = sandbox.run("up", "--stack", "dev", cwd=PROGRAMS / "queue")
    first.communicate(timeout=120)
    assert second.code == 1
    assert second.lines("is at work on this sandbox"), second.text
    assert first.returncode == 0
    assert sandbox.run("destroy", "--yes", "--stack", "dev", cwd=PROGRAMS / "queue").code == 0


def test_a_folder_without_a_project_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    up = sandbox.run("up", cwd=tmp_path)
    assert up.code == 1
    assert up.lines("name the project's folder with --cwd")
    assert len(up.text.strip().splitlines()) == 1, up.text


def test_json_is_the_only_thing_on_standard_output(sandbox: Sandbox) -> None:
    process = subprocess.run(
        [*_command("up"), "--json", "--stack", "json", "--cwd", str(PROGRAMS / "site")],
        env=sandbox.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(process.stdout)
    assert answer["outputs"]["bucket_name"].startswith("site-bucket-")
    assert answer["resources"]["aws:s3/bucket:Bucket"] == {"count": 1, "recorded": False}
    destroy = sandbox.run("destroy", "--yes", "--stack", "json", cwd=PROGRAMS / "site")
    assert destroy.code == 0


def _command(name: str) -> list[str]:
    return [sys.executable, "-m", "sandbox", name]
