"""Programs as other people write them."""

import pytest

from tests.stacks.harness import PROGRAMS, Sandbox


@pytest.mark.parametrize("program", ["site", "queue"])
def test_a_program_of_somebody_else_lives_from_up_to_destroy(
    sandbox: Sandbox, program: str
) -> None:
    folder = PROGRAMS / program
    up = sandbox.run("up", "--stack", "dev", cwd=folder)
    assert up.code == 0, up.text
    assert sandbox.applied_types() == sandbox.aws_types(program, "dev")
    preview = sandbox.run("preview", "--stack", "dev", "--expect-no-changes", cwd=folder)
    assert preview.code == 0, preview.text
    refresh = sandbox.run("refresh", "--stack", "dev", cwd=folder)
    assert not refresh.lines("~ "), refresh.text
    destroy = sandbox.run("destroy", "--yes", "--stack", "dev", cwd=folder)
    assert destroy.code == 0, destroy.text
    assert sandbox.applied_types() == {}


def test_the_site_can_be_read_over_http(sandbox: Sandbox) -> None:
    folder = PROGRAMS / "site"
    assert sandbox.run("up", "--stack", "read", cwd=folder).code == 0
    s3 = sandbox.client("s3", account="123456789012", region="us-east-1")
    (bucket,) = s3.list_buckets()["Buckets"]
    body = s3.get_object(Bucket=bucket["Name"], Key="index.html")["Body"].read()
    assert body == b"<h1>Hello</h1>"
    assert sandbox.run("destroy", "--yes", "--stack", "read", cwd=folder).code == 0
