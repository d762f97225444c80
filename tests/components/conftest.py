"""A component under test: every registration recorded whole, every resource applied to moto."""

from collections.abc import Iterator

import pulumi
import pytest
from moto import mock_aws

from sandbox.aws.ledger import Ledger
from sandbox.aws.package import AwsPackage
from sandbox.moto_cloud import MOTO_CONFIG, reset
from tests.mocked import Engine

__all__ = ["Engine", "aws_package", "engine"]

PROVIDER = {
    "region": "eu-west-1",
    "allowedAccountIds": ["111122223333"],
    "defaultTags": {"tags": {"Project": "platform"}},
}


@pytest.fixture(scope="session")
def aws_package() -> Iterator[AwsPackage]:
    """One for all tests: its boto3 clients take seconds to make."""
    with mock_aws(config=MOTO_CONFIG):
        package = AwsPackage()
        package.configure(PROVIDER)
        yield package


@pytest.fixture
def engine(aws_package: AwsPackage) -> Engine:
    reset()
    aws_package.ledger = Ledger()
    engine = Engine(aws_package)
    pulumi.runtime.set_mocks(engine, monitor=engine.monitor, preview=False)
    return engine
