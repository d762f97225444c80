"""The `network` section."""

from collections.abc import Iterator, Mapping
from typing import Any, cast, get_args

from pydantic import Field

from components.addresses import problems_of_network
from components.endpoints import problems_of_interface_endpoints
from components.nat_gateways import Nat, problems_of_elastic_ips, zones_with_nat
from settings.section import LogDays, Section, texts


class NetworkSettings(Section):
    """The VPC."""

    cidr: str
    """A private IPv4 block, /16 to /20. It cannot change without a new VPC."""
    zones: list[str]
    """Availability Zones of the region, two or more. Adding one moves no other."""
    nat: Nat
    """Where NAT gateways stand; the loss of a single one cuts off every zone."""
    interface_endpoints: list[str]
    """AWS services reached without the internet, e.g. "ecr.api"; each costs by the hour."""
    flow_log_retention_days: LogDays
    """Days that a record of a connection is kept."""
    elastic_ip_allocation_ids: dict[str, str] = Field(default={})
    """Addresses that partners know, for the NAT gateways, by zone."""
    dual_stack: bool = False
    """IPv6 beside IPv4."""


def problems(section: Mapping[str, Any], stack: Mapping[str, Any]) -> Iterator[str]:
    """What no single key tells."""
    region = stack.get("aws:region")
    cidr, zones, nat = section.get("cidr"), section.get("zones"), section.get("nat")
    if not texts(zones):
        zones = None
    if isinstance(cidr, str) and isinstance(region, str) and zones is not None:
        yield from problems_of_network(cidr, region, zones)
    addresses = section.get("elastic_ip_allocation_ids", {})
    if (
        zones is not None
        and nat in get_args(Nat)
        and isinstance(addresses, dict)
        and texts(list(addresses.values()))
    ):
        yield from problems_of_elastic_ips(addresses, zones_with_nat(cast(Nat, nat), zones))
    if texts(services := section.get("interface_endpoints")):
        yield from problems_of_interface_endpoints("interface_endpoints", services)
