import subprocess
import sys

import pytest

from sandbox.sdk import UnknownTypeError, problems, schema

VPC = "aws:ec2/vpc:Vpc"


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"cidrBlok": "10.0.0.0/16"}, ("cidrBlok", "no such property; did you mean 'cidrBlock'?")),
        ({"cidrBlock": ["10.0.0.0/16"]}, ("cidrBlock", "takes a string, got ['10.0.0.0/16']")),
        ({"enableDnsSupport": "maybe"}, ("enableDnsSupport", "takes a boolean, got 'maybe'")),
        ({"ipv4NetmaskLength": 16.5}, ("ipv4NetmaskLength", "takes an integer, got 16.5")),
        ({"tags": {"a": ["b"]}}, ("tags.a", "takes a string, got ['b']")),
    ],
)
def test_a_property_that_the_package_does_not_take_is_named(
    inputs: dict[str, object], told: tuple[str, str]
) -> None:
    assert [(each.property, each.reason) for each in problems(schema(VPC).inputs, inputs)] == [told]


def test_a_required_property_that_is_missing_is_named() -> None:
    found = problems(schema("aws:ec2/route:Route").inputs, {})
    assert [(each.property, each.reason) for each in found] == [
        ("routeTableId", "is required and missing")
    ]


def test_numbers_and_booleans_may_come_as_texts() -> None:
    inputs = {"enableDnsSupport": "true", "ipv4NetmaskLength": "16", "tags": {"n": 1}}
    assert list(problems(schema(VPC).inputs, inputs)) == []


def test_a_type_that_the_package_has_not_is_refused() -> None:
    with pytest.raises(UnknownTypeError):
        schema("aws:imaginary/thing:Thing")


def test_threads_that_load_a_module_of_the_package_at_once_all_find_it() -> None:
    program = """
import sys
from concurrent.futures import ThreadPoolExecutor
from sandbox.sdk import schema
sys.setswitchinterval(1e-6)
tokens = ["aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"] * 4
with ThreadPoolExecutor(len(tokens)) as threads:
    list(threads.map(schema, tokens))
"""
    subprocess.run([sys.executable, "-c", program], check=True)
