"""What holds for every resource of both stacks."""

from collections.abc import Iterator
from typing import Any

from sandbox.sdk import schema
from settings import REQUIRED_TAGS
from tests.graph.graph import Graph, Node

# By the end of its name and the property: why no key of ours is there.
NOT_ENCRYPTED = {
    ("-cache-events", "kmsMasterKeyId"): "ElastiCache publishes to no encrypted topic",
}
DATA = (
    "rds/instance:Instance",
    "elasticache/replicationGroup:ReplicationGroup",
    "kms/key:Key",
    "s3/bucket:Bucket",
    "backup/vault:Vault",
    "ecr/repository:Repository",
    "secretsmanager/secret:Secret",
)


def takes(node: Node, key: str) -> bool:
    return key in schema(node.type).inputs.fields


def key_properties(node: Node) -> Iterator[tuple[str, Any]]:
    """The properties of a resource that name a KMS key."""
    for key in schema(node.type).inputs.fields:
        if key.lower().endswith(("kmskeyid", "kmskeyarn", "kmsmasterkeyid")):
            yield key, node.inputs.get(key)


def test_every_resource_that_takes_tags_has_the_four_required(stack: Graph) -> None:
    missing = {
        str(node): sorted(set(REQUIRED_TAGS) - set(node.state.get("tagsAll") or {}))
        for node in stack.aws
        if takes(node, "tags")
    }
    assert {node: tags for node, tags in missing.items() if tags} == {}


def test_every_rule_of_a_security_group_says_what_it_is_for(stack: Graph) -> None:
    silent = [
        str(node)
        for node in stack.of(
            "GroupIngressRule", "GroupEgressRule", "ec2/securityGroup:SecurityGroup"
        )
        if not node.inputs.get("description")
    ]
    assert silent == []


def test_the_internet_reaches_nothing_but_https_and_its_redirect(stack: Graph) -> None:
    open_ports = {
        (node.inputs.get("fromPort"), node.inputs.get("toPort"))
        for node in stack.of("GroupIngressRule")
        if "0.0.0.0/0" in str(node.inputs.get("cidrIpv4")) or node.inputs.get("cidrIpv6") == "::/0"
    }
    assert open_ports <= {(443, 443), (80, 80)}


def test_no_security_group_has_rules_of_its_own_beside_the_resources_of_rules(stack: Graph) -> None:
    inline = [
        str(node)
        for node in stack.of("ec2/securityGroup:SecurityGroup")
        if node.inputs.get("ingress") or node.inputs.get("egress")
    ]
    assert inline == []


def test_everything_that_holds_data_is_protected_in_production_alone(stack: Graph) -> None:
    protected = {str(node): node.options.protect for node in stack.of(*DATA)}
    assert protected
    allowed = {str(node) for node in stack.of("kms/key:Key") if node.name.endswith("-alerts")}
    loose = {name for name, kept in protected.items() if not kept} - allowed
    assert not loose or stack.stack == "staging"


def test_what_is_encrypted_uses_a_key_of_the_stack(stack: Graph) -> None:
    ours = {value for key in stack.of("kms/key:Key") for value in (key.state["arn"], key.id)}
    foreign = {
        f"{node} {key}": value
        for node in stack.aws
        for key, value in key_properties(node)
        if value is not None and value not in ours
    }
    assert foreign == {}


def test_what_can_be_encrypted_is(stack: Graph) -> None:
    bare = [
        f"{node} {key}"
        for node in stack.aws
        for key, value in key_properties(node)
        if value is None
        and not any(node.name.endswith(end) and key == of for end, of in NOT_ENCRYPTED)
        # A replica in the same region is encrypted by its source's key.
        and not node.inputs.get("replicateSourceDb")
    ]
    assert bare == []
