from sandbox.aws.template import MISSING, fill, properties

CONTEXT = {"id": "vpc-1", "name": "app", "ports": [1, 2], "off": False}


def test_a_hole_alone_keeps_its_type() -> None:
    assert fill({"Ports": "{ports}", "Off": "{off}"}, CONTEXT) == {"Ports": [1, 2], "Off": False}


def test_holes_inside_a_text_are_written_out() -> None:
    assert fill("arn:{id}/{name}", CONTEXT) == "arn:vpc-1/app"


def test_an_empty_hole_takes_its_entry_with_it() -> None:
    assert fill({"Id": "{id}", "Gone": "{nothing}"}, CONTEXT) == {"Id": "vpc-1"}
    assert fill({"Id": {"Inner": "{nothing}"}}, CONTEXT) is MISSING
    assert fill(["{id}", "{nothing}"], CONTEXT) is MISSING


def test_the_properties_that_a_template_takes_are_named() -> None:
    template = {"A": "{vpcId || subnetId}", "B": ["{flag && 'VPC' || `true`}"], "C": "{id}"}
    assert set(properties(template)) == {"vpcId", "subnetId", "flag"}
