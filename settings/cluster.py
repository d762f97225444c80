"""The `cluster` section."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from components.cluster import problems_of_public_access
from components.cluster_access import problems_of_principals
from components.kubernetes_versions import VERSIONS
from components.node_group import (
    DISK_GIB,
    problem_of_generation,
    problem_of_sizes,
    problems_of_instance_types,
)
from settings.section import LogDays, Section, found, listed, one_of, texts


class AccessSettings(Section):
    """One who may use the Kubernetes API."""

    principal_arn: str
    """An IAM role's ARN."""
    access: Literal["admin", "view"]
    """Over the whole cluster."""


class TaintSettings(Section):
    """Keeps pods off that do not tolerate it."""

    key: str
    value: str
    effect: Literal["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]


class NodeGroupSettings(Section):
    """Nodes of one kind."""

    generation: str
    """Another one brings up new nodes before the old ones drain."""
    instance_types: list[str]
    """EC2 instance types of one architecture."""
    capacity: Literal["ON_DEMAND", "SPOT"]
    """SPOT is cheaper, and taken away at two minutes' notice."""
    minimum: int
    """Nodes that are always there."""
    desired: int
    """Nodes at the start; afterwards it belongs to whatever scales the group."""
    maximum: int
    """What scaling stops at."""
    disk_gib: Annotated[int, Field(ge=DISK_GIB[0], le=DISK_GIB[-1])] = 50
    """The root disk of a node."""
    labels: dict[str, str] = Field(default={})
    """Kubernetes labels of the nodes."""
    taints: list[TaintSettings] = Field(default=[])
    """Kubernetes taints of the nodes."""


class ClusterSettings(Section):
    """The EKS cluster."""

    version: Annotated[
        str, one_of(VERSIONS, "a Kubernetes version of kubernetes_versions.py"), listed(VERSIONS)
    ]
    """Up by one minor version at a time, and never down. First the cluster, then the nodes."""
    node_version: Annotated[
        str, one_of(VERSIONS, "a Kubernetes version of kubernetes_versions.py"), listed(VERSIONS)
    ]
    """The nodes' version: the cluster's, once that has moved."""
    public_access_cidrs: list[str]
    """Blocks from which the API is reached over the internet. Empty: from inside the VPC only."""
    log_retention_days: LogDays
    """Days that the control plane's logs are kept."""
    observability: bool
    """Container Insights, by the CloudWatch add-on; it costs by the metric."""
    access: dict[str, AccessSettings]
    """Who may use the API, by label. The cluster's creator may not."""
    node_groups: dict[str, NodeGroupSettings]
    """By name."""


def problems(section: Mapping[str, Any], stack: Mapping[str, Any]) -> Iterator[str]:
    """What no single key tells."""
    if texts(cidrs := section.get("public_access_cidrs")):
        yield from problems_of_public_access(cidrs)
    yield from _access(section.get("access"))
    versions = [section.get("version"), section.get("node_version")]
    if texts(versions) and versions[1] > versions[0]:
        yield f"node_version={versions[1]!r} is newer than version={versions[0]!r}; move that first"
    groups = section.get("node_groups")
    if groups == {}:
        yield "node_groups is empty; name one"
    for name, group in groups.items() if isinstance(groups, dict) else ():
        if isinstance(group, dict):
            for problem in _nodes(group):
                yield f"node_groups.{name}.{problem}"


def _access(given: Any) -> Iterator[str]:
    if not isinstance(given, dict):
        return
    principals = {}
    for label, each in given.items():
        arn = each.get("principal_arn") if isinstance(each, dict) else None
        access = each.get("access") if isinstance(each, dict) else None
        if not isinstance(arn, str) or access not in ("admin", "view"):
            return
        principals[label] = (arn, access)
    yield from problems_of_principals(principals)


def _nodes(group: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(generation := group.get("generation"), str):
        yield from found(problem_of_generation(generation))
    if texts(types := group.get("instance_types")):
        yield from problems_of_instance_types(types)
    minimum, desired, maximum = (group.get(key) for key in ("minimum", "desired", "maximum"))
    if isinstance(minimum, int) and isinstance(desired, int) and isinstance(maximum, int):
        yield from found(problem_of_sizes(minimum, desired, maximum))
