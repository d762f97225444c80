"""The production stack on the real engine."""

from tests.stacks.clear_text import in_clear
from tests.stacks.harness import Sandbox


def test_production_comes_up_shows_no_change_and_keeps_its_data(sandbox: Sandbox) -> None:
    up = sandbox.run("up", "--stack", "production")
    assert up.code == 0, up.text
    assert sandbox.applied_types() == sandbox.aws_types("platform", "production")
    assert list(in_clear(sandbox.checkpoint("platform", "production"))) == []
    preview = sandbox.run("preview", "--stack", "production", "--expect-no-changes")
    assert preview.code == 0, preview.text
    _cannot_be_destroyed(sandbox)


def _cannot_be_destroyed(sandbox: Sandbox) -> None:
    destroy = sandbox.run("destroy", "--yes", "--stack", "production")
    assert destroy.code != 0
    assert destroy.lines("cannot be deleted")
    rds = sandbox.client("rds", account="444455556666")
    assert {
        each["DBInstanceIdentifier"] for each in rds.describe_db_instances()["DBInstances"]
    } == {
        "platform-production-database",
        "platform-production-database-replica-1",
    }
