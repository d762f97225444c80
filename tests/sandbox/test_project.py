from pathlib import Path

import pytest

from sandbox.project import Project, ProjectError


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "there is none"),
        ("name: [", "while parsing"),
        ("name: app\nruntime: nodejs\n", "runtime: python; it has 'nodejs'"),
        ("runtime: python\n", "needs a name"),
    ],
)
def test_what_is_no_python_project_is_refused(
    tmp_path: Path, content: str | None, told: str
) -> None:
    if content is not None:
        (tmp_path / "Pulumi.yaml").write_text(content)
    with pytest.raises(ProjectError, match=told):
        Project.find(tmp_path)


def test_account_and_region_are_those_of_the_stack_file(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: app\nruntime: python\n")
    (tmp_path / "Pulumi.live.yaml").write_text(
        'config:\n  aws:region: eu-west-1\n  aws:allowedAccountIds: ["111122223333"]\n'
    )
    project = Project.find(tmp_path)
    assert (project.account("live"), project.region("live")) == ("111122223333", "eu-west-1")
    assert (project.account("new"), project.region("new")) == ("123456789012", "us-east-1")
    assert project.stacks() == ["live"]
