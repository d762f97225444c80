import pytest

from sandbox.aws.derive import AmbiguousError, complete
from sandbox.aws.kinds import Kind
from sandbox.aws.tables import KINDS


@pytest.mark.parametrize(
    ("token", "create", "show", "delete"),
    [
        ("aws:ssm/parameter:Parameter", "PutParameter", "GetParameter", "DeleteParameter"),
        ("aws:backup/vault:Vault", "CreateBackupVault", "DescribeBackupVault", "DeleteBackupVault"),
        ("aws:sfn/stateMachine:StateMachine", "CreateStateMachine", "DescribeStateMachine", None),
        ("aws:efs/fileSystem:FileSystem", "CreateFileSystem", "DescribeFileSystems", None),
        ("aws:kinesis/stream:Stream", "CreateStream", "DescribeStream", "DeleteStream"),
    ],
)
def test_a_type_of_no_table_is_derived_where_its_operations_are_unambiguous(
    token: str, create: str, show: str, delete: str | None
) -> None:
    derived = complete(token, Kind())
    assert derived.create == create
    assert derived.read is not None
    assert derived.read.operation == show
    if delete:
        assert [call.operation for call in derived.delete] == [delete]


@pytest.mark.parametrize("token", ["aws:acm/certificate:Certificate", "aws:imaginary/a:A"])
def test_a_type_whose_operations_do_not_settle_it_is_refused(token: str) -> None:
    with pytest.raises(AmbiguousError, match=token):
        complete(token, Kind())


@pytest.mark.parametrize("token", sorted(KINDS))
def test_every_row_of_the_tables_can_be_made_shown_and_removed(token: str) -> None:
    derived = complete(token, KINDS[token])
    kind = derived.kind
    assert derived.create or kind.make
    assert derived.read or kind.look
    assert derived.delete or kind.remove
