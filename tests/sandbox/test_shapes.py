import pytest

from sandbox.aws.derive import model
from sandbox.aws.shapes import Request, from_aws
from sandbox.sdk import Type, schema


def shape(service: str, operation: str) -> object:
    return model(service).operation_model(operation).input_shape


def test_names_match_without_case_and_a_plural_s() -> None:
    request = Request()
    members = request.structure(
        shape("ec2", "CreateVpcEndpoint"), {"vpcId": "vpc-1", "routeTableIds": ["rtb-1"]}
    )
    assert members == {"VpcId": "vpc-1", "RouteTableIds": ["rtb-1"]}
    assert request.unplaced == []


def test_an_input_without_a_place_is_reported_with_its_path() -> None:
    request = Request()
    request.structure(
        shape("ecr", "CreateRepository"), {"imageScanningConfiguration": {"scanOnPsh": True}}
    )
    assert request.unplaced == ["imageScanningConfiguration.scanOnPsh"]


def test_a_list_of_one_becomes_the_structure_that_aws_takes() -> None:
    members = Request(rename={"encryptionConfigurations": "encryptionConfiguration"}).structure(
        shape("ecr", "CreateRepository"), {"encryptionConfigurations": [{"encryptionType": "KMS"}]}
    )
    assert members == {"encryptionConfiguration": {"encryptionType": "KMS"}}


def test_a_map_becomes_pairs() -> None:
    members = Request().structure(shape("kms", "CreateKey"), {"tags": {"Name": "app"}})
    assert members == {"Tags": [{"TagKey": "Name", "TagValue": "app"}]}


@pytest.mark.parametrize(
    ("service", "operation", "inputs", "problem"),
    [
        ("ec2", "CreateVpc", {"instanceTenancy": "shared"}, "instanceTenancy='shared'; AWS takes"),
        ("iam", "CreateRole", {"maxSessionDuration": 60}, "AWS takes 3600 to 43200"),
        ("kms", "CreateAlias", {"aliasName": "app alias"}, "AWS takes what matches"),
    ],
)
def test_enumerations_ranges_and_patterns_are_checked(
    service: str, operation: str, inputs: dict[str, object], problem: str
) -> None:
    request = Request()
    request.structure(shape(service, operation), inputs)
    assert any(problem in each for each in request.problems), request.problems


def test_an_answer_of_aws_becomes_properties() -> None:
    answer = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "Tags": [{"Key": "a", "Value": "b"}]}
    shown = from_aws(schema("aws:ec2/vpc:Vpc").outputs, answer)
    assert shown["cidrBlock"] == "10.0.0.0/16"
    assert shown["tags"] == {"a": "b"}


def test_a_policy_document_that_boto3_decoded_is_a_text_again() -> None:
    answer = {"PolicyDocument": {"Version": "2012-10-17", "Statement": []}}
    shown = from_aws({"policy": Type("string")}, answer, rename={"policy": "PolicyDocument"})
    assert shown == {"policy": '{"Version": "2012-10-17", "Statement": []}'}
